"""What a model thought, kept apart from what it answered."""

import re
from dataclasses import dataclass
from typing import Literal

PartKind = Literal["reasoning", "answer", "tag"]

# Opening and closing tag, and who writes them.
REASONING_TAGS: tuple[tuple[str, str], ...] = (
    ("<think>", "</think>"),  # Qwen3, QwQ, DeepSeek-R1, GLM-Z1, GLM-4.5
    ("<thinking>", "</thinking>"),  # prompted chain of thought; Granite's and Claude's habit
    ("<|begin_of_thought|>", "<|end_of_thought|>"),  # Sky-T1, OpenThinker
    ("[THINK]", "[/THINK]"),  # Magistral
    ("◁think▷", "◁/think▷"),  # Kimi
    # gpt-oss, where the server leaves its channel markers in the text
    ("<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"),
)

_CLOSING_OF = dict(REASONING_TAGS)
_CLOSING = frozenset(_CLOSING_OF.values())
_TAG = re.compile("|".join(re.escape(tag) for pair in REASONING_TAGS for tag in pair))


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a raw text: reasoning, answer, or the tag between the two."""

    kind: PartKind
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningSplit:
    """A raw text cut into reasoning and answer.

    Attributes:
        parts: the raw text in order; ``"".join(part.text for part in parts)`` is the raw text, to the character.
        closed: whether the reasoning ended before the text did; true without reasoning.
    """

    parts: tuple[Part, ...]
    closed: bool

    @property
    def reasoning(self) -> str | None:
        """The reasoning parts joined, without tags, white space as produced; ``None`` if nothing marked any."""
        if self.closed and all(part.kind == "answer" for part in self.parts):
            return None
        return self._joined("reasoning")

    @property
    def answer(self) -> str:
        """The answer parts joined, white space as produced; empty while the reasoning has not ended."""
        return self._joined("answer")

    def _joined(self, kind: PartKind) -> str:
        return "".join(part.text for part in self.parts if part.kind == kind)


def split_reasoning(text: str, open_at_start: bool = False) -> ReasoningSplit:
    """Cut a generated text into what was thought and what was answered.

    Reasoning may come in several blocks. Inside a block only its own closing tag counts. A closing tag that
    nothing opened ends a block that began where the answer before it did: the template wrote the opening tag.

    Args:
        text: the text as generated.
        open_at_start: whether the prompt already ended with an opening tag. Should the model repeat the tag,
            it is taken as one.
    """
    parts: list[Part] = []
    place = 0
    closing: str | None = None
    inside = open_at_start
    for match in _TAG.finditer(text):
        tag = match.group()
        before = text[place : match.start()]
        repeated = inside and closing is None and not parts and not before.strip() and tag not in _CLOSING
        if inside and not repeated and (tag != closing if closing else tag not in _CLOSING):
            continue
        ends_block = tag in _CLOSING
        _add(parts, "reasoning" if inside or ends_block else "answer", before)
        parts.append(Part("tag", tag))
        place = match.end()
        inside = not ends_block
        closing = None if ends_block else _CLOSING_OF[tag]
    _add(parts, "reasoning" if inside else "answer", text[place:])
    return ReasoningSplit(tuple(parts), closed=not inside)


def _add(parts: list[Part], kind: PartKind, text: str) -> None:
    if text:
        parts.append(Part(kind, text))


def opens_reasoning(prompt: str) -> bool:
    """Tell whether a prompt ends with an opening tag, so that what is generated begins inside the reasoning."""
    return prompt.rstrip().endswith(tuple(opening for opening, _ in REASONING_TAGS))
