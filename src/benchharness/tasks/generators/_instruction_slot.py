"""A slot: an instruction in both languages, the same one or its counterpart, with the words in which it is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeAlias

from benchharness.records import Language

Parameters: TypeAlias = Mapping[str, Any]
Variant: TypeAlias = tuple[Parameters, Parameters]
"""The parameters in Chinese and in English."""

# Layouts: how the answer is arranged. Exactly one holds for an item; "plain" where no instruction imposes one.
FLOWING = frozenset({"plain", "prose"})
MIXED = FLOWING | {"list", "parts"}
ANY = MIXED | {"verse", "labels", "table", "json", "code"}


@dataclass(frozen=True, slots=True)
class Slot:
    """One instruction, in each language.

    Attributes:
        name: its name.
        kinds: its kind in Chinese and in English; the same, or counterparts.
        variants: the parameters it may have. ``$0`` to ``$3`` stand for the keywords of the topic in the item's order,
            ``!0`` and ``!1`` for its tempting words, ``$request`` for the request.
        zh: phrasings in Chinese, without the final mark; ``{bound}`` is the range, other names are parameters.
        en: phrasings in English.
        fits: the layouts in which it can be followed; one layout if it imposes that.
        claims: what it settles; two slots that settle the same conflict.
        excludes: claims of others that it conflicts with.
        anchor: whether it ties an answer to the topic.
        neutral: whether it can be followed in either language.
    """

    name: str
    kinds: tuple[str, str]
    variants: tuple[Variant, ...]
    zh: tuple[str, ...]
    en: tuple[str, ...]
    fits: frozenset[str]
    claims: frozenset[str] = frozenset()
    excludes: frozenset[str] = frozenset()
    anchor: bool = False
    neutral: bool = False

    def kind(self, language: Language) -> str:
        """Return its kind in ``language``."""
        return self.kinds[0] if language is Language.ZH else self.kinds[1]

    def parameters(self, variant: int, language: Language) -> Parameters:
        """Return the parameters of a variant in ``language``, with the signs for words still in them."""
        zh, en = self.variants[variant]
        return zh if language is Language.ZH else en

    def phrasings(self, language: Language) -> tuple[str, ...]:
        """Return the phrasings in ``language``."""
        return self.zh if language is Language.ZH else self.en


def conflict(one: Slot, two: Slot) -> bool:
    """Tell whether two slots cannot stand in one item."""
    return (
        one.name == two.name
        or not one.fits & two.fits
        or bool(one.claims & two.claims or one.claims & two.excludes or two.claims & one.excludes)
    )


def same(*variants: Parameters) -> tuple[Variant, ...]:
    """Return variants whose parameters are equal in both languages."""
    return tuple((variant, variant) for variant in variants)


def bounds(*pairs: tuple[tuple[int | None, int | None], tuple[int | None, int | None]]) -> tuple[Variant, ...]:
    """Return variants with ``least`` and ``most``, given for Chinese and English."""
    return tuple((_bound(*zh), _bound(*en)) for zh, en in pairs)


def _bound(least: int | None, most: int | None) -> Parameters:
    return {key: value for key, value in (("least", least), ("most", most)) if value is not None}


def number(*ranges: tuple[int | None, int | None], **others: Any) -> tuple[Variant, ...]:
    """Return variants with ``least`` and ``most``, equal in both languages, beside other parameters."""
    return same(*({**_bound(*one), **others} for one in ranges))


_BOUNDS: dict[Language, dict[str, tuple[str, ...]]] = {
    Language.ZH: {
        "exactly": ("正好{least}", "恰好{least}"),
        "least": ("至少{least}", "不少于{least}"),
        "most": ("最多{most}", "不超过{most}"),
        "between": ("{least}到{most}", "不少于{least}、不多于{most}"),
    },
    Language.EN: {
        "exactly": ("exactly {least}",),
        "least": ("at least {least}", "no fewer than {least}"),
        "most": ("at most {most}", "no more than {most}"),
        "between": ("between {least} and {most}", "from {least} to {most}"),
    },
}


_MARK_NAMES = {"()": "parentheses", '""': "double quotation marks"}


def phrase(slot: Slot, parameters: Parameters, language: Language, rng: Random) -> str:
    """Say an instruction in words.

    Args:
        slot: the instruction.
        parameters: its parameters, with words in place of signs.
        language: in which to say it.
        rng: draws the phrasing.
    """
    values = {key: _quoted(value, language) for key, value in parameters.items()}
    values["hashes"] = "#" * parameters.get("level", 0)
    marks: str = parameters.get("marks", "")
    values["marks_list"] = _quoted(list(marks), language)
    values["marks_name"] = _MARK_NAMES.get(marks, marks)
    if "least" in parameters or "most" in parameters:
        values["bound"] = rng.choice(_BOUNDS[language][_relation(parameters)]).format(**parameters)
    return rng.choice(slot.phrasings(language)).format(**values)


def _relation(parameters: Parameters) -> str:
    least, most = parameters.get("least"), parameters.get("most")
    if least is None:
        return "most"
    if most is None:
        return "least"
    return "exactly" if least == most else "between"


def _quoted(value: Any, language: Language) -> str:
    if isinstance(value, str) or not isinstance(value, Sequence):
        return str(value)
    if language is Language.ZH:
        return "、".join(f"“{one}”" for one in value)
    quoted = [f'"{one}"' for one in value]
    return " and ".join(part for part in (", ".join(quoted[:-1]), *quoted[-1:]) if part)
