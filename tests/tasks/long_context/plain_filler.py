"""A filler of numbered sentences, for tests of what is done with any filler."""

import random
from collections.abc import Sequence

from benchharness.records import Language
from benchharness.tasks.long_context.records import Fact, Problem

NOUNS = {
    Language.EN: ("boat", "lantern", "kettle", "ladder", "window", "orchard", "ferry", "market"),
    Language.ZH: ("小船", "灯笼", "水壶", "梯子", "窗户", "果园", "渡船", "集市"),
}


class Sentences:
    """Sentence ``i`` names ``i`` and some things; a paragraph has five. ``longest`` bounds the things."""

    def __init__(self, seed: int = 0, longest: int = 6) -> None:
        self._seed = seed
        self._longest = longest

    def units(self, language: Language, count: int) -> Sequence[str]:
        """See ``Filler``."""
        return [self._sentence(language, number) for number in range(count)]

    def fine_units(self, language: Language) -> Sequence[str]:
        """See ``Filler``."""
        end = "。" if language is Language.ZH else ". "
        nouns = NOUNS[language]
        joined = "" if language is Language.ZH else " "
        return [
            joined.join([*nouns, *nouns, *nouns][start : start + size]) + end
            for start in range(8)
            for size in range(1, 13)
        ]

    def _sentence(self, language: Language, number: int) -> str:
        rng = random.Random(f"{self._seed}:{number}")
        chosen = [rng.randrange(8) for _ in range(rng.randint(1, self._longest))]
        nouns = [NOUNS[language][index] for index in chosen]
        end = "\n" if number % 5 == 4 else ""
        if language is Language.ZH:
            return f"第{number}日见到{'、'.join(nouns)}。{end}"
        return f"Day {number} brought the {', the '.join(nouns)}.{end or ' '}"


def make_problem(*depths: float, block: bool = False) -> Problem:
    """Return a problem whose fact ``i`` states a seven-digit number at the depth given."""
    facts = tuple(
        Fact(
            record={"value": 4_821_900 + index},
            text={Language.EN: f"The number is {4_821_900 + index}.", Language.ZH: f"号码是 {4_821_900 + index}。"},
            depth=depth,
            block=block,
        )
        for index, depth in enumerate(depths)
    )
    values = [[str(fact.record["value"])] for fact in facts]
    return Problem(
        facts=facts,
        question={Language.EN: "Which number?", Language.ZH: "是哪个号码？"},
        answer=dict.fromkeys(Language, values),
        depth=depths[0],
        asked={},
    )
