"""The backend itself: which server, which model, and the run."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace

from benchharness.backends.base import BackendFacts, BackendOptions, Capabilities, ResourceUse, WorkSource
from benchharness.backends.openai.address import Address, find_address
from benchharness.backends.openai.answers import TextAsker, without_text
from benchharness.backends.openai.budget import Budget
from benchharness.backends.openai.choices import ChoiceAsker
from benchharness.backends.openai.connection import Connection, Tally
from benchharness.backends.openai.failures import Failure, Meaning
from benchharness.backends.openai.gate import Closed
from benchharness.backends.openai.hearing import Usage
from benchharness.backends.openai.loop import BackgroundLoop
from benchharness.backends.openai.options import read_options
from benchharness.backends.openai.prices import cost_of, prices_of
from benchharness.backends.openai.pump import Pump
from benchharness.backends.openai.server_facts import list_models
from benchharness.backends.openai.settling import Settled, Settler, choose_api, describe, find_tokenizers
from benchharness.backends.servers import ManagedServer, make_server
from benchharness.errors import BenchharnessError, InputError, bilingual
from benchharness.hardware.memory import peak_process_bytes
from benchharness.records import Request, RequestKind, Response
from benchharness.registry.models import ModelReference
from benchharness.tokens.tokenizer import Tokenizer

logger = logging.getLogger(__name__)


def create(model: ModelReference, options: BackendOptions) -> "OpenAIBackend":
    """Return the backend for a model, not loaded. A server to be started here is not started yet.

    Raises:
        BenchharnessError: if there is no server to ask, no key where one is needed, or an option is wrong.
    """
    server = None if options.serve is None else make_server(options.serve, model, options)
    return OpenAIBackend(model, options, server)


class OpenAIBackend:
    """A model behind a server with the API of OpenAI.

    Args:
        model: which model.
        options: how to ask.
        server: the server to ask, started and stopped by this backend; ``None`` for one that is named by the options,
            the model registry or the environment.

    Raises:
        BenchharnessError: if there is no server to ask, no key where one is needed, or an option is wrong.
    """

    def __init__(self, model: ModelReference, options: BackendOptions, server: ManagedServer | None = None) -> None:
        self._options = options
        self._asking_options = read_options(options)
        self._model = model
        self._server = server
        self._address: Address | None = None
        if server is None:
            self._address = find_address(options.base_url, self._asking_options.key_variable, model.spec)
        endpoint = self._address.endpoint if self._address else None
        self._prices = prices_of(endpoint.prices if endpoint else None, options.extra)
        self._budget = None if options.budget is None else Budget.parse(options.budget)
        if self._budget is not None:
            self._budget.require(self._prices, model.spec.name)
        self._costs: dict[str, float] = {}
        self._api = choose_api(self._asking_options, served=server is not None)
        files = None if server is None else server.files.directory
        self._tokenizers = find_tokenizers(self._api, self._asking_options, options, files)
        self._loop: BackgroundLoop | None = None
        self._connection: Connection | None = None
        self._known: Settled | None = None
        self._facts: BackendFacts | None = None
        self._silent = False
        self._loaded = False

    @property
    def facts(self) -> BackendFacts:
        """See ``Backend``. A server that is not started here is asked what it has."""
        if self._facts is None:
            where = self._server or self._address
            assert where is not None
            tokenizer = self._tokenizers.prompts
            self._facts = describe(self._settled(), self._asking_options, tokenizer, self.context_length, where)
        return self._facts

    @property
    def capabilities(self) -> Capabilities:
        """See ``Backend``. Where the server does not answer, everything is taken to be possible until it does."""
        settled = self._settled_if_it_answers()
        if settled is None:
            return Capabilities(frozenset(RequestKind), polls=True)
        kinds = {RequestKind.GENERATE} | ({RequestKind.CHOOSE} if settled.way.name != "none" else set())
        return Capabilities(frozenset(kinds), polls=True, ignores_end=settled.asking.flavour.ignores_end)

    @property
    def tokenizer(self) -> Tokenizer:
        """See ``Backend``."""
        return self._tokenizers.prompts

    @property
    def context_length(self) -> int | None:
        """See ``Backend``. Unlimited for chats, of which the server alone knows how long they are."""
        if self._tokenizers.own is None or self._api == "chat":
            return None
        settled = self._settled_if_it_answers()
        return settled.context_length if settled is not None else self._model.spec.context_length

    def _settled(self) -> Settled:
        """Return how requests are put, for which a server that is not ours is asked."""
        if self._known is None:
            settler = Settler(self._api, self._asking_options, self._model.spec, self._tokenizers)
            if self._server is not None:
                assert self._options.serve is not None
                self._known = settler.of_own_server(self._server, self._options.serve)
            else:
                loop, connection = self._connected()
                self._known = loop.call(settler.by_asking(connection))
        return self._known

    def _settled_if_it_answers(self) -> Settled | None:
        if self._silent:
            return None
        try:
            return self._settled()
        except InputError:
            raise
        except BenchharnessError:
            self._silent = True
            return None

    def _connected(self) -> tuple[BackgroundLoop, Connection]:
        if self._loop is None or self._connection is None:
            assert self._address is not None
            self._loop = BackgroundLoop()
            check = self._server.check if self._server is not None else _nothing
            self._connection = Connection(self._address, self._asking_options, check)
        return self._loop, self._connection

    def load(self) -> None:
        """Start the server, if it is ours, and check that it answers and has the model; see ``Backend``.

        Raises:
            BenchharnessError: if it does not.
        """
        if self._loaded:
            return
        if self._server is not None:
            self._server.start()
            self._address = Address(self._server.base_url, self._server.api_key)
            loop, connection = self._connected()
            loop.call(list_models(connection))
        self._settled()
        self._loaded = True

    def run(self, source: WorkSource) -> Iterator[Response]:
        """See ``Backend``.

        Raises:
            BudgetSpentError: if the budget is spent.
            BenchharnessError: if the server answers no more. What it had answered was yielded before.
        """
        self.load()
        settled = self._settled()
        loop, connection = self._connected()
        before = replace(connection.tally)
        texts = TextAsker(connection, settled.asking, self._tokenizers.own, self._charge)
        choices = ChoiceAsker(connection, settled.asking, settled.way, self._charge)

        async def answer(request: Request) -> Response | None:
            try:
                if request.kind is RequestKind.CHOOSE:
                    return await choices.answer(request)
                return await texts.answer(request)
            except Closed:
                return None
            except Failure as failure:
                await connection.give_up(f"{request.task} {request.item_id}", failure)
                # What every other request would share says nothing of this one.
                return None if failure.meaning is Meaning.FATAL else without_text(request, failure)

        try:
            yield from Pump(loop, connection, answer, self._budget).run(source)
        finally:
            _log(before, connection)
        if connection.closed is not None:
            raise connection.closed

    def _charge(self, usage: Usage) -> None:
        """Count what an answer costs."""
        if self._prices is None:
            return
        cost = cost_of(self._prices, usage.prompt or 0, usage.cached, usage.generated or 0)
        currency = self._prices.currency
        self._costs[currency] = self._costs.get(currency, 0.0) + cost
        if self._budget is not None:
            self._budget.add(cost)

    def resource_use(self) -> ResourceUse:
        """See ``Backend``. What a server uses is read where it runs; the process is this one, which asks."""
        counters: Mapping[str, float] = self._server.metrics() if self._server is not None else {}
        return ResourceUse(
            peak_process_bytes(),
            None,
            preemptions=int(counters.get("preemptions", 0)),
            costs=dict(self._costs),
        )

    def processes(self) -> tuple[int, ...]:
        """Return those of a server that was started here; see ``Backend``."""
        return self._server.processes() if self._server is not None else ()

    def close(self) -> None:
        """Close the connections, and stop the server if it was started here; see ``Backend``."""
        try:
            if self._loop is not None and self._connection is not None:
                self._loop.call(self._connection.close())
                self._loop.stop()
        finally:
            self._loop = self._connection = None
            self._loaded = False
            if self._server is not None:
                self._server.stop()


def _nothing() -> None:
    """Nothing is known of a server that is not ours."""


def _log(before: Tally, connection: Connection) -> None:
    tally, pace = connection.tally, connection.pace
    logger.info("%s; at once at least %d, at most %d", tally, pace.lowest, pace.highest)
    if tally.no_usage > before.no_usage:
        number = tally.no_usage - before.no_usage
        logger.warning(
            bilingual(
                f"{number} answers came without the server's count of tokens, which was made up for where possible",
                f"有 {number} 个回答未附带服务的词元计数，已尽可能另行统计",
            )
        )
    if tally.bounded > before.bounded:
        number = tally.bounded - before.bounded
        logger.warning(
            bilingual(
                f"{number} choices have options that the server does not list; each counts as the last listed",
                f"有 {number} 道选择题的部分选项未被服务列出，其概率按列出的最后一项计",
            )
        )
