"""A repository of small Python files, whose comments are in one language or the other and whose code is the same."""

from collections.abc import Sequence
from random import Random
from typing import NamedTuple

from benchharness.records import Language
from benchharness.tasks.long_context.families._wording import Texts, read_wording, say

WORDING = "_repository.yaml"
_FINE_OF_A_REMARK = 30
_NUMBERS = range(2, 100)
_COMMENTS = {Language.ZH: "<!--{}-->\n", Language.EN: "<!-- {} -->\n"}


class Topic(NamedTuple):
    """What code is about: a quality and a kind of thing, by their positions in the lexicon."""

    quality: int
    noun: int

    @property
    def identifier(self) -> str:
        """What names are made with, such as ``daily_crates``."""
        return f"{_lexicon('qualities')[self.quality]}_{_lexicon('nouns')[self.noun]}"

    @property
    def text(self) -> Texts:
        """What comments call it."""
        wording = read_wording(WORDING)
        chinese = f"{wording['qualities']['zh'][self.quality]}的{wording['nouns']['zh'][self.noun]}"
        return {Language.ZH: chinese, Language.EN: self.identifier.replace("_", " ")}


def draw_topics(rng: Random, count: int) -> list[Topic]:
    """Return different topics."""
    nouns = len(_lexicon("nouns"))
    every = range(len(_lexicon("qualities")) * nouns)
    return [Topic(*divmod(number, nouns)) for number in rng.sample(every, count)]


def packages() -> Sequence[str]:
    """Return the names of the top folders."""
    names: Sequence[str] = read_wording(WORDING)["packages"]
    return names


def write_file(path: str, content: Texts) -> dict[Language, str]:
    """Return a file as it stands in the text: its content between lines that name it and end it."""
    return {language: f'<file path="{path}">\n{text.rstrip()}\n</file>' for language, text in content.items()}


class Repository:
    """Files without end, each with one function, no two of the same name or path. A ``Filler``.

    Args:
        seed: decides about everything.
    """

    def __init__(self, seed: int) -> None:
        self._rng = Random(f"{seed}:repository")
        self._verbs = list(read_wording(WORDING)["functions"])
        self._shape = (len(self._verbs), len(_lexicon("qualities")), len(_lexicon("nouns")))
        self._count = self._shape[0] * self._shape[1] * self._shape[2]
        self._order = self._rng.sample(range(self._count), self._count)
        self._units: dict[Language, list[str]] = {language: [] for language in Language}
        self._fine = _remarks(self._rng)

    def units(self, language: Language, count: int) -> Sequence[str]:
        """Return the first ``count`` files or more.

        Raises:
            ValueError: if there are not so many different functions.
        """
        if count > self._count:
            raise ValueError(f"{count} files are wanted, but there are {self._count} different ones")
        for number in self._order[len(self._units[language]) : count]:
            for tongue, text in self._file(number).items():
                self._units[tongue].append(f"{text}\n")
        return self._units[language]

    def fine_units(self, language: Language) -> Sequence[str]:
        """Return lines of comment of many lengths that stand outside the files."""
        return self._fine[language]

    def _file(self, number: int) -> dict[Language, str]:
        rest, noun = divmod(number, self._shape[2])
        verb, quality = divmod(rest, self._shape[1])
        name, topic = self._verbs[verb], Topic(quality, noun)
        function = read_wording(WORDING)["functions"][name]
        first, second = self._rng.sample(_NUMBERS, 2)
        code = function["code"].replace("<name>", f"{name}_{topic.identifier}")
        code = code.replace("<a>", str(first)).replace("<b>", str(second))
        remark = say(function, x=topic.text)
        path = f"{self._rng.choice(packages())}/{_lexicon('nouns')[noun]}/{name}_{_lexicon('qualities')[quality]}.py"
        return write_file(path, {language: _with_docstring(code, text) for language, text in remark.items()})


def _with_docstring(code: str, remark: str) -> str:
    head, body = code.split("\n", 1)
    return f'{head}\n    """{remark}"""\n{body}'


def _remarks(rng: Random) -> dict[Language, list[str]]:
    written = [
        say(remark, x=first.text, y=second.text)
        for remark in read_wording(WORDING)["remarks"]
        for first, second in zip(draw_topics(rng, _FINE_OF_A_REMARK), draw_topics(rng, _FINE_OF_A_REMARK), strict=True)
    ]
    return {language: [_COMMENTS[language].format(text[language]) for text in written] for language in Language}


def _lexicon(kind: str) -> Sequence[str]:
    names: Sequence[str] = read_wording(WORDING)[kind]["code"]
    return names
