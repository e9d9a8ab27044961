"""Tables of controlled measuring, drawn from a document of ``benchharness.perf/1``."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from benchharness.errors import bilingual
from benchharness.report.cells import PlainTable
from benchharness.report.inert import inert

Cell = Mapping[str, Any]

_TEXTS = {"random": ("random", "随机"), "zh": ("Chinese", "中文"), "en": ("English", "英文")}


def perf_view(document: Mapping[str, Any]) -> RenderableType:
    """Return what a person wants to see of a measurement: speed, latency, and how near it comes to the hardware."""
    parts: list[RenderableType] = [_title(document)]
    for _, group in groupby(document["cells"], key=lengths_of):
        cells = list(group)
        parts.append(heading(cells[0]))
        for table in (_speed_table(cells), _hardware_table(cells)):
            parts += [] if table is None else [table, Text()]
        parts += _troubles(cells)
    parts += _notes(document)
    return Group(*parts)


def _title(document: Mapping[str, Any]) -> Text:
    numerics = document["settings"]["numerics"]
    where = ", ".join(numerics[key] for key in ("dtype", "device") if key in numerics)
    devices = ", ".join(document["settings"]["accelerators"]) or document["settings"]["processor"]
    return Text.assemble(
        (inert(document["model"]), "bold"),
        f" · {inert(document['backend'])}{f' ({where})' if where else ''} · {inert(devices)}\n",
        (
            bilingual(
                f"engine settings {document['engine']} · {document['request']['repeats']} repeats after a warm-up\n",
                f"引擎设置 {document['engine']} · 预热后重复 {document['request']['repeats']} 次\n",
            ),
            "dim",
        ),
    )


def lengths_of(cell: Cell) -> tuple[int, int]:
    """Return tokens of prompts and of answers."""
    return cell["input_tokens"], cell["output_tokens"]


def heading(cell: Cell) -> Text:
    """Return the lengths of a cell."""
    read, produced = lengths_of(cell)
    return Text(bilingual(f"{read} → {produced} tokens", f"输入 {read} → 输出 {produced} 词元"), style="bold")


def figure_table(
    columns: Sequence[str], rows: Iterable[tuple[Text, Text, Sequence[RenderableType | None]]]
) -> PlainTable | None:
    """Return a table of figures under loads; ``None`` if there is no figure at all.

    Args:
        columns: headings of the figures; a column in which nothing stands is left out.
        rows: load, prompts and figures; ``None`` is no figure. A load is named where it changes.
    """
    lines = list(rows)
    shown = [place for place in range(len(columns)) if any(figures[place] is not None for _, _, figures in lines)]
    if not shown:
        return None
    table = PlainTable(box=None, header_style="dim", pad_edge=False, padding=(0, 1, 0, 0))
    for heading in (bilingual("Load", "负载"), bilingual("Prompts", "提示词")):
        table.add_column(heading, no_wrap=True)
    for place in shown:
        table.add_column(columns[place], justify="right", overflow="fold")
    before = ""
    for load, prompts, figures in lines:
        cells = (Text("–") if figures[place] is None else figures[place] for place in shown)
        table.add_row(Text() if load.plain == before else load, prompts, *cells)
        before = load.plain
    return table


def _speed_table(cells: Sequence[Cell]) -> PlainTable | None:
    columns = [
        bilingual("output\ntokens/s", "输出\n词元/秒"),
        bilingual("all\ntokens/s", "全部\n词元/秒"),
        bilingual("charac-\nters/s", "字符\n/秒"),
        bilingual("TTFT ms\np50, p99", "TTFT 毫秒\np50、p99"),
        bilingual("TPOT ms\np50, p99", "TPOT 毫秒\np50、p99"),
        bilingual("E2E s\np50, p99", "E2E 秒\np50、p99"),
    ]
    rows = []
    for cell in cells:
        summary = cell["summary"]
        figures = [
            _with_spread(summary["output_tokens_per_second"]),
            _median(summary["total_tokens_per_second"]),
            _median(summary["total_characters_per_second"]),
            _percentiles(summary["ttft_seconds"], 1000, starred=cell["scenario"] == "offline"),
            _percentiles(summary["tpot_seconds"], 1000),
            _percentiles(summary["e2e_seconds"], 1),
        ]
        rows.append((load_text(cell), prompts_text(cell), figures))
    return figure_table(columns, rows)


def _hardware_table(cells: Sequence[Cell]) -> PlainTable | None:
    columns = [
        bilingual("slots full\ntokens/s", "满载\n词元/秒"),
        bilingual("goodput\nrequests/s", "有效吞吐\n请求/秒"),
        "MFU",
        bilingual("decode\nMBU", "解码\nMBU"),
        bilingual("of the\nroofline", "达上限\n比例"),
        bilingual("J/output token,\nless idle", "焦/输出词元、\n扣除空载"),
        bilingual("device\nmemory", "显存\n峰值"),
    ]
    rows = []
    for cell in cells:
        roofline, energy = cell["roofline"] or {}, cell["summary"]["energy"] or {}
        figures = [
            _median((cell["summary"]["window"] or {}).get("output_tokens_per_second")),
            _goodput(cell["summary"]["goodput"]),
            _share(roofline.get("mfu")),
            _share((roofline.get("decode") or {}).get("mbu")),
            _share(roofline.get("roofline")),
            _two(energy.get("joules_per_output_token"), energy.get("net_joules_per_output_token")),
            _memory(cell),
        ]
        rows.append((load_text(cell), prompts_text(cell), figures))
    return figure_table(columns, rows)


def load_text(cell: Cell) -> Text:
    """Return how requests arrive in a cell."""
    requests, scenario = cell["requests"], cell["scenario"]
    if scenario == "offline":
        return Text(bilingual(f"{requests} at once", f"{requests} 条同时"))
    if scenario == "single":
        return Text(bilingual("one by one", "逐条"))
    if scenario == "server":
        return Text(bilingual(f"{cell['rate']:g} a second", f"每秒 {cell['rate']:g} 条"))
    number = cell["concurrency"]
    if cell["delivery"] == "batches":
        return Text(bilingual(f"batches of {number}", f"每批 {number} 条"))
    return Text(bilingual(f"{number} at a time", f"并发 {number}"))


def prompts_text(cell: Cell) -> Text:
    """Return what the prompts of a cell are made of; marked where its figures are in doubt."""
    text = Text(bilingual(*_TEXTS[cell["text"]]))
    if cell["matched"] == "content":
        tokens = cell["summary"]["prompt_tokens"]["median"] / max(1, cell["requests"])
        text.append(bilingual(f"\n{tokens:.0f} tokens", f"\n{tokens:.0f} 词元"), style="dim")
    if cell["doubtful"]:
        text.append(" !", style="yellow")
    return text


def number(value: float) -> str:
    """Return a number to three digits, or all of its whole part."""
    if value == 0:
        return "0"
    decimals = next((places for limit, places in ((100, 0), (10, 1), (1, 2)) if abs(value) >= limit), 3)
    return f"{value:,.{decimals}f}"


def _median(leaf: Mapping[str, float] | None) -> Text | None:
    return None if leaf is None else Text(number(leaf["median"]))


def _with_spread(leaf: Mapping[str, float] | None) -> Text | None:
    if leaf is None:
        return None
    return _lines(number(leaf["median"]), f"{number(leaf['low'])}–{number(leaf['high'])}")


def _percentiles(spread: Mapping[str, Any] | None, factor: float, *, starred: bool = False) -> Text | None:
    if spread is None:
        return None
    middle, high = (number(factor * spread[name]["median"]) for name in ("p50", "p99"))
    return _lines(f"{middle}{'*' if starred else ''}", high)


def _two(first: Mapping[str, float] | None, second: Mapping[str, float] | None) -> Text | None:
    if first is None:
        return None
    return _lines(number(first["median"]), "–" if second is None else number(second["median"]))


def _lines(first: str, second: str, style: str = "dim") -> Text:
    return Text.assemble((first, "bold"), "\n", (second, style))


def _share(value: float | None) -> Text | None:
    return None if value is None else Text(f"{100 * value:.1f} %")


def _memory(cell: Cell) -> Text | None:
    devices = cell["summary"]["devices"] or {}
    size = devices.get("peak_process_bytes") or devices.get("peak_used_bytes")
    return None if size is None else Text(f"{size['high'] / 2**30:.1f} GiB")


def _goodput(goodput: Mapping[str, Any] | None) -> Text | None:
    if goodput is None:
        return None
    style = {True: "green", False: "yellow"}.get(goodput["kept"], "dim")
    return _lines(number(goodput["requests_per_second"]["median"]), f"{100 * goodput['share']['median']:.1f} %", style)


def _troubles(cells: Sequence[Cell]) -> Iterator[Text]:
    words = {
        "failed": ("requests failed", "条请求失败"),
        "short": ("answers ended early", "条回答提前结束"),
        "other_length": ("prompts had another number of tokens", "条提示词的词元数不符"),
        "cached_tokens": ("prompt tokens came from a cache", "个提示词元来自缓存"),
    }
    for cell in cells:
        counts = {key: sum(one[key] for one in cell["passes"]) for key in words}
        found = [(count, *words[key]) for key, count in counts.items() if count]
        if not found:
            continue
        en = ", ".join(f"{count} {text}" for count, text, _ in found)
        zh = "，".join(f"{count} {text}" for count, _, text in found)
        where = f"{load_text(cell).plain}, {bilingual(*_TEXTS[cell['text']])}"
        errors = list(dict.fromkeys(error for one in cell["passes"] for error in one["errors"]))
        shown = "".join(f"\n    {inert(error)}" for error in errors)
        yield Text(bilingual(f"! {where}: {en}{shown}", f"! {where}：{zh}{shown}"), style="yellow")


def _notes(document: Mapping[str, Any]) -> Iterator[Text]:
    cells = document["cells"]
    yield Text(
        bilingual(
            "Medians over the repeats, with the lowest and the highest below. Latencies count from arrival.",
            "数值为各次重复的中位数，下方为最低值与最高值。时延自请求到达时算起。",
        ),
        style="dim",
    )
    if any(cell["scenario"] == "offline" and cell["summary"]["ttft_seconds"] for cell in cells):
        yield Text(
            bilingual(
                "* where all arrive at once, this is the time in the queue.", "* 全部同时到达时，此值为排队时间。"
            ),
            style="dim",
        )
    if any(cell["matched"] == "content" for cell in cells):
        yield Text(
            bilingual(
                "Prompts with a number of tokens below say the same in both languages.",
                "下方注明词元数的提示词，两种语言的内容相同。",
            ),
            style="dim",
        )
    slo = document["request"]["slo"]
    if slo is not None:
        en = f"Goodput: answers that keep {slo['name']}, and their share of the requests."
        zh = f"有效吞吐（goodput）：满足 {slo['name']} 的回答，及其占全部请求的比例。"
        yield Text(bilingual(en, zh), style="dim")
    yield from not_measured(cells)


def not_measured(cells: Sequence[Cell]) -> Iterator[Text]:
    """Yield what is missing in some cells, each reason once."""
    reasons = dict.fromkeys((one["en"], one["zh"]) for cell in cells for one in cell["unmeasured"])
    if reasons:
        yield Text(bilingual("Not measured, or not as one would wish:", "未测量或受限的项目："), style="dim")
    for en, zh in reasons:
        yield Text(inert(bilingual(f"- {en}", f"- {zh}")), style="dim")
