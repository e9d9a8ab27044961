"""The scripted student: known answers, told like a model's."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchharness.backends.base import Backend, BackendOptions
from benchharness.backends.registry import create_backend
from benchharness.backends.scripted import CHOSEN_LOG_PROB, OTHER_LOG_PROB, Answer, Script, ScriptedBackend
from benchharness.errors import InputError
from benchharness.records import (
    Continuation,
    FinishReason,
    Language,
    Prompt,
    Request,
    RequestKind,
    Response,
    Sampling,
    Segment,
)
from benchharness.registry.models import ModelReference, ModelSpec
from benchharness.runs.execute import QueueSource

MODEL = ModelReference(spec=ModelSpec(name="anyone"))


def speak(key: str = "k", most: int = 200, stop: tuple[str, ...] = (), item: str = "1") -> Request:
    prompt = Prompt((), (Segment("question", "问"),), tuple("问".encode()), (0,))
    sampling = Sampling(most, stop=stop)
    return Request(key, "t", item, Language.ZH, RequestKind.GENERATE, prompt, sampling=sampling)


def choose(options: int = 4) -> Request:
    prompt = Prompt((), (Segment("question", "?"),), (63,), (0,))
    letters = tuple(Continuation(" " + "ABCDEFG"[place], (32, 65 + place)) for place in range(options))
    return Request("k", "t", "1", Language.EN, RequestKind.CHOOSE, prompt, letters)


def ask(script: Script | Sequence[Answer], *requests: Request) -> list[Response]:
    return list(ScriptedBackend(script).run(QueueSource(requests)))


@pytest.mark.parametrize("letter", ["A", "C", "D"])
def test_the_named_letter_gets_the_highest_log_probability(letter: str) -> None:
    (response,) = ask([letter], choose())
    expected = [CHOSEN_LOG_PROB if other == letter else OTHER_LOG_PROB for other in "ABCD"]
    assert list(response.log_probs) == expected
    assert response.finish_reason is FinishReason.CHOSEN
    assert response.computed_tokens == 1 + 4 * 2


def test_a_letter_beyond_the_options_leaves_them_all_alike() -> None:
    (response,) = ask(["E"], choose())
    assert set(response.log_probs) == {OTHER_LOG_PROB}


@pytest.mark.parametrize("said", ["答案：三十五。", "The answer is 35.", "🙂", ""])
def test_a_text_is_said_as_it_is_written(said: str) -> None:
    (response,) = ask([said], speak())
    assert (response.text, response.finish_reason) == (said, FinishReason.STOP)
    assert response.generated_tokens == len(said.encode())
    assert response.prompt_tokens == response.computed_tokens == 3


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), st.integers(1, 60))
def test_a_text_is_cut_at_the_token_limit_and_never_within_a_character(said: str, most: int) -> None:
    said = said.replace("<", "")
    (response,) = ask([said], speak(most=most))
    assert said.startswith(response.text)
    assert len(response.text.encode()) <= most
    whole = len(said.encode()) <= most
    assert (response.finish_reason is FinishReason.STOP) == whole
    assert (response.text == said) == whole


def test_a_stop_string_ends_the_text_and_is_not_part_of_it() -> None:
    (response,) = ask(["一二。三四"], speak(stop=("\n", "。")))
    assert (response.text, response.finish_reason) == ("一二", FinishReason.STOP)


@pytest.mark.parametrize(
    ("said", "text", "reasoning", "closed"),
    [
        ("<think>想一想</think>\n\n好", "好", "想一想", True),
        ("<think>想一想", "", "想一想", False),
        ("好", "好", None, True),
    ],
)
def test_reasoning_is_kept_apart(said: str, text: str, reasoning: str | None, closed: bool) -> None:
    (response,) = ask([said], speak())
    assert response.text.strip() == text
    assert (response.reasoning.strip() if response.reasoning else response.reasoning) == reasoning
    assert response.reasoning_closed is closed


def test_an_exception_becomes_a_response_with_that_error() -> None:
    (response,) = ask([ValueError("没电了")], speak())
    assert (response.finish_reason, response.error, response.text) == (FinishReason.ERROR, "没电了", "")


def test_a_list_of_answers_is_repeated_in_the_order_of_asking() -> None:
    responses = ask(["a", "b"], *(speak(str(number)) for number in range(5)))
    assert [response.text for response in responses] == ["a", "b", "a", "b", "a"]
    assert [response.key for response in responses] == list("01234")


def test_students_are_told_apart_by_their_identity() -> None:
    one, two = ScriptedBackend(["a"], identity="one"), ScriptedBackend(["a"], identity="two", context_length=9)
    assert one.facts.weights != two.facts.weights
    assert (one.context_length, two.context_length) == (None, 9)
    assert two.facts.context_length == 9
    assert one.capabilities.kinds == set(RequestKind)


def test_memory_is_that_of_this_process_and_load_and_close_do_no_harm() -> None:
    backend = ScriptedBackend(["a"])
    backend.load()
    assert backend.resource_use().process > 2**20
    assert backend.resource_use().device is None
    backend.close()
    assert [response.text for response in backend.run(QueueSource([speak()]))] == ["a"]


def student(path: Path | None = None, **extra: str) -> Backend:
    options = {**({"answers": str(path)} if path else {}), **extra}
    return create_backend("scripted", MODEL, BackendOptions(extra=options))


def answers(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


ROW = {"task": "t", "id": "1", "language": "zh", "answer": "一"}


def test_a_file_answers_by_task_item_and_language_and_the_default_the_rest(tmp_path: Path) -> None:
    path = answers(tmp_path / "a.jsonl", ROW, {**ROW, "language": "en", "answer": "one"})
    said = student(path, default="不知道").run(QueueSource([speak(item="1"), speak(item="2")]))
    assert [response.text for response in said] == ["一", "不知道"]


def test_without_a_default_an_item_that_the_file_lacks_is_an_error(tmp_path: Path) -> None:
    (response,) = student(answers(tmp_path / "a.jsonl", ROW)).run(QueueSource([speak(item="2")]))
    assert response.finish_reason is FinishReason.ERROR


def test_other_answers_are_another_student(tmp_path: Path) -> None:
    one, two = answers(tmp_path / "1.jsonl", ROW), answers(tmp_path / "2.jsonl", {**ROW, "answer": "二"})
    same = answers(tmp_path / "3.jsonl", ROW)
    assert student(one).facts.weights == student(same).facts.weights
    assert len({student(one).facts.weights, student(two).facts.weights, student(one, default="A").facts.weights}) == 3


def test_blank_lines_and_line_separators_within_an_answer_are_no_line_ends(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({**ROW, "answer": "一\u2028二\u0085三"}, ensure_ascii=False) + "\n\n", encoding="utf-8")
    (response,) = student(path).run(QueueSource([speak()]))
    assert response.text == "一\u2028二\u0085三"


@pytest.mark.parametrize(
    "line",
    ["{", "[]", "5", '"text"', '{"task": "t"}', json.dumps({**ROW, "answer": 5}), json.dumps({**ROW, "id": [1]})],
)
def test_a_wrong_line_is_one_error_with_file_and_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(f"{json.dumps(ROW)}\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        student(path)
    assert f"{path}:2: expected an object with task, id, language and answer" in caught.value.en
    assert f"{path}:2：" in caught.value.zh


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    gbk = tmp_path / "gbk.jsonl"
    gbk.write_bytes("中文".encode("gbk"))
    for path, english, chinese in (
        (tmp_path / "none.jsonl", "Cannot read", "无法读取"),
        (tmp_path, "Cannot read", "无法读取"),
        (gbk, "is not UTF-8", "不是 UTF-8"),
    ):
        with pytest.raises(InputError) as caught:
            student(path)
        assert str(path) in caught.value.en
        assert english in caught.value.en
        assert chinese in caught.value.zh


def test_without_answers_there_is_no_student() -> None:
    with pytest.raises(InputError, match="--option answers=FILE or --option default=TEXT"):
        student()


def test_an_option_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        student(defualt="A")
    assert "--option defualt" in caught.value.en
    assert "answers, default" in caught.value.en
    assert "answers, default" in caught.value.zh
