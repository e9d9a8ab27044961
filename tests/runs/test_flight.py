"""Whose time it was, where requests are in flight together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.runs.flight import MOST_MIXED, Span, own_seconds

SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 10)).map(lambda s: (float(s[0]), float(s[0] + s[1]))))


def plainly(spans: dict[str, list[Span]]) -> dict[str, float | None]:
    """Go through time in steps of a second, on which all spans of the test begin and end."""
    total = dict.fromkeys(spans, 0.0)
    mixed = dict.fromkeys(spans, 0.0)
    for second in range(41):
        aloft = {key: sum(begin <= second < end for begin, end in of_key) for key, of_key in spans.items()}
        for key, count in aloft.items():
            if count:
                share = count / sum(aloft.values())
                total[key] += share
                mixed[key] += share if sum(map(bool, aloft.values())) > 1 else 0.0
    return {key: total[key] if total[key] and mixed[key] <= MOST_MIXED * total[key] else None for key in spans}


@given(SPANS, SPANS, SPANS)
def test_time_is_shared_as_going_through_it_second_by_second_finds(
    one: list[Span], two: list[Span], three: list[Span]
) -> None:
    spans = {"one": one, "two": two, "three": three}
    expected = plainly(spans)
    for key, seconds in own_seconds(spans).items():
        assert seconds == (None if expected[key] is None else pytest.approx(expected[key]))


def test_parts_one_after_the_other_have_their_own_time() -> None:
    spans = {"zh": [(0.0, 4.0), (1.0, 6.0)], "en": [(6.0, 9.0), (7.0, 8.0)]}
    assert own_seconds(spans) == {"zh": 6.0, "en": 3.0}


def test_time_in_which_nothing_was_in_flight_is_no_one_s() -> None:
    assert own_seconds({"zh": [(0.0, 1.0), (5.0, 6.0)]}) == {"zh": 2.0}


def test_a_short_overlap_is_borne_and_a_long_one_is_not() -> None:
    assert own_seconds({"zh": [(0.0, 10.0)], "en": [(9.5, 20.0)]}) == {"zh": 9.75, "en": 10.25}
    assert own_seconds({"zh": [(0.0, 10.0)], "en": [(5.0, 15.0)]}) == {"zh": None, "en": None}
    assert own_seconds({"zh": [(0.0, 2.0)], "en": [(1.0, 99.0)]}) == {"zh": None, "en": 97.5}
