"""The scripted backend: a student whose answers are known, for tests and demonstrations. It is never a model.

Answers come from a list, a file or a callable. A text answers a ``generate`` request; for ``choose`` it names the
option that gets the highest log-probability, by its letter.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from benchharness.backends.base import (
    Backend,
    BackendEntry,
    BackendFacts,
    BackendOptions,
    Capabilities,
    ResourceUse,
    WorkSource,
)
from benchharness.backends.registry import refuse_unknown_options
from benchharness.errors import InputError
from benchharness.hardware.memory import peak_process_bytes
from benchharness.records import FinishReason, Request, RequestKind, Response
from benchharness.registry.models import ModelReference
from benchharness.text.reasoning import split_reasoning
from benchharness.text.stops import stop_in_answer
from benchharness.tokens.tokenizer import ByteTokenizer, Tokenizer

Answer: TypeAlias = str | Exception
Script: TypeAlias = Callable[[Request], Answer]
"""Returns what the student says to a request; an exception it returns becomes a response with that error."""

CHOSEN_LOG_PROB = -0.1
OTHER_LOG_PROB = -5.0


class ScriptedBackend:
    """Answers by a script.

    Args:
        script: a callable, or a sequence of answers that is repeated in the order of asking.
        identity: what tells this student from others in keys and manifests.
        context_length: most bytes of prompt and answer together.
    """

    def __init__(
        self, script: Script | Sequence[Answer], *, identity: str = "scripted", context_length: int | None = None
    ) -> None:
        self._script = script if callable(script) else _repeat(script)
        self._tokenizer = ByteTokenizer()
        self._facts = BackendFacts(
            backend="scripted",
            weights=identity,
            weights_origin="scripted answers",
            tokenizer=self._tokenizer.fingerprint,
            template=self._tokenizer.template_fingerprint,
            context_length=context_length,
            numerics={},
        )

    @property
    def facts(self) -> BackendFacts:
        """See ``Backend``."""
        return self._facts

    @property
    def capabilities(self) -> Capabilities:
        """See ``Backend``."""
        return Capabilities(frozenset(RequestKind))

    @property
    def tokenizer(self) -> Tokenizer:
        """See ``Backend``."""
        return self._tokenizer

    @property
    def context_length(self) -> int | None:
        """See ``Backend``."""
        return self._facts.context_length

    def load(self) -> None:
        """There is nothing to load."""

    def run(self, source: WorkSource) -> Iterator[Response]:
        """Answer one request after the other; see ``Backend``."""
        while requests := source.take(1):
            yield self._answer(requests[0])

    def _answer(self, request: Request) -> Response:
        said = self._script(request)
        prompt_tokens = len(request.prompt.tokens)
        if isinstance(said, Exception):
            return Response(request.key, FinishReason.ERROR, prompt_tokens=prompt_tokens, error=str(said))
        if request.kind is RequestKind.CHOOSE:
            letters = [chr(ord("A") + position) for position in range(len(request.continuations))]
            log_probs = tuple(CHOSEN_LOG_PROB if letter == said else OTHER_LOG_PROB for letter in letters)
            read = prompt_tokens + sum(len(c.tokens) for c in request.continuations)
            return Response(
                request.key,
                FinishReason.CHOSEN,
                log_probs=log_probs,
                prompt_tokens=prompt_tokens,
                computed_tokens=read,
            )
        return self._speak(request, said)

    @staticmethod
    def _speak(request: Request, said: str) -> Response:
        assert request.sampling is not None
        spoken = said.encode()[: request.sampling.max_new_tokens].decode(errors="ignore")
        cut = stop_in_answer(spoken, request.sampling.stop, open_at_start=False)
        finished = cut is not None or spoken == said
        split = split_reasoning(spoken if cut is None else spoken[:cut], open_at_start=False)
        return Response(
            request.key,
            FinishReason.STOP if finished else FinishReason.LENGTH,
            text=split.answer,
            reasoning=split.reasoning,
            reasoning_closed=split.closed,
            prompt_tokens=len(request.prompt.tokens),
            computed_tokens=len(request.prompt.tokens),
            generated_tokens=len(spoken.encode()),
        )

    def resource_use(self) -> ResourceUse:
        """See ``Backend``."""
        return ResourceUse(peak_process_bytes(), None)

    def processes(self) -> tuple[int, ...]:
        """Return this process; see ``Backend``."""
        return (os.getpid(),)

    def close(self) -> None:
        """There is nothing to free."""


def _repeat(answers: Sequence[Answer]) -> Script:
    asked = 0

    def script(request: Request) -> Answer:
        nonlocal asked
        answer = answers[asked % len(answers)]
        asked += 1
        return answer

    return script


def create(model: ModelReference, options: BackendOptions) -> Backend:
    """Return a scripted student whose answers stand in a file.

    ``--option answers=FILE`` names a JSON Lines file with objects ``{"task": …, "id": …, "language": …,
    "answer": …}``; ``--option default=TEXT`` answers what the file does not.

    Raises:
        InputError: if neither is given, or the file is not what it should be.
    """
    refuse_unknown_options("scripted", options, ("answers", "default"))
    default = options.extra.get("default")
    path = options.extra.get("answers")
    if path is None and default is None:
        raise InputError(
            en="The scripted backend needs --option answers=FILE or --option default=TEXT.",
            zh="scripted 后端需要 --option answers=文件 或 --option default=文本。",
        )
    answers = _read_answers(Path(path)) if path else {}

    def script(request: Request) -> Answer:
        answer = answers.get((request.task, request.item_id, request.language.value), default)
        return LookupError("the script has no answer to this item") if answer is None else answer

    content = json.dumps(sorted(answers.items()), ensure_ascii=False) + repr(default)
    return ScriptedBackend(script, identity=f"scripted-{hashlib.sha256(content.encode()).hexdigest()[:16]}")


def _read_answers(path: Path) -> dict[tuple[str, str, str], str]:
    answers: dict[tuple[str, str, str], str] = {}
    try:
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
            try:
                row = json.loads(line) if line.strip() else None
                texts = [row[name] for name in ("task", "id", "language", "answer")] if row is not None else []
            except (json.JSONDecodeError, KeyError, TypeError) as error:
                raise _wrong_line(path, number, error) from error
            if not all(isinstance(text, str) for text in texts):
                raise _wrong_line(path, number, "all four are texts")
            if texts:
                answers[texts[0], texts[1], texts[2]] = texts[3]
    except UnicodeDecodeError as error:
        raise InputError(
            en=f"{path} is not UTF-8. Save it as UTF-8.", zh=f"{path} 不是 UTF-8 编码，请转换后再试。"
        ) from error
    except OSError as error:
        raise InputError(
            en=f"Cannot read {path}: {error.strerror}.", zh=f"无法读取 {path}：{error.strerror}。"
        ) from error
    return answers


def _wrong_line(path: Path, number: int, problem: object) -> InputError:
    return InputError(
        en=f"{path}:{number}: expected an object with task, id, language and answer ({problem}).",
        zh=f"{path}:{number}：应为含 task、id、language、answer 的对象（{problem}）。",
    )


ENTRY = BackendEntry(
    create=create,
    title={"en": "answers from a file, for tests and demonstrations", "zh": "从文件中读取答案，用于测试与演示"},
    reads_model_files=False,
)
