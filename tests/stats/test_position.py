"""Position effect."""

import random

import pytest

from benchharness.stats.position import Positions, has_positions, position_effect, third

DEPTHS = (0.0, 0.25, 0.5, 0.75, 1.0)


def positions(scores: list[float], rounds: int) -> Positions:
    names = [f"text {number // len(DEPTHS)}" for number in range(len(scores))]
    return Positions(scores, list(DEPTHS) * rounds, names, list(names))


def drawn(chances: tuple[float, ...], rounds: int, seed: int) -> Positions:
    rng = random.Random(seed)
    return positions([float(rng.random() < chance) for _ in range(rounds) for chance in chances], rounds)


def test_thirds() -> None:
    assert [third(depth) for depth in (0, 0.25, 1 / 3, 0.5, 2 / 3, 0.7, 1)] == [0, 0, 1, 1, 1, 2, 2]
    assert has_positions(positions([1.0] * 5, 1))
    assert not has_positions(Positions([1.0, 1.0], [0.0, 1.0], ["a", "a"], [None, None]))


def test_lost_in_the_middle() -> None:
    effect = position_effect([positions([1.0, 1.0, 0.0, 1.0, 1.0] * 6, 6)])
    assert effect.p_value < 0.001
    assert effect.middle.value == 1
    assert effect.curvature > 0
    assert effect.slope == pytest.approx(0)
    assert effect.ends.value == 0


def test_forgotten_at_the_beginning() -> None:
    effect = position_effect([positions([0.0, 0.25, 0.5, 0.75, 1.0] * 6, 6)])
    assert effect.p_value < 0.001
    assert effect.slope == pytest.approx(1)
    assert effect.ends.value == pytest.approx(0.75)


@pytest.mark.parametrize("score", [0.0, 1.0, 0.5])
def test_equal_scores_show_nothing(score: float) -> None:
    effect = position_effect([positions([score] * 30, 6)])
    assert effect.p_value == 1
    assert effect.middle.value == 0
    assert effect.middle.interval.low < 0 < effect.middle.interval.high


def test_a_reader_without_an_effect_is_seldom_said_to_have_one() -> None:
    found = sum(position_effect([drawn((0.7,) * 5, 8, seed)], seed=seed).p_value < 0.05 for seed in range(120))
    assert found <= 12


def test_the_size_is_covered() -> None:
    """The middle is at 0.5, the rest at 0.9; a contrast of 0.4."""
    covered = 0
    for seed in range(120):
        middle = position_effect([drawn((0.9, 0.9, 0.5, 0.9, 0.9), 12, seed)], seed=seed).middle
        covered += middle.interval.low <= 0.4 <= middle.interval.high
    assert covered >= 108


def test_hard_texts_are_not_taken_for_places() -> None:
    """Scores are exchanged within a text alone: where each text is all right or all wrong, place explains nothing."""
    scores = [float(number // 5 % 2) for number in range(30)]
    assert position_effect([positions(scores, 6)]).p_value == 1


def test_tasks_together() -> None:
    one, two = drawn((0.9, 0.8, 0.6, 0.8, 0.9), 8, 1), drawn((0.6, 0.4, 0.2, 0.4, 0.6), 8, 2)
    both = position_effect([one, two])
    alone = [position_effect([part]) for part in (one, two)]
    assert both.middle.value == pytest.approx(sum(effect.middle.value for effect in alone) / 2)
    assert both.n == 80
    assert both.p_value <= max(effect.p_value for effect in alone)
