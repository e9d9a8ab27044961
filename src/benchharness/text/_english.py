"""Numbers written in English words."""

import re
from dataclasses import dataclass
from fractions import Fraction

from benchharness.text._reading import Reading, with_percent


def _numbered(words: str, *, first: int) -> dict[str, int]:
    return {word: value for value, word in enumerate(words.split(), start=first)}


_SMALL = _numbered("zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen", first=0)
_SMALL |= _numbered("fifteen sixteen seventeen eighteen nineteen", first=15)
_TENS = {word: 10 * value for word, value in _numbered("twenty thirty forty fifty sixty seventy", first=2).items()}
_TENS |= {"eighty": 80, "ninety": 90}
SCALES = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12, "dozen": 12}
_PARTS = _numbered("half third fourth fifth sixth seventh eighth ninth tenth", first=2)
_PARTS |= {"quarter": 4, "hundredth": 100}
_ORDINALS = _numbered("first second third fourth fifth sixth seventh eighth ninth", first=1)

_WORD = re.compile(r"[A-Za-z]+")
_LINK = re.compile(r" and |[ -]")
AND_A_HALF = re.compile(r"[ -]and[ -](?:a|one)[ -]half\b", re.IGNORECASE)
_POINT = re.compile(r" point((?: (?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b)+)", re.IGNORECASE)
_DENOMINATOR = re.compile(rf"[ -](?P<part>{'|'.join(_PARTS)}|halve)(?P<plural>s)?\b", re.IGNORECASE)
_ORDINAL = re.compile(rf"[ -](?P<ordinal>{'|'.join(_ORDINALS)})\b", re.IGNORECASE)
_A_PART = re.compile(rf"an? (?P<part>{'|'.join(_PARTS)})(?= of\b| ?(?:$|[.,;!?)]))", re.IGNORECASE)
_HALF_A_SCALE = re.compile(rf"half an? (?P<scale>{'|'.join(SCALES)})\b", re.IGNORECASE)
_NOT_A_HALF = re.compile(r"(?:first|second|other|better|latter|top|bottom|last|next) $", re.IGNORECASE)
_HALF_OF_A_WORD = re.compile(r"-[A-Za-z]| past\b| ?time\b| ?way\b")
_SOME = re.compile(r"(?:few|several|couple|many|some) (?:of )?$", re.IGNORECASE)
_COMPOUND = re.compile(r"-[A-Za-z]{2,}")
# "One" is a number when it ends what "is" or a sign began; "the blue one", "one can see" are not quantities.
_PRONOUN_ONE = re.compile(r"\b(?:no|any|some|every|each|another|other|this|that|which|the) $", re.IGNORECASE)
_COUNTED_ONE = re.compile(
    r"(?:^|[^\w\s-]|\b(?:is|are|was|be|equals|exactly|just|plus|minus|times|than)) *$", re.IGNORECASE
)
_ENDS = re.compile(r"\s*(?:$|[^\w\s-])")
_NEGATIVE = re.compile(r"(?:negative|minus) +(?=[A-Za-z])", re.IGNORECASE)
_MINUEND = re.compile(r"[\w)\]}] *$")
_BEGINS_SIGNED = re.compile(r"\b(?:is|are|was|be|equals|to) *$", re.IGNORECASE)

_FIRST_WORDS = frozenset([*_SMALL, *_TENS, "a", "an", "half", "dozen", "negative", "minus"])


@dataclass(slots=True)
class _Phrase:
    """A cardinal being read word by word."""

    total: int = 0
    current: int = 0
    last: str = ""
    smallest_scale: int = 10**15

    def take(self, word: str) -> bool:
        """Add ``word`` if a cardinal can go on with it."""
        opens = self.last in ("", "hundred", "scale")
        if word in _SMALL and (opens or (self.last == "tens" and 0 < _SMALL[word] < 10)):
            self.current, self.last = self.current + _SMALL[word], "small"
        elif word in _TENS and opens:
            self.current, self.last = self.current + _TENS[word], "tens"
        elif word == "hundred" and self.last in ("small", "tens") and 0 < self.current < 100:
            self.current, self.last = self.current * 100, "hundred"
        elif word in SCALES and self.current and word != "hundred" and SCALES[word] < self.smallest_scale:
            self.smallest_scale = SCALES[word]
            self.total, self.current, self.last = self.total + self.current * SCALES[word], 0, "scale"
        else:
            return False
        return True


