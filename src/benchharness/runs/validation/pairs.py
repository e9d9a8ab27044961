"""Pairs: both halves are there, ask as much as each other and have the same answer."""

from collections.abc import Iterator, Mapping, Sequence

from benchharness.records import Item, Language
from benchharness.runs.validation.findings import Problem, ValidationReport, asked_texts
from benchharness.tasks.items import ItemGroup

SHORTEST, LONGEST = 0.7, 7.0
"""English is two to four times as long as Chinese in characters, formulas less. Outside of these bounds one half says
what the other does not."""

TELLING_LENGTH = 25
"""In shorter texts a ratio of lengths says little."""


def check_pairs(groups: Sequence[ItemGroup], report: ValidationReport) -> Iterator[Problem]:
    """Compare the halves of all pairs, and count the pairs into the report."""
    halves: dict[Language, dict[str, tuple[Item, str]]] = {language: {} for language in Language}
    for group in groups:
        texts = asked_texts(group) or [""] * len(group.items)
        for item, text in zip(group.items, texts, strict=True):
            if item.pair_id is not None:
                halves[group.language][item.pair_id] = item, text
    zh, en = halves[Language.ZH], halves[Language.EN]
    shared = sorted(zh.keys() & en.keys())
    report.pairs = len(shared)
    if not zh or not en:
        return
    for pair_id in sorted(zh.keys() ^ en.keys()):
        there = "zh" if pair_id in zh else "en"
        yield Problem(
            f"{report.task} pair {pair_id}: stands in {there} only.",
            f"{report.task} 题对 {pair_id}：只有 {there} 版本。",
        )
    for pair_id in shared:
        yield from _compare(report.task, pair_id, zh[pair_id][0], en[pair_id][0])
    if all(group.task.spec.source.kind != "hub" for group in groups):
        yield from _lengths(report.task, zh, en)


def _compare(task: str, pair_id: str, zh: Item, en: Item) -> Iterator[Problem]:
    if zh.target != en.target:
        yield Problem(
            f"{task} pair {pair_id}: the answers differ: zh {zh.target!r}, en {en.target!r}.",
            f"{task} 题对 {pair_id}：两种语言的答案不一致：中文 {zh.target!r}，英文 {en.target!r}。",
        )
    if len(zh.options) != len(en.options):
        yield Problem(
            f"{task} pair {pair_id}: zh has {len(zh.options)} options, en has {len(en.options)}.",
            f"{task} 题对 {pair_id}：中文有 {len(zh.options)} 个选项，英文有 {len(en.options)} 个。",
        )


def _lengths(task: str, zh: Mapping[str, tuple[Item, str]], en: Mapping[str, tuple[Item, str]]) -> Iterator[Problem]:
    for pair_id in sorted(zh.keys() & en.keys()):
        chinese, english = len(zh[pair_id][1]), len(en[pair_id][1])
        if min(chinese, english) < TELLING_LENGTH or SHORTEST <= english / chinese <= LONGEST:
            continue
        yield Problem(
            f"{task} pair {pair_id}: the lengths do not fit: zh {chinese} characters, en {english}.",
            f"{task} 题对 {pair_id}：两种语言长度悬殊：中文 {chinese} 字符，英文 {english} 字符。",
        )
