"""Shares shrink towards the end, neighbours stay together, and the guilty is found without losing the innocent."""

from collections import Counter, deque
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.backends.parallel.work_queue import SMALL_GROUP, SMALLEST_SHARE, WorkQueue
from benchharness.records import Request
from benchharness.runs.execute import QueueSource

from .conftest import request


def shares(count: int, *, limit: int, workers: int) -> list[list[Request]]:
    queue = WorkQueue(QueueSource([request(number) for number in range(count)]))
    found = []
    while share := queue.share(limit, workers=workers, hands_empty=True):
        found.append(share)
    return found


@given(st.integers(0, 600), st.integers(1, 300), st.integers(1, 9))
def test_all_is_handed_out_once_in_order_and_never_more_than_was_asked_for(
    count: int, limit: int, workers: int
) -> None:
    found = shares(count, limit=limit, workers=workers)
    assert [one.key for share in found for one in share] == [f"k{number}" for number in range(count)]
    sizes = [len(share) for share in found]
    assert sizes == sorted(sizes, reverse=True)
    assert all(size <= limit for size in sizes)
    # What any worker holds at the end is not much beside what the others had.
    assert not sizes or sizes[-1] <= max(SMALLEST_SHARE, -(-count // (2 * workers)))


def test_shares_are_full_in_the_middle_and_small_at_the_end() -> None:
    sizes = [len(share) for share in shares(4096, limit=256, workers=2)]
    assert sizes[:12] == [256] * 12
    assert sizes[12:] == [256, 192, 144, 108, 81, 61, 46, 34, 26, 19, 15, 11, 8, 6, 5, 4, 4, 4]


def test_no_more_is_taken_ahead_than_tells_how_much_is_left() -> None:
    source = QueueSource([request(number) for number in range(1000)])
    queue = WorkQueue(source)
    queue.share(10, workers=3, hands_empty=True)
    assert len(queue) == 2 * 3 * 10 - 10
    assert len(source.take(1000)) == 1000 - 2 * 3 * 10


def test_a_source_that_grows_is_over_only_when_it_says_so() -> None:
    source = QueueSource([])
    queue = WorkQueue(source)
    assert queue.share(5, workers=1, hands_empty=True) == []
    assert not queue.over
    source.add([request(1)])
    queue.wait()
    assert not queue.over
    assert [one.key for one in queue.share(5, workers=1, hands_empty=True)] == ["k1"]
    queue.wait()
    assert queue.over
    source.add([request(2)])
    assert queue.share(5, workers=1, hands_empty=True) == []


def test_suspects_come_first_in_small_groups_then_alone_and_to_empty_hands() -> None:
    queue = WorkQueue(QueueSource([request(number) for number in range(60)]))
    held = queue.share(40, workers=1, hands_empty=True)
    assert len(held) == 30
    assert queue.give_back(held) is None
    assert queue.share(40, workers=1, hands_empty=False)[0].key == "k30"
    group = queue.share(40, workers=1, hands_empty=True)
    assert group == held[:SMALL_GROUP]
    assert all(map(queue.is_suspect, group))
    assert queue.give_back(group[2:]) is None
    assert queue.share(40, workers=1, hands_empty=True) == [group[2]]
    assert queue.give_back([group[2]]) == group[2]
    assert queue.share(40, workers=1, hands_empty=True) == [group[3]]


def test_one_that_is_alone_is_asked_once_more_before_it_is_guilty() -> None:
    queue = WorkQueue(QueueSource([request(0)]))
    held = queue.share(1, workers=1, hands_empty=True)
    assert queue.give_back(held) is None
    assert queue.share(1, workers=1, hands_empty=True) == held
    assert queue.give_back(held) == held[0]
    assert not queue


def examine(queue: WorkQueue, poison: set[str], limit: int) -> tuple[list[str], list[str], int]:
    """Let workers take shares, answer them in order, and die of poison. Returns answered, guilty, deaths."""
    answered: list[str] = []
    guilty: list[str] = []
    deaths = 0
    waiting: deque[Sequence[Request]] = deque()
    while share := queue.share(limit, workers=2, hands_empty=True):
        waiting.append(share)
        held = list(waiting.popleft())
        while held and held[0].key not in poison:
            answered.append(held.pop(0).key)
        if held:
            deaths += 1
            found = queue.give_back(held)
            guilty += [found.key] if found else []
    return answered, guilty, deaths


@given(st.integers(1, 150), st.integers(1, 64), st.sets(st.integers(0, 149), max_size=6))
def test_the_guilty_are_found_and_all_others_answered_once(count: int, limit: int, bad: set[int]) -> None:
    poison = {f"k{number}" for number in bad if number < count}
    queue = WorkQueue(QueueSource([request(number) for number in range(count)]))
    answered, guilty, deaths = examine(queue, poison, limit)
    assert Counter(guilty) == Counter(poison)
    assert Counter(answered) == Counter({f"k{number}" for number in range(count)} - poison)
    assert deaths <= 3 * len(poison)


@pytest.mark.parametrize("hands_empty", [True, False])
def test_with_nothing_there_is_no_share(hands_empty: bool) -> None:
    assert WorkQueue(QueueSource([])).share(8, workers=1, hands_empty=hands_empty) == []
