"""The record of a GPU check as Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def markdown(record: Mapping[str, Any]) -> str:
    """Return the record for people: each section with its table, and what failed or was left out."""
    return "\n".join(_lines(record)) + "\n"


def _lines(record: Mapping[str, Any]) -> Iterator[str]:
    yield f"# {record['device']}, {record['created'][:10]}"
    yield ""
    yield f"Weights are {record['weights']}."
    yield ""
    packages = ", ".join(f"{name} {version}" for name, version in record["packages"].items())
    yield f"- command: `{record['command']}`"
    yield f"- {packages}, Python {record['environment']['python']}"
    peaks = record["peaks"]
    if peaks is None:
        yield "- no peaks are known for this device, so shares of them are left out"
    else:
        flops = peaks["flops"].get("bfloat16")
        yield (
            f"- peaks: {_scaled(flops, 1e12, 'TFLOP/s in bf16')}, {_scaled(peaks['bytes_per_second'], 1e12, 'TB/s')}"
            f" ({peaks['source']})"
        )
    yield f"- took {record.get('seconds', 0):.0f} s"
    for name, section in record["sections"].items():
        yield ""
        yield f"## {name[0].upper()}{name[1:]}"
        yield ""
        yield from _section(section)


def _section(section: Mapping[str, Any]) -> Iterator[str]:
    if "left_out" in section:
        yield f"Left out: {section['left_out']}."
        return
    if "error" in section:
        yield f"**Failed**: {section['error']}"
        return
    if "passed" in section:
        yield {True: "Passed.", False: "**Not passed.**", None: "Not measured here."}[section["passed"]]
        yield ""
    for key, value in section.items():
        if isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
            yield ""
            yield from _table(key, value)
        elif not isinstance(value, Mapping | list | tuple) and key not in ("passed", "seconds", "schema"):
            yield f"- {key.replace('_', ' ')}: {_cell(key, value)}"
    yield f"- seconds: {section['seconds']:.0f}"


def _table(name: str, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    columns = [key for key in rows[0] if not isinstance(rows[0][key], Mapping)]
    yield f"{name[0].upper()}{name[1:].replace('_', ' ')}:"
    yield ""
    yield "| " + " | ".join(column.replace("_", " ") for column in columns) + " |"
    yield "|---" * len(columns) + "|"
    for row in rows:
        yield "| " + " | ".join(_cell(column, row.get(column)) for column in columns) + " |"
    yield ""


def _cell(key: str, value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, list | tuple):
        return " to ".join(_cell(key, one) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_cell(name, one)}" for name, one in value.items())
    if key in ("mfu", "mbu", "share_of_roofline"):
        return f"{100 * value:.1f} %"
    if key.endswith("bytes"):
        return f"{value / 2**30:.2f} GiB"
    if key.endswith("flops"):
        return f"{value / 1e12:.1f} TFLOP/s"
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def _scaled(value: float | None, unit: float, name: str) -> str:
    return "unknown" if value is None else f"{value / unit:.2f} {name}"
