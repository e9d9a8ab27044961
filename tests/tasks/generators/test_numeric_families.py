"""What calculation and multi-step reasoning have in common."""

import calendar
import re
from collections import Counter
from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchharness.records import FinishReason, Item, Language, Outcome, Response
from benchharness.scorers.base import Sample
from benchharness.scorers.number import score
from benchharness.tasks.generated import Generator, find_generator
from benchharness.tasks.generators._numeric_rows import Draft, Family, Kind, build_rows, unique, write_answer
from benchharness.tasks.generators._wording import Words, enumerated, fill, read_wording
from benchharness.text.punctuation import find_ascii_slip

SEEDS = (1, 2, 2024)
COUNT = 300
FAMILIES = ("calculation", "multi_step_reasoning")
CASES = [(family, seed) for family in FAMILIES for seed in SEEDS]
MONTHS = list(calendar.month_name)


over_rows = pytest.mark.parametrize(("family", "seed"), CASES)
over_families = pytest.mark.parametrize("family", FAMILIES)


def generator(family: str) -> Generator:
    return find_generator(family, "here")


@cache
def rows(family: str, seed: int) -> list[dict[str, Any]]:
    return generator(family).generate(seed, COUNT)


def numbers(text: str) -> Counter[Fraction]:
    """The numbers of a text. 打8.5折 and 15% off are the same, and so are 3月 and March."""
    text = re.sub(r"打(\d+(?:\.\d)?)折", lambda fold: f"{100 - 10 * Fraction(fold[1])}", text)
    text = re.sub("|".join(MONTHS[1:]), lambda month: f" {MONTHS.index(month[0])} ", text)
    return Counter(Fraction(number) for number in re.findall(r"\d+(?:\.\d+)?", text))


@over_rows
def test_the_solver_agrees_from_the_problem_alone(family: str, seed: int) -> None:
    solve = generator(family).solve
    for row in rows(family, seed):
        assert solve({"problem": row["problem"]}) == row["answer"], row


@over_families
def test_a_row_depends_on_the_seed_and_not_on_the_count(family: str) -> None:
    generate = generator(family).generate
    assert generate(5, 90)[:40] == generate(5, 40)
    texts = {row["en"]["question"] for row in generate(5, 60)}
    assert not texts & {row["en"]["question"] for row in generate(6, 60)}


@over_rows
def test_nothing_is_asked_twice(family: str, seed: int) -> None:
    for language in Language:
        assert len({row[language.value]["question"] for row in rows(family, seed)}) == COUNT
    assert [row["id"] for row in rows(family, seed)] == [f"{family}-{place:04d}" for place in range(1, COUNT + 1)]


@over_rows
def test_difficulties_and_categories_come_in_equal_shares(family: str, seed: int) -> None:
    assert Counter(row["difficulty"] for row in rows(family, seed)) == {1: 100, 2: 100, 3: 100}
    for counted in (
        Counter(row["category"] for row in rows(family, seed)),
        Counter((row["category"], row["difficulty"]) for row in rows(family, seed)),
    ):
        assert max(counted.values()) - min(counted.values()) <= 1


@over_rows
def test_both_halves_state_the_same_numbers(family: str, seed: int) -> None:
    for row in rows(family, seed):
        assert numbers(row["zh"]["question"]) == numbers(row["en"]["question"]), row["id"]


@over_rows
def test_both_halves_state_the_same_formulas(family: str, seed: int) -> None:
    for row in rows(family, seed):
        zh, en = (Counter(re.findall(r"\$[^$]*[\\^★◎=][^$]*\$", row[half]["question"])) for half in ("zh", "en"))
        assert zh == en, row["id"]


@over_rows
def test_chinese_is_punctuated_as_chinese(family: str, seed: int) -> None:
    for row in rows(family, seed):
        text = row["zh"]["question"]
        assert find_ascii_slip(text) is None, text
        assert not re.search(r"[\u4e00-\u9fff] | [\u4e00-\u9fff]", text), text
        assert not re.search(r"[，。：；？][，。：；？]", text), text
        assert text[-1] in "。？）", text


@over_rows
def test_english_is_punctuated_as_english(family: str, seed: int) -> None:
    for row in rows(family, seed):
        text = row["en"]["question"]
        assert not re.search(r"[\u4e00-\u9fff，。：；？！（）“”、]", text), text
        assert not re.search(r"  |\.\.| [,.;:?]", text.replace("...", "")), text
        assert not re.search(r"(?<![\w.])1 (?!begins|leaves)[a-z]+[^s\W]s\b|\b1 (?:are|have)\b", text), text
        assert text[-1] in ".?)", text


