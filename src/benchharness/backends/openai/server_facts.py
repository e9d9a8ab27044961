"""What a server says of itself: which models it has, and what it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchharness.backends.openai.address import Address
from benchharness.backends.openai.connection import Connection
from benchharness.backends.openai.failures import Failure, Meaning, end_of_run
from benchharness.backends.openai.flavours import FLAVOURS, OTHER, Flavour
from benchharness.errors import InputError
from benchharness.registry.documents import did_you_mean
from benchharness.registry.models import ModelSpec

MODELS = "/models"
MOST_SHOWN = 10
NOT_FOUND, NOT_ALLOWED, NOT_IMPLEMENTED = 404, 405, 501


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model that a server lists.

    Attributes:
        name: what requests call it.
        owner: who is said to own it; servers that one runs oneself put their own name there.
        context_length: most tokens of prompt and answer together, where it is told.
    """

    name: str
    owner: str
    context_length: int | None


async def list_models(connection: Connection) -> list[ServedModel] | None:
    """Return the models that a server lists; ``None`` if it has no such list.

    Raises:
        BenchharnessError: if it cannot be reached, or does not accept the key.
    """
    try:
        answer = await connection.get(MODELS)
    except Failure as failure:
        if failure.status in (NOT_FOUND, NOT_ALLOWED, NOT_IMPLEMENTED) or failure.meaning is Meaning.WRONG:
            return None
        raise end_of_run(failure, connection.address) from failure
    rows = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        return None
    return [_read(row) for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]


def _read(row: Mapping[str, Any]) -> ServedModel:
    # vLLM and SGLang, OpenRouter and several vendors, in turn.
    lengths = (row.get(name) for name in ("max_model_len", "context_length", "context_window"))
    length = next((n for n in lengths if isinstance(n, int) and n > 0), None)
    return ServedModel(row["id"], str(row.get("owned_by") or ""), length)


def choose_model(wanted: str | None, model: ModelSpec, address: Address, listed: Sequence[ServedModel] | None) -> str:
    """Return the model's name at the server.

    Args:
        wanted: what ``--option model`` says.
        model: what is known of the model.
        address: the server.
        listed: the models that the server lists; ``None`` if it has no list.

    Raises:
        InputError: if the server has several models and none of them is the one that is meant.
    """
    names = [one.name for one in listed or ()]
    if wanted is not None:
        # Vendors accept names that they do not list; a server of one's own does not.
        if address.endpoint is None and address.is_local and names and wanted not in names:
            raise _not_served(f"--option model={wanted}", wanted, address, names)
        return wanted
    if model.endpoint is not None and (address.endpoint is not None or model.endpoint.model in names):
        return model.endpoint.model
    known = [name for name in (model.hub, model.modelscope, model.name) if name]
    by_folded = {name.casefold(): name for name in names}
    for name in known:
        if name.casefold() in by_folded:
            return by_folded[name.casefold()]
    if len(names) == 1:
        return names[0]
    if names:
        raise _not_served(f"--model {model.name}", model.name, address, names)
    return known[0]


def _not_served(place: str, name: str, address: Address, names: Sequence[str]) -> InputError:
    hint_en, hint_zh = did_you_mean(name, names)
    more = "" if len(names) <= MOST_SHOWN else ", …"
    shown = ", ".join(names[:MOST_SHOWN]) + more
    return InputError(
        en=f"{place}: {address.base_url} serves no model of this name.{hint_en} It serves: {shown}. Name one by"
        " --option model=NAME.",
        zh=f"{place}：{address.base_url} 没有此名称的模型。{hint_zh}可用的有：{shown}。请用 --option model=名称 指定。",
    )


def find_flavour(listed: Sequence[ServedModel] | None, name: str) -> Flavour:
    """Return what the server is, as the owner of the model says; anything else is asked for nothing special."""
    owners = [one.owner.casefold() for one in listed or () if one.name == name]
    return next((FLAVOURS[owner] for owner in owners if owner in FLAVOURS), OTHER)


def find_context_length(listed: Sequence[ServedModel] | None, name: str) -> int | None:
    """Return what the server says of the model's context."""
    return next((one.context_length for one in listed or () if one.name == name), None)
