"""What is settled before anything is asked: which API, which tokenizer, which model, and how requests are put."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from benchharness.backends.base import ELSEWHERE, BackendFacts, BackendOptions
from benchharness.backends.openai.address import Address
from benchharness.backends.openai.bodies import Asking
from benchharness.backends.openai.choices import Way
from benchharness.backends.openai.connection import Connection
from benchharness.backends.openai.flavours import FLAVOURS, OTHER, Flavour
from benchharness.backends.openai.options import AskingOptions
from benchharness.backends.openai.probe import find_way, known_way
from benchharness.backends.openai.server_facts import choose_model, find_context_length, find_flavour, list_models
from benchharness.backends.openai.tokenizer import ChatTokenizer, PlainTokenizer, load_tokenizer
from benchharness.backends.servers import ManagedServer
from benchharness.backends.transformers.weights import fingerprint_weights
from benchharness.registry.models import ModelSpec
from benchharness.tokens.tokenizer import Tokenizer


@dataclass(frozen=True, slots=True)
class Settled:
    """How a run asks.

    Attributes:
        asking: how requests are put.
        way: where log-probabilities come from.
        context_length: most tokens of prompt and answer together, as server or files tell.
    """

    asking: Asking
    way: Way
    context_length: int | None


@dataclass(frozen=True, slots=True)
class Tokenizers:
    """The tokenizers of a model behind a server.

    Attributes:
        prompts: makes the prompts.
        own: the model's own, which counts tokens; ``None`` where it is not known.
    """

    prompts: Tokenizer
    own: Tokenizer | None


def choose_api(options: AskingOptions, *, served: bool) -> Literal["chat", "completions"]:
    """Return the API that is used: completions where our own prompt can be sent, as tokens."""
    if options.api != "auto":
        return options.api
    return "completions" if served or options.tokenizer is not None else "chat"


def find_tokenizers(api: str, asking: AskingOptions, options: BackendOptions, files: Path | None) -> Tokenizers:
    """Return the tokenizers.

    Args:
        api: which API is used.
        asking: may name the tokenizer.
        options: of the run.
        files: where the model's files lie; ``None`` for a model elsewhere.

    Raises:
        BenchharnessError: if a tokenizer that is named cannot be had.
    """
    name = asking.tokenizer or (None if files is None else str(files))
    own = None if name is None else load_tokenizer(name, trust_remote_code=options.trust_remote_code)
    if api == "chat":
        return Tokenizers(ChatTokenizer(own), own)
    return Tokenizers(own or PlainTokenizer(), own)


class Settler:
    """Settles how a run asks.

    Args:
        api: which API is used.
        options: how the server is to be asked.
        model: what is known of the model.
        tokenizers: of the model.
    """

    def __init__(
        self, api: Literal["chat", "completions"], options: AskingOptions, model: ModelSpec, tokenizers: Tokenizers
    ) -> None:
        self._api = api
        self._options = options
        self._model = model
        self._tokenizers = tokenizers

    def of_own_server(self, server: ManagedServer, name: str) -> Settled:
        """Settle it for a server that is started here, before it is.

        Args:
            server: the server.
            name: what ``--serve`` calls it.
        """
        asking = self._asking(server.model_name, FLAVOURS.get(name, OTHER), None)
        # The servers that can be started here give chats log-probabilities; this one cannot be asked yet.
        way = known_way(asking, self._options) or Way("top_logprobs", self._options.top_logprobs)
        return Settled(asking, way, server.context_length or _length_of_files(server.files.directory))

    async def by_asking(self, connection: Connection) -> Settled:
        """Settle it for a server that runs.

        Raises:
            BenchharnessError: if it does not answer, or does not have the model.
        """
        address = connection.address
        listed = await list_models(connection)
        name = choose_model(self._options.model, self._model, address, listed)
        asking = self._asking(name, find_flavour(listed, name), address)
        way = await find_way(connection, asking, self._options, self._tokenizers.prompts)
        return Settled(asking, way, find_context_length(listed, name) or self._model.context_length)

    def _asking(self, name: str, flavour: Flavour, address: Address | None) -> Asking:
        options, model = self._options, self._model
        endpoint = address.endpoint if address else None
        # A gateway to a closed model hands on what that model takes and refuses.
        of_model = endpoint or (model.endpoint if model.weights == "closed" else None)
        return Asking(
            model=name,
            api=self._api,
            tokens=self._api == "completions" and self._tokenizers.own is not None,
            flavour=flavour,
            stream=options.stream,
            continues=flavour.continues if options.prefix == "auto" else options.prefix == "continue",
            token_limit=of_model.token_limit if of_model else "max_tokens",
            fixed_temperature=of_model.fixed_temperature if of_model else False,
            thinking=model.thinking,
            body={**(endpoint.extra if endpoint else {}), **options.body},
        )


def _length_of_files(directory: Path) -> int | None:
    """Return the context length that a model's configuration states."""
    config: dict[str, Any] = json.loads((directory / "config.json").read_text(encoding="utf-8"))
    length = (config.get("text_config") or config).get("max_position_embeddings")
    return length if isinstance(length, int) else None


def describe(
    settled: Settled,
    options: AskingOptions,
    tokenizer: Tokenizer,
    context_length: int | None,
    where: "ManagedServer | Address",
) -> BackendFacts:
    """Return the facts of a run.

    Args:
        settled: how it asks.
        options: how the server is to be asked.
        tokenizer: makes the prompts.
        context_length: most tokens that the plan may count on.
        where: the server, ours or another.
    """
    asking = settled.asking
    goes_on = asking.api == "completions" or asking.continues
    numerics: dict[str, str] = {
        "api": asking.api,
        "prompt": "messages" if asking.api == "chat" else "token ids" if asking.tokens else "text",
        "choose": str(settled.way),
        "answer_prefix": "the answer goes on from it" if goes_on else "at the end of the question",
    }
    if asking.body:
        numerics["body"] = json.dumps(asking.body, sort_keys=True, ensure_ascii=False)
    adapted = ", adapted" if options.adaptive else ""
    engine = {"stream": "on" if asking.stream else "off", "concurrency": f"{options.concurrency}{adapted}"}
    if isinstance(where, Address):
        weights, origin = f"endpoint:{where.host}:{asking.model}", f"{asking.model} at {where.host}"
        numerics |= {"server": asking.flavour.name, "device": ELSEWHERE}
    else:
        weights, origin = fingerprint_weights(where.files.directory), where.files.origin
        numerics |= where.numerics
        engine |= _without(where.settings, numerics)
    return BackendFacts(
        backend="openai",
        weights=weights,
        weights_origin=origin,
        tokenizer=tokenizer.fingerprint,
        template=tokenizer.template_fingerprint,
        context_length=context_length,
        numerics=numerics,
        engine=engine,
    )


def _without(settings: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in settings.items() if name not in known}
