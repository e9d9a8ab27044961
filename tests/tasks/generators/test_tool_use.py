import calendar
import datetime
import json
import re
from collections import Counter
from functools import cache
from random import Random
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchharness.records import FinishReason, Item, Language, Outcome, Response
from benchharness.scorers.base import Sample
from benchharness.scorers.function_call import check, score
from benchharness.tasks.generators import _tools_dates as dates
from benchharness.tasks.generators._tools_requests import TOOLS, Request, is_phrase, read_requests
from benchharness.tasks.generators._tools_slots import clock
from benchharness.tasks.generators._tools_solve import resolve
from benchharness.tasks.generators.tool_use import CATEGORIES, generate, solve
from benchharness.text.punctuation import find_ascii_slip

SEEDS = (1, 2, 2024)
FILES = ("tool_use", "tool_use_typed", "tool_use_optional", "tool_use_missing")
REQUESTS = [(name, request) for name in FILES for request in read_requests(name)]
DAYS = st.dates(datetime.date(2023, 1, 1), datetime.date(2032, 12, 31))


@cache
def rows(seed: int) -> list[dict[str, Any]]:
    return generate(seed, 300)


def sample(row: dict[str, Any], language: Language, text: str) -> Sample:
    item = Item(row["id"], language, row["answer"], row["category"], row[language.value])
    return Sample(item, Response("key", FinishReason.STOP, text=text))


def calls(row: dict[str, Any], language: str) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = json.loads(row[language]["solution"])
    return made


@pytest.mark.parametrize("seed", SEEDS)
def test_the_solver_finds_every_answer(seed: int) -> None:
    assert all(solve(row) == row["answer"] for row in rows(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_solutions_get_full_marks_and_targets_pass_the_check(seed: int) -> None:
    for row in rows(seed):
        for language in Language:
            one = sample(row, language, row[language.value]["solution"])
            check(one.item)
            found = score(one)
            assert (found.value, found.outcome) == (1.0, Outcome.SCORED)
            assert "other_language" not in found.detail


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 24))
def test_a_seed_decides_about_the_rows_and_a_larger_count_only_adds(seed: int, count: int) -> None:
    few = generate(seed, count)
    assert few == generate(seed, count + 7)[:count]
    assert few != generate(seed + 1, count)
    assert all(solve(row) == row["answer"] for row in few)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_request_stands_twice(seed: int) -> None:
    for language in ("zh", "en"):
        assert len({row[language]["request"] for row in rows(seed)}) == 300
    assert [row["id"] for row in rows(seed)][:2] == ["tool_use-0001", "tool_use-0002"]


@pytest.mark.parametrize("seed", SEEDS)
def test_categories_and_difficulties_come_in_equal_shares(seed: int) -> None:
    counts = Counter((row["category"], row["difficulty"]) for row in rows(seed)[:288])
    assert counts == {(category, level): 16 for category in CATEGORIES for level in (1, 2, 3)}


def test_there_are_many_tools_and_most_of_them_are_asked_for() -> None:
    assert len(TOOLS) >= 24
    asked = {wanted["tool"] for row in rows(2024) for wanted in row["problem"]["wanted"]}
    assert len(asked) >= 45
    assert len({tool.family for tool in TOOLS.values()}) >= 10


def test_declarations_are_json_schema_in_the_language_of_the_item() -> None:
    for tool in TOOLS.values():
        zh, en = tool.declare("zh"), tool.declare("en")
        for declared in (zh, en):
            jsonschema.Draft202012Validator.check_schema(declared["parameters"])
        assert re.search(r"[\u4e00-\u9fff]", json.dumps(zh, ensure_ascii=False))
        assert json.dumps(en, ensure_ascii=False).isascii()
        assert zh["parameters"]["properties"].keys() == en["parameters"]["properties"].keys()


