"""Checking a task: what its YAML and its rows promise is kept by every item."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchharness.errors import BenchharnessError, OfflineError
from benchharness.records import Item, Language, RequestKind, Segment
from benchharness.registry.catalogue import TaskSelection
from benchharness.registry.tasks import TaskSpec
from benchharness.runs.plan import Conventions, Planner
from benchharness.runs.scoring import TaskScorer
from benchharness.tasks.items import ItemGroup, load_groups
from benchharness.tasks.prompts import PromptBuilder, take_shots
from benchharness.tasks.templates import letter
from benchharness.text.punctuation import find_ascii_slip
from benchharness.tokens.tokenizer import Tokenizer


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, in English and in Chinese."""

    en: str
    zh: str


@dataclass(slots=True)
class ValidationReport:
    """What was found in a task.

    Attributes:
        task: its name.
        items: number of items by language.
        pairs: number of pairs that stand in both languages.
        targets: how often each option is right, for tasks with options.
        problems: what is wrong.
        remarks: what is odd in public data, which is used as published.
        unread: why the data could not be read, where it need not be at hand.
    """

    task: str
    items: dict[Language, int] = field(default_factory=dict)
    pairs: int = 0
    targets: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)
    unread: Problem | None = None


def validate_task(
    selection: TaskSelection, *, data_root: Path | None, tokenizer: Tokenizer | None, data_is_optional: bool
) -> ValidationReport:
    """Check a task.

    Args:
        selection: the task, or a subset of it.
        data_root: a mirror of the hub.
        tokenizer: also check that options are told apart by it.
        data_is_optional: whether data that only a hub has may be missing.
    """
    report = ValidationReport(selection.spec.name)
    try:
        groups = _load(selection, data_root)
    except BenchharnessError as error:
        problem = Problem(error.en, error.zh)
        if data_is_optional and isinstance(error, OfflineError):
            report.unread = problem
        else:
            report.problems.append(problem)
        return report
    as_published = selection.spec.source.kind == "hub"
    for group in groups:
        for check in (_prompts, _targets):
            report.problems.extend(check(group))
        for check in (_duplicates, _leaks):
            (report.remarks if as_published else report.problems).extend(check(group))
    report.problems.extend(_pairs(groups, report))
    if tokenizer is not None:
        report.problems.extend(_tokens(groups, tokenizer))
    _count(groups, report)
    return report


def _load(selection: TaskSelection, data_root: Path | None) -> list[ItemGroup]:
    """Read all items, and let the scorer look at each target."""
    scorer = TaskScorer(selection.spec, str(selection.file.path))
    groups = list(load_groups([selection], tuple(Language), limit=None, seed=0, data_root=data_root))
    for group in groups:
        for item in group.items:
            scorer.check(item)
    return groups


def _count(groups: Sequence[ItemGroup], report: ValidationReport) -> None:
    for group in groups:
        report.items[group.language] = report.items.get(group.language, 0) + len(group.items)
        for item in group.items:
            if item.options:
                report.targets[str(item.target)] = report.targets.get(str(item.target), 0) + 1


def _place(group: ItemGroup, item: Item) -> str:
    return f"{group.task.spec.name} {item.id} ({group.language.value})"


def _prompts(group: ItemGroup) -> Iterator[Problem]:
    """Every prompt can be written, and Chinese ones are Chinese to the last punctuation mark."""
    spec = group.task.spec
    builder = PromptBuilder(group.task, "plain", "text")
    count = spec.shots.count if spec.shots else 0
    for item in group.items:
        try:
            messages = builder.messages(item, take_shots(group.task, item, group.shots, count))
        except BenchharnessError as error:
            yield Problem(error.en, error.zh)
            return
        if group.language is not Language.ZH:
            continue
        for segment in messages[-1].segments:
            slip = find_ascii_slip(segment.text) if _is_ours(spec, segment) else None
            if slip is not None:
                place = _place(group, item)
                yield Problem(
                    f"{place}: ASCII punctuation or a space after Chinese text in {segment.name}: {slip!r}.",
                    f"{place}：{segment.name} 中的中文之后有半角标点或空格：{slip!r}。",
                )
                return


