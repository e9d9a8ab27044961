"""What is claimed of published boards: which profile makes which column, and which figures are known to be wrong."""

from typing import NamedTuple

from benchharness.boards.formulas import EFFECTIVE, LEVELS, LONGBENCH

ROUNDING = 0.01
"""How far a recomputed figure may be from the published one, where inputs and total are given to two decimals: half a
unit of the last place of the total, and as much for a weighted mean of inputs that are each off by half a unit."""

ROUNDING_TO_TENTHS = 0.1
"""The same where both are given to one decimal."""

ROUNDING_TO_THOUSANDTHS = 0.001
"""The same where both are given to three."""

CONSISTENT = 1.0
"""The same for a column that comes close to the profile without being made by it, in points. It tells a figure that
contradicts its own parts from one whose parts were weighted by their unpublished numbers of items."""


class Claim(NamedTuple):
    """A column of a board that a profile makes of other columns.

    Attributes:
        board: name of the board.
        column: the published figure.
        profile: name of the formula, see ``formulas.FORMULAS``, ``LEVELS`` and ``EFFECTIVE``.
        tolerance: the largest difference that is no contradiction, in the unit of the column.
        gaps: whether the board has no figure for some models.
    """

    board: str
    column: str
    profile: str
    tolerance: float = ROUNDING
    gaps: bool = False

    @property
    def exact(self) -> bool:
        """Whether the profile makes the column, but for rounding; otherwise it only comes close."""
        return self.tolerance < CONSISTENT


class Anomaly(NamedTuple):
    """A published figure that is known not to follow from its parts.

    Attributes:
        board: name of the board.
        column: the published figure.
        model: whose.
        en: the reason, in English.
        zh: the same in Chinese.
    """

    board: str
    column: str
    model: str
    en: str
    zh: str


CLAIMS: tuple[Claim, ...] = (
    Claim("superclue-2023-05", "score", "superclue-2023-05"),
    Claim("superclue-2023-06", "score", "superclue-2023-05"),
    Claim("superclue-2023-07", "score", "superclue-2023-05"),
    Claim("superclue-2023-08", "opt", "superclue-2023-05"),
    Claim("superclue-2023-08", "score", "superclue-2023-08"),
    Claim("superclue-2023-09", "score", "superclue-2023-09"),
    Claim("superclue-2023-10", "open", "superclue-open-2023-10"),
    Claim("superclue-2023-10", "opt", "superclue-2023-05", CONSISTENT),
    Claim("superclue-2023-10", "score", "superclue-2023-09"),
    Claim("superclue-2023-11", "open", "superclue-open-2023-10", CONSISTENT),
    Claim("superclue-2023-11", "opt", "superclue-2023-05", CONSISTENT),
    Claim("superclue-2023-11", "score", "superclue-2023-09"),
    Claim("superclue-2023-12", "opt", "superclue-2023-05", CONSISTENT),
    Claim("superclue-2023-12", "score", "superclue-2023-12"),
    Claim("superclue-open-2023-07", "score", "superclue-open-2023-07"),
    Claim("superclue-open-2023-07", "overview", "superclue-open-2023-07"),
    Claim("superclue-math6-2024-01", "score", "math6"),
    Claim("superclue-math6-2024-01", "level", LEVELS),
    Claim("superclue-math6-2024-02", "score", "math6-scores"),
    Claim("superclue-math6-2024-02", "level", LEVELS),
    Claim("superclue-code3-2024-02", "score", "code3"),
    Claim("superclue-safety-2024-01", "score", "safety"),
    Claim("alignbench-2023-12-gpt-4-0613", "score", "alignbench"),
    Claim("alignbench-2023-12-critiquellm", "score", "alignbench"),
    Claim("ruler-v1", "effective", EFFECTIVE, gaps=True),
    Claim("ruler-v1", "score", "ruler-mean", ROUNDING_TO_TENTHS, gaps=True),
    Claim("ruler-v1", "weighted_rising", "ruler-rising", ROUNDING_TO_TENTHS, gaps=True),
    Claim("ruler-v1", "weighted_falling", "ruler-falling", ROUNDING_TO_TENTHS, gaps=True),
    Claim("longbench-v1-2023-11-zh", "score", "longbench-v1", ROUNDING_TO_TENTHS),
    Claim("longbench-v1-2023-11-zh", "code_completion", "longbench-v1-code_completion", ROUNDING_TO_TENTHS),
    Claim("longbench-v1-2023-11-en", "score", "longbench-v1", ROUNDING_TO_TENTHS),
    *(Claim("longbench-v1-2023-11-en", kind, f"longbench-v1-{kind}", ROUNDING_TO_TENTHS) for kind in LONGBENCH),
    Claim("longbench-v2-2025-07", "overall", "longbench-v2-difficulty", ROUNDING_TO_TENTHS, gaps=True),
    Claim("longbench-v2-2025-07", "overall", "longbench-v2-length", ROUNDING_TO_TENTHS, gaps=True),
    Claim("longbench-v2-2025-07", "overall_cot", "longbench-v2-difficulty-cot", ROUNDING_TO_TENTHS),
    Claim("longbench-v2-2025-07", "overall_cot", "longbench-v2-length-cot", ROUNDING_TO_TENTHS),
    Claim("longbench-pro", "score", "longbench-pro-languages"),
    Claim("counting-stars", "score", "counting-stars", ROUNDING_TO_THOUSANDTHS, gaps=True),
    Claim("helmet-128k", "score", "helmet", ROUNDING_TO_TENTHS),
)

