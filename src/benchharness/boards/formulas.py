"""How published boards make a column of other columns: the profiles of totals, and what only boards have."""

from collections.abc import Mapping
from typing import NamedTuple

from benchharness.boards.published import SCORE
from benchharness.stats.profiles import PROFILES, Chain, Profile, Total, WeightedMean, compute, math6_levels

LEVELS = "math6-levels"
"""In place of a profile: the column holds the reasoning levels that follow from the board's totals."""

EFFECTIVE = "ruler-effective"
"""In place of a profile: the column holds RULER's effective length, in K tokens; 0 if no tested length is one."""

RULER_LENGTHS = {"4k": 4, "8k": 8, "16k": 16, "32k": 32, "64k": 64, "128k": 128}
"""Column → tested length in K tokens."""

RULER_THRESHOLD = 85.6
"""Per cent: Llama2-7B-chat at 4K, as RULER's README sets it."""

LONGBENCH = {
    "single_document_qa": ("narrativeqa", "qasper", "multifieldqa_en"),
    "multi_document_qa": ("hotpotqa", "2wikimqa", "musique"),
    "summarization": ("govreport", "qmsum", "multinews"),
    "few_shot": ("trec", "triviaqa", "samsum"),
    "code_completion": ("lcc", "repobench_p"),
    "synthetic": ("passage_count", "passageretrieval_en"),
}
"""Kind of task on LongBench v1 → its English datasets; in Chinese, code alone has more than one."""

_HELMET = ("recall", "rag", "icl", "cite", "re_rank", "long_qa", "summ")
_STARS = ("acquisition_zh", "acquisition_en", "reasoning_zh", "reasoning_en")

_ALL: tuple[Profile, ...] = (
    WeightedMean("ruler-mean", dict.fromkeys(RULER_LENGTHS, 1), "github.com/NVIDIA/RULER, README.md"),
    WeightedMean(
        "ruler-rising",
        {column: weight for weight, column in enumerate(RULER_LENGTHS, start=1)},
        "github.com/NVIDIA/RULER, README.md: weights that rise linearly with length",
    ),
    WeightedMean(
        "ruler-falling",
        {column: len(RULER_LENGTHS) - place for place, column in enumerate(RULER_LENGTHS)},
        "github.com/NVIDIA/RULER, README.md: weights that fall linearly with length",
    ),
    WeightedMean("longbench-v1", dict.fromkeys(LONGBENCH, 1), "inferred from both boards of LongBench v1"),
    *(
        WeightedMean(f"longbench-v1-{kind}", dict.fromkeys(datasets, 1), "inferred from the English board")
        for kind, datasets in LONGBENCH.items()
    ),
    WeightedMean(
        "longbench-v2-difficulty",
        {"easy": 192, "hard": 311},
        "numbers of questions: Bai et al. 2024, arXiv 2412.15204",
    ),
    WeightedMean(
        "longbench-v2-length",
        {"short": 180, "medium": 215, "long": 108},
        "numbers of questions: Bai et al. 2024, arXiv 2412.15204",
    ),
    WeightedMean("longbench-v2-difficulty-cot", {"easy_cot": 192, "hard_cot": 311}, "as longbench-v2-difficulty"),
    WeightedMean(
        "longbench-v2-length-cot", {"short_cot": 180, "medium_cot": 215, "long_cot": 108}, "as longbench-v2-length"
    ),
    WeightedMean("longbench-pro-languages", {"zh": 1, "en": 1}, "inferred: as many samples in each language"),
    WeightedMean("counting-stars", dict.fromkeys(_STARS, 1), "inferred from the board"),
    WeightedMean("helmet", dict.fromkeys(_HELMET, 1), "inferred from the board"),
)

FORMULAS: Mapping[str, Profile] = {**PROFILES, **{formula.name: formula for formula in _ALL}}
"""Name → profile, of totals and of boards."""


class Inputs(NamedTuple):
    """The inputs of a formula, as people read them.

    Attributes:
        names: columns.
        remark_en: what else is to be known of them, in English; may be empty.
        remark_zh: the same in Chinese.
    """

    names: tuple[str, ...]
    remark_en: str = ""
    remark_zh: str = ""


def inputs_of(formula: str) -> Inputs:
    """Return what a formula is made of."""
    if formula == LEVELS:
        return Inputs((SCORE,), "of the totals of all models", "由所有模型的总分得出")
    if formula == EFFECTIVE:
        remark_en = f"longest length of at least {RULER_THRESHOLD}; 0: none"
        return Inputs(tuple(RULER_LENGTHS), remark_en, f"不低于 {RULER_THRESHOLD} 的最大长度；0 表示没有")
    return Inputs(FORMULAS[formula].inputs)


def totals(formula: str, figures: Mapping[str, Mapping[str, float | None]]) -> dict[str, Total]:
    """Return what a formula makes of the figures of each model of a board.

    Args:
        formula: a name in ``FORMULAS``, ``LEVELS`` or ``EFFECTIVE``.
        figures: model → column → figure.
    """
    if formula == LEVELS:
        return _levels({model: row[SCORE] for model, row in figures.items()})
    if formula == EFFECTIVE:
        return {model: _effective(row) for model, row in figures.items()}
    return {model: _total(FORMULAS[formula], row) for model, row in figures.items()}


def _total(formula: WeightedMean | Chain, row: Mapping[str, float | None]) -> Total:
    present = {name: row[name] for name in formula.inputs}
    if formula.name in PROFILES:
        return compute(formula.name, present)
    values = {name: value for name, value in present.items() if value is not None}
    missing = tuple(name for name in formula.inputs if name not in values)
    return Total(None, missing) if missing else Total(formula.combine(values), ())


def _levels(scores: Mapping[str, float | None]) -> dict[str, Total]:
    levels = math6_levels({model: score for model, score in scores.items() if score is not None})
    return {model: Total(float(levels[model]), ()) if model in levels else Total(None, (SCORE,)) for model in scores}


def _effective(row: Mapping[str, float | None]) -> Total:
    """Return what ``stats.effective_length.published_effective_length`` does, without loading scipy for it.

    Lengths without a figure were not tested, and take no part.
    """
    tested = {length: row[column] for column, length in RULER_LENGTHS.items()}
    scores = {length: score for length, score in tested.items() if score is not None}
    if not scores:
        return Total(None, tuple(RULER_LENGTHS))
    return Total(float(max((length for length, score in scores.items() if score >= RULER_THRESHOLD), default=0)), ())
