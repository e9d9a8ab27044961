"""Instructions: a text follows every instruction of its item, as a program can tell."""

from collections.abc import Mapping, Sequence

from benchharness.records import Extraction, FinishReason, Item, Language, Outcome, Score
from benchharness.scorers.base import Sample
from benchharness.text.instructions.base import Instruction
from benchharness.text.instructions.registry import parse_instruction


def score(sample: Sample) -> Score:
    """Mark an answer right if it follows all instructions, read strictly: the text as it is, to the last mark.

    White space around the whole answer is left out. An answer cut off at the token limit has no end that could be
    judged and is unparsed. A refusal is a text like any other; it fails where it lacks what the item asks for.

    ``detail``: ``followed`` is the share of instructions followed, in [0, 1]; ``loose`` is 1 if each instruction is
    followed by the text or by one of its variants without the first line, the last line, both, or the stars of
    Markdown (the loose criterion of IFEval, arXiv 2311.07911).

    Args:
        sample: a ``generate`` response; its item's target has a list of instructions under each language, see
            ``docs/instructions.md``.

    Raises:
        ValueError: if the target is none such.
    """
    instructions = _instructions(sample.item.target, sample.item.language)
    if sample.response.finish_reason is FinishReason.LENGTH:
        return Score(0.0, Outcome.UNPARSED)
    raw = sample.response.text
    text = raw.strip()
    variants = _variants(text)
    broken = [one.kind() for one in instructions if not one.follows(text)]
    loosely = all(any(one.follows(variant) for variant in variants) for one in instructions)
    followed = len(instructions) - len(broken)
    start = raw.index(text)
    return Score(
        float(not broken),
        Outcome.SCORED,
        parsed=f"broken: {', '.join(broken)}" if broken else "all followed",
        extraction=Extraction(f"{followed}/{len(instructions)}", "whole_text", start, start + len(text)),
        detail={"followed": followed / len(instructions), "loose": float(loosely)},
    )


def check(item: Item) -> None:
    """Look at the target of an item, in both languages.

    Raises:
        ValueError: if it is not a list of instructions under each language, or has none in the item's own.
    """
    _instructions(item.target, item.language)
    for language in Language:
        if language.value in item.target:
            _instructions(item.target, language)


def _instructions(target: object, language: Language) -> list[Instruction]:
    specs = target.get(language.value) if isinstance(target, Mapping) else None
    if not isinstance(specs, Sequence) or isinstance(specs, str) or not specs:
        raise ValueError(f"the target needs a list of instructions under {language.value!r}")
    return [parse_instruction(spec, language) for spec in specs]


def _variants(text: str) -> list[str]:
    """Return the text and its loose variants, without those that are empty."""
    rows = text.split("\n")
    cut = ["\n".join(rows[start:end]).strip() for start, end in ((0, None), (1, None), (0, -1), (1, -1))]
    return [variant for whole in cut for variant in (whole, whole.replace("*", "")) if variant.strip()]
