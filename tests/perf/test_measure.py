"""A measurement from beginning to end, with a backend whose schedule is known."""

import json
from dataclasses import replace
from typing import Any

import pytest

from benchharness.backends.base import ResourceUse
from benchharness.errors import BenchharnessError, InputError
from benchharness.perf.compare import compare, ratios
from benchharness.perf.flags import parse_grid
from benchharness.perf.measure import measure
from benchharness.perf.request import CellPlan, PerfRequest, Scenario, TextKind
from benchharness.perf.slo import Slo
from benchharness.runs.engine_settings import describe_engine, engine_hash

from .conftest import ScheduledBackend

ALL = tuple(Scenario)


def request(**settings: Any) -> PerfRequest:
    usual: dict[str, Any] = {
        "grid": parse_grid("16x4"),
        "repeats": 2,
        "requests": 6,
        "concurrency": (2,),
        "rates": (200.0,),
    }
    return PerfRequest(**{**usual, "scenarios": ALL, **settings})


def by_scenario(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {cell["scenario"]: cell for cell in document["cells"]}


class Recorder:
    """A listener that keeps what it is told."""

    def __init__(self, fail_at: int | None = None) -> None:
        self.passes: list[tuple[str, int]] = []
        self.documents: list[dict[str, Any]] = []
        self.expected = 0

    def loading(self) -> None:
        """Nothing is kept of it."""

    def begin(self, passes: int) -> None:
        self.expected = passes

    def passing(self, cell: CellPlan, number: int) -> None:
        self.passes.append((cell.load.scenario.value, number))

    def measured(self, document: dict[str, Any]) -> None:
        self.documents.append(json.loads(json.dumps(document)))


def test_figures_are_those_of_the_schedule(scheduled: ScheduledBackend) -> None:
    document = measure(scheduled, request(slo=Slo("ttft", ttft=60.0)))
    for cell in document["cells"]:
        for one in cell["passes"]:
            lag = one["send_lag_seconds"]
            assert one["ttft_seconds"]["mean"] == pytest.approx(lag["mean"] + 0.004)
            assert one["e2e_seconds"]["mean"] == pytest.approx(lag["mean"] + 0.004 + 3 * 0.001)
            assert one["tpot_seconds"]["p99"] == pytest.approx(0.001)
            assert one["itl_seconds"]["p50"] == pytest.approx(0.001)
            assert one["output_tokens_per_second"] == pytest.approx(24 / one["seconds"])
            assert one["goodput"]["requests_per_second"] == pytest.approx(6 / one["seconds"])
        assert not cell["doubtful"]
    single = by_scenario(document)["single"]["summary"]
    # One after the other they cannot take less than their sum.
    assert single["seconds"]["low"] >= 6 * 0.007
    assert single["peak_concurrency"]["high"] == 1
    assert by_scenario(document)["concurrency"]["summary"]["peak_concurrency"]["high"] == 2


def test_the_engine_is_loaded_once_and_every_prompt_is_new(scheduled: ScheduledBackend) -> None:
    plan = request(grid=parse_grid("16x4,24x2"))
    measure(scheduled, plan)
    assert scheduled.loads == 1
    # Warm-ups of 6 (offline), 1, 2 and 6, and two passes of six for each of four loads.
    assert len(scheduled.asked) == 2 * (6 + 1 + 2 + 6 + 4 * 2 * 6)
    assert len({asked.key for asked in scheduled.asked}) == len(scheduled.asked)
    assert len({asked.prompt.tokens for asked in scheduled.asked}) == len(scheduled.asked)
    assert {len(asked.prompt.tokens) for asked in scheduled.asked} == {16, 24}


def test_the_document_says_on_what_it_was_measured(scheduled: ScheduledBackend) -> None:
    document = measure(scheduled, request(), model="a name")
    settings = describe_engine(scheduled.facts)
    assert document["settings"] == settings
    assert document["engine"] == engine_hash(settings)
    assert document["model"] == "a name"
    assert document["prefix_cache"]["setting"] == "off"
    assert document["request"]["grid"] == ["16x4"]
    assert measure(replace(scheduled), request(scenarios=(Scenario.OFFLINE,)))["model"] == "a schedule"


def test_what_is_missing_is_said_in_both_languages() -> None:
    document = measure(ScheduledBackend(tells=False), request())
    for cell in document["cells"]:
        whats = {one["what"] for one in cell["unmeasured"]}
        assert {"latency", "roofline", "characters"} <= whats
        assert all(one["en"].endswith(".") and one["zh"].endswith("。") for one in cell["unmeasured"])
        assert cell["roofline"] is None
        assert cell["summary"]["ttft_seconds"] is None
        assert cell["summary"]["output_tokens_per_second"]["median"] > 0


def test_a_backend_that_does_not_poll_gets_batches() -> None:
    backend = ScheduledBackend(polls=False)
    document = measure(
        backend, request(scenarios=(Scenario.SINGLE, Scenario.CONCURRENCY), concurrency=(3,), requests=6)
    )
    cells = by_scenario(document)
    assert cells["concurrency"]["delivery"] == "batches"
    assert cells["single"]["delivery"] == "continuous"
    assert cells["concurrency"]["summary"]["peak_concurrency"]["high"] == 3


def test_a_cell_with_failures_or_cached_tokens_is_marked() -> None:
    document = measure(ScheduledBackend(fails=frozenset({"1"})), request())
    assert all(cell["doubtful"] for cell in document["cells"])
    assert document["cells"][0]["passes"][0]["failed"] == 1
    assert document["cells"][0]["passes"][0]["errors"] == ["the schedule says so"]
    cached = measure(ScheduledBackend(cached=3), request(scenarios=(Scenario.SINGLE,)))
    assert cached["cells"][0]["doubtful"]
    assert cached["cells"][0]["summary"]["cached_tokens"]["median"] == 18


def test_a_pass_lasts_as_long_as_asked_for(scheduled: ScheduledBackend) -> None:
    document = measure(scheduled, request(scenarios=(Scenario.SINGLE, Scenario.SERVER), seconds=0.2, requests=2))
    single, server = document["cells"]
    assert single["requests"] > 2
    assert {one["requests"] for one in single["passes"]} == {single["requests"]}
    assert single["summary"]["seconds"]["low"] >= 0.2
    assert server["requests"] == 40


def test_with_an_engine_that_holds_fewer_the_rest_waits_and_it_shows() -> None:
    backend = ScheduledBackend(slots=2)
    cell = measure(backend, request(scenarios=(Scenario.OFFLINE,)))["cells"][0]
    summary = cell["summary"]
    # The last two of six wait for four others.
    assert summary["ttft_seconds"]["p99"]["low"] >= 2 * 0.007
    assert summary["send_lag_seconds"]["p99"]["low"] >= 2 * 0.007
    assert summary["window"] is not None


def test_texts_in_both_languages_are_measured_at_equal_content_as_well(scheduled: ScheduledBackend) -> None:
    plan = request(scenarios=(Scenario.OFFLINE,), texts=tuple(TextKind), grid=parse_grid("400x2"))
    cells = measure(scheduled, plan)["cells"]
    assert [(cell["text"], cell["matched"]) for cell in cells] == [
        ("random", "tokens"),
        ("zh", "tokens"),
        ("en", "tokens"),
        ("zh", "content"),
        ("en", "content"),
    ]
    for cell in cells[1:]:
        summary = cell["summary"]
        assert summary["output_characters"]["median"] == 12
        assert summary["total_characters_per_second"]["median"] > summary["output_characters_per_second"]["median"]
    assert cells[3]["summary"]["prompt_tokens"] != cells[4]["summary"]["prompt_tokens"]
    assert not any(cell["doubtful"] for cell in cells)


def test_the_listener_gets_the_document_after_each_cell(scheduled: ScheduledBackend) -> None:
    recorder = Recorder()
    document = measure(scheduled, request(), listener=recorder)
    assert [len(one["cells"]) for one in recorder.documents] == [1, 2, 3, 4]
    assert recorder.documents[-1] == json.loads(json.dumps(document))
    assert recorder.expected == len(recorder.passes) == 4 * 3
    assert recorder.passes[:3] == [("offline", 0), ("offline", 1), ("offline", 2)]


class Dying(ScheduledBackend):
    """Breaks off at its eighth run."""

    runs = 0

    def run(self, source: Any) -> Any:
        type(self).runs += 1
        if self.runs == 8:
            raise BenchharnessError(en="gone", zh="没了")
        yield from super().run(source)


def test_a_pass_that_dies_leaves_the_cells_before_it() -> None:
    recorder = Recorder()
    with pytest.raises(BenchharnessError, match="gone"):
        measure(Dying(), request(), listener=recorder)
    assert [cell["scenario"] for cell in recorder.documents[-1]["cells"]] == ["offline", "single"]


class Forgetful(ScheduledBackend):
    """Leaves a request without a response."""

    def run(self, source: Any) -> Any:
        yield from list(super().run(source))[1:]


def test_a_backend_that_leaves_a_request_out_is_found_out() -> None:
    with pytest.raises(RuntimeError, match="left 1 requests"):
        measure(Forgetful(), request(scenarios=(Scenario.OFFLINE,)))


def test_random_arrivals_need_a_backend_that_polls() -> None:
    backend = ScheduledBackend(polls=False)
    with pytest.raises(InputError, match="--backend vllm") as error:
        measure(backend, request())
    assert "随机到达" in error.value.zh
    assert backend.loads == 0


def test_a_cell_that_does_not_fit_is_refused_before_loading() -> None:
    backend = ScheduledBackend(context_length=100)
    with pytest.raises(InputError, match="--grid 97x4: 101 tokens") as error:
        measure(backend, request(grid=parse_grid("16x4,97x4")))
    assert "上下文长度 100" in error.value.zh
    assert backend.loads == 0


class TestComparing:
    def test_the_ratio_is_of_the_second_to_the_first(self) -> None:
        plan = request(repeats=3, scenarios=(Scenario.SINGLE,))
        slow, fast = ScheduledBackend(first=0.02, gap=0.01, name="slow"), ScheduledBackend(first=0.01, gap=0.005)
        document = compare(slow, fast, plan, models=("one", "two"))
        assert [document[side]["model"] for side in ("first", "second")] == ["one", "two"]
        [row] = document["ratios"]
        assert row["scenario"] == "single"
        assert row["figures"]["tpot_seconds"]["median"] == pytest.approx(0.5)
        assert row["figures"]["output_tokens_per_second"]["median"] > 1
        assert row["figures"]["joules_per_output_token"] is None
        for leaf in filter(None, row["figures"].values()):
            assert leaf["low"] <= leaf["median"] <= leaf["high"]

    def test_the_two_take_turns_and_begin_in_turns(self) -> None:
        order: list[str] = []

        class Noted(ScheduledBackend):
            def run(self, source: Any) -> Any:
                order.append(self.name)
                yield from super().run(source)

        plan = request(repeats=4, scenarios=(Scenario.OFFLINE,))
        first, second = Noted(name="A"), Noted(name="B")
        compare(first, second, plan, models=("A", "B"))
        assert "".join(order) == "AB" + "AB" + "BA" + "AB" + "BA"
        # Both are asked the very same.
        assert sorted(one.key for one in first.asked) == sorted(one.key for one in second.asked)

    def test_both_documents_are_whole(self, scheduled: ScheduledBackend) -> None:
        recorder = Recorder()
        document = compare(scheduled, ScheduledBackend(), request(), models=("A", "B"), listener=recorder)
        assert len(document["first"]["cells"]) == len(document["second"]["cells"]) == len(document["ratios"]) == 4
        assert [len(one["ratios"]) for one in recorder.documents] == [1, 2, 3, 4]

    def test_a_second_model_that_does_not_fit_says_what_to_do(self, scheduled: ScheduledBackend) -> None:
        class Large(ScheduledBackend):
            def load(self) -> None:
                raise RuntimeError("CUDA out of memory")

        with pytest.raises(BenchharnessError, match=r"gpu_memory_utilization=0\.45") as error:
            compare(scheduled, Large(), request(), models=("A", "B"))
        assert "CUDA out of memory" in error.value.zh

    def test_a_figure_that_a_pass_lacks_has_no_ratio(self) -> None:
        whole, lacking = {"requests_per_second": 2.0}, {"requests_per_second": None}
        base = dict.fromkeys(
            ("output_tokens_per_second", "total_tokens_per_second", "total_characters_per_second", "ttft_seconds",
             "tpot_seconds", "e2e_seconds", "energy")
        )  # fmt: skip
        found = ratios([base | whole, base | whole], [base | whole, base | lacking])
        assert found["requests_per_second"] is None
        assert ratios([base | whole], [base | whole])["requests_per_second"] == {"median": 1, "low": 1, "high": 1}


def test_memory_by_part_is_in_the_cell() -> None:
    class Frugal(ScheduledBackend):
        def resource_use(self) -> ResourceUse:
            return ResourceUse(7, 100, device_parts={"weights": 60, "cache": 30, "cache_used": 10}, preemptions=2)

    cell = measure(Frugal(), request(scenarios=(Scenario.OFFLINE,)))["cells"][0]
    assert cell["memory"]["device_parts"] == {"weights": 60, "cache": 30, "cache_used": 10}
    assert (cell["memory"]["process_bytes"], cell["memory"]["device_bytes"], cell["memory"]["preemptions"]) == (
        7,
        100,
        2,
    )
