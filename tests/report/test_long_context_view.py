"""What runs say about long contexts, for people."""

from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from tests.runs.long_context.readers import KILO, LENGTHS, blind_in_the_middle, forgetful, perfect, sit

from benchharness.errors import InputError
from benchharness.records import Language, Outcome
from benchharness.report.long_context import lengths_view, long_context_view
from benchharness.report.long_context_heatmap import STEPS
from benchharness.report.long_context_html import lengths_page, write_page
from benchharness.runs.long_context.document import lengths_document
from benchharness.runs.long_context.points import LongContextRun, Point
from benchharness.tasks.long_context.records import Arm

VOID = {"meta", "br"}


def document_of(points: Sequence[Point], model: str = "reader", unanswered: int = 0) -> dict[str, Any]:
    return lengths_document([LongContextRun(Path("run"), model, None, tuple(points), unanswered)])


def show(document: dict[str, Any], width: int = 80) -> str:
    console = Console(width=width, record=True, file=None, color_system=None, force_terminal=False)
    with console.capture() as captured:
        console.print(lengths_view(document))
    return captured.get()


@pytest.fixture(params=["en", "zh"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", request.param)
    return str(request.param)


def test_a_terminal_of_80_columns_shows_all_parts(language: str) -> None:
    shown = show(document_of(sit(forgetful)))
    expected = {
        "en": (
            "Effective length",
            "≥ 32K",
            "32K below",
            "points",
            "Position effect",
            "Cost of a prompt",
            "Fill",
            "Depth",
        ),
        "zh": ("有效长度", "≥ 32K", "32K 低于", "百分点", "位置效应", "读取提示词的开销", "深度"),
    }
    for words in expected[language]:
        assert words in shown
    assert "+100.0 *" in shown
    assert "0–16" in shown
    assert "n 20" in shown


def test_lines_fit_the_terminal_and_lengths_fold() -> None:
    narrow = show(document_of(sit(perfect, facts=10)), width=50)
    assert max(len(line) for line in narrow.splitlines()) <= 50
    assert all(f"{length // KILO}K" in narrow for length in LENGTHS)
    wide = show(document_of(sit(perfect, facts=10)), width=200)
    assert narrow.count("\nDepth ") == 2 * wide.count("\nDepth ")


def test_a_position_effect_is_said_with_its_size(language: str) -> None:
    shown = show(document_of(sit(blind_in_the_middle, facts=50, lengths=(KILO, 2 * KILO), arms=(Arm.TOKENS,))))
    assert "+100.0" in shown
    assert ("4 have an effect" if language == "en" else "其中 4 组的位置效应") in shown


def test_what_was_not_measured_is_said(language: str) -> None:
    points = [replace(point, prefill_seconds=None, peak_memory=None, budget=None) for point in sit(perfect, facts=10)]
    tokens = [point for point in points if point.arm is Arm.TOKENS]
    shown = show(document_of(tokens, unanswered=3))
    expected = {
        "en": ("not measured", "Not measured: the backend", "does not tell the budget", "3 items are still", "rough"),
        "zh": ("未测", "未测：后端", "未记录提示词的长度预算", "尚有 3 题", "只是粗略的"),
    }
    for words in expected[language]:
        assert words in shown.replace("\n", " ")


def test_outcomes_and_exceptions_are_named(language: str) -> None:
    points = sit(perfect, facts=10, lengths=(KILO, 2 * KILO), arms=(Arm.TOKENS,), languages=(Language.EN,))
    points[0] = replace(points[0], tokens=points[0].tokens - 30)
    points[-1] = replace(points[-1], outcome=Outcome.TOO_LONG, score=0.0, batch_size=4)
    shown = show(document_of(points))
    expected = {"en": ("too long 1", "1 outside", "needle/0"), "zh": ("超长 1", "1 个不在", "needle/0")}
    for words in expected[language]:
        assert words in shown


def test_many_heatmaps_are_left_to_the_page() -> None:
    points = [point for task in "abcde" for point in sit(perfect, facts=5, lengths=(KILO,), task=task)]
    shown = show(document_of(points))
    assert "20 heatmaps are not shown" in shown
    assert lengths_page(document_of(points)).count("<section>") == 20


def test_one_item_is_enough_for_a_view() -> None:
    point = sit(perfect, facts=1, lengths=(KILO,), arms=(Arm.TOKENS,), languages=(Language.EN,))
    console = Console(width=80)
    with console.capture() as captured:
        console.print(long_context_view(document_of(point)["runs"][0]))
    assert "1K ? n≥23" in captured.get()


class Page(HTMLParser):
    """Reads a page: that tags close, what it loads, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: dict[str, list[str]] = {}
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_needs_nothing_else_and_is_whole(language: str) -> None:
    text = lengths_page(document_of(sit(forgetful, facts=20)))
    page = Page(text)
    assert page.open == []
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert not {"src", "href"} & set(page.attributes)
    assert "url(" not in text
    assert page.attributes["lang"] == ["en" if language == "en" else "zh-Hans"]
    assert ("Score by length and depth" if language == "en" else "各长度与深度的得分") in page.text
    assert "n 4" in page.text


def test_names_are_escaped_and_obeyed_by_nothing() -> None:
    hostile = "<script>alert(1)</script>\x1b[2J"
    document = document_of(sit(perfect, facts=5, lengths=(KILO,)), model=hostile)
    page = lengths_page(document)
    assert "<script" not in page
    assert "\x1b" not in page
    assert "\x1b" not in show(document)


def test_ink_stands_out_from_its_ground() -> None:
    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for _, ground, ink in STEPS:
        light, dark = sorted((luminance(ground), luminance(ink)), reverse=True)
        # WCAG 2.2, level AA.
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_a_page_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    document = document_of(sit(perfect, facts=5, lengths=(KILO,)))
    write_page(tmp_path / "page.html", document)
    assert (tmp_path / "page.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    with pytest.raises(InputError, match="--html"):
        write_page(tmp_path / "nowhere" / "page.html", document)
