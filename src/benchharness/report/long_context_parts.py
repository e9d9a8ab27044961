"""What there is to show of long contexts, for terminal and page alike: tables of plain cells, and notes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from benchharness.errors import bilingual
from benchharness.report.cells import percent
from benchharness.report.efficiency import figure
from benchharness.report.labels import label

Row = Mapping[str, Any]

LEVEL = 0.05
MOST_NEEDED = 100_000
FEW_HAYSTACKS = 10


class Cell(NamedTuple):
    """A cell: its lines, and the colours it has in a heatmap."""

    lines: tuple[str, ...]
    ground: str | None = None
    ink: str | None = None


class Part(NamedTuple):
    """A table, or notes alone.

    Attributes:
        title: for people; empty where it goes on from the part before.
        headings: of the columns; none where there is no table.
        rows: as many cells as headings.
        notes: what to know of it.
        left: how many columns hold words, the others numbers.
    """

    title: str
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    notes: tuple[str, ...] = ()
    left: int = 1


def cell(*lines: str) -> Cell:
    """Return a cell of plain lines."""
    return Cell(lines)


def arm_name(arm: str) -> str:
    """Return what is equal between the languages, for people."""
    names = {
        "tokens": ("equal tokens", "等词元"),
        "information": ("equal content", "等信息"),
        "characters": ("equal chars", "等字符"),
    }
    return bilingual(*names[arm])


def task_name(task: str | None) -> str:
    """Return a task's name, or the word for all of them."""
    return bilingual("all tasks", "全部任务") if task is None else task


def between(bounds: Sequence[float], *, sign: bool = False) -> str:
    """Return the ends of an interval of shares as per cent."""
    low, high = (percent(bound, sign=sign) for bound in bounds)
    return f"[{low}, {high}]"


def size(value: float | None) -> str:
    """Return a number of tokens, characters or bytes, short enough for a table."""
    if value is None:
        return "–"
    if value < 10_000:
        return f"{value:.0f}"
    return f"{value / 1000:.1f}k" if value < 1_000_000 else f"{value / 1e6:.2f}M"


def chance(value: float) -> str:
    """Return a p-value."""
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def lengths_part(run: Row) -> Part:
    """Return effective lengths and areas of all tasks."""
    areas = {(row["task"], row["arm"]): row for row in run["areas"]}
    rows = [
        (
            cell(task_name(row["task"]), arm_name(row["arm"])),
            cell(label(row["language"])),
            _effective(row["fixed"]),
            _effective(row["own"]),
            _at(row, "tokens", "characters"),
            _at(row, "bytes", "records"),
            _area(areas.get((row["task"], row["arm"])), row["language"]),
        )
        for row in run["lengths"]
    ]
    threshold = run["lengths"][0]["fixed"]["threshold"]
    headings = (
        label("task"),
        label("language"),
        bilingual(f"τ = {percent(threshold)} %", f"τ = {percent(threshold)}%"),
        bilingual("τ = 0.9 × own", "τ = 0.9 × 自身"),
        bilingual("tokens\nchars", "词元\n字符"),
        bilingual("bytes\nfacts", "字节\n事实"),
        bilingual("area %", "面积 %"),
    )
    return Part(bilingual("Effective length", "有效长度"), headings, tuple(rows), tuple(_length_notes(run)), left=2)


def _effective(found: Row | None) -> Cell:
    if found is None:
        return cell("–")
    if found["label"] is None:
        name = bilingual("none", "无")
    else:
        name = f"≥ {found['label']}" if found["at_least"] else found["label"]
    failure = found["failure"]
    if failure is None:
        return cell(name)
    if failure["verdict"] == "below":
        return cell(name, bilingual(f"{failure['label']} below", f"{failure['label']} 低于"))
    needed = failure["needed"]
    if needed is None:
        return cell(name, f"{failure['label']} ?")
    known = f"n≥{needed}" if needed <= MOST_NEEDED else f"n>{MOST_NEEDED}"
    return cell(name, f"{failure['label']} ? {known}")


def _at(row: Row, *names: str) -> Cell:
    sizes = row["fixed"]["sizes"]
    return cell(*("–" if sizes is None else size(sizes[name]) for name in names))


def _area(row: Row | None, language: str) -> Cell:
    known = None if row is None else row[language]
    return cell("–") if known is None else cell(percent(known["area"]), between(known["interval"]))


