"""Named profiles: how published benchmarks make a total of its parts. docs/totals.md holds the evidence for each."""

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

LEVEL_GAP = 5.0
TOP_LEVEL = 5
_STEPS = range(1, 6)

_ABILITIES = (
    "calculation", "logical_reasoning", "code", "knowledge", "language_understanding",
    "writing", "dialogue", "role_play", "tool_use", "safety",
)  # fmt: skip
_ALIGNBENCH_LANGUAGE = (
    "fundamental_language", "chinese_understanding", "open_questions",
    "writing", "role_play", "professional_knowledge",
)  # fmt: skip


class Total(NamedTuple):
    """A total, or what keeps it from being one.

    Attributes:
        value: in the unit of the inputs; ``None`` if an input is missing.
        missing: the inputs that are missing, in the profile's order.
    """

    value: float | None
    missing: tuple[str, ...]


class WeightedMean(NamedTuple):
    """A profile whose total is a weighted mean of its inputs, all on one scale.

    Attributes:
        name: unique among profiles.
        relative: input → its weight, relative to the others.
        source: who says so.
    """

    name: str
    relative: Mapping[str, int]
    source: str

    @property
    def inputs(self) -> tuple[str, ...]:
        """What a total needs, by name."""
        return tuple(self.relative)

    @property
    def weights(self) -> dict[str, float]:
        """Input → its weight in the total; the weights sum to 1."""
        whole = sum(self.relative.values())
        return {name: weight / whole for name, weight in self.relative.items()}

    def combine(self, values: Mapping[str, float]) -> float:
        """Return the total of a full set of inputs."""
        return math.fsum(weight * values[name] for name, weight in self.relative.items()) / sum(self.relative.values())


class Chain(NamedTuple):
    """A profile whose total is made in steps that are no weighted mean.

    Attributes:
        name: unique among profiles.
        inputs: what a total needs, by name.
        source: who says so.
        combine: returns the total of a full set of inputs.
    """

    name: str
    inputs: tuple[str, ...]
    source: str
    combine: Callable[[Mapping[str, float]], float]


Profile = WeightedMean | Chain


def win_or_tie_score(win: float, tie: float, loss: float) -> float:
    """Return the share of battles that were won or tied, from 0 to 100.

    SuperCLUE-Open calls it 胜和率. It is not the usual win rate: a tie counts in full, so that the baseline against
    itself, to which a third of each is assigned, has 66.67.

    Args:
        win: battles won; all three are counts or rates of one unit, at least 0.
        tie: battles tied.
        loss: battles lost.

    Raises:
        ValueError: if one is negative, or all are 0.
    """
    battles = win + tie + loss
    if min(win, tie, loss) < 0 or battles == 0:
        raise ValueError(f"no battles: {win} won, {tie} tied, {loss} lost")
    return 100 * (win + tie) / battles


def math6_accuracy(both_turns: float, average: float) -> float:
    """Return SC-Math6's accuracy score (准确率综合得分), from 0 to 100, rounded to two decimals as the source does.

    Args:
        both_turns: per cent of pairs with both turns right (全面准确率).
        average: per cent of replies that are right (平均准确率).
    """
    return round(0.5 * round(both_turns, 2) + 0.5 * round(average, 2), 2)


def math6_reasoning_steps(accuracy: Mapping[int, float]) -> float:
    """Return SC-Math6's reasoning steps score (推理步数加权得分), from 0 to 100.

    An item of k reasoning steps weighs k. The source rounds the accuracy at each number of steps to two decimals
    before it weights them, and the result to two decimals.

    Args:
        accuracy: number of steps, 1 to 5 → share of items that are right, in [0, 1].
    """
    weighted = sum(steps * round(accuracy[steps], 2) for steps in _STEPS)
    return round(weighted / sum(_STEPS) * 100, 2)


def math6_total(accuracy: float, reasoning_steps: float) -> float:
    """Return SC-Math6's total (综合得分), from 0 to 100: the mean of its two scores, rounded to two decimals."""
    return round(0.5 * accuracy + 0.5 * reasoning_steps, 2)


def math6_levels(totals: Mapping[str, float], gap: float = LEVEL_GAP) -> dict[str, int]:
    """Return SC-Math6's reasoning level (推理等级) of each model, from 5, the best, down to 1.

    Models are sorted by total; two neighbours at most ``gap`` apart are of one level (single linkage), the best are
    of level 5, and each larger step down is a level lower, until 1. A level is relative to the models it was given
    with: another model between two levels may join them.

    Args:
        totals: model → total, from 0 to 100.
        gap: points within which two neighbours are of one level.

    Source: README of SuperCLUE-Math6, 推理等级的计算. It puts the threshold at 0.05 of a score in [0, 1]; that the
    linkage is single is inferred: both published boards follow from it.
    """
    levels: dict[str, int] = {}
    level, last = TOP_LEVEL, math.inf
    for model, total in sorted(totals.items(), key=lambda entry: -entry[1]):
        if levels and last - total > gap:
            level = max(1, level - 1)
        levels[model] = level
        last = total
    return levels


