"""Labelled examples: sentences of several classes, each class with an arbitrary label.

The sentences of a class are numbered. By its number each belongs to one of ``_SHARES`` parts, which are kept for what
fills the text, for the examples that a problem is sure to have, for what is asked, and for what ends the fill: so none
of these is ever the same as another.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate, cycle
from math import prod
from random import Random
from typing import NamedTuple

from benchharness.records import Language
from benchharness.tasks.long_context.families._wording import Texts, Words, read_wording, say

_SHARES = 16
SHOWN, ASKED, FINE = 0, 1, 2
_FIRST_OF_FILLER = 3
_FINE_OF_A_CLASS = 12
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_LINES = {Language.ZH: "句子：{}类别：{}", Language.EN: "Sentence: {} Label: {}"}


class _Form(NamedTuple):
    """A template and the values that its places may have, by name."""

    template: Words
    values: Mapping[str, Sequence[Texts]]

    @property
    def size(self) -> int:
        return prod(map(len, self.values.values()))


def all_classes() -> list[str]:
    """Return the names of the classes, such as ``weather``."""
    return list(read_wording("_shots.yaml")["classes"])


def draw_labels(seed: int, classes: int) -> dict[str, str]:
    """Return some of the classes with a label for each: a letter and two digits, drawn without regard to meaning."""
    rng = Random(f"{seed}:labels")
    codes = rng.sample([f"{letter}{number}" for letter in _LETTERS for number in range(10, 100)], classes)
    return dict(zip(rng.sample(all_classes(), classes), codes, strict=True))


def size(name: str) -> int:
    """Return how many sentences a class has."""
    return sum(form.size for form in _forms(name))


def numbers(name: str, share: int) -> Sequence[int]:
    """Return the numbers of those sentences of a class that are kept for one purpose."""
    return range(share, size(name), _SHARES)


def sentence(name: str, number: int) -> dict[Language, str]:
    """Return a sentence of a class, by its number from 0."""
    ends = list(accumulate(form.size for form in _forms(name)))
    place = next(place for place, end in enumerate(ends) if number < end)
    form = _forms(name)[place]
    rest = number - (ends[place] - form.size)
    chosen = {}
    for key, values in form.values.items():
        rest, index = divmod(rest, len(values))
        chosen[key] = values[index]
    return say(form.template, **chosen)


def write_example(text: Texts, label: str) -> dict[Language, str]:
    """Return a line with a sentence and its label."""
    return {language: _LINES[language].format(text[language], label) for language in Language}


class Shots:
    """Lines of examples without end, in rounds in which each class has its turn. A ``Filler``.

    In no round is a class left out, so that each has its share of any length; a sentence comes again only when all
    others of its class for this purpose have been.

    Args:
        seed: decides about the order.
        labels: of the classes.
    """

    def __init__(self, seed: int, labels: Mapping[str, str]) -> None:
        self._rng = Random(f"{seed}:shots")
        self._labels = labels
        self._turns = {name: cycle(self._shuffled(name)) for name in labels}
        self._units: dict[Language, list[str]] = {language: [] for language in Language}
        self._fine: dict[Language, list[str]] = {language: [] for language in Language}
        for name in labels:
            for number in self._rng.sample(numbers(name, FINE), _FINE_OF_A_CLASS):
                self._add(self._fine, name, number)

    def units(self, language: Language, count: int) -> Sequence[str]:
        """Return the first ``count`` lines or more."""
        while len(self._units[language]) < count:
            for name in self._rng.sample(list(self._labels), len(self._labels)):
                self._add(self._units, name, next(self._turns[name]))
        return self._units[language]

    def fine_units(self, language: Language) -> Sequence[str]:
        """Return lines of many lengths that are not among the others."""
        return self._fine[language]

    def _shuffled(self, name: str) -> list[int]:
        kept = [number for number in range(size(name)) if number % _SHARES >= _FIRST_OF_FILLER]
        self._rng.shuffle(kept)
        return kept

    def _add(self, lines: Mapping[Language, list[str]], name: str, number: int) -> None:
        for language, line in write_example(sentence(name, number), self._labels[name]).items():
            lines[language].append(f"{line}\n")


@cache
def _forms(name: str) -> Sequence[_Form]:
    wording = read_wording("_shots.yaml")
    values = {
        key: [{Language.ZH: zh, Language.EN: en} for zh, en in zip(pairs["zh"], pairs["en"], strict=True)]
        for key, pairs in wording["values"].items()
    }
    return [
        _Form(template, {key: values[key] for key in values if f"{{{key}}}" in template["zh"]})
        for template in wording["classes"][name]
    ]
