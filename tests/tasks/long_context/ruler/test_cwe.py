import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchharness.records import Language
from benchharness.tasks.long_context.passage import Fill, write_passage
from benchharness.tasks.long_context.ruler import cwe

EN = Language.EN


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(200, 3000))
def test_in_a_list_of_any_length_the_common_words_appear_as_often_as_they_are_to(seed: int, count: int) -> None:
    problem, filler = cwe.draw(random.Random(seed), 0.5), cwe.filler(seed)
    words = write_passage(problem, filler, EN, Fill(count)).text.split()
    times = Counter(words)
    assert len(words) == 300 + count
    ranked = times.most_common(11)
    assert problem.answer == {EN: [[word] for word in sorted(word for word, _ in ranked[:10])]}
    assert {often for _, often in ranked[:10]} == {30}
    assert ranked[10][1] <= 3
    fewer = [word for word, often in times.items() if often < 3]
    assert len(fewer) <= cwe.BLOCK
    assert cwe.solve([fact.record for fact in problem.facts], problem.asked) == problem.answer


def test_common_words_are_spread_over_the_whole_list() -> None:
    depths = [fact.depth for fact in cwe.draw(random.Random(3), 0.5).facts]
    assert depths == sorted(depths)
    thirds = Counter(min(2, int(3 * depth)) for depth in depths)
    assert all(70 <= thirds[third] <= 130 for third in range(3))


def test_the_worked_example_is_right() -> None:
    fields = cwe.draw(random.Random(3), 0.5).fields[EN]
    times = Counter(fields["example"].split())
    assert len(times) == 40
    common = {word for word, often in times.items() if often == 10}
    assert {often for word, often in times.items() if word not in common} == {3}
    numbered = fields["example_answer"].split()
    assert numbered[::2] == [f"{number}." for number in range(1, 11)]
    assert set(numbered[1::2]) == common


def test_the_example_has_none_of_the_words_asked_for() -> None:
    problem = cwe.draw(random.Random(3), 0.5)
    shown = set(problem.fields[EN]["example"].split())
    assert not shown & {word for [word] in problem.answer[EN]}


def test_lines_are_short_and_words_are_apart() -> None:
    text = "".join(cwe.filler(1).units(EN, 600)[:600])
    assert {len(line.split()) for line in text.splitlines()} == {cwe.LINE}
    assert cwe.filler(1).units(EN, 5)[:5] == cwe.filler(1).units(EN, 900)[:5]
    assert cwe.filler(1).units(EN, 5)[0] != cwe.filler(2).units(EN, 5)[0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"words": 40}, "words is 40; expected a whole number from 1 to 39"),
        ({"common": 0}, "common is 0"),
        ({"common": 3, "uncommon": 3}, "uncommon is 3; expected a whole number from 1 to 2"),
    ],
)
def test_a_wrong_option_is_refused_by_name(options: dict[str, int], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cwe.draw(random.Random(0), 0.5, **options)


def test_a_tie_has_no_answer() -> None:
    with pytest.raises(ValueError, match="no 1 words"):
        cwe.solve([{"word": "a"}, {"word": "b"}], {"words": 1})
