import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.text.instructions import units


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("他说：“走吧！”我们走了。", ["他说：“走吧！”", "我们走了。"]),
        ("真的？！好……但是。", ["真的？！", "好……但是。"]),
        ("甲；乙：丙、丁，戊", ["甲；乙：丙、丁，戊"]),
        ("版本3.5可用.下载吧", ["版本3.5可用.", "下载吧"]),
        ("（完。）再见。", ["（完。）", "再见。"]),
        ('"Go!" she said. "Stop!" He left.', ['"Go!" she said.', '"Stop!"', "He left."]),
        ("Dr. J. R. Hill wrote No. 5, e.g. this. Fine.", ["Dr. J. R. Hill wrote No. 5, e.g. this.", "Fine."]),
        ("Is it? No. 5 is odd.", ["Is it?", "No. 5 is odd."]),
        ("Is it? No. Five.", ["Is it?", "No.", "Five."]),
        ("At 9 a.m. we go. At 9 a.m. Tom goes.", ["At 9 a.m. we go.", "At 9 a.m.", "Tom goes."]),
        ("Yes... Maybe. See example.com now", ["Yes...", "Maybe.", "See example.com now"]),
        ("**Bold.** Next.", ["**Bold.**", "Next."]),
        ("1. First item.\n2. Second item\n\n- third", ["First item.", "Second item", "third"]),
        ("# Title\n<<Title>>\n〖题〗\n| a | b |\n---\n```\nText.", ["Text."]),
        ("hello. all small.", ["hello.", "all small."]),
        ("！！！\n...", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert units.sentences(text) == sentences


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A well-known e-mail", ["A", "well-known", "e-mail"]),
        ("don't and/or U.S. 3.5", ["don't", "and/or", "U.S.", "3.5"]),
        ("now—then – later -- end…so", ["now", "then", "later", "end", "so"]),
        ("1. one\n- two\n* three\n2) four", ["one", "two", "three", "four"]),
        ("2024 was - & good", ["2024", "was", "good"]),
        ("3.5 litres", ["3.5", "litres"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert units.words(text) == words


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [
        ("一\n二\n\n三", ["一\n二", "三"]),
        ("\n\n一\n \t\n\n二\n", ["一", "二"]),
        ("One\r\n\r\nTwo", ["One", "Two"]),
        ("## Head\n\nOne\n\n---\n\nTwo", ["One", "Two"]),
        ("## Head\nOne", ["## Head\nOne"]),
    ],
)
def test_paragraphs(text: str, paragraphs: list[str]) -> None:
    assert units.paragraphs(text) == paragraphs


def test_chinese_characters_are_counted_without_punctuation_digits_and_letters() -> None:
    assert units.han_count("〇一，A3！㐀𠀀あ한") == 4


@pytest.mark.parametrize(
    ("word", "text", "places"),
    [
        ("art", "Start the art. Art!", [10, 15]),
        ("bench", "benches, bench's", [9]),
        ("AI", "用AI写诗，而非AIGC", [1]),
        ("春", "春春", [0, 1]),
        ("c++", "C++ and c+++", [0, 8]),
    ],
)
def test_occurrences(word: str, text: str, places: list[int]) -> None:
    assert units.occurrences(word, text) == places


def test_units_are_characters_and_words() -> None:
    assert units.units("春天AI，don't well-known 3个") == ["春", "天", "AI", "don't", "well-known", "3", "个"]


@given(
    st.lists(st.sampled_from(["春天来了。", "好吗？", "走！"]), min_size=1, max_size=6),
    st.sampled_from(["", "\n", "\n\n"]),
)
def test_sentences_add_up_whatever_parts_them(parts: list[str], between: str) -> None:
    assert units.sentences(between.join(parts)) == parts


@given(st.text())
def test_units_lose_no_letter(text: str) -> None:
    assert "".join(units.paragraphs(text)).count("a") <= text.count("a")
    assert sum(word.count("a") for word in units.words(text)) == text.count("a")
