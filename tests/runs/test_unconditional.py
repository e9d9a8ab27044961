"""Options are scored where nothing is asked as well, and only where the task says so."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet
import pytest
import yaml

from benchharness.backends.base import BackendOptions, WorkSource
from benchharness.backends.scripted import ScriptedBackend
from benchharness.backends.transformers.backend import TransformersBackend
from benchharness.errors import InputError
from benchharness.records import FinishReason, Language, Request, Response
from benchharness.registry.catalogue import TaskSelection, read_task
from benchharness.registry.models import resolve_model
from benchharness.registry.protocols import ProtocolSpec
from benchharness.runs.folder import RunFolder
from benchharness.runs.journal import ASKED, SCORE, read_lines, read_responses
from benchharness.runs.run import RunRequest, execute_run, make_plan, prepare, rescore
from benchharness.runs.token_counts import count_tokens

from .conftest import Silent

if TYPE_CHECKING:
    from .conftest import Classroom

ROWS = [
    {
        "id": "e1",
        "category": "ends",
        "answer": "B",
        "zh": {"question": "天黑了，", "options": ["天黑了", "关灯睡觉"]},
        "en": {"question": "It was dark,", "options": ["it was dark", "they went to bed"]},
    },
    {
        "id": "e2",
        "category": "ends",
        "answer": "A",
        "zh": {"question": "下雨了，", "options": ["打伞出门", "下雨了"]},
        "en": {"question": "It rained,", "options": ["they took umbrellas", "it rained"]},
    },
]
CONDITIONAL = {"e1": (-4.0, -6.0), "e2": (-3.0, -2.0), "c000": (-1.0, -2.0, -3.0, -4.0)}
ALONE = {"e1": (-3.0, -9.0), "e2": (-2.5, -2.5)}
# By sum A and B, each wrong; e1: -1 and 3, e2: -0.5 and 0.5.
CHOICES = {"e1": "B", "e2": "B"}


class Speaker(ScriptedBackend):
    """A student with log-probabilities of its own, after a question and after nothing."""

    def __init__(self, *, most: float = math.inf, broken: bool = False) -> None:
        super().__init__(["A"], identity="speaker")
        self.asked: list[Request] = []
        self._most = most
        self._broken = broken

    def run(self, source: WorkSource) -> Iterator[Response]:
        while requests := source.take(1):
            if len(self.asked) >= self._most:
                raise KeyboardInterrupt
            self.asked.append(requests[0])
            yield self._say(requests[0])

    def _say(self, request: Request) -> Response:
        if is_silent(request) and self._broken:
            return Response(request.key, FinishReason.ERROR, error="overloaded")
        values = (ALONE if is_silent(request) else CONDITIONAL)[request.item_id]
        return Response(request.key, FinishReason.CHOSEN, log_probs=values, prompt_tokens=len(request.prompt.tokens))


def is_silent(request: Request) -> bool:
    return not any(segment.name == "question" for segment in request.prompt.segments)


@pytest.fixture
def endings(classroom: "Classroom") -> TaskSelection:
    return write_endings(classroom)


def write_endings(classroom: "Classroom", name: str = "endings", **choose: Any) -> TaskSelection:
    document = classroom.colours(1).spec.model_dump(mode="json", exclude_defaults=True)
    document["prompt"] = {
        "zh": {"question": "{{ question }}", "answer_prefix": "接着："},
        "en": {"question": "{{ question }}", "answer_prefix": "Then:"},
    }
    return classroom.task(document, ROWS, name, choose={"by": "text", "normalise": "unconditional", **choose})


def chosen(folder: RunFolder, task: str = "endings") -> dict[tuple[str, str], str | None]:
    return {(line.item_id, line.language): line.score.parsed for line in read_lines(folder.scores(task), SCORE)}


def test_the_choice_is_by_the_difference(classroom: "Classroom", endings: TaskSelection, listener: Silent) -> None:
    speaker = Speaker()
    folder, summary = classroom.run([endings], speaker, listener)
    assert len(speaker.asked) == 8
    assert chosen(folder) == {(item, language): CHOICES[item] for item in CHOICES for language in ("zh", "en")}
    assert [(row["language"], row["items"], row["score"]) for row in summary["tasks"]] == [
        ("zh", 2, 0.5),
        ("en", 2, 0.5),
    ]
    assert summary["partial"] is None
    # Every item is marked once, when both of its responses are there.
    marks = [mark.value for _, _, mark in listener.heard if mark is not None]
    assert sorted(marks) == [0, 0, 1, 1]
    assert listener.begun == [(0, 8)]


def test_the_second_prompt_is_the_answer_prefix_alone(classroom: "Classroom", endings: TaskSelection) -> None:
    for template, expected in (
        ("plain", {"zh": "接着：", "en": "Then:"}),
        ("chat", {"zh": "<user>\n\n<assistant>\n接着：", "en": "<user>\n\n<assistant>\nThen:"}),
    ):
        plan = make_plan(classroom.prepare([endings], Speaker(), protocol={"template": template}), identity="w")
        for planned in plan.items:
            assert planned.unconditional is not None
            assert planned.unconditional.prompt.text == expected[planned.item.language.value]
            asked, alone = planned.request.continuations, planned.unconditional.continuations
            assert [one.text for one in asked] == [one.text for one in alone]
            assert alone[0].text.startswith(" ") is (planned.item.language is Language.EN)


def test_a_premise_stands_there_instead(classroom: "Classroom") -> None:
    premise = {"zh": "然后：", "en": "{{ options | length }} ways:"}
    plan = make_plan(
        classroom.prepare([write_endings(classroom, premise=premise)], Speaker(), protocol={"template": "plain"}),
        identity="w",
    )
    prompts = {planned.unconditional.prompt.text for planned in plan.items if planned.unconditional}
    assert prompts == {"然后：", "2 ways:"}


@pytest.mark.parametrize("normalise", ["sum", "per_token", "per_character"])
def test_other_normalisations_ask_once(classroom: "Classroom", normalise: str) -> None:
    task = write_endings(classroom, normalise=normalise)
    speaker = Speaker()
    folder, _ = classroom.run([task], speaker)
    assert len(speaker.asked) == 4
    assert not any(map(is_silent, speaker.asked))
    assert all(asked.unconditional is None for asked in read_lines(folder.requests("endings"), ASKED))


def test_the_scorer_may_be_told_as_well(classroom: "Classroom") -> None:
    task = write_endings(classroom, normalise="sum")
    options = {"name": "choice", "options": {"normalise": "unconditional"}}
    again = classroom.task(task.spec.model_dump(mode="json", exclude_defaults=True), ROWS, scorer=options)
    folder, _ = classroom.run([again], Speaker())
    assert chosen(folder)["e1", "zh"] == "B"


def test_the_same_options_are_asked_alone_once(classroom: "Classroom") -> None:
    task = classroom.colours(8, choose={"by": "letter", "normalise": "unconditional"})
    plan = make_plan(classroom.prepare([task], ["A"]), identity="w")
    assert len(plan.items) == 16
    assert len(list(plan.requests())) == 16 + 2
    # The options alone are read in both languages, and belong to no item of their own.
    counts = count_tokens(plan)
    assert [count.items for count in counts.values()] == [8, 8]
    folder, summary = classroom.run([task], ["A"])
    assert len(read_responses(folder)) == 18
    assert [row["items"] for row in summary["tasks"]] == [8, 8]


@pytest.mark.parametrize("most", range(8))
def test_a_killed_run_goes_on_where_it_was(
    classroom: "Classroom", endings: TaskSelection, most: int, listener: Silent
) -> None:
    with pytest.raises(KeyboardInterrupt):
        classroom.run([endings], Speaker(most=most))
    rest = Speaker()
    folder, summary = classroom.run([endings], rest, listener)
    assert len(rest.asked) == 8 - most
    assert listener.begun == [(most, 8 - most)]
    assert chosen(folder) == {(item, language): CHOICES[item] for item in CHOICES for language in ("zh", "en")}
    assert summary["partial"] is None


def test_an_error_of_either_response_is_an_error_and_asked_again(
    classroom: "Classroom", endings: TaskSelection
) -> None:
    folder, summary = classroom.run([endings], Speaker(broken=True))
    assert [row["outcomes"]["error"] for row in summary["tasks"]] == [2, 2]
    again = Speaker()
    _, summary = classroom.run([endings], again)
    assert len(again.asked) == 4
    assert all(map(is_silent, again.asked))
    assert [row["outcomes"]["scored"] for row in summary["tasks"]] == [2, 2]
    assert summary["partial"] is None
    assert chosen(folder)["e1", "en"] == "B"


def test_scoring_again_takes_another_normalisation_from_the_journal(
    classroom: "Classroom", endings: TaskSelection
) -> None:
    folder, _ = classroom.run([endings], Speaker())
    by_sum = write_endings(classroom, normalise="sum").spec
    rescore(folder, {}, {"endings": by_sum})
    assert chosen(folder)["e1", "zh"] == "A"
    rescore(folder, {}, {"endings": endings.spec})
    assert chosen(folder)["e1", "zh"] == "B"


def test_scoring_again_by_what_was_not_asked_is_refused(classroom: "Classroom") -> None:
    folder, _ = classroom.run([write_endings(classroom, normalise="sum")], Speaker())
    wanted = write_endings(classroom).spec
    with pytest.raises(InputError) as caught:
        rescore(folder, {}, {"endings": wanted})
    assert "this run did not ask for it" in caught.value.en
    assert "本次运行没有询问" in caught.value.zh
    # A task that now comes so is not the one that was asked, and is left alone.
    rescore(folder, {"endings": wanted}, {})
    assert chosen(folder)["e1", "zh"] == "A"


def test_samples_hold_both(classroom: "Classroom", endings: TaskSelection) -> None:
    folder, _ = classroom.run([endings, classroom.colours(1)], Speaker())
    rows = {(row["task"], row["item_id"]): row for row in pyarrow.parquet.read_table(folder.samples).to_pylist()}
    assert rows["endings", "e1"]["log_probs"] == list(CONDITIONAL["e1"])
    assert rows["endings", "e1"]["unconditional_log_probs"] == list(ALONE["e1"])
    assert rows["colours", "c000"]["unconditional_log_probs"] is None


def test_without_a_token_before_the_options_there_is_nothing_to_score(classroom: "Classroom") -> None:
    task = write_endings(classroom, premise="")
    with pytest.raises(InputError) as caught:
        make_plan(classroom.prepare([task], Speaker(), protocol={"template": "plain"}), identity="w")
    assert "`choose.premise`" in caught.value.en
    assert "`choose.premise`" in caught.value.zh
    make_plan(classroom.prepare([task], Speaker(), protocol={"template": "chat"}), identity="w")


def completion_by_difference(root: Path) -> TaskSelection:
    """The sentence completion of the smoke suite, normalised so."""
    source = Path(__file__).parents[2] / "tasks" / "smoke" / "completion.yaml"
    document = yaml.safe_load(source.read_text(encoding="utf-8"))
    document["choose"] = {"by": "text", "normalise": "unconditional", "premise": {"zh": "后来，", "en": "Then"}}
    path = root / "completion.yaml"
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    path.with_suffix(".jsonl").write_text(source.with_suffix(".jsonl").read_text(encoding="utf-8"), encoding="utf-8")
    return TaskSelection(file=read_task(path))


@pytest.mark.parametrize("template", ["chat", "plain"])
def test_a_model_is_asked_after_the_question_and_after_nothing(tmp_path: Path, smollm2: Path, template: str) -> None:
    model = resolve_model(str(smollm2))
    request = RunRequest(
        model=model,
        selections=[completion_by_difference(tmp_path)],
        protocol=ProtocolSpec.model_validate({"name": "default", "template": template}),
        limit=3,
        output=tmp_path / "run",
    )
    backend = TransformersBackend(model, BackendOptions(device="cpu", dtype="float32"))
    prepared = prepare(request, lambda: backend)
    counted = count_tokens(make_plan(prepared, identity="count"))
    folder, summary = execute_run(prepared, Silent())
    responses = {key: line.response for key, line in read_responses(folder).items()}
    assert sum(response.computed_tokens for response in responses.values()) == sum(
        count.computed_tokens for count in counted.values()
    )
    assert [row["items"] for row in summary["tasks"][:1]] == [3]
    scores = {(line.item_id, line.language): line.score for line in read_lines(folder.scores("completion"), SCORE)}
    asked_items = list(read_lines(folder.requests("completion"), ASKED))
    assert len(asked_items) == 6
    for asked in asked_items:
        assert asked.unconditional is not None
        given, alone = responses[asked.key].log_probs, responses[asked.unconditional.key].log_probs
        differences = [one - two for one, two in zip(given, alone, strict=True)]
        assert len(differences) == 4
        best = max(range(4), key=differences.__getitem__)
        assert scores[asked.item.id, asked.item.language.value].parsed == "ABCD"[best]
        text = "".join(segment.text for segment in asked.unconditional.segments)
        assert text.endswith("后来，" if asked.item.language is Language.ZH else "Then")
