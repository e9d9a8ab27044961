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
        self._scorer: Scorer = find_scorer(spec.scorer.name, self._options, place)

    def check(self, item: Item) -> None:
        """Let the scorer mark the target itself, so that what it cannot work with is found before any model runs.

        Raises:
            InputError: naming the item, if its target or an option of the scorer is not what it should be.
        """
        ideal = Response("", FinishReason.STOP, text=str(item.target), log_probs=tuple(0.0 for _ in item.options))
        continuations = tuple(Continuation(option, (0,)) for option in item.options)
        try:
            self._scorer(Sample(item, ideal, continuations), **self._options)
        except (ValueError, TypeError, KeyError) as error:
            where = f"{self._place}: item {item.id} ({item.language.value})"
            raise InputError(
                en=f"{where}: its target {item.target!r} cannot be marked: {error}",
                zh=f"{where}：答案 {item.target!r} 无法评分：{error}",
            ) from error

    def score(self, asked: AskedItem, response: Response | None) -> Score | None:
        """Return the mark of a response, ``None`` if the item is still to be asked.

        What no scorer could read is settled here.
        """
        if not asked.fits:
            return Score(0.0, Outcome.TOO_LONG)
        if response is None:
            return None
        if response.finish_reason is FinishReason.ERROR:
            return Score(0.0, Outcome.ERROR)
        if asked.kind is RequestKind.GENERATE:
            if not response.reasoning_closed:
                return Score(0.0, Outcome.TRUNCATED)
            if not response.text.strip():
                cut_off = response.finish_reason is FinishReason.LENGTH
                return Score(0.0, Outcome.TRUNCATED if cut_off else Outcome.EMPTY)
        score = self._scorer(Sample(asked.item, response, asked.continuations), **self._options)
        if response.finish_reason is FinishReason.LENGTH and score.outcome is Outcome.UNPARSED:
            return Score(0.0, Outcome.TRUNCATED, parsed=score.parsed, extraction=score.extraction)
        return score


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
            score = scorer.score(asked, line.response if line else None)
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
