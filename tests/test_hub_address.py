"""A hub that cannot be reached is found out at once."""

import os
import socket

import pytest

from benchharness import hub


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    hub._can_connect.cache_clear()
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def test_the_endpoint_is_the_one_that_the_user_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_ENDPOINT", raising=False)
    assert hub.endpoint() == hub.DEFAULT_ENDPOINT
    monkeypatch.setenv("HF_ENDPOINT", "https://hf-mirror.example")
    assert hub.endpoint() == "https://hf-mirror.example"


def test_a_closed_port_means_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{port}")
    hub.go_offline_if_unreachable()
    assert os.environ["HF_HUB_OFFLINE"] == "1"


def test_an_open_port_means_online(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{listening.getsockname()[1]}")
        hub.go_offline_if_unreachable()
    assert "HF_HUB_OFFLINE" not in os.environ


def test_behind_a_proxy_only_asking_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:3128")
    hub.go_offline_if_unreachable()
    assert "HF_HUB_OFFLINE" not in os.environ
