"""Instruction following: write about a topic and follow every instruction, each of which a program can check."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from benchharness.records import Language
from benchharness.tasks.generators._instruction_script import to_traditional
from benchharness.tasks.generators._instruction_slot import Slot, conflict, phrase
from benchharness.tasks.generators._instruction_slots_form import FORM
from benchharness.tasks.generators._instruction_slots_structure import STRUCTURE
from benchharness.tasks.generators._instruction_slots_wording import WORDING
from benchharness.tasks.generators._instruction_topics import TOPICS, Side
from benchharness.tasks.generators._instruction_writer import write_answer
from benchharness.text.instructions.registry import parse_instruction, theme_of

_FAMILY = "instruction_following"
SLOTS: Mapping[str, Slot] = {slot.name: slot for slot in (*FORM, *STRUCTURE, *WORDING)}
"""Every slot by its name."""

_ANCHORS = tuple(slot for slot in SLOTS.values() if slot.anchor)
_SIZES = {1: (2, 2), 2: (3, 3), 3: (4, 5)}
_ATTEMPTS = 400


def generate(seed: int, count: int) -> list[dict[str, Any]]:
    """Return ``count`` rows; row i depends on ``seed`` and on the rows before it, not on ``count``.

    Each row holds a request and, by difficulty, 2, 3 or 4 to 5 instructions, the same or counterparts in both
    languages, at least one of which ties the answer to the topic. ``solution`` in each half is an example answer
    that follows them all; rows for which none was found are drawn again, and so are those whose question, repeated,
    would follow them.

    Args:
        seed: any integer.
        count: how many rows, not negative.
    """
    rows: list[dict[str, Any]] = []
    asked: set[tuple[str, str]] = set()
    for index in range(count):
        for attempt in range(_ATTEMPTS):
            row = _draw(Random(f"{seed}:{_FAMILY}:{index}:{attempt}"), index)
            if row is not None and (row["zh"]["question"], row["en"]["question"]) not in asked:
                break
        else:
            raise RuntimeError(f"no row {index} in {_ATTEMPTS} attempts with seed {seed}")
        asked.add((row["zh"]["question"], row["en"]["question"]))
        rows.append(row)
    return rows


def solve(row: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the target that ``row["problem"]`` stands for.

    Args:
        row: a row whose ``problem`` names a topic, an order of its keywords and the slots with their variants.

    Raises:
        ValueError: if two of its slots cannot be followed together, or none ties an answer to the topic.
    """
    problem = row["problem"]
    slots = [SLOTS[one["slot"]] for one in problem["instructions"]]
    if not all(_joins(slot, slots[:place]) for place, slot in enumerate(slots)):
        raise ValueError(f"these cannot be followed together: {', '.join(slot.name for slot in slots)}")
    if not any(slot.anchor for slot in slots):
        raise ValueError("no instruction ties the answer to the topic")
    return {language.value: _targets(problem, language) for language in Language}


def _draw(rng: Random, index: int) -> dict[str, Any] | None:
    """Draw one row, or ``None`` if no answer was found that follows all its instructions."""
    difficulty = index % 3 + 1
    slots = _choose_slots(rng, index, difficulty)
    problem: dict[str, Any] = {
        "topic": rng.choice(list(TOPICS)),
        "keywords": rng.sample(range(4), 4),
        "instructions": [{"slot": slot.name, "variant": rng.randrange(len(slot.variants))} for slot in slots],
        "form": rng.randrange(3),
    }
    primary = slots[0]
    rng.shuffle(problem["instructions"])
    halves = {}
    for language in Language:
        half = _write_half(problem, language, rng)
        if half is None:
            return None
        halves[language.value] = half
    names = ", ".join(one["slot"] for one in problem["instructions"])
    return {
        "id": f"{_FAMILY}-{index + 1:04}",
        "category": theme_of(primary.kind(Language.EN)),
        "difficulty": difficulty,
        "answer": {language.value: _targets(problem, language) for language in Language},
        "why": f"The example answer of each language follows all of: {names}.",
        "problem": problem,
        **halves,
    }