def read_english(text: str, place: int) -> Reading | None:
    """Read the number in English words that begins with the word at ``place``; ``None`` if none does."""
    match = _WORD.match(text, place)
    first = match.group().lower() if match else ""
    if first not in _FIRST_WORDS:
        return None
    if first == "half":
        return _read_half(text, place)
    if first in ("negative", "minus"):
        return _read_negative(text, place, first)
    if first == "dozen":
        return None if _SOME.search(text[max(0, place - 12) : place]) else Reading(place + 5, "english", Fraction(12))
    part = _A_PART.match(text, place)
    if part is not None:
        return Reading(part.end("part"), "fraction", Fraction(1, _PARTS[part["part"].lower()]))
    return _read_cardinal(text, place, first)


def _read_half(text: str, place: int) -> Reading | None:
    scale = _HALF_A_SCALE.match(text, place)
    if scale is not None:
        return Reading(scale.end(), "half", Fraction(SCALES[scale["scale"].lower()], 2))
    if _NOT_A_HALF.search(text[max(0, place - 8) : place]) or _HALF_OF_A_WORD.match(text, place + 4):
        return None
    return Reading(place + 4, "half", Fraction(1, 2))


def _read_negative(text: str, place: int, first: str) -> Reading | None:
    match = _NEGATIVE.match(text, place)
    before = text[max(0, place - 8) : place]
    if match is None or (first == "minus" and _MINUEND.search(before) and not _BEGINS_SIGNED.search(before)):
        return None
    word = _WORD.match(text, match.end())
    amount = _read_cardinal(text, match.end(), word.group().lower()) if word else None
    if amount is None or amount.value is None:
        return None
    return Reading(amount.end, amount.rule, -amount.value, amount.percent)


def _read_cardinal(text: str, place: int, first: str) -> Reading | None:
    phrase, end = _phrase(text, place, first)
    if end == place:
        return None
    value = Fraction(phrase.total + phrase.current)
    continued = _continued(text, end, value, phrase.last)
    if continued is not None:
        return continued
    if _COMPOUND.match(text, end):
        return Reading(end, "incidental", value)
    alone = first == "one" and end == place + 3
    before = text[max(0, place - 12) : place]
    if alone and _PRONOUN_ONE.search(before):
        return Reading(end)
    counted = _COUNTED_ONE.search(before) and _ENDS.match(text, end)
    return with_percent(text, Reading(end, "incidental" if alone and not counted else "english", value))


def _phrase(text: str, place: int, first: str) -> tuple[_Phrase, int]:
    """Read as many words as make one cardinal; the index returned is ``place`` if none do."""
    phrase, end, start = _Phrase(), place, place
    if first in ("a", "an"):
        following = _WORD.match(text, place + len(first) + 1)
        if following is None or following.group().lower() not in SCALES:
            return phrase, place
        phrase.current, phrase.last, start = 1, "small", following.start()
    while (word := _WORD.match(text, start)) and phrase.take(word.group().lower()):
        end = word.end()
        link = _LINK.match(text, end)
        if link is None or (link.group() == " and " and phrase.last not in ("hundred", "scale")):
            break
        start = link.end()
    return phrase, end


def _continued(text: str, end: int, value: Fraction, last: str) -> Reading | None:
    """Two-thirds, one and a half, three point one four, twenty-first."""
    half = AND_A_HALF.match(text, end)
    if half is not None:
        return with_percent(text, Reading(half.end(), "half", value + Fraction(1, 2)))
    point = _POINT.match(text, end)
    if point is not None:
        digits = "".join(str(_SMALL.get(word.lower(), 0)) for word in point[1].split()[:40])
        return with_percent(text, Reading(point.end(), "english", value + Fraction(int(digits), 10 ** len(digits))))
    ordinal = _ORDINAL.match(text, end) if last == "tens" else None
    if ordinal is not None:
        return Reading(ordinal.end(), "ordinal", value + _ORDINALS[ordinal["ordinal"].lower()])
    part = _DENOMINATOR.match(text, end)
    if part is not None and (part["plural"] or value == 1):
        word = part["part"].lower()
        return Reading(part.end(), "fraction", value / (2 if word == "halve" else _PARTS[word]))
    return None