_PEOPLE_EN = "people sat no academic part; the published total is the mean of the other two"
_PEOPLE_ZH = "人类未测学术专业部分，公布的总分是另外两项的平均"

_NOT_THE_LONGEST = (
    ("Qwen3-14B* (14B)", ">128K", "128K", "85.1", "64K"),
    ("Qwen2.5-7B-Instruct-1M* (7B)", ">128K", "128K", "84.4", "64K"),
    ("Qwen3-8B* (8B)", "64K", "64K", "82.1", "32K"),
    ("Qwen3-4B* (4B)", "64K", "64K", "77.8", "32K"),
    ("EXAONE-4.0-1.2B* (1.2B)", "32K", "32K", "81.1", "16K"),
)
"""Model, published effective length, the length it speaks of, the mean there, the effective length by RULER's rule."""

ANOMALIES: tuple[Anomaly, ...] = (
    *(
        Anomaly(
            "ruler-v1",
            "effective",
            model,
            f"{published} is published, but the mean at {length} is {mean}, below 85.6; the rule gives {effective}",
            f"公布 {published}，而 {length} 处的平均分为 {mean}，低于 85.6；按其规则应为 {effective}",
        )
        for model, published, length, mean, effective in _NOT_THE_LONGEST
    ),
    Anomaly(
        "ruler-v1",
        "score",
        "Qwen2.5-14B-Instruct-1M* (14B)",
        "95.7 is published, the six lengths have a mean of 95.2",
        "公布 95.7，而六个长度的平均为 95.2",
    ),
    Anomaly(
        "ruler-v1",
        "score",
        "EXAONE-4.0-1.2B* (1.2B)",
        "128K has no figure; the published 84.2 is the mean of the other five lengths",
        "128K 处没有数值，公布的 84.2 是另外五个长度的平均",
    ),
    *(
        Anomaly(board, "score", "人类", _PEOPLE_EN, _PEOPLE_ZH)
        for board in ("superclue-2023-05", "superclue-2023-06", "superclue-2023-07")
    ),
    Anomaly(
        "superclue-2023-11",
        "open",
        "GPT4-Turbo",
        "97.53 is published, the ten abilities have a mean of 89.91",
        "公布 97.53，而十项能力的平均为 89.91",
    ),
    Anomaly(
        "superclue-2023-12",
        "opt",
        "通义千问2.0",
        "87.64 is published, above each of its parts (78.65, 81.28, 63.48), so that no weights give it",
        "公布 87.64，高于其每一项（78.65、81.28、63.48），任何权重都得不出",
    ),
    Anomaly(
        "superclue-2023-12",
        "opt",
        "文心一言4.0(网页)",
        "88.22 is published, above each of its parts (76.48, 78.32, 57.05), so that no weights give it",
        "公布 88.22，高于其每一项（76.48、78.32、57.05），任何权重都得不出",
    ),
    Anomaly(
        "superclue-open-2023-07",
        "overview",
        "RWKV-world-7B",
        "the overview says 24.54; 11 won, 56 tied and 471 lost give 12.45, as the detailed table has it",
        "总览表为 24.54；按 11 胜 56 平 471 负应为 12.45，与明细表一致",
    ),
)
