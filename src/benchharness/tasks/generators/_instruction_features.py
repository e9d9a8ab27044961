"""The clauses of an example answer that show what its instructions ask for."""

from collections.abc import Sequence
from functools import cached_property
from random import Random
from typing import Any

from benchharness.records import Language
from benchharness.tasks.generators._instruction_bank import BANKS
from benchharness.tasks.generators._instruction_script import to_traditional
from benchharness.tasks.generators._instruction_topics import Side
from benchharness.text.instructions import units
from benchharness.text.instructions.base import Bounded, Instruction

# Kinds that a text follows if and only if each clause of it does.
_FORBIDDING = frozenset(
    [
        "avoid_character",
        "avoid_letter",
        "exclude_words",
        "no_comma",
        "no_digits",
        "ascii_only",
        "no_particles",
        "no_contractions",
        "han_only",
        "only_punctuation",
    ]
)

# Kinds that a clause can show once, and what their clauses are called in the bank; `enclosed` has one list for each
# pair of marks.
_COUNTED = ("bold", "placeholders", "times", "dates", "numbers", "enclosed", "capital_words")
_AT_LEAST = ("ascending_numbers", "chinese_numerals", "spelled_numbers", "reduplication", "hyphenated_words")
_FEATURES = {
    "bold": "bold",
    "placeholders": "placeholders",
    "times": "times",
    "dates": "dates",
    "numbers": "numbers",
    "capital_words": "capitals",
    "ascending_numbers": "numbers",
    "chinese_numerals": "numerals",
    "spelled_numbers": "numerals",
    "reduplication": "word_form",
    "hyphenated_words": "word_form",
}
_LENGTHS = (
    "characters",
    "words",
    "sentence_characters",
    "sentence_words",
    "paragraph_characters",
    "paragraph_words",
)
_FIGURES = {
    "numbers": ("2", "3", "5", "8", "12", "20"),
    "times": ("08:30", "12:00", "14:05", "18:45"),
    "dates": ("2025-03-01", "2025-06-15", "2025-09-10"),
}


def draw_count(bound: Bounded, rng: Random, spare: int = 0) -> int:
    """Draw a number that a bounded instruction allows; without upper bound, up to ``spare`` above the lower one."""
    if bound.most is None:
        least = bound.least or 0
        return rng.randint(least, least + spare)
    return rng.randint(max(1, bound.most - 1) if bound.least is None else bound.least, bound.most)


class Wants:
    """The instructions of one answer, by kind.

    Args:
        side: the topic in the language of the answer.
        language: the language of the answer.
        instructions: what it must follow.
    """

    def __init__(self, side: Side, language: Language, instructions: Sequence[Instruction]) -> None:
        self.side = side
        self.language = language
        self._by_kind: dict[str, list[Any]] = {}
        for instruction in instructions:
            self._by_kind.setdefault(instruction.kind(), []).append(instruction)

    def has(self, *kinds: str) -> bool:
        """Tell whether there is an instruction of one of the kinds."""
        return any(kind in self._by_kind for kind in kinds)

    def of(self, *kinds: str) -> list[Any]:
        """Return the instructions of these kinds."""
        return [instruction for kind in kinds for instruction in self._by_kind.get(kind, ())]

    def first(self, kind: str) -> Any:
        """Return the only instruction of a kind that is there."""
        return self._by_kind[kind][0]

    def size(self, text: str) -> int:
        """Return the length of a text in Chinese characters or in words."""
        return units.han_count(text) if self.language is Language.ZH else len(units.words(text))

    def allows(self, clause: str) -> bool:
        """Tell whether a clause breaks no instruction that forbids something."""
        spelled = self.has("chinese_numerals", "spelled_numbers") and any(char.isdigit() for char in clause)
        return not spelled and all(instruction.follows(clause) for instruction in self.of(*_FORBIDDING))

    def in_script(self, text: str) -> str:
        """Return a text in the script or letter case asked for."""
        if self.has("traditional"):
            return to_traditional(text)
        if self.has("all_capitals"):
            return text.upper()
        return text.lower() if self.has("all_lowercase") else text

    @cached_property
    def is_short(self) -> bool:
        """Whether something must not grow long."""
        return any(bound.most is not None for bound in self.of(*_LENGTHS))

    @cached_property
    def counted_words(self) -> tuple[str, ...]:
        """The words that may stand only a certain number of times."""
        return tuple(one.word for one in self.of("keyword_frequency") if one.most is not None)


