"""What a correct answer took: seconds, joules, device-hours and money, by language and in all."""

from types import TracebackType
from typing import TYPE_CHECKING, Any

import pytest

from benchharness.hardware.meter import DeviceReading, Reading, Unmeasured
from benchharness.records import Language, Outcome, Request, Score
from benchharness.registry.suites import SuiteSpec
from benchharness.runs import metering
from benchharness.runs.efficiency import summarise_efficiency
from benchharness.runs.journal import ScoreLine
from benchharness.runs.sessions import Asking, read_sessions
from benchharness.runs.throughput import Time
from benchharness.runs.totals import TaskJournal
from benchharness.stats.intervals import stratified_interval

if TYPE_CHECKING:
    from tests.runs.conftest import Classroom, EngineBackend

WEIGHTS = {"weights": 2**30}
SHARED = Unmeasured("energy_joules", "Another process was on it.", "另有进程在使用。")


def device(index: int, joules: float | None, idle: float | None) -> DeviceReading:
    return DeviceReading(
        index=index,
        name="GPU",
        energy_joules=joules,
        energy_method="counter",
        idle_watts=idle,
        mean_watts=None,
        peak_watts=None,
        utilisation=None,
        peak_used_bytes=None,
        peak_process_bytes=None,
        mean_clock_mhz=None,
        highest_temperature=None,
        throttle_reasons=(),
    )


class RecordedMeter:
    """A meter that gives a reading of devices that this machine need not have."""

    reading = Reading(10.0, (device(0, 700.0, 20.0), device(1, 500.0, 30.0)), 1.0, 2**20, (SHARED,), cpu_joules=90.0)

    def __init__(self, processes: tuple[int, ...], *, idle_watts: dict[int, float]) -> None:
        assert processes
        assert idle_watts == {0: 20.0, 1: 30.0}

    def __enter__(self) -> "RecordedMeter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


