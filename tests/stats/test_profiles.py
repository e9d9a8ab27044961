import math
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from benchharness.boards.published import load_boards
from benchharness.stats.profiles import (
    LEVEL_GAP,
    PROFILES,
    TOP_LEVEL,
    Total,
    WeightedMean,
    compute,
    math6_accuracy,
    math6_levels,
    math6_reasoning_steps,
    math6_total,
    win_or_tie_score,
)

MEANS = [profile for profile in PROFILES.values() if isinstance(profile, WeightedMean)]
POINTS = st.floats(0, 100)


@st.composite
def profile_with_inputs(draw: st.DrawFn) -> tuple[str, dict[str, float]]:
    profile = draw(st.sampled_from(list(PROFILES.values())))
    share = st.floats(0, 1)
    values = {name: draw(share if name.startswith("steps_") else POINTS) for name in profile.inputs}
    assume(profile.name != "superclue-open-2023-07" or sum(values.values()) > 1)
    return profile.name, values


CASES = profile_with_inputs()


@pytest.mark.parametrize(
    ("profile", "values", "expected"),
    [
        ("superclue-2023-05", {"basic": 90, "chinese": 68, "academic": 72}, 230 / 3),
        ("superclue-2023-08", {"open": 80, "basic": 60, "chinese": 50, "academic": 40}, 65),
        ("superclue-2023-09", {"open": 88.07, "opt": 85.6}, 87.082),
        ("superclue-2023-12", {"open": 90.89, "opt": 90.03}, 90.632),
        ("superclue-2024-06", {"science": 60, "arts": 75, "hard": 45}, 60),
        ("superclue-open-2023-07", {"win": 264, "tie": 160, "loss": 24}, 100 * 424 / 448),
        ("math6-scores", {"accuracy": 86.92, "reasoning_steps": 88.6}, 87.76),
        ("code3", {"level_1": 88.89, "level_2": 80.6, "level_3": 52.63}, 407.98 / 6),
        ("safety", {"turn_1": 91.81, "turn_2": 89.93}, 90.87),
    ],
)
def test_a_profile_gives_what_its_formula_says(profile: str, values: dict[str, float], expected: float) -> None:
    total = compute(profile, values)
    assert total.value == pytest.approx(expected)
    assert total.missing == ()


def test_open_of_october_2023_is_the_mean_of_ten_abilities() -> None:
    inputs = PROFILES["superclue-open-2023-10"].inputs
    assert len(inputs) == 10
    assert compute("superclue-open-2023-10", {name: 10.0 * n for n, name in enumerate(inputs)}).value == 45


def test_alignbench_is_the_mean_of_reasoning_and_language_each_the_mean_of_its_categories() -> None:
    values = dict.fromkeys(PROFILES["alignbench"].inputs, 4.0)
    assert compute("alignbench", values | {"mathematics": 8.0, "logical_reasoning": 6.0}).value == pytest.approx(5.5)
    assert compute("alignbench", values | {"writing": 10.0}).value == pytest.approx(4.5)


@pytest.mark.parametrize("profile", MEANS, ids=lambda profile: profile.name)
def test_weights_are_above_0_and_sum_to_1(profile: WeightedMean) -> None:
    assert min(profile.weights.values()) > 0
    assert math.fsum(profile.weights.values()) == pytest.approx(1)
    assert tuple(profile.weights) == profile.inputs


def test_every_profile_says_where_it_comes_from() -> None:
    for name, profile in PROFILES.items():
        assert profile.name == name
        assert len(profile.source) > 20, name
        assert len(set(profile.inputs)) == len(profile.inputs) >= 2


@given(CASES)
def test_a_total_lies_in_the_range_of_its_inputs(case: tuple[str, dict[str, float]]) -> None:
    name, values = case
    total = compute(name, values).value
    assert total is not None
    if isinstance(PROFILES[name], WeightedMean):
        assert min(values.values()) - 1e-9 <= total <= max(values.values()) + 1e-9
    else:
        assert -1e-9 <= total <= 100 + 1e-9


@given(CASES, st.data())
def test_a_better_input_never_lowers_a_total(case: tuple[str, dict[str, float]], data: st.DataObject) -> None:
    name, values = case
    chosen = data.draw(st.sampled_from(PROFILES[name].inputs))
    top = 1 if chosen.startswith("steps_") else 100
    better = values | {chosen: data.draw(st.floats(values[chosen], top))}
    before, after = compute(name, values).value, compute(name, better).value
    assert before is not None
    assert after is not None
    if chosen == "loss":
        before, after = after, before
    assert after >= before - 1e-9


