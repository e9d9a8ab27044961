from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.text.mentions import Mention, as_number, is_denied, is_earlier, name_mentions, number_mentions
from benchharness.text.width import normalise


def keys(text: str, fewest_digits: int = 5) -> list[Fraction | str]:
    return [one.key for one in number_mentions(text, fewest_digits=fewest_digits)]


@pytest.mark.parametrize(
    ("form", "value"),
    [
        ("4821937", 4821937),
        ("４８２１９３７", 4821937),
        ("4,821,937", 4821937),
        ("三万", 30000),
        ("-5", -5),
        ("0.5", Fraction(1, 2)),
    ],
)
def test_a_form_that_is_a_number_has_a_value(form: str, value: Fraction) -> None:
    assert as_number(form) == value


@pytest.mark.parametrize("form", ["琥珀水獭", "甲-17", "17号", "50%", "12 34", "", "1987年3月5日"])
def test_a_form_with_anything_else_has_none(form: str) -> None:
    assert as_number(form) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1234567和2345678", [1234567, 2345678]),
        ("1234567/2345678", [1234567, 2345678]),
        ("No.1234567", [1234567]),
        ("代号-1234567", [1234567]),
        ("_1234567_", [1234567]),
        ("A1234567", []),
        ("1234567%", []),
        ("9999", []),
        ("1 2 3 4 5", [12345]),
        ("1 2 3 4", []),
        ("one two three four five", [12345]),
        ("一 二 三 四 五", [12345]),
    ],
)
def test_numbers_stand_alone_and_have_enough_digits(text: str, found: list[int]) -> None:
    assert keys(text) == found


def test_a_minus_belongs_to_a_number_only_where_numbers_have_signs() -> None:
    assert [one.key for one in number_mentions("是 -12345", fewest_digits=5, signed=True)] == [-12345]
    assert keys("是 -12345") == [12345]


def test_a_long_row_of_single_digits_is_no_number() -> None:
    assert keys("1 " * 5000) == []
    assert len(keys("1 " * 5000, fewest_digits=1)) == 5000


@given(st.lists(st.integers(0, 10**8), max_size=10), st.integers(1, 6))
def test_every_number_of_a_list_is_found_in_its_place(numbers: list[int], fewest: int) -> None:
    text = "；".join(map(str, numbers))
    found = number_mentions(text, fewest_digits=fewest)
    wanted = [n for n in numbers if len(str(n)) >= fewest]
    assert [one.key for one in found] == wanted
    assert [int(text[one.start : one.end]) for one in found] == wanted


def names(text: str, *forms: str) -> list[Fraction | str]:
    return [one.key for one in name_mentions(text, {form: form for form in forms})]


def test_of_names_that_overlap_the_longest_is_meant() -> None:
    assert names("林海涛与林海", "林海", "林海涛") == ["林海涛", "林海"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Amber  Otter", True),
        ("amber-otter", True),
        ("“amber otter”", True),
        ("**amber** otter", True),
        ("amber otter's", True),
        ("是amber otter。", True),
        ("amber otters", False),
        ("camber otter", False),
        ("amberotter", False),
    ],
)
def test_a_name_of_words_stands_between_borders(text: str, *, found: bool) -> None:
    assert names(text, "amber otter") == (["amber otter"] if found else [])


def test_a_name_without_words_is_an_error() -> None:
    with pytest.raises(ValueError, match="neither words nor digits"):
        names("x", "—")


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("不是12345", True),
        ("是67890，而非12345", True),
        ("rather than 12345", True),
        ("isn't the “12345”", True),
        ("12345已经作废", True),
        ("12345 is outdated", True),
        ("是12345", False),
        ("不难看出是12345", False),
        ("It is 12345, not more", False),
    ],
)
def test_what_is_denied_right_beside_it_is_denied(text: str, *, denied: bool) -> None:
    start = text.index("12345")
    assert is_denied(text, Mention("", start, start + 5)) is denied


@pytest.mark.parametrize(
    ("text", "earlier"),
    [
        ("原先是12345", True),
        ("The earlier value was 12345", True),
        ("原先是67890，后来是12345", False),
        ("Earlier. Now 12345", False),
    ],
)
def test_what_a_clause_says_to_have_held_before_is_earlier(text: str, *, earlier: bool) -> None:
    folded = normalise(text).text
    start = folded.index("12345")
    assert is_earlier(folded, Mention("", start, start + 5)) is earlier
