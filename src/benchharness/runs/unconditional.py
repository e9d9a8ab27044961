"""What stands before the options when nothing is asked, for the normalisation ``unconditional``."""

from typing import Literal

from benchharness.errors import InputError
from benchharness.records import Item, Message, Prompt, Role, Segment
from benchharness.registry.catalogue import TaskFile
from benchharness.registry.tasks import in_language
from benchharness.tasks.prompts import ANSWER_PREFIX
from benchharness.tasks.templates import render


def ask_nothing(
    file: TaskFile, item: Item, asked: tuple[Message, ...], template: Literal["chat", "plain"]
) -> tuple[Message, ...]:
    """Return the messages that are left of a prompt without system message, instruction, examples and question.

    In plain text that is the premise of the task, or else its answer prefix. In a chat the user's turn is empty, and
    the same begins the assistant's turn.

    Args:
        file: the task.
        item: the item; the premise is a template over its fields and options.
        asked: the messages that ask the item.
        template: ``chat`` or ``plain``.
    """
    assert file.spec.choose is not None
    premise = file.spec.choose.premise
    if premise is None:
        opening = tuple(segment for segment in asked[-1].segments if segment.name == ANSWER_PREFIX)
    else:
        place = f"{file.path}: choose.premise"
        text = render(in_language(premise, item.language), {**item.fields, "options": item.options}, place)
        opening = (Segment(ANSWER_PREFIX, text),) if text else ()
    if template == "plain":
        return (Message(Role.USER, opening),)
    silent = Message(Role.USER, ())
    return (silent, Message(Role.ASSISTANT, opening)) if opening else (silent,)


def check_prompt(prompt: Prompt, place: str) -> None:
    """Check that there is a token after which the options have a likelihood.

    Args:
        prompt: the prompt.
        place: task and item, for errors.

    Raises:
        InputError: if there is none.
    """
    if not prompt.tokens:
        raise InputError(
            en=f"{place}: no token stands before the options, so that they have no likelihood. Give the task an"
            " `answer_prefix`, or a `choose.premise` where nothing is asked (normalise: unconditional).",
            zh=f"{place}：选项之前没有任何词元，无法计算其似然。请为任务设置 `answer_prefix`；"
            "若是 normalise: unconditional 中不提问的情形，请设置 `choose.premise`。",
        )
