import pytest

from benchharness.hardware.doctor import Finding
from benchharness.runs.doctor import examine
from benchharness.sandbox.probe import find_sandbox, probe


def sandbox_line(language: str, monkeypatch: pytest.MonkeyPatch) -> Finding:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", language)
    part = {"en": "sandbox for code", "zh": "代码沙箱"}[language]
    [line] = [finding for finding in examine() if finding.part == part]
    return line


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_names_the_sandbox(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = find_sandbox()
    assert kind is not None
    assert sandbox_line(language, monkeypatch)[1:] == (True, kind.value, "")


@pytest.mark.parametrize(("language", "remedy"), [("en", "use Linux"), ("zh", "请使用 Linux")])
def test_without_a_sandbox_it_says_why_and_what_to_do(
    language: str, remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchharness.sandbox.boxes.platform.system", lambda: "Darwin")
    probe.cache_clear()
    try:
        line = sandbox_line(language, monkeypatch)
    finally:
        probe.cache_clear()
    assert line.ready is False
    assert line.state == "bubblewrap: Darwin is not Linux; namespaces: Darwin is not Linux"
    assert line.remedy.startswith(remedy)
