"""The model registry: what is known of each model, and what a name on the command line refers to."""

import datetime
import re
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from benchharness.errors import InputError
from benchharness.registry.documents import Spec, did_you_mean, parse, read_yaml, wrong
from benchharness.resources import models_file

HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")


class ModelSpec(Spec):
    """What is known of a model. Facts without a source stay ``None``.

    Attributes:
        name: the name used on the command line.
        hub: id on the Hugging Face hub; ``None`` for a local directory.
        modelscope: id on ModelScope, where it differs from ``hub``.
        organisation: who made it.
        origin: ISO 3166 code of the maker's country.
        family: family with its generation, such as ``Qwen2.5``.
        parameters: number of parameters.
        active_parameters: parameters used for a token, for mixtures of experts.
        context_length: tokens.
        released: date of release, ``YYYY-MM-DD`` or ``YYYY-MM``.
        licence: SPDX id in lower case, or the name of the maker's own licence.
        kind: ``chat`` or ``base``; ``None`` leaves it to the tokenizer's chat template.
        thinking: whether it reasons before it answers: never, when asked to, always.
        remote_code: whether it needs Python code from its repository.
        weights: ``open`` or ``closed``.
        boards: published board → the model's name there.
        sources: where these facts were read.
    """

    name: str
    hub: str | None = None
    modelscope: str | None = None
    organisation: str | None = None
    origin: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    family: str | None = None
    parameters: Annotated[float, Field(gt=0)] | None = None
    active_parameters: Annotated[float, Field(gt=0)] | None = None
    context_length: Annotated[int, Field(gt=0)] | None = None
    released: str | None = None
    licence: str | None = None
    kind: Literal["chat", "base"] | None = None
    thinking: Literal["none", "hybrid", "always"] | None = None
    remote_code: bool = False
    weights: Literal["open", "closed"] = "open"
    boards: dict[str, str] = Field(default_factory=dict)
    sources: tuple[str, ...] = ()

    @field_validator("hub", "modelscope")
    @classmethod
    def _is_hub_id(cls, value: str | None) -> str | None:
        if value is not None and not HUB_ID.fullmatch(value):
            raise wrong("expected ORGANISATION/MODEL", "应为 组织/模型")
        return value

    @field_validator("released", mode="before")
    @classmethod
    def _is_date(cls, value: Any) -> Any:
        if isinstance(value, datetime.date):
            return value.isoformat()
        if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}(-\d{2})?", value):
            raise wrong("expected YYYY-MM-DD or YYYY-MM", "应为 YYYY-MM-DD 或 YYYY-MM")
        return value


class _ModelsDocument(Spec):
    models: dict[str, dict[str, Any]]


def load_models(path: Path | None = None) -> dict[str, ModelSpec]:
    """Read a model registry; by default the one that comes with benchharness.

    Raises:
        InputError: naming the file, the model and the key that is wrong.
    """
    return _load(path or models_file())


@cache
def _load(path: Path) -> dict[str, ModelSpec]:
    document = parse(_ModelsDocument, read_yaml(path), str(path))
    models = {
        name: parse(ModelSpec, {"name": name, **entry}, f"{path}: model {name}")
        for name, entry in document.models.items()
    }
    by_hub: dict[str, str] = {}
    for spec in models.values():
        if spec.hub is None:
            continue
        if spec.hub in by_hub:
            raise InputError(
                en=f"{path}: {spec.name} and {by_hub[spec.hub]} have the same hub id {spec.hub}; keep one.",
                zh=f"{path}：{spec.name} 与 {by_hub[spec.hub]} 的 hub id 同为 {spec.hub}，请只保留一个。",
            )
        by_hub[spec.hub] = spec.name
    return models


class ModelReference(Spec):
    """A model as the user named it, resolved as far as can be without touching its files.

    Attributes:
        spec: what is known of it.
        directory: its local directory, if the user gave a path.
        revision: the hub revision asked for.
    """

    spec: ModelSpec
    directory: Path | None = None
    revision: str | None = None


def resolve_model(
    name: str, revision: str | None = None, registry: Path | None = None, *, any_name: bool = False
) -> ModelReference:
    """Find what ``name`` refers to: a local directory, a registered name, or a hub id.

    A path is told from a hub id by being a directory that exists, or by starting with ``.``, ``~`` or ``/``.

    Args:
        name: what the user wrote.
        revision: the hub revision asked for.
        registry: a model registry other than the one that comes with benchharness.
        any_name: whether an unknown name is a model all the same, as for a backend that reads no files.

    Raises:
        InputError: if it is none of them, with the names nearest to it.
    """
    path = Path(name).expanduser()
    if name and (path.is_dir() or name.startswith((".", "~", "/"))):
        if not path.is_dir():
            raise InputError(en=f"--model {name}: there is no such directory.", zh=f"--model {name}：该目录不存在。")
        if revision is not None:
            raise InputError(
                en=f"--revision {revision}: {name} is a directory, which has no revisions. Leave it out.",
                zh=f"--revision {revision}：{name} 是本地目录，没有版本之分。请去掉该选项。",
            )
        return ModelReference(spec=ModelSpec(name=path.resolve().name), directory=path.resolve())
    models = load_models(registry)
    by_folded = {model.casefold(): spec for model, spec in models.items()}
    by_folded |= {spec.hub.casefold(): spec for spec in models.values() if spec.hub}
    known = by_folded.get(name.casefold())
    if known is not None:
        return ModelReference(spec=known, revision=revision)
    if any_name:
        return ModelReference(spec=ModelSpec(name=name))
    if HUB_ID.fullmatch(name):
        return ModelReference(spec=ModelSpec(name=name, hub=name), revision=revision)
    hint_en, hint_zh = did_you_mean(name, models)
    raise InputError(
        en=(
            f"--model {name}: no such model.{hint_en} `benchharness models list` shows the registered names; "
            "a local directory or a hub id ORGANISATION/MODEL works as well."
        ),
        zh=(
            f"--model {name}：没有这个模型。{hint_zh}`benchharness models list` 可列出已登记的名称；"
            "也可以给出本地目录或 hub id（组织/模型）。"
        ),
    )
