"""Finding out where a server's log-probabilities come from, by asking for some."""

from collections.abc import Mapping
from typing import Any

from benchharness.backends.openai.bodies import Asking
from benchharness.backends.openai.choices import Way, echoed, listed_ids, listed_texts
from benchharness.backends.openai.connection import Connection
from benchharness.backends.openai.failures import Failure, Meaning, end_of_run
from benchharness.backends.openai.hearing import Heard
from benchharness.backends.openai.options import AskingOptions
from benchharness.backends.openai.tokenizer import ANSWERING
from benchharness.errors import InputError
from benchharness.records import Continuation, Language, Message, Prompt, Request, RequestKind, Role, Segment
from benchharness.tokens.rendering import TEMPLATE_SEGMENT
from benchharness.tokens.tokenizer import Tokenizer

QUESTION = "1 + 1 ="
FEWER = (5, 1)
"""Log-probabilities that are asked for where a server does not give as many as are wanted: some give five."""

TOO_MANY_REQUESTS = 429
UNTOLD = {401, 402, 403, TOO_MANY_REQUESTS}
"""Statuses that say nothing of what the server can do."""


def known_way(asking: Asking, options: AskingOptions) -> Way | None:
    """Return where log-probabilities come from, where that is known without asking.

    Raises:
        InputError: if the user wants what cannot be.
    """
    if options.choose == "none" or (asking.api == "completions" and not asking.tokens):
        return Way("none")
    if options.choose == "top_logprobs" and asking.api == "chat":
        return Way("top_logprobs", options.top_logprobs)
    if options.choose not in ("auto", asking.api):
        raise InputError(
            en=f"--option choose={options.choose} does not go with --option api={asking.api}.",
            zh=f"--option choose={options.choose} 与 --option api={asking.api} 不能同时使用。",
        )
    flavour = asking.flavour
    if asking.api == "completions" and flavour.echoes:
        return Way("completions", options.top_logprobs if flavour.token_ids else 0, echoes=True)
    return None


async def find_way(connection: Connection, asking: Asking, options: AskingOptions, tokenizer: Tokenizer) -> Way:
    """Return where log-probabilities come from, by asking for some where that is not known.

    Raises:
        InputError: if the user wants what cannot be.
        BenchharnessError: if the server does not answer at all.
    """
    way = known_way(asking, options)
    if way is not None:
        return way
    request = _request(asking, tokenizer)
    for top in dict.fromkeys((options.top_logprobs, *(few for few in FEWER if few < options.top_logprobs))):
        heard = await _try(connection, asking, asking.first_token(request, top))
        if heard is None:
            continue
        if asking.api == "chat":
            return Way("top_logprobs", top) if _lists_texts(heard) else Way("none")
        ids = listed_ids(heard.log_probs)
        return await _completions(connection, asking, request, top if ids else 0)
    return Way("none") if asking.api == "chat" else await _completions(connection, asking, request, 0)


async def _completions(connection: Connection, asking: Asking, request: Request, top: int) -> Way:
    tokens = request.prompt.tokens
    heard = await _try(connection, asking, asking.echo(tokens))
    values = None if heard is None else echoed(heard.log_probs, tokens)
    # The first token has nothing before it.
    echoes = values is not None and None not in values[1:] and len(values) > 1
    return Way("completions", top, echoes=echoes) if top or echoes else Way("none")


async def _try(connection: Connection, asking: Asking, body: Mapping[str, Any]) -> Heard | None:
    try:
        return await connection.ask(asking.path, body, "probe")
    except Failure as failure:
        if failure.meaning is Meaning.FATAL and failure.status != 404:
            raise end_of_run(failure, connection.address) from failure
        if failure.status is None or failure.status in UNTOLD:
            raise end_of_run(failure, connection.address) from failure
        return None


def _lists_texts(heard: Heard) -> bool:
    try:
        return heard.reasoning is None and bool(listed_texts(heard.log_probs))
    except Failure:
        return False


def _request(asking: Asking, tokenizer: Tokenizer) -> Request:
    question = Segment("question", QUESTION)
    frame = (Segment(TEMPLATE_SEGMENT, ANSWERING),) if asking.api == "chat" else ()
    tokens = tokenizer.encode([QUESTION], special_tokens=asking.api == "completions")[0].tokens
    prompt = Prompt(
        (Message(Role.USER, (question,)),), (question, *frame), tokens, tuple(0 for _ in (question, *frame))
    )
    continuation = Continuation("2", tokenizer.encode(["2"], special_tokens=False)[0].tokens[-1:])
    return Request("probe", "probe", "probe", Language.EN, RequestKind.CHOOSE, prompt, (continuation,))
