import json
import re
from collections import Counter
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchharness.records import FinishReason, Item, Language, Outcome, Response
from benchharness.scorers.base import Sample
from benchharness.scorers.option import score
from benchharness.tasks.generators._logic_search import _left_of
from benchharness.tasks.generators.logical_reasoning import CATEGORIES, generate, solve
from benchharness.text.punctuation import find_ascii_slip

SEEDS = (1, 2, 2024)


@cache
def rows(seed: int) -> list[dict[str, Any]]:
    return generate(seed, 300)


def solved(**problem: Any) -> str:
    return solve({"problem": problem})


@pytest.mark.parametrize("seed", SEEDS)
def test_the_solver_finds_every_answer(seed: int) -> None:
    assert all(solve(row) == row["answer"] for row in rows(seed))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 24))
def test_a_seed_decides_about_the_rows_and_a_larger_count_only_adds(seed: int, count: int) -> None:
    few = generate(seed, count)
    assert few == generate(seed, count + 1)[:count]
    assert few[0] != generate(seed + 1, 1)[0]
    assert all(solve(row) == row["answer"] for row in few)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_question_stands_twice(seed: int) -> None:
    for language in ("zh", "en"):
        assert len({row[language]["question"] for row in rows(seed)}) == 300
    assert [row["id"] for row in rows(seed)][:2] == ["logical_reasoning-0001", "logical_reasoning-0002"]


@pytest.mark.parametrize("seed", SEEDS)
def test_categories_difficulties_and_letters_come_in_equal_shares(seed: int) -> None:
    counts = Counter((row["category"], row["difficulty"]) for row in rows(seed)[:240])
    assert counts == {(category, level): 10 for category in CATEGORIES for level in (1, 2, 3)}
    assert len(CATEGORIES) >= 8
    assert Counter(row["answer"] for row in rows(seed)[:240]) == dict.fromkeys("ABCD", 60)
    for category in CATEGORIES:
        letters = Counter(row["answer"] for row in rows(seed)[:240] if row["category"] == category)
        assert min(letters.values()) >= 6


@pytest.mark.parametrize("seed", SEEDS)
def test_kinds_of_problems_and_forms_of_questions_vary(seed: int) -> None:
    kinds = Counter(row["problem"]["kind"] for row in rows(seed))
    assert len(kinds) == 11
    assert max(kinds.values()) < 90
    forms = {row["problem"]["form"] for row in rows(seed)}
    assert forms >= {"must", "can", "cannot", "need_not", "satisfies", "violates", "equivalent", "who", "least", "most"}
    shapes = Counter(re.sub(r"[A-Z][a-z]+|\d+", "#", row["en"]["question"]) for row in rows(seed))
    assert max(shapes.values()) <= 6


@pytest.mark.parametrize("seed", SEEDS)
def test_options_are_four_and_differ(seed: int) -> None:
    for row in rows(seed):
        assert len({json.dumps(option) for option in row["problem"]["options"]}) == 4
        for language in ("zh", "en"):
            assert len(set(row[language]["options"])) == 4
        assert row == json.loads(json.dumps(row))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_right_option_is_not_given_away_by_its_length(seed: int) -> None:
    for language in ("zh", "en"):
        right = ["ABCD".index(row["answer"]) for row in rows(seed)]
        lengths = [[len(option) for option in row[language]["options"]] for row in rows(seed)]
        longest = sum(
            one[place] > max(one[:place] + one[place + 1 :]) for one, place in zip(lengths, right, strict=True)
        )
        shortest = sum(
            one[place] < min(one[:place] + one[place + 1 :]) for one, place in zip(lengths, right, strict=True)
        )
        assert longest < 100
        assert shortest < 100


@pytest.mark.parametrize("seed", SEEDS)
def test_both_halves_have_the_same_numbers(seed: int) -> None:
    for row in rows(seed):
        if row["problem"]["kind"] in ("truth", "line"):
            continue
        zh, en = (
            Counter(re.findall(r"\d+", " ".join([row[one]["question"], *row[one]["options"]]))) for one in ("zh", "en")
        )
        assert zh == en


@pytest.mark.parametrize("seed", SEEDS)
def test_the_words_are_clean(seed: int) -> None:
    for row in rows(seed):
        for chinese in [row["zh"]["question"], *row["zh"]["options"]]:
            assert find_ascii_slip(chinese) is None
            assert not re.search(r"[A-Za-z,;:?!()<>{} ]|。。|，。|的的|，，", chinese)
        for english in [row["en"]["question"], *row["en"]["options"], row["why"]]:
            assert english.isascii()
            assert not re.search(r"[<>{}] ?[a-z]| {2}|\n|[^.]\.\.[^.]|,,|\bthe the\b", english)
        for option in row["en"]["options"]:
            assert option[0].isupper() or option[0].isdigit()
        assert row["zh"]["question"][-1] == "？"
        assert row["en"]["question"][-1] == "?"


@pytest.mark.parametrize("seed", SEEDS)
def test_names_stand_in_their_language_as_often(seed: int) -> None:
    for row in rows(seed):
        assert re.search(r"[\u4e00-\u9fff]{2}", row["zh"]["question"])
        assert 0.8 < len(row["en"]["question"]) / len(row["zh"]["question"]) < 6