def _choose_slots(rng: Random, index: int, difficulty: int) -> list[Slot]:
    """Choose slots without conflicts, the first in rotation, with at least one anchor."""
    turn = index + index // len(SLOTS)
    chosen = [list(SLOTS.values())[turn % len(SLOTS)]]
    wanted = rng.randint(*_SIZES[difficulty])
    pools: list[Sequence[Slot]] = [list(SLOTS.values())] * (wanted - 1)
    if not chosen[0].anchor:
        pools[0] = _ANCHORS
    for pool in pools:
        free = [slot for slot in pool if _joins(slot, chosen)]
        if free:
            chosen.append(rng.choice(free))
    return chosen


def _joins(slot: Slot, chosen: Sequence[Slot]) -> bool:
    """Tell whether a slot can be added to others."""
    if any(conflict(slot, other) for other in chosen):
        return False
    everyone = [slot, *chosen]
    if any(one.name == "answer_language" for one in everyone) and not all(one.neutral for one in everyone):
        return False
    return bool(frozenset.intersection(*(one.fits for one in everyone)))


def _targets(problem: Mapping[str, Any], language: Language) -> list[dict[str, Any]]:
    """Return the instructions of a problem as a target in ``language``."""
    side, request = _side(problem, language)
    found = []
    for one in problem["instructions"]:
        slot = SLOTS[one["slot"]]
        parameters = slot.parameters(one["variant"], language)
        named = {key: _named(value, side, request) for key, value in parameters.items()}
        found.append({"kind": slot.kind(language), **named})
    return found


def _side(problem: Mapping[str, Any], language: Language) -> tuple[Side, str]:
    """Return the topic in the language and script of the answer, its keywords in order, and the request."""
    topic = TOPICS[problem["topic"]]
    own, other = (topic.zh, topic.en) if language is Language.ZH else (topic.en, topic.zh)
    slots = {one["slot"] for one in problem["instructions"]}
    side = other if "answer_language" in slots else own
    keywords = [side.keywords[place] for place in problem["keywords"]]
    tempting = list(side.tempting)
    if "script" in slots and language is Language.ZH:
        keywords, tempting = [list(map(to_traditional, words)) for words in (keywords, tempting)]
    return replace(side, keywords=tuple(keywords), tempting=tuple(tempting)), own.request


def _named(value: Any, side: Side, request: str) -> Any:
    """Put words in place of the signs in a parameter."""
    if isinstance(value, tuple):
        return [_named(one, side, request) for one in value]
    if value == "$request":
        return request
    if isinstance(value, str) and len(value) == 2 and value[0] in "$!" and value[1].isdigit():
        return (side.keywords if value[0] == "$" else side.tempting)[int(value[1])]
    return value


def _write_half(problem: Mapping[str, Any], language: Language, rng: Random) -> dict[str, str] | None:
    """Return question and solution in one language; ``None`` without a solution, or if the question is one itself."""
    specs = _targets(problem, language)
    side, request = _side(problem, language)
    instructions = [parse_instruction(spec, language) for spec in specs]
    answers_in_other = any(spec["kind"] == "answer_language" for spec in specs)
    written = {Language.ZH: Language.EN, Language.EN: Language.ZH}[language] if answers_in_other else language
    solution = write_answer(side, written, instructions, rng)
    if solution is None:
        return None
    phrases = [
        phrase(SLOTS[one["slot"]], {key: value for key, value in spec.items() if key != "kind"}, language, rng)
        for one, spec in zip(problem["instructions"], specs, strict=True)
    ]
    question = _question(request, phrases, language, problem["form"])
    if all(instruction.follows(question) for instruction in instructions):
        return None
    return {"question": question, "solution": solution}


def _question(request: str, phrases: Sequence[str], language: Language, form: int) -> str:
    """Put a request and its instructions into one text, in one of several forms."""
    if language is Language.ZH:
        if form == 0:
            return request + "".join(f"{text}。" for text in phrases)
        if form == 1:
            numbered = "；".join(f"（{number}）{text}" for number, text in enumerate(phrases, start=1))
            return f"{request}要求：{numbered}。"
        return f"{request}\n要求：\n" + "\n".join(f"· {text}。" for text in phrases)
    if form == 0:
        return " ".join([request, *phrases])
    if form == 1:
        return f"{request} Please observe the following: " + " ".join(
            f"({number}) {text}" for number, text in enumerate(phrases, start=1)
        )
    return f"{request}\nRequirements:\n" + "\n".join(f"* {text}" for text in phrases)
