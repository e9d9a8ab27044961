"""The model registry: what is known of each model, and what a name on the command line refers to."""

import datetime
import re
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from benchharness.errors import InputError
from benchharness.registry.documents import Spec, did_you_mean, parse, read_yaml, wrong
from benchharness.resources import models_file

HUB_ID = re.compile(r"[\w.-]+/[\w.-]+")
DATE = re.compile(r"\d{4}-\d{2}(-\d{2})?")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#@]*)?")
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")

Currency = Literal["USD", "CNY"]
Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]


def _date_as_text(value: Any) -> Any:
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, str) and not DATE.fullmatch(value):
        raise wrong("expected YYYY-MM-DD or YYYY-MM", "应为 YYYY-MM-DD 或 YYYY-MM")
    return value


class PriceTier(Spec):
    """What a request costs whose prompt is longer than ``over`` tokens: all of it, not only what exceeds them.

    Attributes:
        over: tokens of the prompt above which these prices hold.
        input: per million prompt tokens.
        output: per million generated tokens, reasoning included.
        cached_input: per million prompt tokens that the server had cached; ``None`` where they cost what others do.
    """

    over: Annotated[int, Field(gt=0)]
    input: Price
    output: Price
    cached_input: Price | None = None


class PriceSpec(Spec):
    """What a server charges per million tokens. Where a price depends on more than the prompt: the highest.

    Attributes:
        input: for tokens of the prompt.
        output: for generated tokens, reasoning included.
        cached_input: for prompt tokens that the server had cached; ``None`` where they cost what others do.
        currency: ``USD`` or ``CNY``.
        as_of: when they held, ``YYYY-MM-DD`` or ``YYYY-MM``; ``None`` only where the user gives them for a run.
        source: where they were read.
        tiers: prices of longer prompts, the shortest first.
    """

    input: Price
    output: Price
    cached_input: Price | None = None
    currency: Currency
    as_of: str | None = None
    source: str
    tiers: tuple[PriceTier, ...] = ()

    @field_validator("as_of", mode="before")
    @classmethod
    def _is_date(cls, value: Any) -> Any:
        return _date_as_text(value)

    @field_validator("tiers")
    @classmethod
    def _rise(cls, value: tuple[PriceTier, ...]) -> tuple[PriceTier, ...]:
        starts = [tier.over for tier in value]
        if starts != sorted(set(starts)):
            raise wrong("`over` has to rise from tier to tier", "各档的 `over` 必须逐档递增")
        return value


class EndpointSpec(Spec):
    """Where a model is served with the API of OpenAI.

    Attributes:
        model: its name there.
        base_url: where the server is, without ``/chat/completions``.
        key_variable: the environment variable that holds the key.
        prices: what it charges; ``None`` where no source was found.
        token_limit: the parameter that bounds the answer.
        fixed_temperature: whether it refuses every temperature but its own.
        extra: further parameters that each request to it needs, by name.
        until: the day on which it ends, or ended, as its operator says.
    """

    model: str
    base_url: str
    key_variable: str
    prices: PriceSpec | None = None
    token_limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    fixed_temperature: bool = False
    extra: dict[str, Any] = Field(default_factory=dict)
    until: str | None = None

    @field_validator("until", mode="before")
    @classmethod
    def _is_day(cls, value: Any) -> Any:
        text = _date_as_text(value)
        if isinstance(text, str) and not DAY.fullmatch(text):
            raise wrong("expected YYYY-MM-DD", "应为 YYYY-MM-DD")
        return text

    # Said of the whole endpoint, so that no error shows the value: it may be a key, or a URL that holds one.
    @model_validator(mode="after")
    def _holds_no_key(self) -> "EndpointSpec":
        if not VARIABLE.fullmatch(self.key_variable):
            raise wrong(
                "`key_variable` is the name of an environment variable, in capitals; the key itself is never written",
                "`key_variable` 应为大写的环境变量名；密钥本身绝不写入文件",
            )
        if not URL.fullmatch(self.base_url):
            raise wrong(
                "`base_url` is a URL such as https://HOST/v1, without user name, query or fragment",
                "`base_url` 应为 https://主机/v1 形式的网址，不含用户名、查询串与片段",
            )
        if self.base_url.endswith(("/", "/completions")):
            raise wrong(
                "`base_url` ends before /chat/completions and without a slash",
                "`base_url` 不含末尾的 /chat/completions，也不以斜杠结尾",
            )
        if self.prices is not None and self.prices.as_of is None:
            raise wrong(
                "`prices.as_of` is missing: prices change, so say when these held",
                "缺少 `prices.as_of`：价格会变动，请写明日期",
            )
        return self


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
        weights: ``open`` or ``closed``: whether anyone can have them.
        endpoint: where it is served; open weights may have one, too.
        unserved: why closed weights have no endpoint: ``retired``, the maker serves them no more, or ``unknown``,
            no public server with the API of OpenAI was found.
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
    endpoint: EndpointSpec | None = None
    unserved: Literal["retired", "unknown"] | None = None
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
        return _date_as_text(value)

    @model_validator(mode="after")
    def _can_be_had(self) -> "ModelSpec":
        problem = _why_it_cannot_be_had(self)
        if problem is not None:
            raise problem
        return self


