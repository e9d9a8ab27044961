"""Balance: the place and the length of the right option do not give it away."""

from collections import Counter
from collections.abc import Iterator, Sequence

from scipy import stats

from benchharness.records import Item
from benchharness.runs.validation.findings import Problem
from benchharness.tasks.items import ItemGroup
from benchharness.tasks.templates import letter

FEWEST = 40
"""With fewer items imbalance cannot be told from chance."""

IMPROBABLE = 0.001


def check_balance(group: ItemGroup) -> Iterator[Problem]:
    """Neither the place nor the length of an option tells that it is right.

    Right options stand in every place alike (chi-square test), and an option that is longer than all others is right
    no more often than by chance (binomial test).
    """
    by_count: dict[int, list[Item]] = {}
    for item in group.items:
        if item.options and isinstance(item.target, str) and item.target in _letters(len(item.options)):
            by_count.setdefault(len(item.options), []).append(item)
    for count, items in by_count.items():
        if len(items) >= FEWEST:
            yield from _places(group, items, count)
            yield from _lengths(group, items, count)


def _letters(count: int) -> list[str]:
    return [letter(position) for position in range(count)]


def _places(group: ItemGroup, items: Sequence[Item], count: int) -> Iterator[Problem]:
    found = Counter(str(item.target) for item in items)
    if stats.chisquare([found[name] for name in _letters(count)]).pvalue >= IMPROBABLE:
        return
    most, times = found.most_common(1)[0]
    examples = _examples([item for item in items if item.target == most])
    name = f"{group.task.spec.name} ({group.language.value})"
    yield Problem(
        f"{name}: {most} is right in {times} of {len(items)} items, such as {examples}; spread the right options.",
        f"{name}：{len(items)} 题中有 {times} 题的正确选项为 {most}，例如 {examples}；请均衡正确选项的位置。",
    )


def _lengths(group: ItemGroup, items: Sequence[Item], count: int) -> Iterator[Problem]:
    telling = [item for item in items if _longest(item) is not None]
    given_away = [item for item in telling if _longest(item) == item.target]
    if not telling:
        return
    if stats.binomtest(len(given_away), len(telling), 1 / count, alternative="greater").pvalue >= IMPROBABLE:
        return
    name = f"{group.task.spec.name} ({group.language.value})"
    examples = _examples(given_away)
    yield Problem(
        f"{name}: where one option is longer than all others, it is right in {len(given_away)} of {len(telling)} items,"
        f" such as {examples}.",
        f"{name}：{len(telling)} 题中有一个选项最长，其中 {len(given_away)} 题该选项即为正确答案，例如 {examples}。",
    )


def _longest(item: Item) -> str | None:
    """Return the letter of the option that is longer than all others, ``None`` if several are as long."""
    lengths = [len(option) for option in item.options]
    most = max(lengths)
    return letter(lengths.index(most)) if lengths.count(most) == 1 else None


def _examples(items: Sequence[Item]) -> str:
    return ", ".join(item.id for item in items[:3])
