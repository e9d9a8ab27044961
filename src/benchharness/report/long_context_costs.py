"""What long prompts cost and whether they were as long as they were to be, for terminal and page alike."""

from collections.abc import Iterator, Mapping
from typing import Any

from benchharness.errors import bilingual
from benchharness.report.efficiency import figure
from benchharness.report.labels import label, outcome_label
from benchharness.report.long_context_parts import Part, arm_name, cell

Row = Mapping[str, Any]


def costs_part(run: Row) -> Part:
    """Return time to read a prompt and peak of memory at each length."""
    title = bilingual("Cost of a prompt", "读取提示词的开销")
    measured = [row for row in run["costs"] if row["prefill_items"] or row["peak_items"]]
    # What the other arms cost differs by their lengths alone; the document for programs has them all.
    told = [row for row in measured if row["arm"] == measured[0]["arm"]]
    if not told:
        reason = bilingual(
            "Not measured: the backend does not tell how long reading a prompt took, nor its memory.",
            "未测：后端未提供读取提示词的用时和内存。",
        )
        return Part(title, notes=(reason,))
    rows = tuple(
        (
            cell(label(row["language"])),
            cell(row["label"]),
            cell(figure(row["prefill_seconds"])),
            cell(figure(row["tokens_per_second"])),
            cell(figure(row["characters_per_second"])),
            cell("–" if row["peak_memory"] is None else f"{row['peak_memory'] / 2**30:.2f}"),
            cell(f"{row['prefill_items']}/{row['items']}"),
            cell(f"{row['peak_items']}/{row['items']}"),
        )
        for row in told
    )
    headings = (
        label("language"),
        bilingual("Length", "长度"),
        bilingual("prefill s", "预填充 秒"),
        bilingual("tokens/s", "词元/秒"),
        bilingual("chars/s", "字符/秒"),
        bilingual("peak GiB", "峰值 GiB"),
        bilingual("timed", "计时题数"),
        bilingual("memory", "内存题数"),
    )
    return Part(f"{title} · {arm_name(told[0]['arm'])}", headings, rows, tuple(_cost_notes(run)))


def _cost_notes(run: Row) -> Iterator[str]:
    yield bilingual("Medians over all tasks.", "为全部任务的中位数。")
    left = sum(row["left_out"] for row in run["costs"])
    if left:
        yield bilingual(
            f"{left} prompts were read together with others, or more than 5 % of them came from a cache; their"
            " times are left out.",
            f"{left} 个提示词与其他提示词一起读取，或有 5% 以上来自缓存，其用时未计入。",
        )
    untimed = sum(row["untimed"] for row in run["costs"])
    if untimed:
        yield bilingual(f"{untimed} prompts have no time.", f"{untimed} 个提示词没有用时。")


def fill_part(run: Row) -> Part:
    """Return by how much prompts were shorter than their budget, exceptions by name."""
    notes = tuple(_fill_notes(run))
    return Part(bilingual("Fill and outcomes", "填充与结果"), notes=notes)


def _fill_notes(run: Row) -> Iterator[str]:
    if not run["fill"]:
        yield bilingual("The run does not tell the budget of its prompts.", "该运行未记录提示词的长度预算。")
    for arm in dict.fromkeys(row["arm"] for row in run["fill"]):
        rows = [row for row in run["fill"] if row["arm"] == arm]
        prompts, outside = sum(row["prompts"] for row in rows), sum(row["outside"] for row in rows)
        least, most = min(row["least"] for row in rows), max(row["most"] for row in rows)
        english, chinese = ("tokens", "个词元") if rows[0]["unit"] == "tokens" else ("characters", "个字符")
        yield bilingual(
            f"{arm_name(arm)}: budget − length of {prompts} prompts is from {least} to {most} {english}.",
            f"{arm_name(arm)}：{prompts} 个提示词的预算 − 长度为 {least} 至 {most} {chinese}。",
        )
        if outside:
            named = ", ".join(
                f"{one['item']} {row['label']} ({one['slack']})" for row in rows for one in row["exceptions"]
            )
            yield bilingual(f"{outside} outside 0 to 8: {named}", f"{outside} 个不在 0 至 8 之内：{named}")
    yield from _outcomes(run)


def _outcomes(run: Row) -> Iterator[str]:
    """Yield where answers were not scored; they count 0."""
    for row in run["lengths"]:
        if row["task"] is None:
            continue
        told = [
            f"{at['label']} "
            + bilingual(", ", "、").join(
                f"{outcome_label(outcome)} {count}" for outcome, count in at["outcomes"].items()
            )
            for at in row["lengths"]
            if at["outcomes"]
        ]
        if told:
            where = f"{row['task']} · {arm_name(row['arm'])} · {label(row['language'])}"
            listed_en, listed_zh = "; ".join(told), "；".join(told)
            yield bilingual(f"Count 0, {where}: {listed_en}.", f"计 0 分（{where}）：{listed_zh}。")