@pytest.mark.parametrize("seed", SEEDS)
def test_three_to_six_tools_are_offered_and_the_right_ones_are_among_them(seed: int) -> None:
    for row in rows(seed):
        offered = row["problem"]["offered"]
        assert 3 <= len(set(offered)) == len(offered) <= 6
        for language in ("zh", "en"):
            assert [tool["name"] for tool in row[language]["tools"]] == offered
            lines = row[language]["declarations"].split("\n")
            assert [json.loads(line) for line in lines] == row[language]["tools"]
            assert {call["name"] for call in calls(row, language)} <= set(offered)


@pytest.mark.parametrize("seed", SEEDS)
def test_categories_are_what_their_names_say(seed: int) -> None:
    near = {request.tool: set(request.near) for request in read_requests("tool_use")}
    for row in rows(seed):
        made = calls(row, "en")
        match row["category"]:
            case "no_call":
                assert made == []
            case "parallel_calls":
                assert 2 <= len(made) <= 3
            case "choose_among_similar":
                assert len(made) == 1
                assert len(near[made[0]["name"]].intersection(row["problem"]["offered"])) >= 2
            case "typed_arguments":
                values = made[0]["arguments"].values()
                assert any(not isinstance(value, str) for value in values)
            case "optional_arguments":
                assert any(not param.required for param in TOOLS[made[0]["name"]].params.values())
            case _:
                assert len(made) == 1


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_called_for_is_said_in_both_halves(seed: int) -> None:
    """Codes and addresses stand in the request as they stand in the call."""
    for row in rows(seed):
        for language in ("zh", "en"):
            for call in calls(row, language):
                for value in call["arguments"].values():
                    if isinstance(value, str) and re.search(r"[A-Z]-?\d|@|/|\d{4}-\d{4}-", value):
                        assert re.search(
                            rf"(?<![\w.-]){re.escape(value)}(?![A-Za-z0-9-])", row[language]["request"], re.ASCII
                        )


@pytest.mark.parametrize("seed", SEEDS)
def test_the_words_are_clean(seed: int) -> None:
    for row in rows(seed):
        chinese = f"{row['zh']['today']}\n{row['zh']['request']}"
        assert find_ascii_slip(chinese) is None
        assert not re.search(r"[\u4e00-\u9fff][ ,;:?!()]|<|>|\{|\}|帮我帮|请请", chinese)
        assert chinese[-1] in "。？！"
        english = f"{row['en']['today']} {row['en']['request']}"
        assert english.isascii()
        assert not re.search(r"<|>|\{|\}| {2}|\bon on\b|\bin in\b|[.?!,] ?[,;?]", english)
        assert english[-1] in ".?!"
        assert row["why"].isascii()
        assert "\n" not in row["why"]


@pytest.mark.parametrize(("name", "request_"), REQUESTS)
def test_wordings_fit_their_tools(name: str, request_: Request) -> None:
    tool = TOOLS[request_.tool]
    assert request_.args.keys() <= tool.params.keys()
    required = {one for one, param in tool.params.items() if param.required}
    assert (required <= request_.args.keys()) == (name != "tool_use_missing")
    for other in (*request_.near, *request_.lack):
        assert other in TOOLS
        assert other != request_.tool
    for said in (*request_.say, *(request_.many[1] if request_.many else ())):
        assert set(re.findall(r"<(\w+)>", said.zh)) == set(re.findall(r"<(\w+)>", said.en))
        assert is_phrase(said) == (said.zh[-1] not in "。？！")
    if name == "tool_use":
        assert any(map(is_phrase, request_.say))


@settings(deadline=None)
@given(DAYS, st.integers(0, 10**6), st.sampled_from([1, 2, 3]))
def test_dates_mean_what_the_solver_takes_them_to_mean(today: datetime.date, seed: int, level: int) -> None:
    rng = Random(seed)
    first = dates.date(rng, level, today)
    later = dates.later(rng, first, rng.randrange(1, 6))
    past = dates.past_day(rng, level, today)
    start, end = dates.month(rng, level, today)
    for fact in (first, later, past, start, end):
        assert resolve(fact.meaning, "zh", today) == fact.value_zh == fact.value_en
    assert first.value_en > today.isoformat() > past.value_en
    assert start.value_en < end.value_en < today.isoformat()