@over_rows
def test_no_answer_is_common(family: str, seed: int) -> None:
    assert Counter(row["answer"] for row in rows(family, seed)).most_common(1)[0][1] <= 0.03 * COUNT


@over_rows
def test_every_place_is_filled_and_every_row_explained(family: str, seed: int) -> None:
    for row in rows(family, seed):
        assert not re.search(r"<\w+>", row["zh"]["question"] + row["en"]["question"])
        assert row["why"].endswith(".")
        assert "\n" not in row["why"]


@over_rows
def test_the_scorer_gives_the_answer_full_marks(family: str, seed: int) -> None:
    for row in rows(family, seed):
        for language, text in ((Language.ZH, "答案："), (Language.EN, "Answer: ")):
            item = Item(row["id"], language, row["answer"], row["category"], row[language.value])
            found = score(Sample(item, Response("key", FinishReason.STOP, text=f"{text}{row['answer']}")))
            assert (found.value, found.outcome) == (1.0, Outcome.SCORED)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**9), family=st.sampled_from(FAMILIES))
def test_any_seed_gives_rows_whose_answers_hold(seed: int, family: str) -> None:
    for row in generator(family).generate(seed, 48):
        assert generator(family).solve(row) == row["answer"]


@over_families
def test_an_unknown_kind_is_refused(family: str) -> None:
    with pytest.raises(ValueError, match="no kind 'riddle'"):
        generator(family).solve({"problem": {"kind": "riddle", "form": "integer"}})


@pytest.mark.parametrize(
    ("value", "form", "written"),
    [
        (Fraction(6, 2), "fraction", 3),
        (Fraction(-3, 4), "fraction", "-3/4"),
        (Fraction(-1, 8), "decimal", "-0.125"),
        (Fraction(2501, 2), "decimal", "1250.5"),
        (Fraction(1, 8), "percent", "12.5%"),
        (Fraction(-1, 4), "percent", "-25%"),
        (7, "integer", 7),
    ],
)
def test_answers_are_written_exactly(value: Fraction | int, form: str, written: int | str) -> None:
    assert write_answer(value, form) == written


@pytest.mark.parametrize(("value", "form"), [(Fraction(1, 3), "decimal"), (Fraction(1, 2), "integer")])
def test_an_answer_that_has_no_such_form_is_refused(value: Fraction, form: str) -> None:
    with pytest.raises(ValueError):
        write_answer(value, form)


@pytest.mark.parametrize("values", [[], [1, 2]])
def test_only_one_answer_will_do(values: list[int]) -> None:
    with pytest.raises(ValueError, match="not one answer"):
        unique(values)


def test_a_kind_that_has_no_further_problem_says_so() -> None:
    def draw(_: object, level: int) -> Draft:
        return Draft({"form": "integer"}, level, "So it is.", Words(f"{level}是多少？", f"What is {level}?"))

    family = Family("counting", (Kind("one", "numbers", draw, lambda _: 1),))
    assert len(build_rows(family, 1, 3)) == 3
    with pytest.raises(ValueError, match="no further problem of kind one, difficulty 1"):
        build_rows(family, 1, 4)


@over_families
def test_templates_name_the_same_places_in_both_languages(family: str) -> None:
    def walk(node: Any) -> None:
        if isinstance(node, Words):
            zh, en = (set(re.findall(r"<(\w+)>", half)) for half in node)
            # 打8折 is 20% off, 5时3分 is 5:03, 第3个 is the 3rd; English also needs "block" or "blocks".
            assert zh - {"fold"} <= en | {"m", "n"}, node
            assert en - zh <= {"off", "mm", "mth", "nth", "bx", "by", "one", "thing", "unit"}, node
        elif isinstance(node, dict | list):
            for child in node.values() if isinstance(node, dict) else node:
                walk(child)

    walk(read_wording(family))


def test_wording_fills_and_joins_in_both_languages() -> None:
    filled = fill(Words("<who>有<n>个", "<who> has <n>"), who=Words("小明", "Tom"), n=3)
    assert filled == Words("小明有3个", "Tom has 3")
    assert enumerated([Words("甲", "one"), Words("乙", "two"), Words("丙", "three")]) == Words(
        "甲、乙和丙", "one, two and three"
    )
    with pytest.raises(KeyError):
        fill(Words("<n>个", "<n> of them"), m=3)
