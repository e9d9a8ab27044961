"""What the command line says of a measurement is read, or refused with the place and the fix."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.errors import InputError
from benchharness.perf.flags import parse_concurrency, parse_grid, parse_rates, parse_scenarios, parse_texts, read_loads
from benchharness.perf.request import Lengths, PerfRequest, Scenario, TextKind
from benchharness.perf.slo import parse_slo, slo_presets

lengths = st.integers(1, 10**6)


@given(st.lists(st.tuples(lengths, lengths), min_size=1, max_size=5, unique=True))
def test_a_grid_is_read_as_it_is_written(pairs: list[tuple[int, int]]) -> None:
    text = ", ".join(f"{read}x{written}" for read, written in pairs)
    assert parse_grid(text) == tuple(Lengths(*pair) for pair in pairs)


def test_a_grid_may_use_the_multiplication_sign() -> None:
    assert parse_grid("64×16") == (Lengths(64, 16),)


@pytest.mark.parametrize(
    "text", ["", "64", "64x", "x16", "0x16", "64x0", "64x16,", "64*16", "-1x2", "1.5x2", "６４x16"]
)
def test_a_wrong_grid_names_the_entry(text: str) -> None:
    with pytest.raises(InputError, match="INPUTxOUTPUT") as error:
        parse_grid(text)
    assert f"--grid {text}" in error.value.en
    assert "输入x输出" in error.value.zh


@given(st.text(max_size=20))
def test_any_text_is_a_grid_or_an_error(text: str) -> None:
    with contextlib.suppress(InputError):
        assert all(cell.input > 0 and cell.output > 0 for cell in parse_grid(text))


def test_what_stands_twice_is_refused() -> None:
    with pytest.raises(InputError, match="'2x2' stands twice"):
        parse_grid("2x2,2x2")
    with pytest.raises(InputError, match="'4' stands twice"):
        parse_concurrency("4,2,4")
    with pytest.raises(InputError, match="stands twice"):
        parse_texts("zh,zh")


def test_numbers_are_read() -> None:
    assert parse_concurrency("1,2, 8") == (1, 2, 8)
    assert parse_rates("0.5,1,2.25") == (0.5, 1.0, 2.25)


@pytest.mark.parametrize("text", ["0", "1.5", "-1", "a", "1,,2", ""])
def test_a_wrong_concurrency_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="--concurrency"):
        parse_concurrency(text)


@pytest.mark.parametrize("text", ["0", "0.0", "-1", "inf", "nan", "1e3", "1,,2", ""])
def test_a_wrong_rate_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="--rate") as error:
        parse_rates(text)
    assert "每秒请求数" in error.value.zh


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean server") as error:
        parse_scenarios("offline,sever")
    assert "server" in error.value.zh
    with pytest.raises(InputError, match="random, zh, en"):
        parse_texts("fr")


def test_without_scenarios_the_numbers_add_theirs() -> None:
    assert read_loads(None, None, None)["scenarios"] == (Scenario.OFFLINE, Scenario.SINGLE)
    assert read_loads(None, "2", "1") == {
        "scenarios": (Scenario.OFFLINE, Scenario.SINGLE, Scenario.CONCURRENCY, Scenario.SERVER),
        "concurrency": (2,),
        "rates": (1.0,),
    }
    assert read_loads("server", None, "1")["scenarios"] == (Scenario.SERVER,)


@pytest.mark.parametrize(
    ("scenario", "concurrency", "rate", "flag"),
    [("single", "2", None, "--concurrency"), ("offline", None, "1", "--rate")],
)
def test_numbers_of_a_scenario_that_is_left_out_are_refused(
    scenario: str, concurrency: str | None, rate: str | None, flag: str
) -> None:
    with pytest.raises(InputError, match=f"{flag} is for the scenario"):
        read_loads(scenario, concurrency, rate)


@pytest.mark.parametrize("scenario", [Scenario.CONCURRENCY, Scenario.SERVER])
def test_a_scenario_without_its_numbers_is_refused(scenario: Scenario) -> None:
    with pytest.raises(InputError, match=f"The scenario {scenario} needs --") as error:
        PerfRequest((Lengths(1, 1),), scenarios=(scenario,))
    assert "场景" in error.value.zh


def test_an_objective_is_given_in_milliseconds() -> None:
    slo = parse_slo("ttft=2000, tpot=37.5")
    assert (slo.ttft, slo.tpot, slo.e2e) == (2.0, 0.0375, None)
    assert slo.keeps(ttft=2.0, tpot=0.0375, e2e=1e9)
    assert not slo.keeps(ttft=2.01, tpot=0.0, e2e=0.0)


def test_presets_have_a_source() -> None:
    presets = slo_presets()
    assert parse_slo("mlperf:llama2-70b") == presets["mlperf:llama2-70b"]
    assert (presets["mlperf:llama2-70b"].ttft, presets["mlperf:llama2-70b"].tpot) == (2.0, 0.2)
    assert (presets["mlperf:llama3.1-405b"].ttft, presets["mlperf:llama3.1-405b"].tpot) == (6.0, 0.175)
    assert all(slo.source and slo.share == 0.99 for slo in presets.values())


@pytest.mark.parametrize("text", ["ttft=0", "ttft=", "ttft=-1", "itl=3", "ttft=1,ttft=2", "ttft=1,", "tpot=1e3"])
def test_a_wrong_objective_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="milliseconds above 0") as error:
        parse_slo(text)
    assert "毫秒" in error.value.zh


def test_an_unknown_preset_gets_the_nearest() -> None:
    with pytest.raises(InputError, match="Did you mean mlperf:llama2-70b") as error:
        parse_slo("mlperf:llama-2-70b")
    assert "mlperf:deepseek-r1" in error.value.zh


def test_cells_are_lengths_by_loads_by_texts_and_equal_content_needs_both_languages() -> None:
    grid = parse_grid("64x16,8x1")
    alone = PerfRequest(grid, texts=(TextKind.RANDOM, TextKind.ZH))
    assert len(alone.cells()) == 2 * 2 * 2
    both = PerfRequest(grid, texts=tuple(TextKind), concurrency=(2, 4), scenarios=(Scenario.CONCURRENCY,))
    assert [(cell.text.value, cell.matched) for cell in both.cells()[:5]] == [
        ("random", "tokens"),
        ("zh", "tokens"),
        ("en", "tokens"),
        ("zh", "content"),
        ("en", "content"),
    ]
    assert len(both.cells()) == 2 * 2 * 5
