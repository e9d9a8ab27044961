"""Throughput as evaluated: what is counted, whose time it was, and when it is withheld."""

from typing import TYPE_CHECKING, Any

import pytest

from benchharness.records import Language, Request, Timing
from benchharness.runs.journal import read_responses
from benchharness.runs.sessions import read_sessions

if TYPE_CHECKING:
    from tests.runs.conftest import Classroom, EngineBackend


def one_after_the_other(request: Request, number: int) -> Timing:
    return Timing(sent=10.0 + number, first=0.25, last=1.0)


def all_at_once(request: Request, number: int) -> Timing:
    return Timing(sent=10.0, first=1.0 + number, last=2.0 + number)


def by_language(summary: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["language"]: row for row in summary["throughput"]["by_language"]}


def test_cached_tokens_are_counted_apart_and_do_not_count_as_computed(
    classroom: "Classroom", engine: "type[EngineBackend]"
) -> None:
    folder, summary = classroom.run([classroom.sums(4)], engine(classroom.right, cached=lambda _: 5))
    throughput = summary["throughput"]
    prompts = sum(line.response.prompt_tokens for line in read_responses(folder).values())
    assert throughput["prompt_tokens"] == prompts
    assert throughput["cached_tokens"] == 8 * 5
    assert throughput["cached_share"] == pytest.approx(40 / prompts)
    assert throughput["computed_tokens"] == prompts - 40
    for rows in (throughput["by_task"], throughput["by_language"]):
        assert [row["cached_tokens"] for row in rows] == [20, 20]
        assert sum(row["prompt_tokens"] for row in rows) == prompts


def test_a_choice_that_is_served_once_for_each_option_counts_its_prompt_once(
    classroom: "Classroom", engine: "type[EngineBackend]"
) -> None:
    backend = engine(classroom.right, cached=lambda request: 4 * len(request.prompt.tokens))
    _, summary = classroom.run([classroom.colours(4)], backend)
    assert summary["throughput"]["cached_share"] == 1
    assert summary["throughput"]["withheld"] is None


def test_a_cache_that_was_filled_before_withholds_the_rates(
    classroom: "Classroom", engine: "type[EngineBackend]"
) -> None:
    backend = engine(classroom.right, cached=lambda request: len(request.prompt.tokens) - 1)
    folder, summary = classroom.run([classroom.sums(4)], backend)
    begun = read_sessions(folder)[0]
    assert begun.cacheable_tokens is not None
    assert 0 < begun.cacheable_tokens < summary["throughput"]["cached_tokens"]
    too_many = summary["throughput"]["cached_tokens"] - begun.cacheable_tokens
    withheld = summary["throughput"]["withheld"]
    assert f"served {too_many} prompt tokens" in withheld["en"]
    assert f"{too_many} 个提示词元" in withheld["zh"]
    assert summary["energy"]["withheld"] == withheld
    assert summary["throughput"]["latency"] is None
    assert {row["seconds_per_correct"] for row in summary["efficiency"]} == {None}


def test_latency_is_that_of_the_answers(classroom: "Classroom", engine: "type[EngineBackend]") -> None:
    backend = engine(classroom.right, timings=all_at_once)
    folder, summary = classroom.run([classroom.sums(5), classroom.colours(2)], backend)
    latency = summary["throughput"]["latency"]
    assert latency["requests"] == 10
    assert latency["ttft"]["p50"] == pytest.approx(5.5)
    assert latency["e2e"]["p50"] == pytest.approx(6.5)
    tokens = [line.response.generated_tokens for line in read_responses(folder).values()]
    assert latency["tpot"]["mean"] == pytest.approx(sum(1 / (n - 1) for n in tokens if n > 1) / 10)
    assert {row["latency"]["requests"] for row in summary["throughput"]["by_language"]} == {5}
    assert {row["task"]: row["latency"] is None for row in summary["throughput"]["by_task"]} == {
        "sums": False,
        "colours": True,
    }


def test_no_latency_where_the_backend_does_not_tell(classroom: "Classroom") -> None:
    _, summary = classroom.run([classroom.sums(2)], classroom.right)
    assert summary["throughput"]["latency"] is None


