from pathlib import Path
from typing import Any

import cn2an
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from benchharness.errors import InputError
from benchharness.records import FinishReason, Item, Language, Outcome, Response, Score
from benchharness.scorers.base import Sample, find_scorer
from benchharness.scorers.recall import check, score

GROUPS: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("recall_answers.yaml").read_text(encoding="utf-8")
)
OTHER = {"zh": "en", "en": "zh"}


def item(
    references: object, language: str = "zh", other: object = None, candidates: object = None, **more: Any
) -> Item:
    target = {language: references, OTHER[language]: references if other is None else other}
    fields = {} if candidates is None else {"candidates": candidates}
    return Item("1", Language(language), more.get("target", target), "c", fields)


def mark(text: str, asked: Item, finish: FinishReason = FinishReason.STOP, **options: Any) -> Score:
    return score(Sample(asked, Response("key", finish, text=text)), **options)


ANSWERS = [
    pytest.param(group, value, text, id=f"{group['name']} {group['language']} {text}"[:60])
    for group in GROUPS
    for value, text in group["answers"]
]


@pytest.mark.parametrize(("group", "value", "text"), ANSWERS)
def test_an_answer_has_the_score_that_a_reader_gives_it(group: dict[str, Any], value: float | None, text: str) -> None:
    asked = item(group["references"], group["language"], group.get("other"), group.get("candidates"))
    found = mark(text, asked, match=group.get("match", "all"))
    if value is None:
        assert found == Score(0.0, Outcome.UNPARSED)
        return
    assert found.outcome is Outcome.SCORED
    assert found.value == pytest.approx(value)
    assert found.extraction is not None
    assert 0 <= found.extraction.start < found.extraction.end <= len(text)
    assert found.detail["references"] == len(group["references"])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_there_are_many_answers_in_each_language(language: str) -> None:
    assert sum(len(group["answers"]) for group in GROUPS if group["language"] == language) >= 60


DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
NUMBERS = st.integers(10_000, 99_999_999)


def ways_to_write(number: int) -> dict[str, str]:
    digits = str(number)
    chinese = cn2an.an2cn(digits)
    wide = digits.translate({ord("0") + d: 0xFF10 + d for d in range(10)})
    return {
        "digits": digits,
        "grouped": f"{number:,}",
        "wide": wide,
        "myriads": f"{number // 10000}.{number % 10000:04}万",
        "chinese": chinese,
        "formal": cn2an.an2cn(digits, "up"),
        "spelt": digits.translate({ord("0") + d: c for d, c in enumerate("零一二三四五六七八九")}),
        "circles": digits.translate({ord("0") + d: c for d, c in enumerate("〇一二三四五六七八九")}),
        "spaced": " ".join(digits),
        "words": " ".join(DIGIT_WORDS[int(d)] for d in digits),
    }


DRESSES = {
    "zh": ("{}", "{}。", "答案：{}", "号码是{}。", "**{}**", "“{}”", "是{}，没错。", "（{}）"),
    "en": ("{}", "{}.", "Answer: {}", "The number is {}.", "**{}**", '"{}"', "It is {}, I think.", "({})"),
}


