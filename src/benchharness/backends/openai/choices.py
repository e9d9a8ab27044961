"""Which of several continuations the model finds likely: from completions, or from the first token of a chat's answer.

Completions give what is asked for exactly: a continuation of one token from the log-probabilities of the next token,
a longer one, or one that is not listed there, by echoing prompt and continuation. A chat lists the likeliest first
tokens of the answer; what is not among them is at most as likely as the last of them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from benchharness.backends.openai.bodies import Asking
from benchharness.backends.openai.connection import Connection
from benchharness.backends.openai.failures import Failure, Meaning
from benchharness.backends.openai.hearing import Heard, Usage
from benchharness.errors import bilingual
from benchharness.records import Continuation, FinishReason, Request, Response, Timing

TOKEN_ID = "token_id:"
"""What precedes the id of a token where a server names tokens so (vLLM)."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where log-probabilities come from.

    Attributes:
        name: as the manifest has it.
        top: how many of the likeliest next tokens are asked for; 0 where the server does not name them by id.
        echoes: whether the server gives the log-probabilities of a prompt.
    """

    name: Literal["completions", "top_logprobs", "none"]
    top: int = 0
    echoes: bool = False

    def __str__(self) -> str:
        return f"{self.name} {self.top}, others at most the last" if self.name == "top_logprobs" else self.name


class ChoiceAsker:
    """Asks for the log-probabilities of continuations.

    Args:
        connection: to the server.
        asking: how requests are put.
        way: where log-probabilities come from.
        charge: is told of the tokens.
    """

    def __init__(self, connection: Connection, asking: Asking, way: Way, charge: Callable[[Usage], None]) -> None:
        self._connection = connection
        self._asking = asking
        self._way = way
        self._charge = charge

    async def answer(self, request: Request) -> Response:
        """Return the response to a request of kind ``choose``.

        Raises:
            Failure: if the log-probabilities cannot be had, or do not tell which continuation is the likeliest.
            Closed: if nothing more is asked.
        """
        work = _Work()
        if self._way.name == "top_logprobs":
            log_probs = await self._from_chat(request, work)
        elif self._way.name == "completions":
            log_probs = await self._from_completions(request, work)
        else:
            raise no_log_probs()
        prompt = len(request.prompt.tokens) if self._asking.tokens else work.prompt
        return Response(
            request.key,
            FinishReason.CHOSEN,
            log_probs=tuple(log_probs),
            prompt_tokens=prompt,
            computed_tokens=work.prompt - work.cached,
            cached_tokens=work.cached,
            timing=work.timing(),
        )

    async def _from_chat(self, request: Request, work: "_Work") -> list[float]:
        heard = await self._ask(self._asking.first_token(request, self._way.top), request.key, request, work)
        if heard.reasoning is not None:
            raise _wrong(
                "the model reasons before it answers, so its first token is no option; use a task that generates",
                "模型会先思考再作答，首个词元并非选项；请改用生成式任务",
            )
        listed = listed_texts(heard.log_probs)
        by_option = _by_text(request.continuations, listed, exactly=self._asking.continues)
        if all(found is None for found in by_option) and any(len(c.text.strip()) > 1 for c in request.continuations):
            raise _wrong(
                "a chat tells the likelihood of first tokens alone, and none of them is an option; completions tell"
                " that of whole texts: --option tokenizer=DIR, where the server has them",
                "chat 接口只给出首个词元的概率，其中没有任何选项；completions 接口可给出整段文本的概率："
                "若服务支持，请加上 --option tokenizer=目录",
            )
        return self._with_bounds(by_option, [log_prob for _, log_prob in listed])

    async def _from_completions(self, request: Request, work: "_Work") -> list[float]:
        known: dict[int, float] = {}
        if self._way.top and any(len(c.tokens) == 1 for c in request.continuations):
            body = self._asking.first_token(request, self._way.top)
            heard = await self._ask(body, request.key, request, work)
            known = listed_ids(heard.log_probs)
        found: list[float | None] = []
        for number, continuation in enumerate(request.continuations):
            if len(continuation.tokens) == 1 and continuation.tokens[0] in known:
                found.append(known[continuation.tokens[0]])
            elif self._way.echoes:
                found.append(await self._echo(request, number, work))
            elif len(continuation.tokens) > 1:
                raise _wrong(
                    "the server does not give the log-probabilities of a prompt, and an option has several tokens",
                    "服务不提供提示词的对数概率，而选项含有多个词元",
                )
            else:
                found.append(None)
        return self._with_bounds(found, list(known.values()))

    async def _echo(self, request: Request, number: int, work: "_Work") -> float:
        continuation = request.continuations[number]
        tokens = (*request.prompt.tokens, *continuation.tokens)
        heard = await self._ask(self._asking.echo(tokens), f"{request.key}-{number}", request, work)
        values = echoed(heard.log_probs, tokens)
        own = values[len(request.prompt.tokens) :] if values is not None else []
        if len(own) != len(continuation.tokens) or None in own:
            raise _wrong("the server did not echo what it was sent", "服务未按原样回显所发送的内容")
        return sum(value for value in own if value is not None)

    async def _ask(self, body: Mapping[str, Any], name: str, request: Request, work: "_Work") -> Heard:
        kind = (request.task, request.language)
        heard = await self._connection.ask(self._asking.path, body, name, kind=kind)
        if heard.usage.prompt is None:
            self._connection.tally.no_usage += 1
        work.add(heard)
        self._charge(heard.usage)
        return heard

    def _with_bounds(self, found: Sequence[float | None], listed: Sequence[float]) -> list[float]:
        """Fill in the bound of options that are not listed, where the likeliest is certain all the same."""
        if None not in found:
            return [value for value in found if value is not None]
        known = [value for value in found if value is not None]
        if not known or max(known) <= min(listed):
            raise _wrong(
                f"no option is certain to be the likeliest: {len(known)} of {len(found)} are among the {len(listed)}"
                " likeliest tokens that the server lists",
                f"无法确定概率最高的选项：服务列出的 {len(listed)} 个词元中只有 {len(known)}/{len(found)} 个选项",
            )
        self._connection.tally.bounded += 1
        return [min(listed) if value is None else value for value in found]


@dataclass(slots=True)
class _Work:
    """What was asked for one request: tokens of the prompts, as far as the server counted them, and when."""

    prompt: int = 0
    cached: int = 0
    sent: float = 0.0
    ended: list[float] = field(default_factory=list)

    def add(self, heard: Heard) -> None:
        if not self.ended:
            self.sent = heard.sent
        self.ended.append(heard.ended)
        self.prompt += heard.usage.prompt or 0
        self.cached += min(heard.usage.cached or 0, heard.usage.prompt or 0)

    def timing(self) -> Timing:
        """Return when the answers came: each holds all that it says in one piece."""
        return Timing(self.sent, self.ended[0] - self.sent, self.ended[-1] - self.sent)


def _by_text(
    continuations: Sequence[Continuation], listed: Sequence[tuple[str, float]], *, exactly: bool
) -> list[float | None]:
    """Return for each option the log-probability of the likeliest token that reads as it.

    Args:
        continuations: the options.
        listed: tokens with their log-probabilities.
        exactly: whether white space counts. It does where the model goes on from the beginning of an answer.
    """
    if exactly and any(token == continuation.text for token, _ in listed for continuation in continuations):
        return [_best(p for token, p in listed if token == c.text) for c in continuations]
    return [_best(p for token, p in listed if token.strip() == c.text.strip()) for c in continuations]


def _best(values: Iterable[float]) -> float | None:
    return max(values, default=None)


def listed_texts(log_probs: object) -> list[tuple[str, float]]:
    """Return the likeliest first tokens of a chat's answer, as texts.

    Raises:
        Failure: if there are none.
    """
    content = log_probs.get("content") if isinstance(log_probs, dict) else None
    first = content[0] if isinstance(content, list) and content else None
    rows = first.get("top_logprobs") if isinstance(first, dict) else None
    found = [
        (row["token"], float(row["logprob"]))
        for row in (rows if isinstance(rows, list) else ())
        if isinstance(row, dict) and isinstance(row.get("token"), str) and _is_number(row.get("logprob"))
    ]
    if not found:
        raise no_log_probs()
    return found


def listed_ids(log_probs: object) -> dict[int, float]:
    """Return the likeliest next tokens of a completion by their ids; empty where the server does not name these."""
    if not isinstance(log_probs, dict):
        return {}
    content = log_probs.get("content")
    if isinstance(content, list) and content and isinstance(content[0], dict):
        # llama.cpp answers completions in the form of chats, with ids.
        rows = content[0].get("top_logprobs")
        return {
            row["id"]: float(row["logprob"])
            for row in (rows if isinstance(rows, list) else ())
            if isinstance(row, dict) and isinstance(row.get("id"), int) and _is_number(row.get("logprob"))
        }
    steps = log_probs.get("top_logprobs")
    first = steps[0] if isinstance(steps, list) and steps else None
    if not isinstance(first, dict):
        return {}
    return {
        int(name.removeprefix(TOKEN_ID)): float(value)
        for name, value in first.items()
        if name.startswith(TOKEN_ID) and name.removeprefix(TOKEN_ID).isdecimal() and _is_number(value)
    }


def echoed(log_probs: object, tokens: Sequence[int]) -> list[float | None] | None:
    """Return the log-probability of each of ``tokens`` from an echo; ``None`` if it is not one of them."""
    if not isinstance(log_probs, dict):
        return None
    values, names = log_probs.get("token_logprobs"), log_probs.get("tokens")
    if not isinstance(values, list) or len(values) < len(tokens):
        return None
    if isinstance(names, list) and all(isinstance(name, str) and name.startswith(TOKEN_ID) for name in names):
        ids = [name.removeprefix(TOKEN_ID) for name in names[: len(tokens)]]
        if ids != [str(token) for token in tokens]:
            return None
    return [float(value) if _is_number(value) else None for value in values[: len(tokens)]]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def no_log_probs() -> Failure:
    """Return the failure of a server that gives no log-probabilities."""
    return _wrong(
        "the server gives no log-probabilities; use a task that generates", "服务不提供对数概率；请改用生成式任务"
    )


def _wrong(en: str, zh: str) -> Failure:
    return Failure(Meaning.WRONG, bilingual(en, zh))
