"""Facts stand among the units at their depths, the same in both languages."""

import re

from hypothesis import given
from hypothesis import strategies as st
from tests.tasks.long_context.plain_filler import Sentences, make_problem

from benchharness.records import Language
from benchharness.tasks.long_context.passage import Fill, write_passage


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=6).map(sorted),
    st.integers(0, 60),
    st.lists(st.integers(0, 95), max_size=4, unique=True),
)
def test_facts_stand_where_their_depth_says_in_both_languages(
    depths: list[float], count: int, closing: list[int]
) -> None:
    problem, filler, fill = make_problem(*depths), Sentences(), Fill(count, tuple(closing))
    english = write_passage(problem, filler, Language.EN, fill)
    chinese = write_passage(problem, filler, Language.ZH, fill)
    assert english.depths == chinese.depths
    for language, passage in ((Language.EN, english), (Language.ZH, chinese)):
        parts = re.split(r"48219\d\d", passage.text)
        assert len(parts) == len(depths) + 1
        days = re.findall(r"Day (\d+) " if language is Language.EN else r"第(\d+)日", passage.text)
        assert [int(day) for day in days] == list(range(count))
        before = 0
        for depth, found, part in zip(depths, passage.depths, parts[:-1], strict=True):
            before += len(re.findall(r"Day \d|第\d", part))
            total = count + len(closing)
            assert found == (round(before / total, 4) if total and depth < 1 else float(total > 0))
            if depth < 1:
                assert abs(before - depth * count) <= 0.5 or total == 0
        assert "\ufffd" not in passage.text
        assert passage.text == passage.text.strip()


def test_a_fact_in_a_paragraph_is_separated_as_its_language_does() -> None:
    problem = make_problem(0.5)
    assert "The number is 4821900. Day 2 " in write_passage(problem, Sentences(), Language.EN, Fill(4)).text
    assert "。号码是 4821900。第2日" in write_passage(problem, Sentences(), Language.ZH, Fill(4)).text


def test_a_block_has_lines_of_its_own() -> None:
    for depth in (0.0, 0.4, 0.5, 1.0):
        for language, line in ((Language.EN, "The number is 4821900."), (Language.ZH, "号码是 4821900。")):
            text = write_passage(make_problem(depth, block=True), Sentences(), language, Fill(10)).text
            assert line in text.split("\n")
            assert " \n" not in text
            assert "\n\n" not in text


def test_without_filler_the_facts_stand_alone() -> None:
    passage = write_passage(make_problem(0.2, 1.0), Sentences(), Language.EN, Fill(0))
    assert passage.text == "The number is 4821900. The number is 4821901."
    assert passage.depths == (0.0, 0.0)