@given(NUMBERS, st.sampled_from(["zh", "en"]), st.data())
def test_a_number_is_found_in_every_script_and_dress_and_no_other_is(
    number: int, language: str, data: st.DataObject
) -> None:
    way, written = data.draw(st.sampled_from(sorted(ways_to_write(number).items())))
    dress = data.draw(st.sampled_from(DRESSES[language]))
    text = dress.format(written)
    assert mark(text, item([[str(number)]], language), match="exact").value == 1, (way, text)
    wrong = data.draw(st.sampled_from([number + 1, number * 10, number * 10 + 7, int(f"9{number}"), number // 10]))
    assert mark(text, item([[str(wrong)]], language)).value == 0, (way, text)


@given(
    st.lists(NUMBERS, min_size=1, max_size=8, unique=True),
    st.sampled_from(["、", ", ", "\n", "；", " 和 "]),
    st.data(),
)
def test_the_score_is_the_share_of_the_references_that_are_listed(
    numbers: list[int], separator: str, data: st.DataObject
) -> None:
    listed = data.draw(st.lists(st.sampled_from(numbers), min_size=1, unique=True))
    found = mark(separator.join(map(str, listed)), item([[str(number)] for number in numbers]))
    assert found.value == pytest.approx(len(listed) / len(numbers))
    assert found.detail["found"] == found.detail["stated"] == len(listed)
    assert found.detail["exact"] == float(len(listed) == len(numbers))


@given(st.permutations(["林海涛", "何雨晴", "高志远", "罗天明"]))
def test_pairs_in_order_are_counted(order: list[str]) -> None:
    names = ["林海涛", "何雨晴", "高志远", "罗天明"]
    found = mark("、".join(order), item([[name] for name in names]), match="order")
    places = [names.index(name) for name in order]
    inversions = sum(a > b for i, a in enumerate(places) for b in places[i + 1 :])
    assert found.detail["pairs"] == pytest.approx(1 - inversions / 6)
    assert found.value == float(order == names)


@given(st.text(max_size=80), st.sampled_from(["zh", "en"]), st.sampled_from(["all", "any", "exact", "order"]))
def test_any_text_has_a_score(text: str, language: str, match: Any) -> None:
    for references in ([["4821937"], ["琥珀水獭", "amber otter"]], []):
        found = mark(text, item(references, language), match=match)
        assert 0 <= found.value <= 1
        if found.extraction is not None:
            assert 0 <= found.extraction.start <= found.extraction.end <= len(text)


def test_any_is_one_of_them_and_none_is_nothing() -> None:
    asked = item([["1234567"], ["2345678"]])
    assert mark("2345678", asked, match="any").value == 1
    assert mark("3456789", asked, match="any").value == 0


def test_more_values_than_allowed_are_a_dump_and_say_so() -> None:
    asked = item([["1000001"]])
    four = "、".join(str(1000001 + n) for n in range(4))
    assert "dumped" not in mark(four, asked).detail
    five = mark(four + "、1000005", asked)
    assert (five.value, five.detail["dumped"], five.detail["found"], five.detail["stated"]) == (0.0, 1.0, 1.0, 5.0)
    assert mark(four + "、1000005", asked, most=5).value == 1
    assert mark(four, asked, most=3).detail["dumped"] == 1
    assert mark(four + "、1000005\n\n答案：1000001", asked).value == 1
    assert mark("、".join(["1000001"] * 9), asked).value == 1


def test_the_other_language_is_noted_only_where_the_form_is_its_own() -> None:
    asked = item([["琥珀水獭"]], "zh", [["amber otter"]])
    assert mark("Amber otter", asked).detail["other_language"] == 1
    assert "other_language" not in mark("琥珀水獭", asked).detail
    assert "other_language" not in mark("4821937", item([["4821937"]])).detail


def test_names_that_hold_one_another_are_told_apart() -> None:
    asked = item([["林海"]], candidates=[["林海涛", "小林"]])
    assert mark("林海涛", asked).value == 0
    assert mark("林海", asked).value == 1
    assert mark("小林", asked).detail["stated"] == 1


def test_code_names_are_whole_words() -> None:
    asked = item([["load_config"]], "en", candidates=["load_config_file", "reload_config"])
    assert mark("`load_config`", asked).value == 1
    assert mark("_load_config_", asked).value == 1
    for text in ("load_config_file", "reload_config", "load_configs"):
        assert mark(text, asked).value == 0, text


@pytest.mark.parametrize(
    ("text", "value", "outcome"),
    [
        ("号码是4821937", 0, Outcome.UNPARSED),
        ("号码是4821937。文中", 1, Outcome.SCORED),
        ("The number is 4821937. The text says th", 1, Outcome.SCORED),
        ("The text does not", 0, Outcome.UNPARSED),
        ("1234567 and 48219", 0, Outcome.SCORED),
        ("4821937\n问题：下一题\n答案：1234567", 1, Outcome.SCORED),
    ],
)
def test_what_a_torn_answer_ends_in_is_not_read(text: str, value: float, outcome: Outcome) -> None:
    found = mark(text, item([["4821937"]]), FinishReason.LENGTH)
    assert (found.value, found.outcome) == (value, outcome)


def test_not_stated_is_noted_where_it_is_wrong_and_where_it_is_right() -> None:
    assert mark("文中没有提到", item([["4821937"]])).detail["not_stated"] == 1
    right = mark("The text does not say.", item([], "en"))
    assert (right.value, right.detail["not_stated"], right.parsed) == (1.0, 1.0, "does not say")
    assert mark("没有提到。不过我觉得是4821937。", item([["4821937"]])).value == 0


def test_the_rule_says_where_the_answer_was_read() -> None:
    asked = item([["4821937"]])
    for text, rule in (
        ("4821937", "whole"),
        ("答案：4821937", "declared"),
        ("\\boxed{4821937}", "boxed"),
        ("原为1111111，后改为4821937", "holds"),
    ):
        found = mark(text, asked)
        assert found.extraction is not None
        assert (found.extraction.rule, found.parsed) == (rule, "4821937")
    first = mark("4821937。原文在第三段。", asked, match="exact")
    assert first.extraction is not None
    assert first.extraction.rule == "first"


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        (item([["1"]], target="4821937"), "no references under 'zh'"),
        (item([["1"]], target={"en": [["1"]]}), "no references under 'zh'"),
        (item("4821937"), "not a list of references"),
        (item(["4821937"]), "not a list of accepted forms"),
        (item([[]]), "not a list of accepted forms"),
        (item([["。"]]), "neither words nor digits"),
        (item([[4821937]]), "neither words nor digits"),
        (item([["1234567"], ["1,234,567"]]), "two references share a form"),
        (item([["琥珀水獭"], ["琥珀水獭"]]), "two references share a form"),
        (item([["1"], ["2"]], other=[["1"]]), "different numbers of references"),
        (item([["1"]], candidates="琥珀水獭"), "candidates: not a list"),
        (item([["1"]], candidates=[[]]), "not a list of accepted forms"),
    ],
)
def test_a_target_that_cannot_be_worked_with_is_an_error(asked: Item, wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        check(asked)
    with pytest.raises(ValueError, match=wrong):
        mark("4821937", asked)


@pytest.mark.parametrize(
    ("options", "wrong"), [({"match": "some"}, "match: 'some' is none of"), ({"most": 0}, "most: 0")]
)
def test_an_option_that_is_wrong_is_an_error(options: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        mark("4821937", item([["4821937"]]), **options)


def test_the_scorer_is_found_by_name_with_its_options() -> None:
    entry = find_scorer("recall", {"match": "order", "most": 3}, "task.yaml")
    assert entry.score is score
    assert entry.check is check
    with pytest.raises(InputError):
        find_scorer("recall", {"mach": "all"}, "task.yaml")
