"""The comparison with lm-eval: its arithmetic, its processes, and its own side of the measurement."""

import json
import mmap
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bench_vs_lm_eval
from bench.cases import STOP, Case, load_case, spread_evenly
from bench.environment import check_versions, lm_eval_python
from bench.figures import (
    TOLERANCE,
    Comparison,
    Work,
    choose_work,
    compare_choices,
    compare_texts,
    generate_work,
    lm_eval_choose_work,
    ratio_limit,
    ratio_of_rounds,
    token_differences,
    worst,
)
from bench.process_memory import MemoryWatch
from bench.wire import Answer, Question, TokenPair
from bench.workers import Worker
from benchharness.errors import BenchharnessError, InputError

TOKENS = st.lists(st.integers(0, 3), min_size=1, max_size=6)
PAIRS = st.lists(st.tuples(TOKENS, TOKENS), max_size=8)


def pair(context: Sequence[int], continuation: Sequence[int]) -> TokenPair:
    return {"context": list(context), "continuation": list(continuation)}


def question(name: str, *pairs: TokenPair) -> Question:
    return {"id": name, "prompt": "", "choices": ["甲"] * len(pairs), "target": "A", "pairs": list(pairs)}


def answer(name: str, *log_probs: float, text: str = "") -> Answer:
    return {"id": name, "log_probs": list(log_probs), "text": text, "generated_tokens": 0}


def test_ratio_pairs_the_rounds_before_the_median_is_taken() -> None:
    ratio = ratio_of_rounds([10.0, 40.0, 30.0], [5.0, 10.0, 10.0])
    assert ratio == (3.0, 2.0, 4.0)


def test_limit_weighs_tokens_and_head_rows_by_their_parameters() -> None:
    theirs, ours = Work(tokens=100, head_rows=100), Work(tokens=40, head_rows=1)
    assert ratio_limit(theirs, ours, body_parameters=10, head_parameters=5) == pytest.approx(1500 / 405)


def test_letters_take_one_sequence_of_lm_eval_and_one_head_row_of_ours() -> None:
    asked = question("1", *(pair([1, 2, 3], [letter]) for letter in (7, 8, 9, 10)))
    assert lm_eval_choose_work(asked["pairs"], 100) == Work(3, 3)
    assert choose_work([asked], computed_tokens=3) == Work(3, 1)


def test_texts_take_a_sequence_of_lm_eval_each_and_a_head_row_of_ours_for_each_later_token() -> None:
    asked = question("1", pair([1, 2, 3], [7, 8]), pair([1, 2, 3], [9, 9, 9]))
    assert lm_eval_choose_work(asked["pairs"], 100) == Work(4 + 5, 4 + 5)
    assert choose_work([asked], computed_tokens=3 + 1 + 2) == Work(6, 1 + 1 + 2)


def test_lm_eval_reads_no_more_than_the_context() -> None:
    assert lm_eval_choose_work([pair(range(50), [1])], 20) == Work(20, 20)


@given(PAIRS)
def test_lm_eval_reads_each_sequence_once(pairs: list[tuple[list[int], list[int]]]) -> None:
    work = lm_eval_choose_work([pair(*both) for both in pairs], 1000)
    read: list[list[int]] = []
    for context, continuation in pairs:
        sequence = [*context, *continuation[:-1]]
        if sequence not in read:
            read.append(sequence)
    assert work.tokens == work.head_rows == sum(map(len, read))


def test_the_last_token_of_a_text_is_not_read() -> None:
    assert generate_work(100, [1, 64]) == Work(100 + 0 + 63, 65)


def test_token_differences_tell_other_tokens_from_other_boundaries() -> None:
    asked = [question("1", pair([1, 2], [3]), pair([1, 2], [4])), question("2", pair([1, 2], [3]))]
    theirs = {"1": [pair([1, 2], [3]), pair([1], [2, 4])], "2": [pair([1, 9], [3])]}
    assert token_differences(asked, theirs) == (1, 1)


def test_choices_that_differ_by_a_hair_are_near_ties() -> None:
    clear = [answer("1", -1.0, -2.0), answer("2", -1.0, -1.0 - TOLERANCE)]
    other = [answer("2", -1.0, -1.0 + TOLERANCE), answer("1", -2.0, -1.0)]
    comparison = compare_choices(clear, other)
    assert comparison.max_abs_difference == pytest.approx(1.0)
    assert (comparison.disagreements, comparison.near_ties) == (1, 1)


