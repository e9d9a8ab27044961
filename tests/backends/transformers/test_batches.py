"""Batches of like lengths: everything once, within the limits, and no split that costs less."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from benchharness.backends.transformers.batches import cheapest_ranges

ROWS = st.lists(st.tuples(st.integers(1, 50), st.integers(1, 3)), min_size=1, max_size=8)


def cost(lengths: list[tuple[int, int]], step: int, ranges: list[tuple[int, int]]) -> int:
    return sum(
        step + max(length for length, _ in lengths[begin:end]) * sum(rows for _, rows in lengths[begin:end])
        for begin, end in ranges
    )


@given(ROWS, st.integers(0, 60), st.integers(1, 300))
def test_no_split_within_the_limit_costs_less(lengths: list[tuple[int, int]], step: int, limit: int) -> None:
    def fits(begin: int, end: int) -> bool:
        return cost(lengths, 0, [(begin, end)]) <= limit

    found = cheapest_ranges(lengths, step, fits)
    assert [end for _, end in found][:-1] == [begin for begin, _ in found][1:]
    assert (found[0][0], found[-1][1]) == (0, len(lengths))
    assert all(end - begin == 1 or fits(begin, end) for begin, end in found)
    for cuts in itertools.product([False, True], repeat=len(lengths) - 1):
        edges = [0, *(place for place, cut in enumerate(cuts, start=1) if cut), len(lengths)]
        ranges = list(itertools.pairwise(edges))
        if all(end - begin == 1 or fits(begin, end) for begin, end in ranges):
            assert cost(lengths, step, found) <= cost(lengths, step, ranges)


def test_lengths_that_differ_much_are_read_apart() -> None:
    lengths = [(500, 1)] * 2 + [(20, 1)] * 10
    assert cheapest_ranges(lengths, 32, lambda begin, end: True) == [(0, 2), (2, 12)]
    # A step that costs more than all the padding is not taken.
    assert cheapest_ranges(lengths, 10_000, lambda begin, end: True) == [(0, 12)]
