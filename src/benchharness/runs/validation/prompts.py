"""Prompts: every one can be written, says something, and is Chinese to the last mark where it is Chinese."""

from collections.abc import Iterator

from benchharness.errors import BenchharnessError
from benchharness.records import Language, Segment
from benchharness.registry.tasks import TaskSpec
from benchharness.runs.validation.findings import Problem, place
from benchharness.tasks.items import ItemGroup
from benchharness.tasks.prompts import PromptBuilder, take_shots
from benchharness.tasks.templates import names_in
from benchharness.text.punctuation import find_ascii_slip


def check_prompts(group: ItemGroup) -> Iterator[Problem]:
    """Every prompt can be written, and Chinese ones have no ASCII punctuation or space after Chinese text."""
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
                where = place(group, item)
                yield Problem(
                    f"{where}: ASCII punctuation or a space after Chinese text in {segment.name}: {slip!r}.",
                    f"{where}：{segment.name} 中的中文之后有半角标点或空格：{slip!r}。",
                )


def _is_ours(spec: TaskSpec, segment: Segment) -> bool:
    """Tell whether a segment was written with the task; what a public dataset holds is left as published."""
    return spec.source.kind != "hub" or segment.name in ("system", "instruction", "answer_prefix")


def check_questions(group: ItemGroup) -> Iterator[Problem]:
    """No item asks nothing: no column from which the question is made is an empty text."""
    spec = group.task.spec.prompt[group.language]
    columns = sorted(names_in(spec.question))
    for item in group.items:
        empty = [name for name in columns if isinstance(item.fields.get(name), str) and not item.fields[name].strip()]
        if empty:
            where, names = place(group, item), ", ".join(empty)
            yield Problem(f"{where}: asks nothing: {names} is empty.", f"{where}：题目为空：{names} 没有内容。")
