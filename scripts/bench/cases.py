"""The cases that are measured: CMMLU items put to a model in three ways."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from benchharness.records import Language, RequestKind
from benchharness.registry.catalogue import TaskSelection, select_task
from benchharness.registry.tasks import GenerateSpec, TaskSpec
from benchharness.tasks.items import ItemGroup, load_groups

TASK = "cmmlu"
LANGUAGE = Language.ZH
SEED = 0

MAX_NEW_TOKENS = 64
STOP = ("\nA.",)
"""Where a generated text ends: at the options of a question that the model makes up after its answer.

An answer by itself takes two tokens. Going on to here, texts come out of different lengths, most of them shorter than
the limit, which is what a harness has to deal with.
"""


class Case(StrEnum):
    """How items are put: options by letter, options by their text, or for free text."""

    LETTERS = "letters"
    TEXTS = "texts"
    GENERATE = "generate"


def load_case(
    case: Case, subjects: Sequence[str], counts: Sequence[int], data_root: Path | None
) -> tuple[ItemGroup, ...]:
    """Read the items of a case.

    Args:
        case: how they are put.
        subjects: of CMMLU.
        counts: items of each subject.
        data_root: a mirror of the hub, by hub id; ``None`` asks the hub.

    Returns:
        A group for each subject. Items whose options are not all different are left out of ``texts``, as two equal
        continuations are one to a model.
    """
    groups = load_groups(
        [_put(select_task(f"{TASK}:{subject}"), case) for subject in subjects],
        (LANGUAGE,),
        limit=None,
        seed=SEED,
        data_root=data_root,
    )
    cut: list[ItemGroup] = []
    for group, count in zip(groups, counts, strict=True):
        items = [item for item in group.items if case is not Case.TEXTS or len(set(item.options)) == len(item.options)]
        cut.append(group._replace(items=tuple(items[:count])))
    return tuple(cut)


def spread_evenly(total: int, parts: int) -> list[int]:
    """Return ``total`` as a sum of ``parts`` numbers that differ by one at most."""
    return [total // parts + (part < total % parts) for part in range(parts)]


def _put(selection: TaskSelection, case: Case) -> TaskSelection:
    spec = _spec(selection.spec, case)
    return selection.model_copy(update={"file": selection.file.model_copy(update={"spec": spec})})


def _spec(spec: TaskSpec, case: Case) -> TaskSpec:
    if case is Case.LETTERS:
        return spec
    if case is Case.TEXTS:
        assert spec.choose is not None
        return spec.model_copy(update={"choose": spec.choose.model_copy(update={"by": "text"})})
    generate = GenerateSpec(max_new_tokens=MAX_NEW_TOKENS, stop=STOP)
    return spec.model_copy(update={"request": RequestKind.GENERATE, "choose": None, "generate": generate})