@pytest.fixture
def gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two devices of which NVML would tell; the real meter is at work in all other tests."""
    monkeypatch.setattr(metering, "Meter", RecordedMeter)
    monkeypatch.setattr(metering, "measure_idle", lambda: {0: 20.0, 1: 30.0})


def rows_of(summary: dict[str, Any]) -> dict[str | None, dict[str, Any]]:
    return {row["language"]: row for row in summary["efficiency"]}


def half_right(classroom: "Classroom") -> Any:
    def student(request: Request) -> str:
        good = request.language is Language.ZH or int(request.item_id[1:]) % 2
        return (classroom.right if good else classroom.wrong)(request)

    return student


@pytest.mark.usefixtures("gpus")
def test_energy_is_given_with_and_without_what_devices_take_at_rest(
    classroom: "Classroom", engine: "type[EngineBackend]"
) -> None:
    folder, summary = classroom.run([classroom.sums(4)], engine(classroom.right, parts=WEIGHTS))
    assert summary["energy"] == {
        "joules": 1200.0,
        "net_joules": 700.0,
        "idle_watts": 50.0,
        "processor_joules": 90.0,
        "devices": 2,
        "withheld": None,
        "remarks": [{"what": "energy_joules", "en": SHARED.en, "zh": SHARED.zh}],
    }
    line = read_sessions(folder)[-1]
    assert (line.energy_joules, line.net_joules, line.idle_watts, line.devices) == (1200.0, 700.0, 50.0, 2)
    assert line.reading is not None
    assert [one["index"] for one in line.reading["devices"]] == [0, 1]


@pytest.mark.usefixtures("gpus")
def test_a_correct_answer_takes_its_share_of_all(classroom: "Classroom", engine: "type[EngineBackend]") -> None:
    backend = engine(half_right(classroom), parts=WEIGHTS, seconds=1000.0, price=0.5)
    _, summary = classroom.run([classroom.sums(4), classroom.colours(6)], backend)
    wall = summary["throughput"]["wall_seconds"]
    rows = rows_of(summary)
    assert [(row["language"], row["items"], row["correct"]) for row in summary["efficiency"]] == [
        ("zh", 10, 10.0),
        ("en", 10, 5.0),
        (None, 20, 15.0),
    ]
    for scope, correct, share in (("zh", 10, 0.5), ("en", 5, 0.5), (None, 15, 1.0)):
        row = rows[scope]
        assert row["score"] == correct / row["items"]
        assert row["seconds_per_correct"] == pytest.approx(share * wall / correct)
        assert row["joules_per_correct"] == pytest.approx(share * 1200 / correct)
        assert row["net_joules_per_correct"] == pytest.approx(share * 700 / correct)
        assert row["device_hours_per_correct"] == pytest.approx(2 * share * wall / 3600 / correct)
        assert row["withheld"] is None
    assert rows[None]["costs_per_correct"] == {"USD": pytest.approx(10 / 15)}
    assert rows["zh"]["costs_per_correct"] == {}


def test_the_score_over_all_tasks_has_an_interval_of_its_strata(classroom: "Classroom") -> None:
    _, summary = classroom.run([classroom.sums(4), classroom.colours(6)], half_right(classroom))
    row = rows_of(summary)["en"]
    sums, colours = [0.0, 1.0, 0.0, 1.0], [0.0, 1.0, 0.0, 1.0, 0.0, 1.0]
    assert row["score"] == 0.5
    assert row["interval"] == pytest.approx(stratified_interval([sums, colours], [4, 6])[:2])


def test_nothing_is_divided_by_no_correct_answer(classroom: "Classroom", engine: "type[EngineBackend]") -> None:
    _, summary = classroom.run([classroom.sums(4)], engine(classroom.wrong, seconds=1.0, price=1.0))
    for row in summary["efficiency"]:
        assert row["correct"] == 0
        assert row["withheld"] == {"en": "no answer was correct", "zh": "没有正确答案"}
        assert {value for key, value in row.items() if key.endswith("_per_correct") and key[0] != "c"} == {None}
        assert row["costs_per_correct"] == {}


def test_one_language_alone_bears_all_the_costs(classroom: "Classroom", engine: "type[EngineBackend]") -> None:
    _, summary = classroom.run([classroom.sums(4)], engine(classroom.right, price=1.0), languages=(Language.EN,))
    assert [(row["language"], row["costs_per_correct"]) for row in summary["efficiency"]] == [
        ("en", {"USD": 1.0}),
        (None, {"USD": 1.0}),
    ]


def test_partial_marks_count_in_part() -> None:
    marks = [0.25, 0.5, 1.0]
    lines = [
        ScoreLine(str(number), str(number), "zh", "a", None, None, 0, Score(value, Outcome.SCORED))
        for number, value in enumerate(marks)
    ]
    time = Time(Asking(None, None, None), 7.0, {}, {Language.ZH: 7.0})
    energy = {"devices": 4, "joules": 35.0, "net_joules": None}
    costs = {"by_currency": {}, "complete": True}
    rows = summarise_efficiency([TaskJournal("t", [], lines)], tuple(Language), time, energy, costs)
    assert [row["language"] for row in rows] == ["zh", None]
    for row in rows:
        assert (row["correct"], row["score"]) == (1.75, pytest.approx(1.75 / 3))
        assert row["seconds_per_correct"] == pytest.approx(4.0)
        assert row["joules_per_correct"] == pytest.approx(20.0)
        assert row["net_joules_per_correct"] is None
        assert row["device_hours_per_correct"] == pytest.approx(4 * 4.0 / 3600)


def test_a_suite_keeps_its_own_total(classroom: "Classroom") -> None:
    suite = SuiteSpec.model_validate(
        {"name": "s", "version": 1, "title": {"en": "S"}, "tasks": {"sums": 3, "colours": 1}}
    )
    _, summary = classroom.run([classroom.sums(4), classroom.colours(6)], half_right(classroom), suite=suite)
    assert rows_of(summary)["en"]["score"] == 0.5
    assert next(total for total in summary["totals"] if total["language"] == "en")["score"] == 0.5


def test_the_processor_counts_as_one_device_and_has_no_energy_of_accelerators(classroom: "Classroom") -> None:
    _, summary = classroom.run([classroom.sums(4)], classroom.right)
    energy = summary["energy"]
    assert (energy["joules"], energy["devices"]) == (None, 0)
    assert "ran on the processor" in energy["withheld"]["en"]
    row = rows_of(summary)[None]
    assert row["device_hours_per_correct"] == pytest.approx(summary["throughput"]["wall_seconds"] / 3600 / 8)
    assert row["joules_per_correct"] is None


def test_nothing_of_this_machine_is_measured_for_a_model_elsewhere(
    classroom: "Classroom", engine: "type[EngineBackend]"
) -> None:
    folder, summary = classroom.run([classroom.sums(4)], engine(classroom.right, elsewhere=True))
    assert summary["energy"]["devices"] is None
    assert "another machine" in summary["energy"]["withheld"]["en"]
    assert "其他机器" in summary["energy"]["withheld"]["zh"]
    assert read_sessions(folder)[-1].reading is None
    assert rows_of(summary)[None]["device_hours_per_correct"] is None
    assert rows_of(summary)[None]["seconds_per_correct"] > 0


@pytest.mark.usefixtures("gpus")
def test_a_device_without_a_counter_says_so(
    classroom: "Classroom", engine: "type[EngineBackend]", monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = Reading(
        10.0, (device(0, None, None),), 1.0, 2**20, (Unmeasured("energy_joules", "No counter.", "无计数器。"),)
    )
    monkeypatch.setattr(RecordedMeter, "reading", unknown)
    _, summary = classroom.run([classroom.sums(4)], engine(classroom.right, parts=WEIGHTS))
    assert summary["energy"]["withheld"] == {"en": "No counter", "zh": "无计数器"}
    assert (summary["energy"]["devices"], summary["energy"]["joules"]) == (1, None)
    monkeypatch.setattr(RecordedMeter, "reading", Reading(10.0, (device(0, None, None),), 1.0, 2**20, ()))
    _, summary = classroom.run([classroom.sums(5)], engine(classroom.right, parts=WEIGHTS), output=classroom.root / "b")
    assert summary["energy"]["withheld"]["en"] == "the energy of a device could not be read"


@pytest.mark.usefixtures("gpus")
def test_energy_is_withheld_with_the_throughput(classroom: "Classroom", engine: "type[EngineBackend]") -> None:
    for limit in (2, 4):
        _, summary = classroom.run([classroom.sums(4)], engine(classroom.right, parts=WEIGHTS), limit=limit)
    assert "2 sessions" in summary["energy"]["withheld"]["en"]
    assert summary["energy"]["joules"] is summary["energy"]["devices"] is None
    assert summary["energy"]["remarks"] == []
    assert {row["joules_per_correct"] for row in summary["efficiency"]} == {None}
    assert {row["withheld"]["en"] for row in summary["efficiency"]} == {summary["throughput"]["withheld"]["en"]}
