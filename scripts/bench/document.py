"""What a comparison comes to, as a JSON document."""

import platform
import statistics
from collections.abc import Sequence
from typing import Any

import psutil

from bench import figures
from bench.cases import MAX_NEW_TOKENS, STOP, TASK, Case
from bench.environment import wanted_versions
from bench.rounds import CaseResult, ModelFacts, Settings
from bench.wire import BATCH_SIZE, Answer, Measured
from benchharness import __version__

SECONDS_NOTE = "seconds on one machine; not comparable across machines"


def document(settings: Settings, model: ModelFacts, results: dict[Case, CaseResult]) -> dict[str, Any]:
    """Return conditions and figures of all cases that have been measured at least once.

    Args:
        settings: what is measured.
        model: what is known of the model.
        results: by case; each measured by both sides equally often.
    """
    done = {case: result for case, result in results.items() if result.ours and result.theirs}
    return {
        "conditions": _conditions(settings, model),
        **{case.value: case_figures(case, result, model) for case, result in done.items()},
    }


def _conditions(settings: Settings, model: ModelFacts) -> dict[str, Any]:
    return {
        "model": model.name,
        "body_parameters": model.body_parameters,
        "head_parameters": model.head_parameters,
        "dtype": settings.dtype,
        "device": settings.device,
        "threads": settings.threads,
        "task": TASK,
        "subjects": list(settings.subjects),
        "shots": settings.shots,
        "lm_eval_batch_size": BATCH_SIZE,
        "max_new_tokens": MAX_NEW_TOKENS,
        "stop": list(STOP),
        "versions": {"benchharness": __version__, "python": platform.python_version(), **wanted_versions()},
        "machine": {"system": platform.system(), "architecture": platform.machine(), "cores": psutil.cpu_count()},
    }


def case_figures(case: Case, result: CaseResult, model: ModelFacts) -> dict[str, Any]:
    """Return the figures of one case.

    ``ratio`` is how many times longer lm-eval takes than benchharness: the median over the rounds, with the lowest and
    the highest as ``spread``. ``limit`` is the ratio that the token counts allow.
    """
    ours, theirs = result.ours, result.theirs
    wall = figures.ratio_of_rounds([m["wall_seconds"] for m in theirs], [m["wall_seconds"] for m in ours])
    inside = figures.ratio_of_rounds([m["model_seconds"] for m in theirs], [m["model_seconds"] for m in ours])
    work = _work(case, result, model.context_length)
    parameters = {"body_parameters": model.body_parameters, "head_parameters": model.head_parameters}
    comparison = figures.worst([_compare(case, a["answers"], b["answers"]) for a, b in zip(ours, theirs, strict=True)])
    read = figures.token_differences(result.questions, result.their_pairs)
    return {
        "ratio": wall.median,
        "spread": [wall.lowest, wall.highest],
        "limit": figures.ratio_limit(work["lm_eval"], work["benchharness"], **parameters),
        "max_abs_logprob_difference": comparison.max_abs_difference,
        "disagreements": comparison.disagreements,
        "near_ties": comparison.near_ties,
        "model_ratio": inside.median,
        "model_spread": [inside.lowest, inside.highest],
        "rounds": len(ours),
        "items": len(result.questions),
        "items_too_long": result.too_long,
        "token_differences": read._asdict(),
        "computed": {side: counts._asdict() for side, counts in work.items()},
        "generated_tokens": _generated(ours[0]["answers"]) if case is Case.GENERATE else None,
        **_reference(case, result),
        **_memory(result),
        "seconds": {"note": SECONDS_NOTE, "benchharness": _seconds(ours), "lm_eval": _seconds(theirs)},
    }


def _work(case: Case, result: CaseResult, context_length: int) -> dict[str, figures.Work]:
    computed = result.ours[0]["computed_tokens"]
    assert computed is not None
    if case is not Case.GENERATE:
        pairs = [pair for of_question in result.their_pairs.values() for pair in of_question]
        return {
            "benchharness": figures.choose_work(result.questions, computed),
            "lm_eval": figures.lm_eval_choose_work(pairs, context_length),
        }
    # lm-eval does not tell how long its texts are. They are the same texts, but for those counted as disagreements.
    generated = [max(answer["generated_tokens"], 1) for answer in result.ours[0]["answers"]]
    prompts = sum(len(pair["context"]) for of_question in result.their_pairs.values() for pair in of_question)
    return {
        "benchharness": figures.generate_work(computed, generated),
        "lm_eval": figures.generate_work(prompts, generated),
    }


def _compare(case: Case, first: Sequence[Answer], second: Sequence[Answer]) -> figures.Comparison:
    compare = figures.compare_texts if case is Case.GENERATE else figures.compare_choices
    return compare(first, second)


def _generated(answers: Sequence[Answer]) -> dict[str, float]:
    counts = [answer["generated_tokens"] for answer in answers]
    return {
        "total": sum(counts),
        "shortest": min(counts),
        "median": statistics.median(counts),
        "longest": max(counts),
    }


def _reference(case: Case, result: CaseResult) -> dict[str, Any]:
    if result.reference is None:
        return {"max_abs_difference_to_reference": None, "disagreements_with_reference": None}
    comparison = figures.worst([_compare(case, measured["answers"], result.reference) for measured in result.ours])
    return {
        "max_abs_difference_to_reference": comparison.max_abs_difference,
        "disagreements_with_reference": comparison.disagreements,
    }


def _memory(result: CaseResult) -> dict[str, Any]:
    ours, theirs = result.ours[0]["memory"], result.theirs[0]["memory"]
    if ours is None or theirs is None:
        return {"peak_memory_bytes": None, "memory_before_bytes": None, "memory_ratio": None}
    return {
        "peak_memory_bytes": {"benchharness": ours["peak"], "lm_eval": theirs["peak"]},
        "memory_before_bytes": {"benchharness": ours["before"], "lm_eval": theirs["before"]},
        "memory_ratio": theirs["peak"] / ours["peak"],
    }


def _seconds(measured: Sequence[Measured]) -> dict[str, list[float]]:
    return {"wall": [m["wall_seconds"] for m in measured], "model": [m["model_seconds"] for m in measured]}