def test_gaps_between_tokens_stay_out_of_the_journal(classroom: "Classroom", engine: "type[EngineBackend]") -> None:
    backend = engine(classroom.right, timings=lambda request, number: Timing(1.0, 0.5, 1.5, (0.5, 0.5)))
    folder, _ = classroom.run([classroom.sums(2)], backend)
    timings = [line.response.timing for line in read_responses(folder).values()]
    assert timings == [Timing(1.0, 0.5, 1.5)] * 4


def test_languages_share_the_time_of_their_responses(classroom: "Classroom", engine: "type[EngineBackend]") -> None:
    _, summary = classroom.run([classroom.sums(4)], engine(classroom.right, seconds=1e-9))
    rows = by_language(summary)
    assert rows["zh"]["seconds"] == rows["en"]["seconds"] == pytest.approx(4e-9)
    assert rows["zh"]["characters_per_second"] == pytest.approx(rows["zh"]["characters"] / 4e-9)
    assert rows["zh"]["withheld"] is None


def test_workers_side_by_side_share_the_clock(classroom: "Classroom", engine: "type[EngineBackend]") -> None:
    _, summary = classroom.run([classroom.sums(4)], engine(classroom.right, seconds=1000.0))
    rows = by_language(summary)
    wall = summary["throughput"]["wall_seconds"]
    assert rows["zh"]["seconds"] == rows["en"]["seconds"] == pytest.approx(wall / 2)


def test_languages_have_no_time_where_the_backend_does_not_tell(classroom: "Classroom") -> None:
    _, summary = classroom.run([classroom.sums(4)], classroom.right)
    for row in by_language(summary).values():
        assert row["seconds"] is row["tokens_per_second"] is None
        assert "does not tell" in row["withheld"]["en"]
        assert "--languages" in row["withheld"]["zh"]
    assert summary["throughput"]["tokens_per_second"] > 0


def test_a_language_by_itself_has_all_the_time(classroom: "Classroom") -> None:
    _, summary = classroom.run([classroom.sums(4)], classroom.right, languages=(Language.ZH,))
    (row,) = summary["throughput"]["by_language"]
    assert row["seconds"] == summary["throughput"]["wall_seconds"]
    assert row["characters_per_second"] == summary["throughput"]["characters_per_second"]
    assert row["withheld"] is None


def test_languages_that_were_asked_apart_have_the_time_of_their_flight(
    classroom: "Classroom", engine: "type[EngineBackend]"
) -> None:
    backend = engine(classroom.right, polls=True, timings=one_after_the_other, seconds=7.0)
    _, summary = classroom.run([classroom.sums(4)], backend)
    assert {tongue: row["seconds"] for tongue, row in by_language(summary).items()} == {"zh": 4.0, "en": 4.0}


def test_languages_in_flight_together_have_no_time_of_their_own(
    classroom: "Classroom", engine: "type[EngineBackend]"
) -> None:
    backend = engine(classroom.right, polls=True, timings=all_at_once, seconds=7.0)
    _, summary = classroom.run([classroom.sums(4)], backend)
    rows = by_language(summary)
    assert rows["zh"]["seconds"] is None
    assert "in flight at once" in rows["zh"]["withheld"]["en"]
    assert "同时在处理" in rows["zh"]["withheld"]["zh"]
    assert summary["throughput"]["withheld"] is None
    assert summary["throughput"]["latency"]["requests"] == 8


def test_flight_that_is_not_told_of_is_no_one_s(classroom: "Classroom", engine: "type[EngineBackend]") -> None:
    _, summary = classroom.run([classroom.sums(4)], engine(classroom.right, polls=True, seconds=7.0))
    assert {row["seconds"] for row in by_language(summary).values()} == {None}


def test_an_error_without_times_takes_none_from_the_others(
    classroom: "Classroom", engine: "type[EngineBackend]"
) -> None:
    def student(request: Request) -> str | Exception:
        return OSError("no") if request.item_id == "s001" else classroom.right(request)

    def timings(request: Request, number: int) -> Timing | None:
        return None if request.item_id == "s001" else one_after_the_other(request, number)

    _, summary = classroom.run([classroom.sums(4)], engine(student, polls=True, timings=timings))
    assert {row["seconds"] for row in by_language(summary).values()} == {3.0}