def _math6(values: Mapping[str, float]) -> float:
    accuracy = math6_accuracy(values["both_turns"], values["average"])
    return math6_total(accuracy, math6_reasoning_steps({steps: values[f"steps_{steps}"] for steps in _STEPS}))


_ALL: tuple[Profile, ...] = (
    WeightedMean(
        "superclue-2023-05",
        {"basic": 1, "chinese": 1, "academic": 1},
        "inferred from the boards of May to July 2023 and OPT of August (github.com/CLUEbenchmark/SuperCLUE)",
    ),
    WeightedMean(
        "superclue-2023-08",
        {"open": 3, "basic": 1, "chinese": 1, "academic": 1},
        "github.com/CLUEbenchmark/SuperCLUE, README_2310.md (OPEN weighed 50 % before); parts of OPT inferred",
    ),
    WeightedMean(
        "superclue-2023-09",
        {"open": 6, "opt": 4},
        "github.com/CLUEbenchmark/SuperCLUE, README_2310.md, 评分机制变动",
    ),
    WeightedMean(
        "superclue-2023-12",
        {"open": 7, "opt": 3},
        "inferred from the board of December 2023 (github.com/CLUEbenchmark/SuperCLUE)",
    ),
    WeightedMean(
        "superclue-2024-06",
        {"science": 1, "arts": 1, "hard": 1},
        "the organisers' announcement of 4 June 2024; no board with the three inputs was found",
    ),
    Chain(
        "superclue-open-2023-07",
        ("win", "tie", "loss"),
        "github.com/CLUEbenchmark/SuperCLUE-Open, README.md",
        lambda values: win_or_tie_score(values["win"], values["tie"], values["loss"]),
    ),
    WeightedMean(
        "superclue-open-2023-10",
        dict.fromkeys(_ABILITIES, 1),
        "inferred from the board of October 2023 (github.com/CLUEbenchmark/SuperCLUE)",
    ),
    Chain(
        "math6",
        ("both_turns", "average", *(f"steps_{steps}" for steps in _STEPS)),
        "github.com/CLUEbenchmark/SuperCLUE-Math6, README.md and scripts/evaluate.py",
        _math6,
    ),
    Chain(
        "math6-scores",
        ("accuracy", "reasoning_steps"),
        "github.com/CLUEbenchmark/SuperCLUE-Math6, README.md: the last step of math6",
        lambda values: math6_total(values["accuracy"], values["reasoning_steps"]),
    ),
    WeightedMean(
        "code3",
        {"level_1": 1, "level_2": 2, "level_3": 3},
        "github.com/CLUEbenchmark/SuperCLUE-Code3, README.md",
    ),
    WeightedMean(
        "safety",
        {"turn_1": 1, "turn_2": 1},
        "github.com/CLUEbenchmark/SuperCLUE-Safety, README.md: points of all items over the most there can be;"
        " every pair has one item a turn",
    ),
    WeightedMean(
        "alignbench",
        {"mathematics": 3, "logical_reasoning": 3, **dict.fromkeys(_ALIGNBENCH_LANGUAGE, 1)},
        "github.com/THUDM/AlignBench, show_result.py: mean of reasoning and language, each the mean of its categories",
    ),
)

PROFILES: Mapping[str, Profile] = {profile.name: profile for profile in _ALL}
"""Name → profile."""


def compute(profile: str, values: Mapping[str, float | None]) -> Total:
    """Return the total that a profile gives.

    Never a mean of what happens to be there: if an input is missing there is no total.

    Args:
        profile: its name in ``PROFILES``.
        values: input → figure, in the unit of the published board; ``None``, NaN or no entry is missing.

    Raises:
        ValueError: if there is no such profile, an input is not one of its inputs or is infinite, or the inputs
            cannot be combined.
    """
    if profile not in PROFILES:
        raise ValueError(f"{profile}: no such profile; there are {', '.join(PROFILES)}")
    known = PROFILES[profile]
    strangers = [name for name in values if name not in known.inputs]
    if strangers:
        raise ValueError(f"{profile} has no input {', '.join(strangers)}; its inputs are {', '.join(known.inputs)}")
    present: dict[str, float] = {}
    for name in known.inputs:
        value = values.get(name)
        if value is None or math.isnan(value):
            continue
        if math.isinf(value):
            raise ValueError(f"{profile}: {name} is infinite")
        present[name] = value
    missing = tuple(name for name in known.inputs if name not in present)
    return Total(None, missing) if missing else Total(known.combine(present), ())
