"""Protocols: the choices that move a score and are not the model's, as named presets."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from benchharness.errors import InputError
from benchharness.registry.documents import Spec, did_you_mean, parse, read_yaml, wrong
from benchharness.resources import tasks_directory


class ProtocolSpec(Spec):
    """A named preset of how questions are put.

    Attributes:
        name: the preset's name.
        template: ``chat`` uses the tokenizer's chat template, ``plain`` joins the segments as they are,
            ``auto`` takes ``chat`` for a model that has a template (and is not registered as a base model).
        shots: number of worked examples; ``None`` leaves it to the task.
        shots_as: in a chat, whether examples are earlier turns or text within the question's turn.
        opens_answer: in a chat, whether a generated answer goes on from the task's answer prefix, which then opens the
            assistant's turn, as it does for ``choose``. Not where a model reasons first.
        thinking: for models that can switch it, whether they reason before they answer.
        reasoning_tokens: tokens granted for reasoning, on top of those for the answer, where the model reasons.
    """

    name: str
    template: Literal["auto", "chat", "plain"] = "auto"
    shots: Annotated[int, Field(ge=0)] | None = None
    shots_as: Literal["turns", "text"] = "turns"
    opens_answer: bool = False
    thinking: Literal["on", "off"] = "off"
    reasoning_tokens: Annotated[int, Field(ge=0)] = 8192

    @model_validator(mode="after")
    def _opens_one_thing(self) -> "ProtocolSpec":
        if self.opens_answer and self.thinking == "on":
            raise wrong(
                "`opens_answer` and `thinking: on` exclude each other: what opens the answer leaves no room to reason",
                "`opens_answer` 与 `thinking: on` 不能同时使用：回答已经开头，模型无法先思考",
            )
        return self


class _ProtocolsDocument(Spec):
    protocols: dict[str, dict[str, object]]


def load_protocols(path: Path | None = None) -> dict[str, ProtocolSpec]:
    """Read the protocols; by default those that come with benchharness."""
    path = path or tasks_directory() / "protocols.yaml"
    document = parse(_ProtocolsDocument, read_yaml(path), str(path))
    return {
        name: parse(ProtocolSpec, {"name": name, **entry}, f"{path}: protocol {name}")
        for name, entry in document.protocols.items()
    }


def find_protocol(name: str) -> ProtocolSpec:
    """Return the protocol called ``name``.

    Raises:
        InputError: if there is none, with the names there are.
    """
    protocols = load_protocols()
    if name not in protocols:
        hint_en, hint_zh = did_you_mean(name, protocols)
        names = ", ".join(protocols)
        raise InputError(
            en=f"--protocol {name}: no such protocol.{hint_en} There are: {names}.",
            zh=f"--protocol {name}：没有这个协议。{hint_zh}可用的有：{names}。",
        )
    return protocols[name]
