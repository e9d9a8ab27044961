import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.records import Language
from benchharness.text.script import ScriptShares, character_count, dominant_language, script_shares


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("", (0, 0, 0)),
        ("123，。!", (0, 0, 0)),
        ("汉字", (1, 0, 0)),
        ("二〇二四", (1, 0, 0)),
        ("word", (0, 1, 0)),
        ("ＡＢ", (0, 1, 0)),
        ("да", (0, 0, 1)),
        ("汉字ab", (0.5, 0.5, 0)),
        ("汉aдか", (0.25, 0.25, 0.5)),
    ],
)
def test_shares(text: str, shares: tuple[float, float, float]) -> None:
    assert script_shares(text) == ScriptShares(*shares)


@pytest.mark.parametrize(
    ("text", "count"), [("", 0), ("答案：7", 4), ("a b", 3), ("一\n二\r\n三", 3), ("😀", 1), ("e\u0301", 2), ("\t ", 2)]
)
def test_characters_are_code_points_without_line_ends(text: str, count: int) -> None:
    assert character_count(text) == count


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("答案是七。", Language.ZH),
        ("The answer is seven.", Language.EN),
        ("我用 Python 和 TensorFlow 写代码。", Language.ZH),
        ("The capital of China is 北京.", Language.EN),
        ("选B", Language.ZH),
        ("B", None),
        ("42", None),
        ("", None),
        ("これは日本語の文です", None),
        ("Это русский текст", None),
        ("한국어 문장입니다", None),
    ],
)
def test_the_language_most_words_are_in(text: str, language: Language | None) -> None:
    assert dominant_language(text) == language


@given(st.text())
def test_shares_sum_to_one_or_nothing(text: str) -> None:
    shares = script_shares(text)
    total = shares.han + shares.latin + shares.other
    assert total == 0 or abs(total - 1) < 1e-9
    assert 0 <= character_count(text) <= len(text)
