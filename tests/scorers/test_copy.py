import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.records import FinishReason, Item, Language, Outcome, Response, Score
from benchharness.scorers.base import Sample, find_scorer
from benchharness.scorers.copy import check, score

ZH = "关于清河渡口夏季开放时间的通知\n自六月三日起，渡口每日六时开放。负责人赵永明说：“请提前到达。”"
EN = 'Summer hours of Clear River Ferry\nFrom 3 June the ferry opens at 6 a.m. Alan Moss said: "Please come early."'
PASSAGES = {"zh": [[ZH]], "en": [[EN]]}


def item(language: Language = Language.ZH, target: object = PASSAGES) -> Item:
    return Item("1", language, target, "c", {})


def mark(text: str, language: Language = Language.ZH) -> Score:
    return score(Sample(item(language), Response("key", FinishReason.STOP, text=text)))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (ZH, Language.ZH),
        (ZH.replace("\n", "\n\n") + "\n", Language.ZH),
        (ZH.replace("“", "「").replace("”", "」"), Language.ZH),
        (ZH.replace("，", ", "), Language.ZH),
        ("答案：" + ZH, Language.ZH),
        (EN, Language.EN),
        (EN.replace('"', "”").replace(" ", "  "), Language.EN),
        ("**Answer:**\n" + EN, Language.EN),
    ],
)
def test_a_copy_is_exact_whatever_its_width_quotation_marks_and_spaces(text: str, language: Language) -> None:
    found = mark(text, language)
    assert (found.value, found.detail["exact"], found.detail["distance"]) == (1.0, 1.0, 0.0)
    assert found.extraction is not None
    assert found.parsed == text.strip()


@pytest.mark.parametrize(
    ("text", "language", "distance"),
    [
        (ZH.replace("六月三日", "六月五日"), Language.ZH, 1),
        (ZH.replace("永明", ""), Language.ZH, 2),
        (ZH.replace("开放时间", "開放時間"), Language.ZH, 3),
        (EN.replace("River", "river"), Language.EN, 1),
        (EN + " The end.", Language.EN, 9),
    ],
)
def test_each_character_that_differs_costs_its_share(text: str, language: Language, distance: int) -> None:
    found = mark(text, language)
    assert found.detail["distance"] == distance
    assert found.value == pytest.approx(1 - distance / found.detail["length"])
    assert found.detail["exact"] == 0


@pytest.mark.parametrize("text", ["", "……", "\n"])
def test_an_answer_without_words_is_unparsed(text: str) -> None:
    assert mark(text) == Score(0.0, Outcome.UNPARSED)


def test_a_text_that_has_nothing_to_do_with_the_passage_has_no_less_than_0() -> None:
    assert mark("x" * 500).value == 0
    assert mark(EN, Language.ZH).value < 0.2


@given(st.integers(0, len(ZH)))
def test_a_copy_that_breaks_off_has_its_share(length: int) -> None:
    found = mark(ZH[:length])
    if found.outcome is Outcome.SCORED:
        assert found.value == pytest.approx(1 - found.detail["distance"] / found.detail["length"])
        assert found.value <= length / found.detail["length"] + 0.05


@given(st.text(max_size=200), st.sampled_from(list(Language)))
def test_any_text_has_a_score(text: str, language: Language) -> None:
    found = mark(text, language)
    assert 0 <= found.value <= 1
    if found.extraction is not None:
        assert found.extraction.value == text[found.extraction.start : found.extraction.end]


def test_the_nearest_of_several_versions_counts() -> None:
    asked = item(Language.EN, {"en": [["red fox", "the red fox"]]})
    assert score(Sample(asked, Response("key", FinishReason.STOP, text="The red fox"))).detail["distance"] == 1


@pytest.mark.parametrize(
    "target",
    [
        ZH,
        {},
        {"en": [[EN]]},
        {"zh": []},
        {"zh": ZH},
        {"zh": [ZH]},
        {"zh": [[]]},
        {"zh": [["。"]]},
        {"zh": [[7]]},
        {"zh": [[ZH], [ZH]]},
        {"zh": [[ZH]], "en": []},
    ],
)
def test_a_target_without_passage_is_an_error(target: object) -> None:
    with pytest.raises(ValueError, match="passage"):
        check(item(target=target))
    with pytest.raises(ValueError, match="passage"):
        score(Sample(item(target=target), Response("key", FinishReason.STOP, text=ZH)))


def test_the_scorer_is_found_by_name() -> None:
    entry = find_scorer("copy", {}, "task.yaml")
    assert (entry.score, entry.check) == (score, check)
