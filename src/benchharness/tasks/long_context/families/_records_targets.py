"""The people of the records, and targets in both languages."""

from collections.abc import Mapping, Sequence
from functools import cache

from benchharness.records import Language
from benchharness.tasks.long_context.families._wording import Texts, read_wording


@cache
def people() -> Mapping[str, Texts]:
    """Return the people of the records in both languages, by an id such as ``nora-ashworth``."""
    listed = read_wording("_records_people.yaml")["people"]
    return {
        person["en"].lower().replace(" ", "-"): {language: person[language] for language in Language}
        for person in listed
    }


def same(value: str) -> dict[Language, list[list[str]]]:
    """Return a target of one reference that is the same in both languages."""
    return {language: [[value]] for language in Language}


def references(values: Sequence[Texts]) -> dict[Language, list[list[str]]]:
    """Return a target whose references have one form in each language."""
    return {language: [[value[language]] for value in values] for language in Language}
