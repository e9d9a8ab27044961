"""Tokens of one model: options are told apart, and a solution fits what may be generated."""

from collections.abc import Iterator, Sequence

from benchharness.errors import BenchharnessError
from benchharness.records import RequestKind
from benchharness.runs.plan import Conventions, Planner
from benchharness.runs.validation.findings import Problem, place
from benchharness.tasks.items import ItemGroup
from benchharness.tasks.templates import letter
from benchharness.tokens.tokenizer import Tokenizer


def check_tokens(groups: Sequence[ItemGroup], tokenizer: Tokenizer) -> Iterator[Problem]:
    """Check what depends on the tokenizer of a model."""
    has_template = tokenizer.template_fingerprint is not None
    conventions = Conventions(
        "chat" if has_template else "plain", None, "turns", thinking=False, reasons=False, reasoning_tokens=0
    )
    planner = Planner(tokenizer, conventions, identity="validation", context_length=None, seed=0)
    for group in groups:
        if group.task.spec.request is RequestKind.GENERATE:
            yield from _solutions(group, tokenizer)
            yield from _letters(group, tokenizer)
            continue
        try:
            planner.plan([group])
        except BenchharnessError as error:
            yield Problem(error.en, error.zh)


def _letters(group: ItemGroup, tokenizer: Tokenizer) -> Iterator[Problem]:
    """The labels of options begin with different tokens, so that no two are one to the model."""
    seen: set[int] = set()
    for item in group.items:
        count = len(item.options)
        if count in seen:
            continue
        seen.add(count)
        labels = tokenizer.encode([letter(position) for position in range(count)], special_tokens=False)
        if len({tuple(label.tokens) for label in labels}) < count:
            where = place(group, item)
            yield Problem(
                f"{where}: the tokenizer does not tell its options apart.", f"{where}：分词器无法区分各选项标签。"
            )


def _solutions(group: ItemGroup, tokenizer: Tokenizer) -> Iterator[Problem]:
    generate = group.task.spec.generate
    assert generate is not None
    solved = [item for item in group.items if item.solution is not None]
    encodings = tokenizer.encode([str(item.solution) for item in solved], special_tokens=False)
    for item, encoding in zip(solved, encodings, strict=True):
        needed = len(encoding.tokens)
        if needed > generate.max_new_tokens:
            where = place(group, item)
            yield Problem(
                f"{where}: its solution takes {needed} tokens, max_new_tokens is {generate.max_new_tokens}.",
                f"{where}：其解答需要 {needed} 个词元，而 max_new_tokens 为 {generate.max_new_tokens}。",
            )
