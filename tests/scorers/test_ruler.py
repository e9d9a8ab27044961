"""RULER's own metric, on outputs whose values are counted by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.records import FinishReason, Item, Language, Outcome, Response, Score
from benchharness.scorers.base import Sample
from benchharness.scorers.ruler import check, score


def item(*references: object) -> Item:
    return Item("1", Language.EN, {"en": list(references)}, "c", {})


def mark(text: str, *references: str, match: str = "all", finish: FinishReason = FinishReason.STOP) -> Score:
    asked = item(*([reference] for reference in references))
    return score(Sample(asked, Response("key", finish, text=text)), match=match)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "references", "all_found", "any_found"),
    [
        ("4821937", ("4821937",), 1, 1),
        ("The number is 4821937.", ("4821937",), 1, 1),
        ("4821938", ("4821937",), 0, 0),
        ("1111111, 2222222 and 3333333", ("1111111", "2222222", "3333333", "4444444"), 3 / 4, 1),
        ("2222222 1111111", ("1111111", "2222222"), 1, 1),
        ("none of them", ("1111111", "2222222"), 0, 0),
        ("QUIET-HARBOUR", ("quiet-harbour",), 1, 1),
        ("xkqpd, and ABCDE", ("XKQPD", "ABCDE", "FGHIJ", "KLMNO", "PQRST"), 2 / 5, 1),
        # No borders are looked at: part of a longer word or number is enough.
        ("the Normans", ("Norman",), 1, 1),
        ("94821937000", ("4821937",), 1, 1),
        ("4,821,937", ("4821937",), 0, 0),
        ("4 821 937", ("4821937",), 0, 0),
        # Whatever else is stated does no harm.
        ("It is 1111111 or 2222222 or 3333333.", ("2222222",), 1, 1),
        ("It is not 2222222.", ("2222222",), 1, 1),
        # The same reference twice counts twice.
        ("Denver", ("Denver", "Denver", "Boulder"), 2 / 3, 1),
        ("in the 10th century", ("10th century", "the 10th century", "tenth century"), 2 / 3, 1),
        ("Nobody knows", ("no",), 1, 1),
        ("4821\n937", ("4821937",), 0, 0),
        ("a\tb", ("a\nb",), 1, 1),
    ],
)
def test_the_metric_is_the_share_of_references_found_or_whether_one_is(
    text: str, references: tuple[str, ...], all_found: float, any_found: float
) -> None:
    found = mark(text, *references)
    assert found.outcome is Outcome.SCORED
    assert found.value == pytest.approx(all_found)
    assert found.detail == {"found": round(all_found * len(references)), "references": len(references)}
    assert mark(text, *references, match="part").value == any_found


def test_a_tasks_score_is_the_mean_over_its_items_times_a_hundred() -> None:
    outputs = ["1111111 2222222 3333333 4444444", "1111111", "5555555", "2222222, 1111111 and 3333333"]
    values = [mark(text, "1111111", "2222222", "3333333", "4444444").value for text in outputs]
    assert 100 * sum(values) / len(values) == 50
    assert [mark(text, "1111111", "4444444", match="part").value for text in outputs] == [1, 1, 0, 1]


def test_an_answer_that_was_cut_off_counts_for_what_it_has() -> None:
    found = mark("1111111, 2222222 and 333", "1111111", "2222222", "3333333", finish=FinishReason.LENGTH)
    assert found.outcome is Outcome.SCORED
    assert found.value == pytest.approx(2 / 3)


def test_what_was_found_is_shown_with_its_place() -> None:
    found = mark("They are ABCDE and then XKQPD.", "xkqpd", "ABCDE", "FGHIJ")
    assert found.parsed == "xkqpd; ABCDE"
    assert found.extraction is not None
    assert (found.extraction.rule, found.extraction.start, found.extraction.end) == ("substring", 9, 29)
    missing = mark("nothing", "ABCDE")
    assert (missing.parsed, missing.extraction) == (None, None)


def test_any_form_of_a_reference_will_do() -> None:
    sample = Sample(item(["uno", "one"], ["due", "two"]), Response("key", FinishReason.STOP, text="one, and two"))
    assert score(sample).value == 1


@given(st.lists(st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1), min_size=1), st.data())
def test_an_answer_that_has_all_references_is_right_in_any_case_and_order(
    references: list[str], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(references))
    found = mark(" | ".join(shuffled).lower(), *references)
    assert found.value == mark(" | ".join(shuffled), *references, match="part").value == 1
    assert found.extraction is None or 0 <= found.extraction.start < found.extraction.end


@pytest.mark.parametrize(
    "target",
    ["4821937", {}, {"zh": [["甲"]]}, {"en": []}, {"en": "4821937"}, {"en": ["4821937"]}, {"en": [[]]}, {"en": [[""]]}],
)
def test_a_target_without_references_is_refused(target: object) -> None:
    with pytest.raises(ValueError, match=r"reference|form"):
        check(Item("1", Language.EN, target, "c", {}))


def test_an_unknown_way_to_match_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 'all' or 'part'"):
        mark("4821937", "4821937", match="most")
