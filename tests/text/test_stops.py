import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.text.stops import first_stop, stop_in_answer


@pytest.mark.parametrize(
    ("text", "stops", "index"),
    [
        ("", [], None),
        ("", ["a"], None),
        ("答案：7\n\n问题：", ["\n\n"], 4),
        ("答案：7\n\n问题：", ["问题", "\n\n", "\n"], 4),
        ("abc", ["c", "bc"], 1),
        ("abc", ["d"], None),
    ],
)
def test_the_earliest_stop_counts(text: str, stops: list[str], index: int | None) -> None:
    assert first_stop(text, stops) == index


def test_an_empty_stop_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        first_stop("abc", ["a", ""])


@given(st.text("ab。"), st.lists(st.text("ab。", min_size=1, max_size=4)))
def test_it_agrees_with_trying_every_index(text: str, stops: list[str]) -> None:
    places = [i for i in range(len(text)) if any(text.startswith(stop, i) for stop in stops)]
    assert first_stop(text, stops) == (places[0] if places else None)


@pytest.mark.parametrize(
    ("text", "open_at_start", "expected"),
    [
        ("答案：7\n然后", False, 4),
        ("<think>第一步\n第二步", False, None),
        ("第一步\n第二步", True, None),
        ("第一步\n</think>\n\n答案：7\n然后", True, 18),
        ("<think>\n\n</think>\n\nThe answer is 7\nNext", False, 34),
        ("<think>\n\n</think>\n\n", False, None),
        ("The answer is 7", False, None),
    ],
)
def test_a_stop_string_counts_only_in_the_answer(text: str, open_at_start: bool, expected: int | None) -> None:
    assert stop_in_answer(text, ["\n"], open_at_start=open_at_start) == expected
