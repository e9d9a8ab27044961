import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchharness.records import FinishReason, Item, Language, Outcome, Response, Score
from benchharness.scorers.base import Sample
from benchharness.scorers.set import check, score

TARGET = {
    "zh": [["山道", "《山道》"], ["干煸豆角", "豆角"], ["青台", "老渡口", "青台（老渡口）"]],
    "en": [
        ["Mountain Road"],
        ["grilled aubergine", "aubergine"],
        ["Greenstage", "Old Ferry", "Greenstage (Old Ferry)"],
    ],
}


def item(language: Language = Language.ZH, target: object = TARGET) -> Item:
    return Item("1", language, target, "c", {})


def mark(text: str, language: Language = Language.ZH, finish: FinishReason = FinishReason.STOP) -> Score:
    return score(Sample(item(language), Response("key", finish, text=text)))


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("山道\n干煸豆角\n青台", Language.ZH),
        ("青台（老渡口）、豆角、《山道》", Language.ZH),
        ("1. 青台（县城以北）\n2. 豆角\n3. **山道**", Language.ZH),
        ("山道\n豆角\n山道\n老渡口", Language.ZH),
        ("mountain road, the aubergine and Old Ferry", Language.EN),
        ("Answer:\n- Greenstage (Old Ferry)\n- Grilled aubergine\n- Mountain Road", Language.EN),
    ],
)
def test_all_elements_in_any_form_and_order_are_right(text: str, language: Language) -> None:
    found = mark(text, language)
    assert (found.value, found.outcome) == (1.0, Outcome.SCORED)
    assert found.detail == {"precision": 1, "recall": 1, "f1": 1}
    assert found.extraction is not None
    assert 0 <= found.extraction.start < found.extraction.end <= len(text)
    assert found.parsed


@pytest.mark.parametrize(
    ("text", "precision", "recall"),
    [
        ("山道\n豆角", 1, 2 / 3),
        ("山道\n豆角\n青台\n晨雨", 3 / 4, 1),
        ("山道\n豆角\n晨雨", 2 / 3, 2 / 3),
        ("山道\n豆角\n青台\n老渡口", 3 / 4, 1),
        ("山道（未演奏）\n豆角\n青台", 2 / 3, 2 / 3),
        ("晨雨\n归雁", 0, 0),
    ],
)
def test_an_element_too_few_or_too_many_is_wrong(text: str, precision: float, recall: float) -> None:
    found = mark(text)
    assert (found.value, found.outcome) == (0.0, Outcome.SCORED)
    f1 = 2 * precision * recall / (precision + recall) if precision else 0
    assert found.detail == pytest.approx({"precision": precision, "recall": recall, "f1": f1})


def test_elements_in_the_other_language_are_right_and_noted() -> None:
    found = mark("Mountain Road\naubergine\nOld Ferry")
    assert (found.value, found.detail["other_language"]) == (1.0, 1.0)
    assert "other_language" not in mark("Mountain Road\naubergine\nOld Ferry", Language.EN).detail


def test_one_element_in_two_languages_is_two() -> None:
    assert mark("山道\nMountain Road\n豆角\n青台").value == 0


@pytest.mark.parametrize("text", ["我不知道。", "I cannot help with that."])
def test_no_list_is_unparsed(text: str) -> None:
    assert mark(text) == Score(0.0, Outcome.UNPARSED)


def test_a_list_that_was_cut_off_is_unparsed() -> None:
    assert mark("山道\n豆角\n青台", finish=FinishReason.LENGTH).outcome is Outcome.UNPARSED
    assert mark("山道\n豆角\n青台\n\n以上就是文中提到的全部", finish=FinishReason.LENGTH).value == 1


@pytest.mark.parametrize(
    "target",
    [
        ["山道"],
        {"en": [["A"]]},
        {"zh": []},
        {"zh": ["山道"]},
        {"zh": [[]]},
        {"zh": [["。"]]},
        {"zh": [[7]]},
        {"zh": [["山道"], ["《山道》"]]},
        {"zh": [["山道"]], "en": [["Mountain Road"], ["Far Sails"]]},
    ],
)
def test_a_target_without_elements_is_an_error(target: object) -> None:
    with pytest.raises(ValueError, match=r"element|form"):
        check(item(target=target))


ROWS = Path(__file__).parents[2] / "tasks/superclue/entity_extraction.jsonl"


def dressed(elements: list[str], language: Language) -> Iterator[str]:
    zh = language is Language.ZH
    yield "\n".join(elements)
    yield "\n".join(f"- {element}" for element in elements)
    yield "\n".join(f"{number}. {element}" for number, element in enumerate(elements, 1))
    yield ("答案：\n" if zh else "Answer:\n") + "\n".join(f"* **{element}**" for element in elements)
    yield ("以下是全部：" if zh else "Here they are:") + "\n\n" + "\n".join(elements)
    yield ("、" if zh else ", ").join(elements)
    yield f"{'、'.join(elements[:-1])}和{elements[-1]}。" if zh else f"{', '.join(elements[:-1])} and {elements[-1]}."
    yield json.dumps(elements, ensure_ascii=False)


@pytest.mark.parametrize("language", list(Language))
def test_every_form_of_the_written_items_is_right_in_any_dress(language: Language) -> None:
    rng = random.Random(1)
    for row in map(json.loads, ROWS.read_text(encoding="utf-8").splitlines()):
        target = row["answer"]
        for _ in range(4):
            elements = [rng.choice(forms) for forms in target[language.value]]
            rng.shuffle(elements)
            for chosen, value in ((elements, 1), (elements[:-1], 0)):
                for text in dressed(chosen, language):
                    found = score(Sample(item(language, target), Response("key", FinishReason.STOP, text=text)))
                    assert (found.value, text) == (value, text)
