"""Models and tasks of the registry, as tables."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from rich.console import Group, RenderableType

from benchharness.errors import bilingual, interface_language
from benchharness.records import Language
from benchharness.registry.catalogue import TaskFile
from benchharness.registry.models import EndpointSpec, ModelSpec, PriceSpec, PriceTier
from benchharness.registry.suites import SuiteSpec
from benchharness.registry.tasks import TaskSpec
from benchharness.report.cells import PlainTable, plain_table

NUMBERS = ("parameters", "context")


def models_view(models: Sequence[ModelSpec]) -> RenderableType:
    """Return models as a table, and those that are asked at a server as another; what is not known is left empty."""
    with_files = [spec for spec in models if spec.weights == "open"]
    served = [spec for spec in models if spec.weights == "closed" or spec.endpoint is not None]
    views = [view(some) for view, some in ((_with_files, with_files), (_at_servers, served)) if some]
    return Group(*(part for view in views for part in (view, "")))


def _with_files(models: Sequence[ModelSpec]) -> RenderableType:
    table = plain_table("name", "origin", "parameters", "context", "kind", "thinking", "released", right=NUMBERS)
    table.columns[0].no_wrap = True
    for spec in models:
        table.add_row(
            spec.name,
            spec.origin or "",
            _parameters(spec),
            _context(spec),
            spec.kind or "",
            spec.thinking or "",
            spec.released or "",
        )
    return table


def _at_servers(models: Sequence[ModelSpec]) -> RenderableType:
    table = plain_table("name")
    table.columns[0].no_wrap = True
    table.add_column(bilingual("Served by", "服务"), overflow="fold")
    table.add_column(bilingual("Until", "截止"), no_wrap=True)
    table.add_column(bilingual("Input / output", "输入 / 输出"), no_wrap=True)
    table.add_column(bilingual("As of", "价格日期"), no_wrap=True)
    for spec in models:
        prices = spec.endpoint.prices if spec.endpoint else None
        table.add_row(
            spec.name,
            _served_by(spec),
            (spec.endpoint and spec.endpoint.until) or "",
            "" if prices is None else _two_prices(prices),
            (prices and prices.as_of) or "",
        )
    table.caption_justify = "left"
    table.caption = bilingual(
        "Prices are per million tokens; those with + are higher for long prompts.",
        "价格以每百万词元计；带 + 的对长提示收费更高。",
    )
    return table


def _served_by(spec: ModelSpec) -> str:
    if spec.endpoint is not None:  # the domain, as far as it tells who that is
        return ".".join((urlsplit(spec.endpoint.base_url).hostname or "").split(".")[-2:])
    return "" if spec.unserved is None else _why_unserved(spec.unserved)


def _two_prices(prices: PriceSpec) -> str:
    return f"{prices.input:g} / {prices.output:g} {prices.currency}{'+' if prices.tiers else ''}"


def _until(endpoint: EndpointSpec) -> str:
    if endpoint.until is None:
        return ""
    return bilingual(f" (until {endpoint.until})", f"（至 {endpoint.until}）")


def _why_unserved(reason: str) -> str:
    return bilingual(*{"retired": ("retired", "已下线"), "unknown": ("no known server", "服务未知")}[reason])


def _context(spec: ModelSpec) -> str:
    if spec.context_length is None:
        return ""
    return f"{spec.context_length // 1024}K" if spec.context_length % 1024 == 0 else f"{spec.context_length:,}"


def _parameters(spec: ModelSpec) -> str:
    if spec.parameters is None:
        return ""
    active = "" if spec.active_parameters is None else f" (A{_billions(spec.active_parameters)})"
    return f"{_billions(spec.parameters)}{active}"


def _billions(count: float) -> str:
    return f"{count / 1e9:.3g}B" if count >= 1e9 else f"{count / 1e6:.3g}M"


def model_facts(spec: ModelSpec, *, key_is_set: bool) -> dict[str, Any]:
    """Return what is known of a model, for ``facts_view``: its endpoint in words, and never a key.

    Args:
        spec: the model.
        key_is_set: whether the environment variable of its endpoint holds something.
    """
    facts = spec.model_dump(mode="json", exclude={"endpoint", "unserved"})
    sources = facts.pop("sources")
    endpoint = spec.endpoint
    if spec.unserved is not None:
        facts["endpoint"] = _why_unserved(spec.unserved)
    if endpoint is not None:
        facts["endpoint"] = f"{endpoint.base_url}{_until(endpoint)}"
        facts["model there"] = endpoint.model
        state = bilingual(" (set)", "（已设置）") if key_is_set else bilingual(" (not set)", "（未设置）")
        facts["key"] = f"{endpoint.key_variable}{state}"
        facts["prices"] = bilingual("not known", "未知") if endpoint.prices is None else _prices(endpoint.prices)
    return {**facts, "sources": sources}


def _prices(prices: PriceSpec) -> str:
    unit = bilingual(
        f" ({prices.currency} per million tokens, {prices.as_of})", f"（{prices.currency}，每百万词元，{prices.as_of}）"
    )
    above = [
        bilingual(f"prompts above {tier.over:,} tokens: ", f"提示超过 {tier.over:,} 词元：") + _three_prices(tier)
        for tier in prices.tiers
    ]
    return "\n".join([f"{_three_prices(prices)}{unit}", *above, prices.source])


def _three_prices(prices: PriceSpec | PriceTier) -> str:
    cached = prices.input if prices.cached_input is None else prices.cached_input
    return bilingual(
        f"input {prices.input:g}, cached input {cached:g}, output {prices.output:g}",
        f"输入 {prices.input:g}，缓存命中 {cached:g}，输出 {prices.output:g}",
    )


def facts_view(facts: Mapping[str, Any]) -> RenderableType:
    """Return facts one a line; nested ones as they are written in YAML."""
    table = PlainTable(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for key, value in facts.items():
        if value not in (None, [], {}, ""):
            table.add_row(key, _plain(value))
    return table


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{key}: {inner}" for key, inner in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(str(inner) for inner in value)
    return str(value)


def tasks_view(files: Sequence[TaskFile]) -> RenderableType:
    """Return tasks as a table."""
    table = plain_table("name", "title", "languages", "request", "subsets", "source", "licence", right=("subsets",))
    for file in files:
        spec = file.spec
        table.add_row(
            spec.name,
            title_of(spec.title),
            ", ".join(spec.languages),
            spec.request.value,
            str(len(spec.subsets) or ""),
            _source(spec),
            spec.licence,
        )
    return table


def suites_view(suites: Sequence[SuiteSpec]) -> RenderableType:
    """Return suites as a table."""
    table = plain_table("suites", "title", "task")
    for suite in suites:
        table.add_row(suite.name, title_of(suite.title), ", ".join(suite.all_tasks()))
    return table


def title_of(title: Mapping[Language, str]) -> str:
    """Return a title in the interface language, or in the other if it has only that."""
    return title.get(Language(interface_language())) or next(iter(title.values()))


def _source(spec: TaskSpec) -> str:
    source = spec.source
    by_kind = {
        "jsonl": source.path,
        "hub": source.dataset,
        "generator": source.generator,
        "long_context": source.family,
    }
    named = by_kind[source.kind]
    return named if isinstance(named, str) else ", ".join((named or {}).values())
