import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.records import Continuation, FinishReason, Item, Language, Outcome, Response
from benchharness.scorers.base import Sample, find_scorer
from benchharness.scorers.choice import score


def sample(log_probs: list[float], texts: list[str], tokens: list[int], target: str = "A") -> Sample:
    options = tuple(text.strip() for text in texts)
    item = Item(id="1", language=Language.ZH, target=target, category="c", fields={}, options=options)
    response = Response("key", FinishReason.CHOSEN, log_probs=tuple(log_probs))
    pieces = (Continuation(text, tuple(range(length))) for text, length in zip(texts, tokens, strict=True))
    return Sample(item, response, tuple(pieces))


# (log-probabilities, continuations, tokens, chosen by sum, by token, by character)
CASES = [
    ([-1.0, -2.0], ["A", "B"], [1, 1], "A", "A", "A"),
    ([-2.0, -1.0], [" A", " B"], [1, 1], "B", "B", "B"),
    ([-4.0, -3.0], ["上床睡觉了", "睡了"], [4, 2], "B", "A", "A"),
    ([-4.0, -3.0], [" went to bed", " slept"], [4, 1], "B", "A", "A"),
    ([-6.0, -5.0, -9.0], ["一二三四五六", "甲乙", "子丑寅"], [3, 2, 9], "B", "C", "A"),
    ([-2.0, -3.0, -4.0, -1.5], ["A", "B", "C", "D"], [1] * 4, "D", "D", "D"),
    ([-1.0, -1.0, -0.5], ["A", "B", "C"], [1] * 3, "C", "C", "C"),
    ([-math.inf, -9.0], ["A", "B"], [1, 1], "B", "B", "B"),
]


@pytest.mark.parametrize(("log_probs", "texts", "tokens", "by_sum", "by_token", "by_character"), CASES)
def test_the_likeliest_option_is_chosen(
    log_probs: list[float], texts: list[str], tokens: list[int], by_sum: str, by_token: str, by_character: str
) -> None:
    for normalise, chosen in (("sum", by_sum), ("per_token", by_token), ("per_character", by_character)):
        for target in "ABCD":
            mark = score(sample(log_probs, texts, tokens, target), normalise)  # type: ignore[arg-type]
            assert (mark.parsed, mark.outcome) == (chosen, Outcome.SCORED), normalise
            assert mark.value == (chosen == target)


# (log-probabilities after the question, those where nothing is asked, chosen, margin)
UNCONDITIONAL_CASES = [
    # 2.5, 0.5: a common word is likely anywhere, and a rare one is not.
    ([-6.0, -2.0], [-8.5, -2.5], "A", 2.0),
    ([-1.0, -2.0], [-1.0, -9.0], "B", 7.0),
    # -1, 0, -2, -0.25
    ([-3.0, -3.0, -3.0, -3.0], [-2.0, -3.0, -1.0, -2.75], "B", 0.25),
]


def sample_beside(log_probs: list[float], alone: list[float]) -> Sample:
    texts = list("ABCD"[: len(log_probs)])
    return replace(sample(log_probs, texts, [1] * len(texts)), unconditional=tuple(alone))


@pytest.mark.parametrize(("log_probs", "alone", "chosen", "margin"), UNCONDITIONAL_CASES)
def test_what_is_likely_where_nothing_is_asked_is_taken_off(
    log_probs: list[float], alone: list[float], chosen: str, margin: float
) -> None:
    mark = score(sample_beside(log_probs, alone), "unconditional")
    assert (mark.parsed, mark.outcome) == (chosen, Outcome.SCORED)
    assert mark.detail["margin"] == pytest.approx(margin)


@pytest.mark.parametrize(
    ("log_probs", "alone"),
    [([-1.0, -2.0], [-3.0, -4.0]), ([-math.inf, -1.0], [-math.inf, -2.0]), ([-1.0, -2.0], [math.nan, -1.0])],
)
def test_where_the_question_changes_nothing_nothing_is_chosen(log_probs: list[float], alone: list[float]) -> None:
    assert score(sample_beside(log_probs, alone), "unconditional").outcome is Outcome.UNPARSED


def test_without_a_response_to_nothing_there_is_no_such_score() -> None:
    with pytest.raises(ValueError, match="where nothing is asked"):
        score(sample([-1.0, -2.0], ["A", "B"], [1, 1]), "unconditional")
    with pytest.raises(ValueError, match="zip"):
        score(sample_beside([-1.0, -2.0], [-1.0]), "unconditional")


def test_white_space_around_an_option_is_no_character_of_it() -> None:
    texts = [" \nab ", "cd"]
    assert score(sample([-2.0, -2.1], texts, [1, 1]), "per_character").detail["margin"] == pytest.approx(0.05)


@pytest.mark.parametrize(
    "log_probs", [[-1.0, -1.0], [-3.0, -1.0, -2.0, -1.0], [-math.inf, -math.inf], [math.nan, -1.0], [-1.0, math.nan]]
)
def test_where_no_option_is_the_likeliest_nothing_is_chosen(log_probs: list[float]) -> None:
    texts = list("ABCD"[: len(log_probs)])
    for target in "ABCD":
        mark = score(sample(log_probs, texts, [1] * len(texts), target))
        assert (mark.value, mark.outcome, mark.parsed) == (0.0, Outcome.UNPARSED, None)


def test_the_margin_is_kept_where_it_is_a_number() -> None:
    assert score(sample([-1.0, -3.5], ["A", "B"], [1, 1])).detail == {"margin": 2.5}
    assert score(sample([-1.0, -math.inf], ["A", "B"], [1, 1])).detail == {}


@given(st.lists(st.floats(-1e3, 0), min_size=2, max_size=26), st.data())
def test_the_order_of_the_options_does_not_decide(log_probs: list[float], data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(log_probs))))
    texts = [chr(ord("A") + n) for n in range(len(log_probs))]
    one = score(sample(log_probs, texts, [1] * len(texts)))
    other = score(sample([log_probs[n] for n in order], texts, [1] * len(texts)))
    assert one.outcome == other.outcome
    if one.parsed is not None:
        assert other.parsed is not None
        assert order[ord(other.parsed) - ord("A")] == ord(one.parsed) - ord("A")


def test_as_many_likelihoods_as_options_are_needed() -> None:
    with pytest.raises(ValueError, match="zip"):
        score(sample([-1.0], ["A", "B"], [1, 1]))


def test_the_scorer_is_found_by_its_name() -> None:
    entry = find_scorer("choice", {"normalise": "per_token"}, "t.yaml")
    mark = entry.score(sample([-4.0, -3.0], ["上床睡觉了", "睡了"], [4, 2]), normalise="per_token")
    assert mark.parsed == "A"