@given(st.lists(st.lists(st.floats(-50, 0), min_size=4, max_size=4), max_size=6))
def test_answers_agree_with_themselves_and_both_ways(rows: list[list[float]]) -> None:
    one = [answer(str(number), *row) for number, row in enumerate(rows)]
    other = [answer(str(number), *reversed(row)) for number, row in enumerate(rows)]
    assert compare_choices(one, one) == Comparison(0.0, 0, 0)
    assert compare_choices(one, other) == compare_choices(other, one)


@pytest.mark.parametrize("value", [float("nan"), float("-inf")])
def test_a_log_probability_that_is_no_number_is_not_passed_over(value: float) -> None:
    with pytest.raises(BenchharnessError) as caught:
        compare_choices([answer("农学/3", -1.0, value)], [answer("农学/3", -1.0, -2.0)])
    assert "农学/3" in caught.value.en
    assert "农学/3：对数概率" in caught.value.zh


def test_texts_are_compared_as_they_are() -> None:
    one, other = [answer("1", text="甲"), answer("2", text="乙")], [answer("1", text="甲"), answer("2", text="乙 ")]
    assert compare_texts(one, other) == Comparison(None, 1, 0)


def test_answers_to_other_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="answered by one side only"):
        compare_texts([answer("1")], [answer("2")])


def test_the_worst_round_counts() -> None:
    assert worst([Comparison(1e-5, 0, 2), Comparison(1e-4, 1, 0)]) == Comparison(1e-4, 1, 2)
    assert worst([Comparison(None, 3, 0)]) == Comparison(None, 3, 0)


@given(st.integers(0, 500), st.integers(1, 70))
def test_items_are_spread_evenly(total: int, parts: int) -> None:
    counts = spread_evenly(total, parts)
    assert len(counts) == parts
    assert sum(counts) == total
    assert max(counts) - min(counts) <= 1


def test_an_environment_with_other_versions_is_refused_in_both_languages() -> None:
    wanted = {"lm_eval": "0.4.13", "torch": "2.13.0"}
    check_versions(Path("env"), wanted, {"lm_eval": "0.4.13", "torch": "2.13.0+cpu"})
    with pytest.raises(InputError) as caught:
        check_versions(Path("env"), wanted, {"lm_eval": None, "torch": "2.12.1"})
    assert "lm_eval is missing (expected 0.4.13), torch 2.12.1 (expected 2.13.0)" in caught.value.en
    assert "lm_eval 缺失（应为 0.4.13）、torch 2.12.1（应为 2.13.0）" in caught.value.zh


def test_a_directory_of_something_else_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("…", encoding="utf-8")
    with pytest.raises(InputError, match="holds no Python environment"):
        lm_eval_python(tmp_path, lambda en, zh: None)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


WORKER = """
import sys
from bench.wire import serve
from benchharness.errors import BenchharnessError, InputError

def refuse():
    raise InputError(en="wrong", zh="有误")

def fail():
    print("目前为止一切正常", file=sys.stderr)
    raise RuntimeError("broken")

def shout(*, text):
    print("libraries print what they like")
    return text.upper() + "！"

serve({"shout": shout, "refuse": refuse, "fail": fail}, refused=(BenchharnessError,))
"""


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    command = [sys.executable, "-X", "utf8", "-c", WORKER]
    with Worker("small", command, tmp_path / "log", {}) as running:
        yield running


def test_a_worker_answers_and_goes_on_after_a_refusal(worker: Worker) -> None:
    assert worker.ask("shout", text="a，b") == "A，B！"
    with pytest.raises(BenchharnessError) as caught:
        worker.ask("refuse")
    assert (caught.value.en, caught.value.zh, caught.value.exit_code) == ("wrong", "有误", InputError.exit_code)
    assert worker.ask("shout", text="c") == "C！"


def test_a_worker_that_ends_says_what_it_wrote_last(worker: Worker) -> None:
    for _ in range(2):
        with pytest.raises(BenchharnessError) as caught:
            worker.ask("fail")
        assert "RuntimeError: broken" in caught.value.en
        assert "small 进程意外退出（退出码 1）" in caught.value.zh
        assert "目前为止一切正常" in caught.value.zh


def test_memory_is_that_since_the_watch_began() -> None:
    take_memory(200_000_000).close()
    watch = MemoryWatch()
    later = take_memory(50_000_000)
    memory = watch.read()
    later.close()
    if memory is None:
        assert not Path("/proc/self/clear_refs").exists()
        return
    assert 40_000_000 < memory["peak"] - memory["before"] < 150_000_000


def take_memory(size: int) -> mmap.mmap:
    """Take memory from the system itself: what this process has freed before may be given to it again."""
    taken = mmap.mmap(-1, size)
    taken.write(b"x" * size)
    return taken