def _why_it_cannot_be_had(spec: ModelSpec) -> PydanticCustomError | None:
    if spec.unserved is not None and (spec.weights == "open" or spec.endpoint is not None):
        return wrong(
            "`unserved` says why closed weights have no `endpoint`; leave it out here",
            "`unserved` 用于说明闭源模型为何没有 `endpoint`，此处请去掉",
        )
    if spec.weights == "open":
        return None
    if spec.hub is not None or spec.modelscope is not None:
        return wrong(
            "weights on a hub are open: leave out `hub` and `modelscope`, or write `weights: open`",
            "hub 上可下载的权重属于开源：请去掉 `hub` 与 `modelscope`，或改为 `weights: open`",
        )
    if spec.endpoint is None and spec.unserved is None:
        return wrong(
            "closed weights need an `endpoint`, or `unserved: retired` or `unserved: unknown`",
            "闭源模型需要 `endpoint`，或写明 `unserved: retired`（已下线）、`unserved: unknown`（接口未知）",
        )
    return None


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


def find_model(name: str, registry: Path | None = None) -> ModelSpec | None:
    """Return the registered model of that name or hub id, in any case; ``None`` if there is none.

    Raises:
        InputError: if the registry is wrong.
    """
    models = load_models(registry)
    by_folded = {model.casefold(): spec for model, spec in models.items()}
    by_folded |= {spec.hub.casefold(): spec for spec in models.values() if spec.hub}
    return by_folded.get(name.casefold())


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
        InputError: if it is none of them, with the names nearest to it, or if files are needed and its weights are
            closed.
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
    known = find_model(name, registry)
    if known is not None:
        if known.weights == "closed" and not any_name:
            raise _needs_a_server(known)
        return ModelReference(spec=known, revision=revision)
    if any_name:
        return ModelReference(spec=ModelSpec(name=name))
    if HUB_ID.fullmatch(name):
        return ModelReference(spec=ModelSpec(name=name, hub=name), revision=revision)
    hint_en, hint_zh = did_you_mean(name, load_models(registry))
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


def endpoint_of(model: ModelSpec, today: datetime.date | None = None) -> EndpointSpec:
    """Return where a model is served, for a user who names no server.

    Args:
        model: what is known of it.
        today: the day in question; by default the present one.

    Raises:
        InputError: if the registry names no endpoint, or one that has ended, with the way to name a server.
    """
    endpoint = model.endpoint
    day = (today or datetime.datetime.now(datetime.UTC).date()).isoformat()
    if endpoint is not None and (endpoint.until is None or day < endpoint.until):
        return endpoint
    if endpoint is not None:
        why_en, why_zh = f"its maker served it until {endpoint.until}", f"厂商已于 {endpoint.until} 下线该模型"
    elif model.unserved == "retired":
        why_en, why_zh = "its maker serves it no more", "厂商已下线该模型"
    elif model.unserved == "unknown":
        why_en, why_zh = "no public server with the API of OpenAI is known for it", "未知有兼容 OpenAI 接口的公开服务"
    else:
        why_en, why_zh = "the registry names no server for it", "登记表中没有它的服务地址"
    raise InputError(
        en=f"--model {model.name}: {why_en}. Name a server that has it: --base-url URL --option model=NAME.",
        zh=f"--model {model.name}：{why_zh}。请指定提供它的服务：--base-url URL --option model=名称。",
    )


def _needs_a_server(model: ModelSpec) -> InputError:
    return InputError(
        en=f"--model {model.name}: its weights are closed, so there are no files to read. Ask its server:"
        " --backend openai.",
        zh=f"--model {model.name}：权重未公开，没有可读取的文件。请通过服务访问：--backend openai。",
    )
