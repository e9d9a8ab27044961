"""Scoring: reads the journal and needs no model, so that it can be done again at any time."""

from collections.abc import Mapping
from typing import Any

from benchharness.errors import InputError
from benchharness.records import Continuation, FinishReason, Item, Outcome, RequestKind, Response, Score
from benchharness.registry.tasks import TaskSpec
from benchharness.runs.folder import RunFolder, damaged
from benchharness.runs.journal import SCORE, AskedItem, ScoreLine, asked_tasks, read_responses, write_lines
from benchharness.runs.manifest import read_manifest
from benchharness.scorers.base import Sample, Scorer, find_scorer


class TaskScorer:
    """Marks the responses of one task.

    Args:
        spec: the task.
        place: what to call it in an error.

    Raises:
        InputError: if the task names a scorer that is not there, or options it does not take.
    """

    def __init__(self, spec: TaskSpec, place: str) -> None:
        self._place = place
        self._options: dict[str, Any] = dict(spec.scorer.options)
        if spec.choose is not None:
            self._options.setdefault("normalise", spec.choose.normalise)
        self._unconditionally = spec.asks_unconditionally
        self._scorer: Scorer = find_scorer(spec.scorer.name, self._options, place)

    def check(self, item: Item) -> None:
        """Let the scorer mark the target itself, so that what it cannot work with is found before any model runs.

        Raises:
            InputError: naming the item, if its target or an option of the scorer is not what it should be.
        """
        ideal = Response("", FinishReason.STOP, text=str(item.target), log_probs=tuple(0.0 for _ in item.options))
        continuations = tuple(Continuation(option, (0,)) for option in item.options)
        unconditional = ideal.log_probs if self._unconditionally else None
        try:
            self._scorer(Sample(item, ideal, continuations, unconditional), **self._options)
        except (ValueError, TypeError, KeyError) as error:
            where = f"{self._place}: item {item.id} ({item.language.value})"
            raise InputError(
                en=f"{where}: its target {item.target!r} cannot be marked: {error}",
                zh=f"{where}：答案 {item.target!r} 无法评分：{error}",
            ) from error

    def score(self, asked: AskedItem, response: Response | None, alone: Response | None = None) -> Score | None:
        """Return the mark of a response, ``None`` if the item is still to be asked.

        What no scorer could read is settled here.

        Args:
            asked: the item, and how it was asked.
            response: what came back.
            alone: what came back where nothing was asked, for a task that is normalised so.

        Raises:
            InputError: if the task is normalised by what the run did not ask.
        """
        if not asked.fits:
            return Score(0.0, Outcome.TOO_LONG)
        if self._unconditionally and asked.unconditional is None:
            raise _never_asked(self._place)
        needed = (response, alone) if self._unconditionally else (response,)
        if response is None or None in needed:
            return None
        if any(one is not None and one.finish_reason is FinishReason.ERROR for one in needed):
            return Score(0.0, Outcome.ERROR)
        if asked.kind is RequestKind.GENERATE:
            if not response.reasoning_closed:
                return Score(0.0, Outcome.TRUNCATED)
            if not response.text.strip():
                cut_off = response.finish_reason is FinishReason.LENGTH
                return Score(0.0, Outcome.TRUNCATED if cut_off else Outcome.EMPTY)
        unconditional = alone.log_probs if self._unconditionally and alone is not None else None
        score = self._scorer(Sample(asked.item, response, asked.continuations, unconditional), **self._options)
        if response.finish_reason is FinishReason.LENGTH and score.outcome is Outcome.UNPARSED:
            return Score(0.0, Outcome.TRUNCATED, parsed=score.parsed, extraction=score.extraction)
        return score


def _never_asked(place: str) -> InputError:
    return InputError(
        en=f"{place}: normalise: unconditional needs the likelihood of the options where nothing is asked, and this run"
        " did not ask for it. Run the task with it into another folder, or score it with sum, per_token or"
        " per_character.",
        zh=f"{place}：normalise: unconditional 需要不提问时各选项的似然，而本次运行没有询问。"
        "请以该设置在另一个目录重新运行此任务，或改用 sum、per_token、per_character 评分。",
    )


def task_specs(folder: RunFolder) -> dict[str, TaskSpec]:
    """Return the tasks of a run as its manifest has them.

    Raises:
        InputError: if the manifest is damaged.
    """
    try:
        tasks: Mapping[str, Any] = read_manifest(folder)["conditions"]["tasks"]
        return {name: TaskSpec.model_validate(task["spec"]) for name, task in tasks.items()}
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise damaged(folder.manifest, f"`conditions.tasks`: {error}") from error


def score_run(folder: RunFolder, specs: Mapping[str, TaskSpec]) -> None:
    """Mark all responses of a run and write its score files, each whole.

    Args:
        folder: the run.
        specs: the tasks, whose scorers are used.
    """
    responses = read_responses(folder)
    for task, asked_items in asked_tasks(folder):
        scorer = TaskScorer(specs[task], task)
        lines = []
        for asked in asked_items:
            line = responses.get(asked.key)
            alone = responses.get(asked.unconditional.key) if asked.unconditional else None
            score = scorer.score(asked, line.response if line else None, alone.response if alone else None)
            if score is not None:
                lines.append(_score_line(asked, score))
        write_lines(folder.scores(task), SCORE, lines)


def _score_line(asked: AskedItem, score: Score) -> ScoreLine:
    item = asked.item
    return ScoreLine(
        key=asked.key,
        item_id=item.id,
        language=item.language.value,
        category=item.category,
        pair_id=item.pair_id,
        cluster=item.cluster,
        repetition=asked.repetition,
        score=score,
    )
