"""Scoring: reads the journal and needs no model, so that it can be done again at any time."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from benchharness.errors import InputError
from benchharness.records import Continuation, FinishReason, Item, Outcome, RequestKind, Response, Score
from benchharness.registry.tasks import TaskSpec
from benchharness.runs.folder import RunFolder, damaged
from benchharness.runs.journal import SCORE, AskedItem, ScoreLine, asked_tasks, read_responses, write_lines
from benchharness.runs.manifest import read_manifest
from benchharness.scorers.base import Sample, ScorerEntry, find_scorer
from benchharness.text.refusals import find_refusal
from benchharness.text.script import dominant_language


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
        self._check_language = spec.scorer.check_language and spec.request is RequestKind.GENERATE
        self._entry: ScorerEntry = find_scorer(spec.scorer.name, self._options, place)

    @property
    def deferred(self) -> bool:
        """Whether marking takes so long that it is left until all responses are there."""
        return self._entry.deferred

    def check(self, item: Item) -> None:
        """Let the scorer look at an item, so that what it cannot work with is found before any model runs.

        Raises:
            InputError: naming the item, if its target or an option of the scorer is not what it should be.
        """
        try:
            if self._entry.check is not None:
                self._entry.check(item)
            else:
                self.mark(item, str(item.target))
        except (ValueError, TypeError, KeyError) as error:
            where = f"{self._place}: item {item.id} ({item.language.value})"
            raise InputError(
                en=f"{where}: its target {item.target!r} cannot be marked: {error}",
                zh=f"{where}：答案 {item.target!r} 无法评分：{error}",
            ) from error

    def mark(self, item: Item, text: str) -> Score:
        """Mark an answer that no model gave."""
        answer = Response("", FinishReason.STOP, text=text, log_probs=tuple(0.0 for _ in item.options))
        continuations = tuple(Continuation(option, (0,)) for option in item.options)
        unconditional = answer.log_probs if self._unconditionally else None
        return self._entry.score(Sample(item, answer, continuations, unconditional), **self._options)

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
        if any(one is not None and one.finish_reason is FinishReason.TOO_LONG for one in needed):
            return Score(0.0, Outcome.TOO_LONG)
        if response.finish_reason is FinishReason.FILTERED:
            return Score(0.0, Outcome.REFUSED)
        if asked.kind is RequestKind.GENERATE:
            if not response.reasoning_closed:
                return Score(0.0, Outcome.TRUNCATED)
            if not response.text.strip():
                cut_off = response.finish_reason is FinishReason.LENGTH
                return Score(0.0, Outcome.TRUNCATED if cut_off else Outcome.EMPTY)
        unconditional = alone.log_probs if self._unconditionally and alone is not None else None
        score = self._entry.score(Sample(asked.item, response, asked.continuations, unconditional), **self._options)
        return self._with_language(self._settle_unparsed(score, response), asked.item, response)

    @staticmethod
    def _settle_unparsed(score: Score, response: Response) -> Score:
        """Say why an answer could not be read, where that can be told."""
        if score.outcome is not Outcome.UNPARSED or response.finish_reason is FinishReason.CHOSEN:
            return score
        if find_refusal(response.text) is not None:
            return replace(score, outcome=Outcome.REFUSED)
        if response.finish_reason is FinishReason.LENGTH:
            return replace(score, outcome=Outcome.TRUNCATED)
        return score

    def _with_language(self, score: Score, item: Item, response: Response) -> Score:
        """Note an answer in the other of our languages: by its prose, or by the form in which it gives the answer."""
        other = score.detail.get("other_language", 0.0) > 0
        if self._check_language and not other:
            # An option repeated as it stood in the question says nothing: "DNA" is Chinese there.
            own = response.text
            for option in sorted(item.options, key=len, reverse=True):
                own = own.replace(option, " ")
            other = dominant_language(own) not in (None, item.language)
        return replace(score, other_language=True) if other else score


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

        def mark(asked: AskedItem, scorer: TaskScorer = scorer) -> ScoreLine | None:
            line = responses.get(asked.key)
            alone = responses.get(asked.unconditional.key) if asked.unconditional else None
            score = scorer.score(asked, line.response if line else None, alone.response if alone else None)
            return None if score is None else _score_line(asked, score)

        if scorer.deferred:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                lines = list(pool.map(mark, asked_items))
        else:
            lines = [mark(asked) for asked in asked_items]
        write_lines(folder.scores(task), SCORE, [line for line in lines if line is not None])


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
