from pathlib import Path

import psutil
import pytest
import torch

from benchharness.hardware.doctor import HUB_VARIABLES, check_devices, check_hub, check_packages


def test_installed_packages_are_ready() -> None:
    found = check_packages(["psutil"], "extra")
    assert (found.ready, found.state, found.remedy) == (True, f"psutil {psutil.__version__}", "")


@pytest.mark.parametrize(("extra", "remedy"), [("openai", "pip install 'benchharness[openai]'"), (None, "")])
def test_missing_packages_are_named_with_the_extra_that_brings_them(extra: str | None, remedy: str) -> None:
    found = check_packages(["psutil", "no-such-package"], extra)
    assert found.ready is False
    assert found.state == f"psutil {psutil.__version__}, – no-such-package"
    assert found.remedy == remedy


def test_every_device_is_found() -> None:
    findings = check_devices()
    assert [finding.part for finding in findings] == ["cpu", *(f"cuda:{n}" for n in range(torch.cuda.device_count()))]
    assert all(finding.ready for finding in findings)
    assert findings[0].state.startswith(f"torch {torch.__version__}, ")


def test_the_settings_of_the_hub_show_without_the_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in HUB_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("BENCHHARNESS_CACHE", str(tmp_path))
    assert [(finding.part, finding.state) for finding in check_hub()] == [("BENCHHARNESS_CACHE", str(tmp_path))]
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.example")
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    findings = {finding.part: finding for finding in check_hub()}
    assert findings["HF_ENDPOINT"].state == "https://hub.example"
    assert findings["HF_TOKEN"].state == "***"
    assert "hf_secret" not in repr(findings)
    assert all(finding.ready is None for finding in findings.values())


@pytest.mark.parametrize("endpoint", ["https://user:hf_secret@hub.example", "https://hf_secret@hub.example/path"])
def test_a_password_within_an_address_does_not_show(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", endpoint)
    state = next(finding.state for finding in check_hub() if finding.part == "HF_ENDPOINT")
    assert "hf_secret" not in state
    assert "hub.example" in state