def _length_notes(run: Row) -> Iterator[str]:
    yield bilingual(
        "Longest length up to which the lower end of the 95 % interval of every tested length is at least τ; ≥ where"
        " the longest tested is. Below it the first length that fails: below τ with its whole interval, or ?,"
        " undecided, with the items that would do if the score stayed, where it is above τ. Tokens, characters, bytes"
        " and facts are means of prompts at the length for the fixed τ.",
        "有效长度：从最短到该长度，每个已测长度的 95% 区间下限都不低于 τ；≥ 表示已测的最长长度也达到。"
        "下一行是第一个未达到的长度：“低于”指整个区间低于 τ，“?”指尚无法判定；"
        "若得分高于 τ，则给出得分不变时所需的题数。"
        "词元、字符、字节、事实数为固定 τ 下该长度提示词的均值。",
    )
    yield bilingual(
        "Area: mean score over log2 of the length, from the shortest to the longest, of the facts asked at all.",
        "面积：得分对长度（以 2 为底的对数）的平均，从最短到最长，仅计各长度都问到的事实。",
    )
    for row in run["lengths"]:
        failing = row["published"]["failing"]
        if failing:
            where = f"{task_name(row['task'])} · {arm_name(row['arm'])} · {label(row['language'])}"
            yield bilingual(
                f"{where}: by RULER's rule, the longest length whose score is at least τ, {row['published']['label']};"
                f" at {', '.join(failing)} before it the score is below.",
                f"{where}：按 RULER 的规则（得分不低于 τ 的最长长度）为 {row['published']['label']}，"
                f"但此前的 {'、'.join(failing)} 得分低于 τ。",
            )
    if any(at["haystacks"] < FEW_HAYSTACKS for row in run["lengths"] for at in row["lengths"]):
        yield bilingual(
            f"Fewer than {FEW_HAYSTACKS} haystacks at a length: the intervals are rough. Ask more items.",
            f"有的长度不足 {FEW_HAYSTACKS} 篇文本，区间只是粗略的，请增加题数。",
        )
    if run["unanswered"]:
        yield bilingual(
            f"{run['unanswered']} items are still to be asked, and left out.",
            f"尚有 {run['unanswered']} 题未作答，未计入。",
        )


def gaps_part(run: Row) -> Part | None:
    """Return the gap between the languages, split; of all tasks together where there are several."""
    shown = None if len(run["tasks"]) > 1 else run["tasks"][0]
    rows = [row for row in run["gaps"] if row["task"] == shown]
    if not rows:
        return None
    effects = ("total", "language_effect", "length_effect", "equal_characters")
    premium = {row["length"]: row["tokens"] for row in run["premium"]}
    table = tuple(
        (
            cell(row["label"]),
            *(_gap(row[effect]) for effect in effects),
            cell(figure(premium.get(row["length"]) if row["unit"] == "tokens" else None)),
        )
        for row in rows
    )
    headings = (
        bilingual("Length", "长度"),
        bilingual("gap", "总差距"),
        bilingual("language", "语言效应"),
        bilingual("length", "长度效应"),
        bilingual("at equal chars", "等字符"),
        "π",
    )
    title = bilingual("Chinese − English, points", "中文 − 英文（百分点）")
    return Part(f"{title} · {task_name(shown)}", headings, table, tuple(_gap_notes(run, rows, effects)))


def _gap(effect: Row | None) -> Cell:
    if effect is None:
        return cell(bilingual("not measured", "未测"))
    star = " *" if effect["p_holm"] < LEVEL else ""
    return cell(f"{percent(effect['value'], sign=True)}{star}", between(effect["interval"], sign=True))


def _gap_notes(run: Row, rows: Sequence[Row], effects: Sequence[str]) -> Iterator[str]:
    yield bilingual(
        "gap: the same sentences in both languages. language: the same number of tokens. length: the rest, what the"
        " longer text of one language does. * p < 0.05 by Holm's method over lengths. π: tokens in Chinese over tokens"
        " in English for the same sentences.",
        "总差距：两种语言的句子相同。语言效应：词元数相同。长度效应：其余部分，即其中一种语言的文本更长所致。"
        "* 表示经 Holm 法按长度校正后 p < 0.05。π：相同句子的中文词元数与英文词元数之比。",
    )
    if any(row[effect] is None for row in rows for effect in effects):
        yield bilingual(
            "not measured: the arm was not run at this length in both languages, or not for all tasks.",
            "未测：该长度没有以两种语言运行相应的对照组，或并非所有任务都运行了。",
        )
    for row in run["areas"]:
        difference = row["difference"]
        if difference is not None and row["task"] == rows[0]["task"]:
            value = percent(difference["value"], sign=True)
            ends, p_value = between(difference["interval"], sign=True), chance(difference["p_value"])
            yield bilingual(
                f"Over all lengths ({arm_name(row['arm'])}): area {value} {ends}, p {p_value}.",
                f"全部长度（{arm_name(row['arm'])}）：面积差 {value} {ends}，p {p_value}。",
            )


def positions_part(run: Row) -> Part | None:
    """Return the position effects that are there, and how many were looked for."""
    tested = run["positions"]
    if not tested:
        return None
    found = [row for row in tested if row["p_holm"] < LEVEL]
    rows = tuple(
        (
            cell(task_name(row["task"]), arm_name(row["arm"])),
            cell(label(row["language"])),
            cell(row["label"]),
            _contrast(row["middle"]),
            _contrast(row["ends"]),
            cell(chance(row["p_holm"])),
        )
        for row in found
    )
    headings = (
        label("task"),
        label("language"),
        bilingual("Length", "长度"),
        bilingual("outer − middle", "两端 − 中段"),
        bilingual("last − first", "末段 − 首段"),
        "p (Holm)",
    )
    notes = (
        bilingual(
            f"Tested in {len(tested)} cells of task, language and length; {len(found)} have an effect of position at"
            " p < 0.05, by permutation and Holm's method over lengths. Thirds of the text; points.",
            f"检验了 {len(tested)} 组（任务、语言、长度），其中 {len(found)} 组的位置效应在 p < 0.05 下显著"
            "（置换检验，按长度作 Holm 校正）。文本等分为三段；单位为百分点。",
        ),
    )
    return Part(bilingual("Position effect", "位置效应"), headings if rows else (), rows, notes, left=2)


def _contrast(row: Row) -> Cell:
    return cell(percent(row["value"], sign=True), between(row["interval"], sign=True))
