"""The options of the backend, as ``--option KEY=VALUE`` gives them."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias, get_args

from benchharness.backends.base import BackendOptions
from benchharness.backends.openai.prices import PRICE_OPTIONS
from benchharness.backends.registry import refuse_unknown_options
from benchharness.errors import InputError

Api: TypeAlias = Literal["auto", "chat", "completions"]
Choose: TypeAlias = Literal["auto", "completions", "top_logprobs", "none"]
Prefix: TypeAlias = Literal["auto", "continue", "question"]

CONCURRENCY = 32
"""Requests at once at most, where others may use the server, too."""

SERVED_CONCURRENCY = 256
"""The same for a server of our own, which has nobody else to serve and queues what it cannot hold."""

SERVER_OPTIONS = "serve."
"""What the names of options of the server that is started begin with."""

NAMES = (
    "model",
    "api",
    "tokenizer",
    "stream",
    "concurrency",
    "adaptive",
    "retries",
    "backoff",
    "timeout",
    "choose",
    "top_logprobs",
    "prefix",
    "key_variable",
    "body",
    *PRICE_OPTIONS,
)


@dataclass(frozen=True, slots=True)
class AskingOptions:
    """How a server is asked.

    Attributes:
        model: the model's name at the server; ``None`` leaves it to what the server lists.
        api: ``completions`` sends our own prompt, ``chat`` messages that the server renders.
        tokenizer: a directory or hub id of the model's tokenizer.
        stream: whether answers come in chunks.
        concurrency: most requests at once.
        adaptive: whether fewer are sent while the server is overloaded.
        retries: how often a request that failed is sent again.
        backoff: seconds before the first of them, at most; they double.
        timeout: seconds that one sending of a request may take.
        choose: where log-probabilities come from.
        top_logprobs: how many of them are asked for.
        prefix: where the beginning of an answer goes: ``continue`` lets the model go on from it, ``question`` puts
            it at the end of the question.
        key_variable: the environment variable that holds the key.
        body: further parameters of each request; ``null`` takes one away.
    """

    model: str | None = None
    api: Api = "auto"
    tokenizer: str | None = None
    stream: bool = True
    concurrency: int = CONCURRENCY
    adaptive: bool = True
    retries: int = 6
    backoff: float = 1.0
    timeout: float = 600.0
    choose: Choose = "auto"
    top_logprobs: int = 20
    prefix: Prefix = "auto"
    key_variable: str | None = None
    body: Mapping[str, Any] = field(default_factory=dict)


def read_options(options: BackendOptions) -> AskingOptions:
    """Read what concerns the asking; prices and options of a server are read elsewhere.

    Raises:
        InputError: if an option is not known, or its value is wrong.
    """
    of_server = [key for key in options.extra if key.startswith(SERVER_OPTIONS)]
    if of_server and options.serve is None:
        raise InputError(
            en=f"--option {of_server[0]} is for a server that is started here; add --serve vllm, or leave it out.",
            zh=f"--option {of_server[0]} 用于在本机启动的服务；请加上 --serve vllm，或去掉该选项。",
        )
    extra = {key: value for key, value in options.extra.items() if key not in of_server}
    refuse_unknown_options("openai", replace(options, extra=extra), NAMES)
    served = options.serve is not None
    return AskingOptions(
        model=extra.get("model"),
        api=_one_of(extra, "api", get_args(Api), "auto"),
        tokenizer=extra.get("tokenizer"),
        stream=_switch(extra, "stream", default=True),
        concurrency=_whole(extra, "concurrency", SERVED_CONCURRENCY if served else CONCURRENCY, least=1),
        adaptive=_switch(extra, "adaptive", default=not served),
        retries=_whole(extra, "retries", 6, least=0),
        backoff=_seconds(extra, "backoff", 1.0),
        timeout=_seconds(extra, "timeout", 600.0),
        choose=_one_of(extra, "choose", get_args(Choose), "auto"),
        top_logprobs=_whole(extra, "top_logprobs", 20, least=1),
        prefix=_one_of(extra, "prefix", get_args(Prefix), "auto"),
        key_variable=extra.get("key_variable"),
        body=_object(extra, "body"),
    )


def _one_of(extra: Mapping[str, str], name: str, values: tuple[str, ...], default: str) -> Any:
    value = extra.get(name, default)
    if value not in values:
        raise _wrong(name, value, ", ".join(values))
    return value


def _switch(extra: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = extra.get(name, "on" if default else "off")
    if value not in ("on", "off"):
        raise _wrong(name, value, "on, off")
    return value == "on"


def _whole(extra: Mapping[str, str], name: str, default: int, *, least: int) -> int:
    value = extra.get(name, str(default))
    if not value.isdecimal() or int(value) < least:
        raise _wrong(name, value, f"≥ {least}")
    return int(value)


def _seconds(extra: Mapping[str, str], name: str, default: float) -> float:
    value = extra.get(name, str(default))
    try:
        seconds = float(value)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise _wrong(name, value, "> 0")
    return seconds


def _object(extra: Mapping[str, str], name: str) -> dict[str, Any]:
    value = extra.get(name, "{}")
    try:
        document = json.loads(value)
    except json.JSONDecodeError:
        document = None
    if not isinstance(document, dict):
        raise _wrong(name, value, '{"top_k": 20, "seed": null}')
    return document


def _wrong(name: str, value: str, expected: str) -> InputError:
    return InputError(
        en=f"--option {name}={value}: expected {expected}.", zh=f"--option {name}={value}：应为 {expected}。"
    )
