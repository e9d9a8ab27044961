"""How a run tells that it goes on."""

import io

import pytest
from rich.console import Console

from benchharness.records import FinishReason, Language, Outcome, Prompt, Request, RequestKind, Response, Score
from benchharness.report.progress import RunProgress

REQUEST = Request("k", "sums", "1", Language.ZH, RequestKind.GENERATE, Prompt((), (), (), ()))
RESPONSE = Response("k", FinishReason.STOP, text="5", computed_tokens=10, generated_tokens=2)


def tell(done: int, to_ask: int, *, terminal: bool = False) -> str:
    screen = io.StringIO()
    console = Console(file=screen, width=100, force_terminal=terminal)
    with RunProgress(console) as progress:
        progress.begin(done, to_ask)
        if to_ask:
            progress.loading()
        for _ in range(to_ask):
            progress.advance(REQUEST, RESPONSE, Score(1.0, Outcome.SCORED))
        progress.advance(REQUEST, RESPONSE, None)
    return screen.getvalue()


@pytest.mark.parametrize(
    ("done", "to_ask", "english", "chinese"),
    [
        (0, 3, "3 to ask.", "共 3 题。"),
        (2, 3, "Resuming: 2 done, 3 to ask.", "继续运行：已完成 2 题，剩余 3 题。"),
        (5, 0, "All 5 were done before; nothing is asked.", "全部 5 题此前均已完成，无需重新提问。"),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_beginning_says_what_is_done_and_what_is_left(
    monkeypatch: pytest.MonkeyPatch, language: str, done: int, to_ask: int, english: str, chinese: str
) -> None:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", language)
    assert tell(done, to_ask) == f"{english if language == 'en' else chinese}\n"


def test_a_terminal_shows_the_running_score_of_the_task(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", "en")
    monkeypatch.setenv("TERM", "xterm")
    drawn = tell(0, 3, terminal=True)
    assert "sums zh 100.0%" in drawn
    assert "tokens/s" in drawn
