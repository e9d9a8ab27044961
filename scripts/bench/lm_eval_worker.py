"""lm-evaluation-harness, measured from inside, in an environment that has it (`python -m bench.lm_eval_worker`)."""

import gc
import time
from pathlib import Path
from typing import Any

import torch
from lm_eval.evaluator import evaluate
from lm_eval.models.huggingface import HFLM
from lm_eval.tasks import TaskManager

from bench.clock import ModelClock, warm_up
from bench.process_memory import MemoryWatch
from bench.wire import BATCH_SIZE, Answer, Measured, TokenPair, serve

GENERATE = "generate_until"


class LmEvalWorker:
    """One model in lm-eval's `hf` backend, and tasks that ask given questions."""

    def __init__(self) -> None:
        self._tasks: dict[str, dict[str, Any]] = {}

    def load(self, *, directory: str, dtype: str, device: str, threads: int) -> dict[str, int]:
        """Bring a model into memory, and return its context length in tokens.

        Args:
            directory: of the model.
            dtype: as torch calls it.
            device: as torch calls it.
            threads: that torch may use.
        """
        torch.set_num_threads(threads)
        self._model = HFLM(pretrained=directory, dtype=dtype, device=device, batch_size=BATCH_SIZE)
        warm_up(self._model.model)
        self._clock = ModelClock(self._model.model)
        return {"context_length": self._model.max_length}

    def prepare(
        self, *, case: str, path: str, kind: str, stop: list[str], max_new_tokens: int
    ) -> dict[str, list[TokenPair]]:
        """Make the task of a case, and return how lm-eval reads it.

        Args:
            case: a name for it.
            path: JSON Lines with ``id``, ``prompt``, ``choices`` and ``target``.
            kind: ``multiple_choice`` or ``generate_until``.
            stop: strings at which a generated text ends.
            max_new_tokens: the most tokens to generate.

        Returns:
            By question, the tokens of each choice with its prompt, or of the prompt alone.
        """
        generates = kind == GENERATE
        config = {
            "task": case,
            "dataset_path": "json",
            "dataset_kwargs": {"data_files": {"test": str(Path(path))}},
            "test_split": "test",
            "output_type": kind,
            "doc_to_text": "{{prompt}}",
            "doc_to_target": "target",
            "target_delimiter": "",
            "num_fewshot": 0,
            "metric_list": [{"metric": "exact_match" if generates else "acc"}],
        }
        if generates:
            config["generation_kwargs"] = {"until": stop, "max_gen_toks": max_new_tokens, "do_sample": False}
        else:
            config["doc_to_choice"] = "choices"
        loaded: Any = TaskManager(include_defaults=False).load([config])
        self._tasks[case] = loaded
        return self._tokens(loaded["tasks"][case])

    def _tokens(self, task: Any) -> dict[str, list[TokenPair]]:
        task.build_all_requests()
        pairs: dict[str, list[TokenPair]] = {}
        for instance in task.instances:
            context, last = instance.args
            if instance.request_type == GENERATE:
                tokens, continuation = self._model.tok_encode(context), []
            else:
                tokens, continuation = self._model._encode_pair(context, last)
            pairs.setdefault(instance.doc["id"], []).append({"context": tokens, "continuation": continuation})
        return pairs

    def measure(self, *, case: str, watch_memory: bool) -> Measured:
        """Evaluate a case once."""
        gc.collect()
        memory = MemoryWatch() if watch_memory else None
        self._clock.reset()
        started = time.perf_counter()
        results: Any = evaluate(self._model, self._tasks[case], bootstrap_iters=0, log_samples=True)
        wall = time.perf_counter() - started
        answers = [_answer(sample) for sample in results["samples"][case]]
        return {
            "wall_seconds": wall,
            "model_seconds": self._clock.seconds(),
            "answers": answers,
            "computed_tokens": None,
            "memory": memory.read() if memory else None,
        }


def _answer(sample: dict[str, Any]) -> Answer:
    responses = sample["filtered_resps"]
    generates = isinstance(responses[0], str)
    return {
        "id": sample["doc"]["id"],
        "log_probs": [] if generates else [log_prob for log_prob, _ in responses],
        "text": responses[0] if generates else "",
        "generated_tokens": 0,
    }


if __name__ == "__main__":
    worker = LmEvalWorker()
    serve({"load": worker.load, "prepare": worker.prepare, "measure": worker.measure})