def test_solutions_get_full_marks() -> None:
    for row in rows(2024)[:60]:
        for language, words in ((Language.ZH, "答案："), (Language.EN, "Answer: ")):
            half = row[language.value]
            item = Item(row["id"], language, row["answer"], row["category"], half, options=tuple(half["options"]))
            found = score(Sample(item, Response("key", FinishReason.STOP, text=words + row["answer"])))
            assert (found.value, found.outcome) == (1.0, Outcome.SCORED)


@pytest.mark.parametrize(("size", "left"), [(4, 1), (5, 1), (6, 1)])
def test_the_left_neighbour_sits_clockwise_when_all_face_the_centre(size: int, left: int) -> None:
    """Who sits in the south and looks north has the west on the left; from south to west is clockwise."""
    assert _left_of(0, size) == left
    assert _left_of(size - 1, size) == 0


def test_problems_with_an_answer_known_otherwise() -> None:
    assert solved(kind="die", form="top", start=[1, 2, 3], rolls=[0], options=[5, 1, 2, 6]) == "A"
    assert solved(kind="die", form="east", start=[1, 2, 3], rolls=[0, 0, 0, 0], options=[5, 3, 2, 6]) == "B"
    assert (
        solved(kind="walk", form="where", start=0, steps=[["forward", 3], ["left"], ["forward", 1]], options=[1, 3, 7])
        == "C"
    )
    assert solved(kind="walk", form="facing", start=2, steps=[["right"], ["back"]], options=[0, 2, 4, 6]) == "A"
    assert solved(kind="map", form="where", links=[[0, 1, 0, 5], [1, 2, 1, 5]], ask=[0, 2], options=[5, 1, 3, 7]) == "B"
    assert solved(kind="draws", form="same", counts=[10, 10, 10], wanted=2, place=0, options=[2, 3, 4, 5]) == "C"
    assert solved(kind="draws", form="of", counts=[4, 6], wanted=1, place=0, options=[1, 7, 6, 5]) == "B"
    whole, first, second = [[0, 1, 2, 3], 30], [[1, 3], 18], [[2, 3], 15]
    two = {"kind": "regions", "sets": 2, "ask": [3], "options": [3, 15, 12, 18]}
    assert solved(form="least", given=[whole, first, second], **two) == "A"
    assert solved(form="most", given=[whole, first, second], **two) == "B"
    assert solved(form="only", given=[whole, first, second, [[0], 9]], **two) == "C"
    barbara = {"kind": "classes", "size": 3, "given": [["all", 0, 1], ["all", 1, 2]]}
    statements = [["all", 2, 0], ["all", 0, 2], ["none", 1, 2], ["some_not", 0, 1]]
    assert solved(form="must", options=statements, **barbara) == "B"
    assert solved(form="cannot", options=[*statements[:2], ["some", 1, 2], ["none", 0, 2]], **barbara) == "D"
    liars = {"kind": "truth", "size": 2, "said": [["liar", 1], ["same", 0, 1]]}
    assert solved(form="who_true", options=[[0], [1], [0, 1], []], **liars) == "A"


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (
            {"kind": "line", "form": "must", "size": 3, "given": [["before", 0, 1]], "options": [["before", 1, 2]]},
            "0 options",
        ),
        ({"kind": "line", "form": "can", "size": 3, "given": [], "options": [["at", 0, 1], ["at", 0, 2]]}, "2 options"),
        (
            {"kind": "line", "form": "can", "size": 3, "given": [["end", 0], ["at", 0, 2]], "options": []},
            "nothing fits",
        ),
        ({"kind": "line", "form": "might", "size": 3, "given": [], "options": []}, "unknown form"),
        ({"kind": "line", "form": "can", "size": 3, "given": [["near", 0, 1]], "options": []}, "unknown claim"),
        ({"kind": "ring", "form": "can", "size": 4, "given": [["near", 0, 1]], "options": []}, "unknown claim"),
        (
            {"kind": "grid", "form": "can", "size": 3, "columns": 1, "given": [["near", 0]], "options": []},
            "unknown claim",
        ),
        (
            {"kind": "bool", "form": "can", "size": 3, "given": [["near", 0, 1, [2, True]]], "options": []},
            "unknown claim",
        ),
        ({"kind": "truth", "form": "who", "size": 2, "said": [["near"], ["near"]], "options": []}, "unknown claim"),
        (
            {"kind": "truth", "form": "count_true", "size": 2, "said": [["liar", 1], ["liar", 1]], "options": []},
            "not one",
        ),
        (
            {"kind": "classes", "form": "must", "size": 2, "given": [["all", 0, 1], ["none", 0, 1]], "options": []},
            "nothing",
        ),
        ({"kind": "regions", "form": "only", "sets": 1, "given": [[[0, 1], 5]], "ask": [1], "options": []}, "not one"),
        (
            {"kind": "regions", "form": "only", "sets": 1, "given": [[[0], 5], [[0], 4]], "ask": [1], "options": []},
            "no numbers",
        ),
        (
            {"kind": "draws", "form": "same", "counts": [1, 1], "wanted": 2, "place": 0, "options": []},
            "no number of draws",
        ),
        ({"kind": "walk", "form": "where", "start": 0, "steps": [], "options": []}, "no direction"),
        ({"kind": "chess", "form": "who", "options": []}, "unknown kind"),
        ({"kind": "map", "form": "where", "links": [[0, 1, 0, 5]], "ask": [2, 0], "options": []}, "nothing links"),
    ],
)
def test_problems_without_one_answer_are_errors(problem: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        solve({"problem": problem})
