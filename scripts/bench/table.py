"""The figures of a comparison for people."""

import statistics
from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from bench.cases import Case
from benchharness.errors import bilingual


def view(document: Mapping[str, Any]) -> RenderableType:
    """Return a table of the cases that have been measured, a column each."""
    conditions = document["conditions"]
    cases = {case: document[case.value] for case in Case if case.value in document}
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("", no_wrap=True)
    for case in cases:
        table.add_column(_case_name(case), justify="right")
    for en, zh, cell in _ROWS:
        table.add_row(bilingual(en, zh), *(cell(figures) for figures in cases.values()))
    title = Text.assemble(
        (conditions["model"], "bold"),
        f" · {conditions['dtype']} · {conditions['device']} · ",
        bilingual(f"{conditions['threads']} threads", f"{conditions['threads']} 线程"),
        f" · lm-eval {conditions['versions']['lm_eval']} hf"
        + bilingual(f", batch {conditions['lm_eval_batch_size']}", f"，批大小 {conditions['lm_eval_batch_size']}")
        + "\n",
    )
    return Group(title, table, Text(_note(), style="dim"))


def _note() -> str:
    return bilingual(
        "\nRatio: how many times longer lm-eval takes, median over rounds [lowest, highest]. Limit: the ratio that the"
        " token counts of both allow, without padding or rows that go on after their end. Seconds and bytes belong to"
        " this machine.",
        "\n倍数：lm-eval 耗时与 benchharness 之比，取各轮中位数 [最低, 最高]。上限：由双方词元数决定的最大倍数，"
        "不计填充和已结束序列的多余计算。秒数与字节数仅对本机有效。",
    )


def _case_name(case: Case) -> str:
    return {
        Case.LETTERS: bilingual("letters", "选项字母"),
        Case.TEXTS: bilingual("texts", "选项文本"),
        Case.GENERATE: bilingual("generate", "生成"),
    }[case]


def _with_spread(median: str, spread: str) -> Callable[[Mapping[str, Any]], str]:
    def cell(figures: Mapping[str, Any]) -> str:
        low, high = figures[spread]
        return f"{figures[median]:.2f} [{low:.2f}, {high:.2f}]"

    return cell


def _seconds(side: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda figures: f"{statistics.median(figures['seconds'][side]['wall']):.1f}"


def _difference(key: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda figures: "–" if figures[key] is None else f"{figures[key]:.1e}"


def _count(key: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda figures: "–" if figures[key] is None else str(figures[key])


def _gigabytes(key: str, side: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda figures: "–" if figures[key] is None else f"{figures[key][side] / 1e9:.2f}"


def _memory_ratio(figures: Mapping[str, Any]) -> str:
    return "–" if figures["memory_ratio"] is None else f"{figures['memory_ratio']:.2f}"


def _token_differences(figures: Mapping[str, Any]) -> str:
    return str(sum(figures["token_differences"].values()))


_ROWS: tuple[tuple[str, str, Callable[[Mapping[str, Any]], str]], ...] = (
    ("items", "题数", _count("items")),
    ("rounds", "轮数", _count("rounds")),
    ("ratio", "倍数", _with_spread("ratio", "spread")),
    ("ratio in the model", "模型内倍数", _with_spread("model_ratio", "model_spread")),
    ("limit", "上限", lambda figures: f"{figures['limit']:.2f}"),
    ("seconds, lm-eval", "秒数（lm-eval）", _seconds("lm_eval")),
    ("seconds, benchharness", "秒数（benchharness）", _seconds("benchharness")),
    ("largest |Δ log-prob|", "最大 |Δ 对数概率|", _difference("max_abs_logprob_difference")),
    ("disagreements", "不一致", _count("disagreements")),
    ("near ties apart", "另有近似平局", _count("near_ties")),
    ("tokenised differently", "分词不同", _token_differences),
    ("largest |Δ| to the reference", "与参考路径的最大 |Δ|", _difference("max_abs_difference_to_reference")),
    ("disagreements with the reference", "与参考路径不一致", _count("disagreements_with_reference")),
    ("GB at peak, lm-eval", "内存峰值 GB（lm-eval）", _gigabytes("peak_memory_bytes", "lm_eval")),
    ("GB at peak, benchharness", "内存峰值 GB（benchharness）", _gigabytes("peak_memory_bytes", "benchharness")),
    ("GB before, lm-eval", "测前内存 GB（lm-eval）", _gigabytes("memory_before_bytes", "lm_eval")),
    ("GB before, benchharness", "测前内存 GB（benchharness）", _gigabytes("memory_before_bytes", "benchharness")),
    ("memory ratio", "内存倍数", _memory_ratio),
)