class Features:
    """Draws clauses that follow the instructions, each at most once while others are left."""

    def __init__(self, wants: Wants, rng: Random) -> None:
        self._wants = wants
        self._rng = rng
        self.bank = BANKS[wants.language]
        has_commas = all(one.follows(self.bank.comma) for one in wants.of("no_comma", "only_punctuation"))
        self.joint = self.bank.comma if has_commas else self.bank.conjunction
        self._used: set[str] = set()

    def _pick(self, candidates: Sequence[str]) -> str:
        """Return an allowed candidate, one not used before if there is any; any at all if none is allowed."""
        allowed = [candidate for candidate in candidates if self._wants.allows(candidate)] or list(candidates)
        fresh = [candidate for candidate in allowed if candidate not in self._used] or allowed
        if self._wants.is_short:
            fresh = sorted(fresh, key=self._wants.size)[: max(2, len(fresh) // 3)]
        chosen = self._rng.choice(fresh)
        self._used.add(chosen)
        return chosen

    def filler(self, containing: str = "") -> str:
        """Return a clause about the topic; with a certain letter in it, if one is given."""
        clauses = [clause.format(noun=self._wants.side.noun) for clause in self.bank.fillers]
        free = [
            clause
            for clause in clauses
            if containing in clause and not any(units.occurrences(word, clause) for word in self._wants.counted_words)
        ]
        return self._pick(free or clauses)

    def mention(self, word: str) -> str:
        """Return a clause with a keyword in it."""
        return self._pick([clause.format(word=word) for clause in self.bank.mentions])

    def clauses(self) -> list[str]:
        """Return the clauses that must be there, keywords first and in their order."""
        wants = self._wants
        mentioned = [word for one in wants.of("include_keywords", "keyword_order") for word in one.words]
        found = [self.mention(word) for word in mentioned]
        for one in wants.of("keyword_frequency"):
            found += [self._repeat(one.word) for _ in range(draw_count(one, self._rng))]
        for kind in _COUNTED:
            for one in wants.of(kind):
                found += self._several(_FEATURES.get(kind) or one.marks, draw_count(one, self._rng))
        for kind in _AT_LEAST:
            for one in wants.of(kind):
                found += self._several(_FEATURES[kind], one.least)
        if wants.has("mark_count"):
            found += self._semicolons()
        return found

    def _repeat(self, word: str) -> str:
        """Return a clause with a keyword, or with a Chinese character that makes a word with another only."""
        compounds = dict(entry.split("=") for entry in self.bank.features.get("letters", ()))
        return compounds[word] if word in compounds else self.mention(word)

    def _several(self, feature: str, count: int) -> list[str]:
        """Return ``count`` clauses that show a feature, with figures in ascending order where it has any."""
        templates = self.bank.features[feature]
        figures = _FIGURES.get(feature, ("",) * count)
        found = []
        for figure in figures[:count]:
            allowed = [one for one in templates if self._wants.allows(one.format(n=figure))]
            chosen = self._rng.choice([one for one in allowed if one not in self._used] or list(templates))
            self._used.add(chosen)
            found.append(chosen.format(n=figure))
        return found

    def _semicolons(self) -> list[str]:
        one = self._wants.first("mark_count")
        if one.mark not in ";；":
            return []
        joint = one.mark + self.bank.space
        return [f"{self.filler()}{joint}{self.filler()}" for _ in range(draw_count(one, self._rng))]

    def end_marks(self) -> list[str]:
        """Return the marks with which the first sentences must end, where there must be so many of them."""
        exclaimed = [one for one in self._wants.of("mark_count") if one.mark in "!！"]
        return [one.mark for one in exclaimed for _ in range(draw_count(one, self._rng))]

    def questions(self) -> list[str]:
        """Return the questions that must be asked, without their marks."""
        wants = self._wants
        count = sum(draw_count(one, self._rng) for one in wants.of("questions")) + len(wants.of("end_question"))
        candidates = [question.format(noun=wants.side.noun) for question in self.bank.questions]
        return [self._pick(candidates) for _ in range(count)]

    def closing(self) -> list[str]:
        """Return the last sentence, where the end is prescribed."""
        return [str(one.text) for one in self._wants.of("end_with")]

    def frame(self, first: list[str], last: list[str]) -> None:
        """Make the first and the last sentence, given as their clauses, begin and end as they must."""
        wants = self._wants
        if wants.has("start_with"):
            first[0] = self.after(str(wants.first("start_with").text), first[0])
        if wants.has("same_ends"):
            pairs = [pair for pair in self.bank.same_ends if wants.allows(pair[0] + pair[1])] or self.bank.same_ends
            opening, ending = self._rng.choice(pairs)
            first.insert(0, opening)
            last.append(ending)

    def after(self, start: str, clause: str) -> str:
        """Return a clause with a beginning before it."""
        return start + self.bank.space + clause

    def padding(self, count: int, attached: bool = False) -> str:
        """Return words of ``count`` Chinese characters, or ``count`` words.

        Args:
            count: how many.
            attached: whether they follow a clause without a mark between.
        """
        return (self.bank.space if attached else "") + fill(self._wants, count, self._rng)

    def heads(self, count: int) -> list[str]:
        """Return titles of ``count`` parts."""
        return list(self.bank.heads[:count])

    def title(self) -> str:
        """Return a title of the answer."""
        noun = self._wants.side.noun
        return self._pick([noun[:1].upper() + noun[1:]] if self._wants.allows(noun) else list(self.bank.heads))

    @cached_property
    def postscript(self) -> str:
        """A clause for the end."""
        clause = self.filler()
        return clause[:1].upper() + clause[1:]


def fill(wants: Wants, count: int, rng: Random) -> str:
    """Return allowed words of ``count`` Chinese characters, or ``count`` English words, as far as there are any."""
    bank = BANKS[wants.language]
    allowed = [word for word in bank.words if wants.allows(word)]
    chosen: list[str] = []
    while (missing := count - sum(map(wants.size, chosen))) > 0:
        fitting = [word for word in allowed if wants.size(word) <= missing]
        if not fitting:
            break
        fresh = [word for word in fitting if word not in chosen] or fitting
        chosen.append(rng.choice(fresh))
    return bank.space.join(chosen)
