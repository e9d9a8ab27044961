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
    """Right options stand in every place alike (chi-square test), and are the longest no more often than by chance."""
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
    longest = [item for item in items if _is_longest(item)]
    if stats.binomtest(len(longest), len(items), 1 / count, alternative="greater").pvalue >= IMPROBABLE:
        return
    name = f"{group.task.spec.name} ({group.language.value})"
    examples = _examples(longest)
    yield Problem(
        f"{name}: the right option is the longest in {len(longest)} of {len(items)} items, such as {examples}.",
        f"{name}：{len(items)} 题中有 {len(longest)} 题的正确选项最长，例如 {examples}。",
    )


def _is_longest(item: Item) -> bool:
    right = len(item.options[ord(str(item.target)) - ord("A")])
    return sum(len(option) >= right for option in item.options) == 1


def _examples(items: Sequence[Item]) -> str:
    return ", ".join(item.id for item in items[:3])