def write_rows(path: Path, rows: Sequence[dict[str, str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")


@pytest.fixture
def rows_root(tmp_path: Path) -> Path:
    """Rows laid out as the hub's, of which one has two options alike."""
    options = {"A": "水稻", "B": "小麦", "C": "玉米", "D": "大豆"}
    folder = tmp_path / "haonan-li" / "cmmlu" / "agronomy"
    write_rows(folder / "dev.jsonl", [{"Question": f"示例{n}", **options, "Answer": "B"} for n in range(2)])
    tests = [{"Question": f"题{n}", **options, "Answer": "C"} for n in range(3)]
    write_rows(folder / "test.jsonl", [*tests, {"Question": "题3", **options, "D": "水稻", "Answer": "C"}])
    return tmp_path


def test_options_that_are_alike_are_left_out_where_their_text_is_asked(rows_root: Path) -> None:
    kept = {case: load_case(case, ["agronomy"], [10], rows_root)[0].items for case in Case}
    assert {case: len(items) for case, items in kept.items()} == {Case.LETTERS: 4, Case.TEXTS: 3, Case.GENERATE: 4}
    assert kept[Case.TEXTS] == tuple(item for item in kept[Case.LETTERS] if item.options[3] != "水稻")


def test_our_side_answers_every_case_and_so_does_the_reference(rows_root: Path, tmp_path: Path, smollm2: Path) -> None:
    command = [sys.executable, "-m", "bench.benchharness_worker"]
    asked: dict[str, list[Question]] = {}
    answers: dict[str, list[Answer]] = {}
    with Worker("benchharness", command, tmp_path / "log", {"OMP_NUM_THREADS": "1"}) as ours:
        loaded = ours.ask("load", model=str(smollm2), dtype="float32", device="cpu", threads=1, shots=2)
        assert loaded["directory"] == str(smollm2)
        assert loaded["head_parameters"] == 49152 * 576
        assert loaded["body_parameters"] + loaded["head_parameters"] == 134_515_008
        for case in Case:
            arguments = {"subjects": ["agronomy"], "counts": [1], "data_root": str(rows_root)}
            prepared = ours.ask("prepare", case=case, **arguments)
            asked[case] = prepared["questions"]
            assert prepared["too_long"] == 0
            measured = ours.ask("measure", case=case, watch_memory=case is Case.LETTERS)
            assert 0 < measured["model_seconds"] <= measured["wall_seconds"]
            assert (measured["memory"] is None) == (case is not Case.LETTERS)
            answers[case] = measured["answers"]
        reference = ours.ask("answer_by_reference", cases=list(Case))
    for case in (Case.LETTERS, Case.TEXTS):
        assert [choice["id"] for choice in answers[case]] == [each["id"] for each in asked[case]]
        difference = compare_choices(answers[case], reference[case]).max_abs_difference
        assert difference is not None
        assert difference < TOLERANCE
    assert asked[Case.LETTERS][0]["choices"] == ["A", "B", "C", "D"]
    assert asked[Case.TEXTS][0]["choices"] == ["水稻", "小麦", "玉米", "大豆"]
    assert asked[Case.GENERATE][0]["prompt"] == asked[Case.LETTERS][0]["prompt"]
    assert compare_texts(answers[Case.GENERATE], reference[Case.GENERATE]).disagreements == 0
    assert all(not any(stop in text["text"] for stop in STOP) for text in answers[Case.GENERATE])


@pytest.mark.parametrize(
    ("arguments", "en", "zh"),
    [
        (["--cases", "letters,words"], "--cases letters,words: expected", "--cases letters,words：应为"),
        (["--subjects", "agronmy"], "Did you mean agronomy", "您要找的是不是 agronomy"),
        (["--subjects", "nutrition,nutrition"], "each once", "不得重复"),
        (["--dtype", "auto"], "expected float32, bfloat16 or float16", "应为 float32、bfloat16 或 float16"),
        (["--device", "auto"], "expected one device", "应为单个设备"),
        (["--rounds", "0"], "--rounds: expected a number of at least 1", "--rounds：应为不小于 1 的数"),
    ],
)
def test_a_wrong_command_line_is_told_in_both_languages(
    arguments: list[str],
    en: str,
    zh: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for language, said in (("en", en), ("zh", zh)):
        monkeypatch.setenv("BENCHHARNESS_LANGUAGE", language)
        assert bench_vs_lm_eval.main(arguments) == InputError.exit_code
        assert said in capsys.readouterr().err
