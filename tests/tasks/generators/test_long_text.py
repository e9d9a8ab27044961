import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchharness.tasks.generators._long_text_events import SIZES, THEMES, Theme
from benchharness.tasks.generators.long_text import generate, solve
from benchharness.text.punctuation import find_ascii_slip

ROWS = generate(2024, 126)
HALVES = ("zh", "en")
NOT_STATED = {"zh": "文中没有提到", "en": "the text does not say"}
STATED_BY_NAME = ("person", "place", "amount", "place_keeper", "keeper", "person_last", "first", "last", "next", "most")


def sentences(passage: str, language: str) -> list[str]:
    if language == "zh":
        return re.split(r"[。\n]", passage)
    return re.split(r"(?<=[a-z0-9C])\.(?:\s|$)|\n", passage)


def names(theme: Theme, event: dict[str, Any], half: int) -> list[str]:
    fields = ("person", "place", "subject", "amount") if event["kind"] == "entry" else ("person", "place")
    return [theme.named(field, event[field])[half] for field in fields if event[field] is not None]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 45))
def test_rows_depend_on_the_seed_alone_and_can_be_solved(seed: int, count: int) -> None:
    rows = generate(seed, count)
    assert rows == generate(seed, count)
    assert rows[: count // 2] == generate(seed, count // 2)
    assert [solve(row) for row in rows] == [row["answer"] for row in rows]


def test_categories_difficulties_themes_and_letters_are_balanced() -> None:
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    assert set(Counter((row["category"], row["difficulty"]) for row in ROWS).values()) == {6}
    assert set(Counter((row["category"], row["theme"], row["difficulty"]) for row in ROWS).values()) == {1}
    assert Counter(row["answer"] for row in ROWS[:60]) == dict.fromkeys("ABCD", 15)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_both_halves_state_every_event_in_one_sentence(row: dict[str, Any]) -> None:
    theme = Theme(row["theme"])
    for half, language in enumerate(HALVES):
        stated = [sentence.casefold() for sentence in sentences(row[language]["passage"], language)]
        for event in row["problem"]["events"]:
            if event["kind"] in ("entry", "keeper"):
                wanted = names(theme, event, half)
            else:
                name = theme.words["settings"][event["setting"]]["name"][half]
                wanted = [name, theme.named(f"setting {event['setting']}", event["value"])[half]]
            assert any(all(one.casefold() in sentence for one in wanted) for sentence in stated), (language, event)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_options_are_four_facts_of_the_same_text(row: dict[str, Any]) -> None:
    for language in HALVES:
        half = row[language]
        assert len(set(half["options"])) == 4
        assert "<" not in half["passage"] + half["question"]
        if row["problem"]["question"] in STATED_BY_NAME:
            stated = [option for option in half["options"] if option != NOT_STATED[language]]
            assert all(option.casefold() in half["passage"].casefold() for option in stated)
    right = row["zh"]["options"]["ABCD".index(row["answer"])]
    assert (right == NOT_STATED["zh"]) == (row["category"] == "absent")
    offered = NOT_STATED["zh"] in row["zh"]["options"]
    assert offered == (row["category"] in ("absent", "retrieval", "two_hop"))


def test_lengths_follow_the_difficulty() -> None:
    for row in ROWS:
        wanted = SIZES[row["difficulty"]].characters
        assert row["zh"]["characters"] == pytest.approx(wanted, rel=0.03)
        assert len(row["en"]["passage"].split()) == pytest.approx(0.72 * wanted, rel=0.2)


def test_no_sentence_stands_twice_in_a_text() -> None:
    for row in ROWS:
        theme = Theme(row["theme"])
        for half, language in enumerate(HALVES):
            for filler in (*theme.words["filler"], *theme.shared["filler"]):
                assert row[language]["passage"].count(filler[half]) <= 1


def test_the_key_fact_stands_at_every_depth() -> None:
    depths = [row["zh"]["depth"] for row in generate(7, 420) if row["category"] == "retrieval"]
    quarters = Counter(int(depth * 4) for depth in depths)
    assert min(quarters[quarter] for quarter in range(4)) >= len(depths) / 4 * 0.7
    for row in ROWS:
        assert 0 < row["zh"]["depth"] < 1
        assert row["en"]["depth"] == pytest.approx(row["zh"]["depth"], abs=0.08)


def test_chinese_is_chinese_to_the_last_mark() -> None:
    for row in ROWS:
        for text in (row["zh"]["passage"], row["zh"]["question"], *row["zh"]["options"]):
            assert find_ascii_slip(text) is None


@pytest.mark.parametrize("name", THEMES)
def test_the_bank_holds_many_sentences_that_name_nothing_asked_for(name: str) -> None:
    theme = Theme(name)
    bank = [*theme.words["filler"], *theme.shared["filler"]]
    assert len(theme.words["filler"]) >= 60
    named = [*theme.words["subjects"], *theme.words["places"], *theme.shared["people"]]
    named += [setting["name"] for setting in theme.words["settings"]]
    for half in (0, 1):
        assert len({sentence[half] for sentence in bank}) == len(bank)
        for words in named:
            bare = re.sub(r"^(?:an?|the) ", "", words[half].casefold()).strip('"《》')
            pattern = rf"\b{re.escape(bare)}\b" if half else re.escape(bare)
            assert not [sentence[half] for sentence in bank if re.search(pattern, sentence[half].casefold())], bare


@pytest.mark.parametrize("name", THEMES)
def test_no_name_is_part_of_another(name: str) -> None:
    theme = Theme(name)
    for half in (0, 1):
        for bank in (theme.words["subjects"], theme.words["places"], theme.shared["people"]):
            whole = [words[half].casefold() for words in bank]
            assert len(set(whole)) == len(whole)
            assert not [(one, two) for one in whole for two in whole if one != two and one in two]


def changed(row: dict[str, Any], **problem: object) -> dict[str, Any]:
    return {**row, "problem": {**row["problem"], **problem}}


def test_the_solver_reads_the_records_alone() -> None:
    row = next(row for row in ROWS if row["problem"]["question"] == "person_total")
    person = row["problem"]["given"]["person"]
    more = {"kind": "entry", "person": person, "subject": 99, "place": 0, "amount": 1, "date": "2024-01-01"}
    with pytest.raises(ValueError, match="not one of the options"):
        solve(changed(row, events=[*row["problem"]["events"], more]))
    assert solve({"problem": row["problem"]}) == row["answer"]


def test_a_question_with_two_answers_or_of_no_kind_is_an_error() -> None:
    row = next(row for row in ROWS if row["problem"]["question"] == "most")
    with pytest.raises(ValueError, match="not one answer"):
        solve(changed(row, events=[{**event, "amount": 5} for event in row["problem"]["events"]]))
    with pytest.raises(ValueError, match="no question of the kind"):
        solve(changed(row, question="colour"))
    single = next(row for row in ROWS if row["problem"]["question"] == "first")
    with pytest.raises(ValueError, match="not one of the options"):
        solve(changed(single, options=[single["problem"]["options"]["ABCD".index(single["answer"])]] * 4))


def test_only_what_was_adopted_by_a_day_is_in_force() -> None:
    events = [
        {"kind": "set", "setting": 0, "value": 10, "date": "2023-03-01"},
        {"kind": "changed", "setting": 0, "value": 20, "date": "2023-03-05"},
        {"kind": "rejected", "setting": 0, "value": 30, "date": "2023-03-06"},
        {"kind": "changed", "setting": 1, "value": 40, "date": "2023-03-06"},
        {"kind": "changed", "setting": 0, "value": 50, "date": "2023-03-09"},
    ]
    problem = {"events": events, "options": [10, 20, 30, 50], "question": "in_force", "given": {"setting": 0}}
    assert solve({"problem": {**problem, "given": {"setting": 0, "date": "2023-03-08"}}}) == "B"
    assert solve({"problem": {**problem, "question": "final"}}) == "D"
