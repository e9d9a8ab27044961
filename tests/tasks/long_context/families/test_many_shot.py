import re
from collections.abc import Mapping
from itertools import islice
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.tasks.long_context.families.checks import DEPTHS, SEEDS
from tests.tasks.long_context.families.record_checks import EN, ZH, check_windows, drawn, lexicon, value_of

from benchharness.records import Language
from benchharness.tasks.long_context.families import many_shot
from benchharness.text.punctuation import find_ascii_slip

WORDING = lexicon("_shots.yaml")
_LINE = {ZH: re.compile("句子：(.+)类别：([A-Z][0-9]{2})"), EN: re.compile("Sentence: (.+) Label: ([A-Z][0-9]{2})")}


def _pattern(name: str, language: Language) -> re.Pattern[str]:
    """Match all sentences of a class and no other."""

    def values(place: re.Match[str]) -> str:
        return f"(?:{'|'.join(map(re.escape, WORDING['values'][place[1]][language.value]))})"

    forms = [re.sub(r"\\{([a-z]+)\\}", values, re.escape(form[language.value])) for form in WORDING["classes"][name]]
    return re.compile("|".join(forms))


_CLASSES = {language: {name: _pattern(name, language) for name in WORDING["classes"]} for language in Language}
SPLIT = {language: _LINE[language].fullmatch for language in Language}


def class_of(sentence: str, language: Language) -> str:
    (name,) = [name for name, pattern in _CLASSES[language].items() if pattern.fullmatch(sentence)]
    return str(name)


def parse(text: str, language: Language) -> Mapping[str, Any]:
    found = _LINE[language].fullmatch(text)
    assert found, text
    return {"class": class_of(found[1], language), "label": found[2]}


def shown_label(problem_class: str, seed: int, language: Language, **options: Any) -> set[str]:
    units = many_shot.filler(seed, **options).units(language, 100)[:100]
    parsed = [parse(unit.removesuffix("\n"), language) for unit in units]
    return {one["label"] for one in parsed if one["class"] == problem_class}


@settings(max_examples=40, deadline=None)
@given(SEEDS, DEPTHS, st.integers(16, 32), st.integers(0, 99), st.integers(2, 8))
def test_the_examples_tell_the_label(seed: int, depth: float, classes: int, labels: int, shots: int) -> None:
    options = {"classes": classes, "labels": labels, "shots": shots}
    problem = drawn(many_shot, parse, seed, depth, **options)
    assert len(problem.facts) == shots
    assert len({fact.text[EN] for fact in problem.facts}) == shots
    for language in Language:
        ((label,),) = problem.answer[language]
        asked = class_of(problem.question[language], language)
        assert asked == problem.asked["class"]
        assert shown_label(asked, seed + 1, language, **options) == {label}
        assert label in problem.fields[language]["candidates"]
        assert len(problem.fields[language]["candidates"]) == classes
    assert find_ascii_slip(problem.question[ZH]) is None


@pytest.mark.parametrize("language", Language)
def test_only_the_label_is_right(language: Language) -> None:
    problem = many_shot.draw(Random(1), 0.5)
    ((label,),) = problem.answer[language]
    other = next(code for code in problem.fields[language]["candidates"] if code != label)
    assert value_of(problem, language, label, match="exact") == 1
    assert value_of(problem, language, other, match="exact") == 0
    assert value_of(problem, language, f"{label}, {other}", match="exact") == 0


@settings(max_examples=10, deadline=None)
@given(SEEDS, st.integers(1, 300), st.integers(1, 300))
def test_units_are_the_same_whatever_was_asked_before(seed: int, first: int, second: int) -> None:
    grown, whole = many_shot.filler(seed), many_shot.filler(seed)
    grown.units(ZH, first)
    for language in (EN, ZH):
        assert grown.units(language, first + second)[: first + second] == list(
            islice(whole.units(language, first + second), first + second)
        )
        parsed = [parse(unit.removesuffix("\n"), language) for unit in whole.units(language, 48)[:48]]
        assert parsed == [parse(unit.removesuffix("\n"), EN) for unit in whole.units(EN, 48)[:48]]
        # Two rounds of 24 classes.
        assert len({one["class"] for one in parsed[:24]}) == len({one["class"] for one in parsed[24:]}) == 24
        assert len({one["label"] for one in parsed}) == 24


@pytest.mark.parametrize("classes", [16, 32])
def test_no_example_comes_twice_within_a_window(classes: int) -> None:
    filler = many_shot.filler(7, classes=classes)
    units = filler.units(ZH, 85_000)
    assert sum(map(len, units)) >= 1_900_000
    for language in Language:
        check_windows(filler.units(language, 85_000), str)


def test_what_is_asked_and_what_ends_the_fill_is_never_shown() -> None:
    filler = many_shot.filler(7)
    for language in Language:
        shown = {_sentence(unit, language) for unit in filler.units(language, 60_000)}
        fine = {_sentence(unit, language) for unit in filler.fine_units(language)}
        assert len(fine) == len(filler.fine_units(language)) == 288
        problems = [many_shot.draw(Random(seed), 0.5) for seed in range(200)]
        asked = {problem.question[language] for problem in problems}
        given_ = {_sentence(fact.text[language], language) for problem in problems for fact in problem.facts}
        for one, other in (
            (shown, fine),
            (shown, asked),
            (shown, given_),
            (fine, asked),
            (fine, given_),
            (asked, given_),
        ):
            assert not one & other


def _sentence(unit: str, language: Language) -> str:
    found = _LINE[language].fullmatch(unit.strip())
    assert found
    return found[1]


def test_labels_that_disagree_are_refused() -> None:
    records = [{"class": "news", "label": label} for label in ("A10", "B20")]
    with pytest.raises(ValueError, match="2 labels"):
        many_shot.solve(records, {"class": "news"})


@pytest.mark.parametrize(
    ("name", "value"), [("classes", 15), ("classes", 33), ("shots", 1), ("shots", 9), ("labels", -1), ("shot", 2)]
)
def test_wrong_options_are_named(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=name):
        many_shot.draw(Random(0), 0.5, **{name: value})
    with pytest.raises(ValueError, match=name):
        many_shot.filler(0, **{name: value}) if name != "shots" else many_shot.draw(Random(0), 0.5, shots=value)
