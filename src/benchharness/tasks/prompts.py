"""From an item and its worked examples to messages made of named segments."""

import itertools
from collections.abc import Sequence
from typing import Literal, NamedTuple

from benchharness.errors import InputError
from benchharness.records import Item, Message, RequestKind, Role, Segment
from benchharness.registry.catalogue import TaskFile
from benchharness.registry.tasks import PromptSpec
from benchharness.tasks.templates import letter, render

Template = Literal["chat", "plain"]
ANSWER_PREFIX = "answer_prefix"


class _ShotText(NamedTuple):
    """A worked example, its question and its answer as they are written."""

    shot: Item
    question: str
    answer: str


class PromptBuilder:
    """Writes the prompts of one task under one protocol.

    Args:
        file: the task.
        template: ``chat`` gives turns, ``plain`` one text.
        shots_as: in a chat, whether worked examples are earlier turns or text in the question's turn.
        opens_answer: in a chat, whether the answer prefix opens the assistant's turn for a generated answer, too.
    """

    def __init__(
        self, file: TaskFile, template: Template, shots_as: Literal["turns", "text"], *, opens_answer: bool = False
    ) -> None:
        self._file = file
        self._template = template
        self._turns = template == "chat" and shots_as == "turns"
        # A generated answer is free to begin as the model likes in a chat, unless the protocol says otherwise; a text
        # has to say where it begins.
        self._opens_answer = opens_answer or template == "plain" or file.spec.request is RequestKind.CHOOSE
        self._shots: dict[int, _ShotText] = {}

    def messages(self, item: Item, shots: Sequence[Item]) -> tuple[Message, ...]:
        """Return the messages that ask ``item`` after ``shots``.

        A final assistant message, if there is one, is the beginning of the answer, which the model continues.
        """
        spec = self._file.spec.prompt[item.language]
        system, opening = self._opening(spec, item)
        messages = [system] if system else []
        pending = list(opening)
        for number, shot in enumerate(shots, start=1):
            _, question, answer = self._shot(spec, shot)
            if self._turns:
                pending.append(Segment(f"shot {number}", question))
                messages.append(Message(Role.USER, tuple(pending)))
                messages.append(Message(Role.ASSISTANT, (Segment(f"shot {number} answer", answer),)))
                pending = []
            else:
                line = question if question.endswith("\n") or not question else f"{question}\n"
                pending.append(Segment(f"shot {number}", f"{line}{answer}{spec.separator}"))
        pending.extend(self._block(spec, item))
        prefix = self._answer_prefix(spec, item)
        if self._template == "plain" and prefix is not None:
            pending = [*self._with_line_end(pending), prefix]
            prefix = None
        messages.append(Message(Role.USER, tuple(pending)))
        if prefix is not None:
            messages.append(Message(Role.ASSISTANT, (prefix,)))
        return tuple(messages)

    def continuation_delimiter(self, item: Item) -> str:
        """Return what stands between the prompt and a continuation.

        In a chat without an answer prefix the continuation begins the assistant's turn, and nothing stands there.
        """
        spec = self._file.spec.prompt[item.language]
        if self._template == "chat" and spec.answer_prefix is None:
            return ""
        return self._file.spec.delimiter(item.language)

    def _opening(self, spec: PromptSpec, item: Item) -> tuple[Message | None, list[Segment]]:
        """Return the system message, if any, and the segments that open the first turn."""
        opening: list[Segment] = []
        system: Message | None = None
        if spec.system is not None:
            text = self._render(spec, "system", item)
            if self._template == "chat":
                system = Message(Role.SYSTEM, (Segment("system", text),))
            else:
                opening.append(Segment("system", text + spec.separator))
        if spec.instruction is not None:
            opening.append(Segment("instruction", self._render(spec, "instruction", item) + spec.separator))
        return system, opening

    def _block(self, spec: PromptSpec, item: Item) -> list[Segment]:
        """Return passage, question and options, a line each; the final line end is left off."""
        lines: list[Segment] = []
        if spec.passage is not None:
            lines.append(Segment("passage", self._render(spec, "passage", item)))
        lines.append(Segment("question", self._render(spec, "question", item)))
        if spec.option is not None:
            lines.extend(
                Segment(f"option {letter(position)}", self._render_option(spec, item, position, text))
                for position, text in enumerate(item.options)
            )
        lines = [line for line in lines if line.text]
        return [Segment(line.name, f"{line.text}\n") for line in lines[:-1]] + lines[-1:]

    @staticmethod
    def _with_line_end(segments: list[Segment]) -> list[Segment]:
        if not segments or segments[-1].text.endswith("\n"):
            return segments
        final = segments[-1]
        return [*segments[:-1], Segment(final.name, f"{final.text}\n")]

    def _answer_prefix(self, spec: PromptSpec, item: Item) -> Segment | None:
        if spec.answer_prefix is None or not self._opens_answer:
            return None
        return Segment(ANSWER_PREFIX, self._render(spec, "answer_prefix", item))

    def _shot(self, spec: PromptSpec, shot: Item) -> "_ShotText":
        """Return the texts of a worked example, which are the same before every question."""
        # By identity: an item cannot be hashed, and one that is held here keeps its identity to itself.
        if id(shot) not in self._shots:
            question = "".join(segment.text for segment in self._block(spec, shot))
            self._shots[id(shot)] = _ShotText(shot, question, self._shot_answer(spec, shot))
        return self._shots[id(shot)]

    def _shot_answer(self, spec: PromptSpec, shot: Item) -> str:
        prefix = self._answer_prefix(spec, shot)
        answer = render(spec.shot_answer, self._variables(shot), f"{self._file.path}: prompt.shot_answer")
        return answer if prefix is None else f"{prefix.text}{self._file.spec.delimiter(shot.language)}{answer}"

    def _variables(self, item: Item) -> dict[str, object]:
        return {**item.fields, "options": item.options, "target": item.target}

    def _render(self, spec: PromptSpec, key: str, item: Item) -> str:
        source: str = getattr(spec, key)
        return render(source, self._variables(item), f"{self._file.path}: prompt.{item.language.value}.{key}")

    def _render_option(self, spec: PromptSpec, item: Item, position: int, text: str) -> str:
        assert spec.option is not None
        variables = {**self._variables(item), "label": letter(position), "text": text}
        return render(spec.option, variables, f"{self._file.path}: prompt.{item.language.value}.option")


def take_shots(file: TaskFile, item: Item, at_hand: Sequence[Item], count: int) -> tuple[Item, ...]:
    """Return the first ``count`` worked examples that are not the item itself.

    Raises:
        InputError: if there are too few.
    """
    others = itertools.islice((shot for shot in at_hand if shot.fields["row"] != item.fields["row"]), count)
    taken = tuple(others)
    if len(taken) < count:
        raise InputError(
            en=f"{file.spec.name} has {len(taken)} worked examples, but {count} shots are asked for.",
            zh=f"任务 {file.spec.name} 只有 {len(taken)} 个示例，而要求的示例数为 {count}。",
        )
    return taken
