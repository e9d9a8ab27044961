import datetime
from collections import Counter, defaultdict
from itertools import permutations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchharness.tasks.generators import multi_step_reasoning
from benchharness.tasks.generators._multi_step_calendar import _Days
from benchharness.tasks.generators._multi_step_counting import _count_orders, _draw_demands, _solve_lineup
from benchharness.tasks.generators._multi_step_rules import ordinal
from benchharness.tasks.generators._wording import read_wording

ROWS = multi_step_reasoning.generate(2024, 240)


def test_every_kind_and_category_is_there() -> None:
    assert {row["kind"] for row in ROWS} == {kind.name for kind in multi_step_reasoning.KINDS}
    assert len(multi_step_reasoning.KINDS) >= 8
    assert len({row["category"] for row in ROWS}) == 8


def test_statements_have_the_length_of_a_paragraph() -> None:
    for row in ROWS:
        assert 80 <= len(row["zh"]["question"]) <= 250, row["id"]
        assert 60 <= len(row["en"]["question"].split()) <= 180, row["id"]


def test_settings_vary_within_a_kind() -> None:
    openings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in ROWS:
        openings[row["kind"]][row["en"]["question"].split(". ")[0][-25:]] += 1
    assert all(len(seen) >= 5 for seen in openings.values()), openings


def test_every_kind_has_six_settings_or_more() -> None:
    for name, wording in read_wording("multi_step_reasoning").items():
        if name in ("order", "calendar"):
            continue
        scenes = wording if isinstance(wording, list) else wording["scenes"]
        assert len(scenes) >= 6, name
    calendar = read_wording("multi_step_reasoning")["calendar"]
    assert sum(len(calendar[level]) for level in ("repeated", "span", "weekly")) >= 6


def test_needless_facts_are_not_in_the_problem() -> None:
    story = next(row for row in ROWS if row["kind"] == "story")
    assert "note" not in story["problem"]


@pytest.mark.parametrize(
    ("number", "written"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (12, "12th"), (23, "23rd")]
)
def test_ordinals(number: int, written: str) -> None:
    assert ordinal(number) == written


@given(st.dates(datetime.date(1895, 1, 1), datetime.date(2105, 12, 31)))
def test_days_follow_the_gregorian_calendar(day: datetime.date) -> None:
    days = _Days(day.year, day.month, day.day)
    assert days.weekday() == day.weekday()
    days.step()
    following = day + datetime.timedelta(days=1)
    assert (days.year, days.month, days.day) == (following.year, following.month, following.day)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), size=st.integers(3, 6), number=st.integers(0, 6))
def test_orders_are_counted_as_listed(seed: int, size: int, number: int) -> None:
    demands = _draw_demands(Random(seed), size, number)
    assert _count_orders(demands, size) == _solve_lineup({"size": size, "demands": demands})


def test_orders_without_demands() -> None:
    assert _count_orders([], 5) == len(list(permutations(range(5)))) == 120