def _is_ours(spec: TaskSpec, segment: Segment) -> bool:
    """Tell whether a segment was written with the task; what a public dataset holds is left as published."""
    return spec.source.kind == "jsonl" or segment.name in ("system", "instruction", "answer_prefix")


def _targets(group: ItemGroup) -> Iterator[Problem]:
    """The target of an item with options is the letter of one of them, and no two options are equal."""
    for item in group.items:
        if not item.options:
            continue
        letters = [letter(position) for position in range(len(item.options))]
        place = _place(group, item)
        if item.target not in letters:
            shown = ", ".join(letters)
            yield Problem(
                f"{place}: the target {item.target!r} is none of {shown}.",
                f"{place}：答案 {item.target!r} 不在选项 {shown} 之中。",
            )
        if len(set(item.options)) < len(item.options):
            yield Problem(f"{place}: two options are equal.", f"{place}：存在相同的选项。")


def _duplicates(group: ItemGroup) -> Iterator[Problem]:
    seen: dict[object, Item] = {}
    builder = PromptBuilder(group.task, "plain", "text")
    for item in group.items:
        # What is asked, not the row: one question with two answers is asked twice as well.
        try:
            asked = tuple(message.content for message in builder.messages(item, ())), item.options
        except BenchharnessError:
            # `_prompts` has told of it.
            return
        twin = seen.setdefault(asked, item)
        if twin is not item:
            place = _place(group, item)
            yield Problem(f"{place}: asks the same as {twin.id}.", f"{place}：与 {twin.id} 题目重复。")


def _leaks(group: ItemGroup) -> Iterator[Problem]:
    """A worked example taken from elsewhere is none of the questions."""
    spec = group.task.spec.shots
    if spec is None or spec.count == 0:
        return
    shown = {_content(shot) for shot in group.shots}
    for item in group.items:
        if _content(item) in shown:
            place = _place(group, item)
            yield Problem(f"{place}: is also a worked example.", f"{place}：该题同时被用作示例。")


def _content(item: Item) -> str:
    row = item.fields["row"]
    own = row.get(item.language.value, row)
    return repr({key: value for key, value in own.items() if key not in ("id", "why", "source")})


def _pairs(groups: Sequence[ItemGroup], report: ValidationReport) -> Iterator[Problem]:
    """Both halves of a pair are there and have the same answer."""
    halves: dict[Language, dict[str, Item]] = {language: {} for language in Language}
    for group in groups:
        halves[group.language] |= {item.pair_id: item for item in group.items if item.pair_id is not None}
    zh, en = halves[Language.ZH], halves[Language.EN]
    report.pairs = len(zh.keys() & en.keys())
    if not zh or not en:
        return
    for pair_id in sorted(zh.keys() ^ en.keys()):
        there = "zh" if pair_id in zh else "en"
        yield Problem(
            f"{report.task} pair {pair_id}: stands in {there} only.",
            f"{report.task} 题对 {pair_id}：只有 {there} 版本。",
        )
    for pair_id in sorted(zh.keys() & en.keys()):
        if zh[pair_id].target != en[pair_id].target:
            yield Problem(
                f"{report.task} pair {pair_id}: the answers differ: zh {zh[pair_id].target!r},"
                f" en {en[pair_id].target!r}.",
                f"{report.task} 题对 {pair_id}：两种语言的答案不一致：中文 {zh[pair_id].target!r}，"
                f"英文 {en[pair_id].target!r}。",
            )


def _tokens(groups: Sequence[ItemGroup], tokenizer: Tokenizer) -> Iterator[Problem]:
    """The tokenizer tells the options of every item apart."""
    has_template = tokenizer.template_fingerprint is not None
    conventions = Conventions(
        "chat" if has_template else "plain", None, "turns", thinking=False, reasons=False, reasoning_tokens=0
    )
    planner = Planner(tokenizer, conventions, identity="validation", context_length=None, seed=0)
    for group in groups:
        if group.task.spec.request is not RequestKind.CHOOSE:
            continue
        try:
            planner.plan([group])
        except BenchharnessError as error:
            yield Problem(error.en, error.zh)
