"""Tasks with long contexts: facts stand in both languages, their answer follows from them, and lengths are met."""

from collections.abc import Iterator, Sequence

from benchharness.records import Item, Language
from benchharness.registry.catalogue import TaskSelection
from benchharness.runs.long_items import LongContext, load_long_groups
from benchharness.runs.plan import Conventions
from benchharness.runs.scoring import TaskScorer
from benchharness.runs.validation.findings import Problem, place
from benchharness.tasks.items import ItemGroup
from benchharness.tasks.long_context.fill import SLACK
from benchharness.tasks.long_context.finding import find_family
from benchharness.tasks.long_context.lengths import Sweep
from benchharness.tasks.long_context.records import Arm
from benchharness.tokens.tokenizer import ByteTokenizer, Tokenizer

TRIED = 10
"""Items of each language, subset and arm."""

TRIED_BYTES, TRIED_TOKENS = 12_000, 4_096
"""Room enough for facts and question of every task, in bytes and in tokens."""

PLAIN = Conventions(template="plain", shots=None, shots_as="text", thinking=False, reasons=False, reasoning_tokens=0)


def long_context_for(tokenizer: Tokenizer | None, *, limit: int, arms: tuple[Arm, ...] = tuple(Arm)) -> LongContext:
    """Return what a task is looked at with: plain text of a moderate length, in bytes unless there is a tokenizer."""
    length = TRIED_BYTES if tokenizer is None else TRIED_TOKENS
    sweep = Sweep(lengths=(length,), arms=arms)
    return LongContext(sweep, tokenizer or ByteTokenizer(), PLAIN, limit=limit)


def load_tried(selection: TaskSelection, scorer: TaskScorer, context: LongContext) -> list[ItemGroup]:
    """Make the items that are looked at, and let the scorer look at each target.

    Raises:
        BenchharnessError: if they cannot be made.
    """
    groups = list(load_long_groups(selection, selection.spec.languages, context))
    for group in groups:
        for item in group.items:
            scorer.check(item)
    return groups


def check_long_context(groups: Sequence[ItemGroup]) -> Iterator[Problem]:
    """Look at facts, answers, depths and lengths of all items."""
    for group in groups:
        for item in group.items:
            yield from _length(group, item)
            yield from _answer(group, item)
    yield from _same_in_both(groups)


def _length(group: ItemGroup, item: Item) -> Iterator[Problem]:
    fields, where = item.fields, place(group, item)
    if fields["arm"] == Arm.INFORMATION:
        return
    left = fields["budget"] - fields[fields["unit"]]
    if not 0 <= left <= SLACK:
        yield Problem(
            f"{where}: {left} {fields['unit']} are left of the budget of {fields['budget']}.",
            f"{where}：预算为 {fields['budget']}，剩余 {left}（{fields['unit']}）。",
        )


def _answer(group: ItemGroup, item: Item) -> Iterator[Problem]:
    spec, where = group.task.spec, place(group, item)
    assert spec.source.family is not None
    family = find_family(spec.source.family, where)
    if hasattr(family, "settle"):  # the answer follows from what fills the rest, and from no facts
        return
    try:
        found = family.solve(item.fields["facts"], item.fields["asked"])
    except ValueError as error:
        yield Problem(f"{where}: {error}", f"{where}：{error}")
        return
    expected = {language.value: value for language, value in found.items()}
    if expected != item.target:
        yield Problem(
            f"{where}: the answer is {item.target!r}, its solver finds {expected!r}.",
            f"{where}：答案为 {item.target!r}，而求解器得到 {expected!r}。",
        )


def _same_in_both(groups: Sequence[ItemGroup]) -> Iterator[Problem]:
    halves: dict[str, dict[Language, Item]] = {}
    for group in groups:
        for item in group.items:
            if item.pair_id is not None:
                halves.setdefault(f"{group.task.spec.name} {item.pair_id}", {})[group.language] = item
    for name, pair in halves.items():
        if len(pair) < len(Language):
            continue
        zh, en = pair[Language.ZH].fields, pair[Language.EN].fields
        keys = ["facts", "asked", "depth", *(["depths", "filler_units"] if zh["arm"] == Arm.INFORMATION else [])]
        for key in keys:
            if zh[key] != en[key]:
                yield Problem(
                    f"{name}: `{key}` differs: zh {zh[key]!r}, en {en[key]!r}.",
                    f"{name}：`{key}` 不一致：中文 {zh[key]!r}，英文 {en[key]!r}。",
                )
