import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.text.width import normalise


@pytest.mark.parametrize(
    ("raw", "normalised"),
    [
        ("", ""),
        ("plain ASCII", "plain ASCII"),
        ("答案：（Ｂ）", "答案:(B)"),
        ("３５％", "35%"),
        ("㎏", "kg"),
        ("①", "1"),
        ("10²", "10²"),
        ("H₂O", "H₂O"),
        ("½", "1/2"),
        ("3½", "3 1/2"),
        ("½3占½", "1/2 3占 1/2"),
        ("cafe\u0301", "caf\u00e9"),
        ("1\u200b2", "12"),
        ("答案為乙", "答案为乙"),
        ("頭髮乾燥", "头发干燥"),
        ("萬\ud800萬", "万\ufffd万"),
    ],
)
def test_forms_are_folded(raw: str, normalised: str) -> None:
    assert normalise(raw).text == normalised


def test_traditional_characters_stay_if_asked() -> None:
    assert normalise("３萬", simplify=False).text == "3萬"


@pytest.mark.parametrize(
    ("raw", "part", "source"),
    [
        ("重３㎏", "3", "３"),
        ("重３㎏", "k", "㎏"),
        ("重３㎏", "kg", "㎏"),
        ("重３㎏。", "。", "。"),
        ("cafe\u0301!", "\u00e9", "e\u0301"),
        ("3½", "1/2", "½"),
        ("兩萬元", "万元", "萬元"),
    ],
)
def test_stretches_map_back(raw: str, part: str, source: str) -> None:
    normalised = normalise(raw)
    start = normalised.text.index(part)
    first, last = normalised.raw_span(start, start + len(part))
    assert raw[first:last] == source


def test_an_empty_stretch_maps_to_an_empty_one() -> None:
    normalised = normalise("㎏a")
    assert normalised.raw_span(2, 2) == (1, 1)
    assert normalised.raw_span(3, 3) == (2, 2)


@pytest.mark.parametrize(("start", "end"), [(-1, 0), (1, 0), (0, 4)])
def test_a_stretch_outside_the_text_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="no stretch"):
        normalise("abc").raw_span(start, end)


ANY_TEXT = st.text(st.characters() | st.sampled_from("㎏½②萬億著乾e\u0301\u200b\ufb01３，"), max_size=40)


@given(ANY_TEXT, st.booleans())
def test_the_map_is_monotone_and_within_bounds(raw: str, simplify: bool) -> None:
    normalised = normalise(raw, simplify=simplify)
    starts, ends = list(normalised.starts), list(normalised.ends)
    assert len(starts) == len(ends) == len(normalised.text)
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert all(0 <= start < end <= len(raw) for start, end in zip(starts, ends, strict=True))


@given(ANY_TEXT)
def test_normalising_twice_changes_nothing_more(raw: str) -> None:
    once = normalise(raw).text
    assert normalise(once).text == once