@pytest.mark.parametrize(
    ("meaning", "day"),
    [
        ({"days": 2}, "2024-02-29"),
        ({"days": 10}, "2024-03-08"),
        ({"weeks": 2}, "2024-03-12"),
        ({"md": [2, 1]}, "2025-02-01"),
        ({"weekday": [0, 6]}, "2024-03-03"),
        ({"weekday": [1, 0]}, "2024-03-04"),
        ({"weekday": [2, 4]}, "2024-03-15"),
        ({"month_end": 0}, "2024-02-29"),
        ({"month_end": 1}, "2024-03-31"),
        ({"next_month": 5}, "2024-03-05"),
        ({"nth": [1, 4]}, "2024-03-01"),
        ({"nth": [3, 0]}, "2024-03-18"),
    ],
)
def test_dates_before_a_leap_day(meaning: dict[str, Any], day: str) -> None:
    today = datetime.date(2024, 2, 27)
    assert calendar.day_name[today.weekday()] == "Tuesday"
    assert resolve({"date": meaning}, "en", today) == day


def test_this_week_ends_on_sunday() -> None:
    sunday = datetime.date(2025, 8, 31)
    assert resolve({"date": {"weekday": [1, 0]}}, "zh", sunday) == "2025-09-01"
    assert resolve({"month": [{"back": 8}, "last"]}, "zh", sunday) == "2024-12-31"
    assert resolve({"date": {"month_end": 4}}, "zh", sunday) == "2025-12-31"
    assert dates.today_line(sunday) == (
        "今天是2025年8月31日，星期日；一周从星期一算起。",
        "Today is Sunday, 31 August 2025; weeks start on Monday.",
    )


@pytest.mark.parametrize(
    ("hour", "minute", "zh", "en"),
    [
        (9, 0, "上午9点", "9 am"),
        (15, 30, "下午3点半", "3:30 pm"),
        (20, 15, "晚上8点一刻", "8:15 pm"),
        (7, 5, "上午7点零5分", "7:05 am"),
        (13, 40, "下午1点40分", "1:40 pm"),
    ],
)
def test_times_are_said_as_people_say_them(hour: int, minute: int, zh: str, en: str) -> None:
    fact = clock(hour, minute)
    assert (fact.zh, fact.en) == (zh, en)
    assert resolve(fact.meaning, "zh", datetime.date(2025, 1, 1)) == fact.value_zh == f"{hour:02}:{minute:02}"


@pytest.mark.parametrize(
    ("meaning", "said"),
    [
        ({"number": ["两万", "2,000"]}, "not one number"),
        ({"mood": "good"}, "unknown meaning"),
        ({"date": {"mood": 1}}, "unknown date"),
    ],
)
def test_what_means_nothing_is_an_error(meaning: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        resolve(meaning, "zh", datetime.date(2025, 1, 1))


def test_calls_that_tools_do_not_allow_are_an_error() -> None:
    def problem(**facts: Any) -> dict[str, Any]:
        wanted = [{"tool": "start_timer", "facts": {"minutes": {"minutes": 5}} | facts}]
        return {"problem": {"today": "2025-01-01", "offered": ["start_timer"], "wanted": wanted}}

    assert solve(problem()) == {"calls": [{"name": "start_timer", "arguments": {"minutes": 5}}], "ordered": False}
    with pytest.raises(ValueError, match="has no parameter loud"):
        solve(problem(loud={"literal": True}))
    with pytest.raises(ValueError, match="start_timer"):
        solve(problem(minutes={"literal": "5"}))