@given(CASES, st.data())
def test_an_incomplete_set_of_inputs_gives_no_total_and_says_what_is_missing(
    case: tuple[str, dict[str, float]], data: st.DataObject
) -> None:
    name, values = case
    inputs = PROFILES[name].inputs
    lost = data.draw(st.sets(st.sampled_from(inputs), min_size=1))
    partial: dict[str, float | None] = {key: value for key, value in values.items() if key not in lost}
    for key in sorted(lost):
        kind = data.draw(st.sampled_from(["absent", "none", "nan"]))
        if kind != "absent":
            partial[key] = None if kind == "none" else math.nan
    assert compute(name, partial) == Total(None, tuple(key for key in inputs if key in lost))


def test_what_no_profile_knows_is_an_error() -> None:
    with pytest.raises(ValueError, match="superclue-2023-9: no such profile; there are superclue-2023-05, "):
        compute("superclue-2023-9", {})
    with pytest.raises(ValueError, match="superclue-2023-09 has no input ten; its inputs are open, opt"):
        compute("superclue-2023-09", {"open": 1.0, "opt": 1.0, "ten": 1.0})
    with pytest.raises(ValueError, match="superclue-2023-09: opt is infinite"):
        compute("superclue-2023-09", {"open": 1.0, "opt": math.inf})


def test_the_baseline_against_itself_has_two_thirds() -> None:
    assert win_or_tie_score(176, 176, 176) == pytest.approx(66.67, abs=0.005)


@pytest.mark.parametrize("counts", [(0, 0, 0), (-1, 2, 3), (5, 2, -3)])
def test_battles_that_cannot_be_are_an_error(counts: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="no battles"):
        win_or_tie_score(*counts)


def test_math6_rounds_the_accuracy_of_each_number_of_steps_before_it_weights_them() -> None:
    # Unrounded, 15 x 0.8749 / 15 would be 87.49.
    assert math6_reasoning_steps(dict.fromkeys(range(1, 6), 0.8749)) == 87.0
    assert math6_reasoning_steps({1: 1, 2: 0, 3: 0, 4: 0, 5: 0}) == 6.67
    assert math6_reasoning_steps({1: 0, 2: 0, 3: 0, 4: 0, 5: 1}) == 33.33


def test_the_whole_chain_of_math6_is_that_of_the_published_board() -> None:
    rows = load_boards()["superclue-math6-2024-01"].rows
    assert len(rows) == 11
    for row in rows:
        figures = {name: value for name, value in row.figures.items() if value is not None}
        accuracy = math6_accuracy(figures["both_turns"], figures["average"])
        steps = math6_reasoning_steps({k: figures[f"steps_{k}"] for k in range(1, 6)})
        # Halves of a hundredth are rounded up in some published rows, where binary fractions round them down.
        assert accuracy == pytest.approx(figures["accuracy"], abs=0.0101)
        assert steps == figures["reasoning_steps"]
        assert math6_total(figures["accuracy"], figures["reasoning_steps"]) == figures["score"]


def test_levels_are_clusters_of_neighbours() -> None:
    totals = {"low": 18.09, "best": 87.76, "third": 79.64, "second": 83.86, "middle": 53.75}
    assert math6_levels(totals) == {"best": 5, "second": 5, "third": 5, "middle": 4, "low": 3}


def test_the_level_of_a_model_depends_on_the_others() -> None:
    assert math6_levels({"a": 80, "b": 71}) == {"a": 5, "b": 4}
    assert math6_levels({"a": 80, "b": 71, "c": 75.5}) == {"a": 5, "c": 5, "b": 5}


def test_a_step_of_exactly_the_gap_stays_within_a_level() -> None:
    assert math6_levels({"a": 80, "b": 75, "c": 69.9}) == {"a": 5, "b": 5, "c": 4}


def test_there_is_no_level_below_1() -> None:
    assert list(math6_levels({str(n): 100.0 - 10 * n for n in range(8)}).values()) == [5, 4, 3, 2, 1, 1, 1, 1]
    assert math6_levels({}) == {}


@given(st.dictionaries(st.text(min_size=1), POINTS, min_size=1))
def test_levels_follow_the_order_of_the_totals(totals: dict[str, float]) -> None:
    levels = math6_levels(totals)
    assert set(levels) == set(totals)
    ordered = sorted(totals, key=lambda model: -totals[model])
    assert levels[ordered[0]] == TOP_LEVEL
    for above, below in pairwise(ordered):
        step = levels[above] - levels[below]
        assert step == int(totals[above] - totals[below] > LEVEL_GAP) or levels[below] == step + 1 == 1
