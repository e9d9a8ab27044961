"""How many requests are at a server at once."""

from hypothesis import given
from hypothesis import strategies as st

from benchharness.backends.openai.pace import START, Pace


def answer(pace: Pace, seconds: float = 1.0, *, times: int = 1, kind: str = "task") -> None:
    """Let answers come that were asked under the present limit, which they use up."""
    for _ in range(times):
        pace.answered(pace.sending(), pace.limit, kind, seconds)


def test_it_doubles_with_every_round_until_the_first_sign_of_overload() -> None:
    pace = Pace(64, adaptive=True)
    for expected in (8, 16, 32, 64, 64):
        answer(pace, times=pace.limit)
        assert pace.limit == expected


def test_a_sign_of_overload_halves_it_once_for_all_that_was_sent_before() -> None:
    pace = Pace(64, adaptive=True)
    answer(pace, times=60)
    before = [pace.sending() for _ in range(10)]
    for sending in before:
        pace.overloaded(sending)
    assert pace.limit == 32
    pace.overloaded(pace.sending())
    assert pace.limit == 16


def test_afterwards_a_whole_round_raises_it_by_one() -> None:
    pace = Pace(64, adaptive=True)
    answer(pace, times=60)
    pace.overloaded(pace.sending())
    assert pace.limit == 32
    answer(pace, times=31)
    assert pace.limit == 32
    answer(pace)
    assert pace.limit == 33


def test_it_stays_where_requests_do_not_use_it_up() -> None:
    pace = Pace(64, adaptive=True)
    for _ in range(100):
        pace.answered(pace.sending(), 1, "task", 1.0)
    assert pace.limit == START


def test_answers_that_queue_at_the_server_halve_it() -> None:
    """A server that answers four at once, whatever is sent: with more, each waits and none comes sooner."""
    pace = Pace(256, adaptive=True)
    seen = []
    for _ in range(2000):
        answer(pace, seconds=max(pace.limit / 4, 1.0))
        seen.append(pace.limit)
    assert pace.cuts > 0
    assert max(seen[200:]) <= 32


def test_a_server_that_answers_in_batches_is_given_more() -> None:
    """With eight times as many at once each takes four times as long: twice as many come back."""
    pace = Pace(256, adaptive=True)
    for _ in range(3000):
        answer(pace, seconds=pace.limit ** (2 / 3))
    assert pace.cuts == 0
    assert pace.limit == 256


def test_tasks_are_not_compared_with_each_other() -> None:
    pace = Pace(32, adaptive=True)
    answer(pace, seconds=0.1, times=40, kind="short")
    answer(pace, seconds=30.0, times=40, kind="long")
    assert pace.cuts == 0


def test_a_server_that_became_slower_for_another_reason_is_not_cut_for_ever() -> None:
    pace = Pace(8, adaptive=True)
    answer(pace, seconds=1.0, times=50)
    answer(pace, seconds=10.0, times=500)
    assert pace.limit == 8
    assert pace.cuts <= 2


def test_fixed_it_is_fixed() -> None:
    pace = Pace(5, adaptive=False)
    answer(pace, times=100)
    pace.overloaded(pace.sending())
    assert (pace.limit, pace.lowest, pace.highest) == (5, 5, 5)


@given(
    most=st.integers(1, 300),
    events=st.lists(st.tuples(st.sampled_from(["answer", "overload", "late overload"]), st.floats(0.001, 100.0))),
)
def test_it_keeps_within_its_bounds(most: int, events: list[tuple[str, float]]) -> None:
    pace = Pace(most, adaptive=True)
    first = pace.sending()
    for name, seconds in events:
        before = pace.limit
        if name == "answer":
            answer(pace, seconds)
        else:
            pace.overloaded(pace.sending() if name == "overload" else first)
        assert 1 <= pace.limit <= most
        assert pace.limit in (before + 1, before, max(1, before // 2))
        assert pace.lowest <= pace.limit <= pace.highest
