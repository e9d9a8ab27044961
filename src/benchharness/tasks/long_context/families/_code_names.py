"""Code names, which are the same two words in both languages: amber otter, 琥珀水獭."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from benchharness.records import Language
from benchharness.tasks.long_context.families._wording import Texts, Words, read_wording

_LEXICON = read_wording("code_names.yaml")
_GEMS: Sequence[Words] = _LEXICON["gems"]
_ANIMALS: Sequence[Words] = _LEXICON["animals"]
MOST_NAMES = 64
"""As many as a problem may name: a small part of all, so that a draw of distinct names is quick."""


@dataclass(frozen=True, slots=True)
class CodeName:
    """A gemstone or mineral, and an animal; ``gem`` and ``animal`` are their places in the lexicon."""

    gem: int
    animal: int

    @property
    def id(self) -> str:
        """What records call it: ``amber-otter``."""
        return f"{_GEMS[self.gem]['en']}-{_ANIMALS[self.animal]['en']}"

    @property
    def text(self) -> Texts:
        """The name as it is written in each language, without marks around it."""
        gem, animal = _GEMS[self.gem], _ANIMALS[self.animal]
        return {
            Language.ZH: f"{gem['zh']}{animal['zh']}",
            Language.EN: f"{gem['en'].capitalize()} {animal['en'].capitalize()}",
        }


_BY_ID = {
    name.id: name for gem in range(len(_GEMS)) for animal in range(len(_ANIMALS)) for name in [CodeName(gem, animal)]
}


def find_name(name_id: str) -> CodeName:
    """Return the code name of a record.

    Raises:
        ValueError: if there is none of that id.
    """
    if name_id not in _BY_ID:
        raise ValueError(f"there is no code name {name_id!r}")
    return _BY_ID[name_id]


def draw_names(rng: Random, count: int) -> list[CodeName]:
    """Return ``count`` distinct code names."""
    places = rng.sample(range(len(_GEMS) * len(_ANIMALS)), count)
    return [CodeName(*divmod(place, len(_ANIMALS))) for place in places]


def draw_near_names(rng: Random, name: CodeName, count: int) -> list[CodeName]:
    """Return ``count`` distinct code names that share one word with ``name``: the first and the second in turn."""
    gems = rng.sample([gem for gem in range(len(_GEMS)) if gem != name.gem], count)
    animals = rng.sample([animal for animal in range(len(_ANIMALS)) if animal != name.animal], count)
    return [
        CodeName(name.gem, animals[number]) if number % 2 else CodeName(gems[number], name.animal)
        for number in range(count)
    ]
