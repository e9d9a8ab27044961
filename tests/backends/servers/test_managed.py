"""A server is waited for, watched, and leaves nothing behind, however it behaves."""

import http.client
import os
import signal
import socket
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest
from tests.backends.servers.conftest import Make, gone

from benchharness.backends.servers import managed
from benchharness.errors import BenchharnessError, InputError

pytestmark = pytest.mark.enable_socket


def status(base_url: str, path: str, key: str | None = None) -> int:
    connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=10)
    connection.request("GET", path, headers={} if key is None else {"Authorization": f"Bearer {key}"})
    return connection.getresponse().status


def test_is_waited_for_and_stopped(make: Make) -> None:
    server = make(fake_late="0.5")
    assert server.processes() == ()
    assert server.metrics() == {}
    server.start()
    first, processes = server.base_url, server.processes()
    assert status(first, "/health") == 200
    assert processes
    server.start()
    assert (server.base_url, server.processes()) == (first, processes)
    server.check()
    server.stop()
    server.stop()
    assert gone(processes)
    assert server.processes() == ()
    assert server.metrics() == {}


def test_can_be_started_again(make: Make) -> None:
    server = make()
    for _ in range(2):
        server.start()
        assert status(server.base_url, "/health") == 200
        server.stop()


def test_its_own_counters_are_read(make: Make) -> None:
    server = make()
    server.start()
    assert server.metrics() == {"running": 3.0, "prefix_queries": 120.0, "prefix_hits": 90.0}


def test_only_who_has_the_key_is_answered_and_it_is_shown_nowhere(make: Make, tmp_path: Path) -> None:
    server = make(log=str(tmp_path / "logs" / "server.log"))
    server.start()
    assert status(server.base_url, "/v1/models") == 401
    assert status(server.base_url, "/v1/models", server.api_key) == 200
    guard = psutil.Process(server.processes()[0]).parent()
    assert guard is not None
    for process in (guard, *guard.children(recursive=True)):
        assert server.api_key not in " ".join(process.cmdline())
    server.stop()
    assert server.api_key not in (tmp_path / "logs" / "server.log").read_text()
    assert server.api_key not in repr(server.settings)
    assert server.api_key != make().api_key


def test_neither_port_nor_folders_are_recorded(make: Make, tmp_path: Path) -> None:
    (tmp_path / "chat.jinja").write_text("{{ messages }}")
    server = make(log=str(tmp_path / "server.log"), max_num_seqs="8", chat_template=str(tmp_path / "chat.jinja"))
    before = dict(server.settings)
    server.start()
    assert server.settings == before
    assert "/" not in repr(before)
    assert server.base_url.rsplit(":", 1)[-1].removesuffix("/v1") not in repr(before)
    assert before["server_version"] == "0.32.0"
    assert before["chat_template"].startswith("chat.jinja@")
    assert "max_num_seqs" in before
    assert "max_num_seqs" not in server.numerics
    assert server.numerics["dtype"] == "bfloat16"


@pytest.mark.parametrize(("language", "words"), [("en", "ended with exit code 3"), ("zh", "以退出码 3 结束")])
def test_death_at_start_shows_the_cause_and_the_end_of_the_log(
    make: Make, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", language)
    server = make(fake_dies="start")
    with pytest.raises(BenchharnessError) as caught:
        server.start()
    message = str(caught.value)
    assert words in message
    assert "ValueError: no room for the cache" in message
    assert "RuntimeError: the engine failed" in message
    assert "File 3\n" not in message
    log = Path(message.rsplit(maxsplit=1)[-1].rpartition("：")[2])
    assert "File 3\n" in log.read_text()
    assert server.processes() == ()


@pytest.mark.parametrize(("language", "words"), [("en", "was killed by signal 9"), ("zh", "被信号 9 终止")])
def test_death_at_work_is_told(make: Make, monkeypatch: pytest.MonkeyPatch, language: str, words: str) -> None:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", language)
    server = make(fake_dies="asked")
    server.start()
    with pytest.raises((OSError, http.client.HTTPException)):
        status(server.base_url, "/v1/models")
    assert gone(server.processes())
    while server._guard is not None and server._guard.poll() is None:
        continue
    with pytest.raises(BenchharnessError, match=words):
        server.check()
    assert server.metrics() == {}


@pytest.mark.parametrize(("language", "words"), [("en", "was not ready after 0.5 s"), ("zh", "在 0.5 秒内未就绪")])
def test_slowness_has_an_end(make: Make, monkeypatch: pytest.MonkeyPatch, language: str, words: str) -> None:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", language)
    server = make(fake_hangs="on", start_seconds="0.5")
    with pytest.raises(BenchharnessError, match=words) as caught:
        server.start()
    assert "serve.start_seconds" in str(caught.value)
    assert server.processes() == ()


def test_who_does_not_listen_is_killed(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(managed, "GRACE_SECONDS", 0.5)
    server = make(fake_deaf="on")
    server.start()
    processes = server.processes()
    server.stop()
    assert gone(processes)


def test_children_go_too_even_those_that_left_the_family(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(managed, "GRACE_SECONDS", 0.5)
    server = make(fake_family="on")
    server.start()
    processes = server.processes()
    assert len({os.getpgid(pid) for pid in processes}) == 2
    assert len(processes) == 3
    server.stop()
    assert gone(processes)


def test_children_go_when_the_server_dies(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(managed, "GRACE_SECONDS", 0.5)
    server = make(fake_family="on")
    server.start()
    processes = server.processes()
    os.kill(processes[0], signal.SIGKILL)
    assert gone(processes)


def test_the_server_goes_when_its_guard_is_killed(make: Make) -> None:
    server = make()
    server.start()
    processes = server.processes()
    assert server._guard is not None
    server._guard.kill()
    assert gone(processes)
    with pytest.raises(BenchharnessError):
        server.check()


@pytest.mark.parametrize(("language", "words"), [("en", "this port is taken"), ("zh", "该端口已被占用")])
def test_a_port_that_is_taken_is_refused(
    make: Make, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", language)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        server = make(port=str(taken.getsockname()[1]))
        with pytest.raises(InputError, match=words):
            server.start()


def test_a_port_that_is_free_is_used(make: Make) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = make(port=str(port))
    server.start()
    assert server.base_url == f"http://127.0.0.1:{port}/v1"


@pytest.mark.parametrize(("language", "words"), [("en", "says that it is 0.31.2"), ("zh", "自称版本为 0.31.2")])
def test_another_version_than_the_recorded_one_is_refused(
    make: Make, monkeypatch: pytest.MonkeyPatch, language: str, words: str
) -> None:
    monkeypatch.setenv("BENCHHARNESS_LANGUAGE", language)
    server = make(fake_version="0.31.2")
    with pytest.raises(BenchharnessError, match=words):
        server.start()
    assert server.processes() == ()


def test_a_build_of_the_same_version_is_the_same(make: Make) -> None:
    make(fake_version="0.32.0+cpu").start()


def test_a_log_that_cannot_be_written_is_refused(make: Make, tmp_path: Path) -> None:
    server = make(log=str(tmp_path))
    with pytest.raises(InputError, match=r"serve\.log"):
        server.start()


def test_a_key_that_the_server_prints_is_not_shown(make: Make, tmp_path: Path) -> None:
    server = make(fake_loud="on", fake_hangs="on", start_seconds="0.5")
    with pytest.raises(BenchharnessError, match=r"key: \*\*\*") as caught:
        server.start()
    assert server.api_key not in str(caught.value)


def test_a_log_is_kept_only_if_something_went_wrong(make: Make, tmp_path: Path) -> None:
    server = make()
    server.start()
    assert len(list(tmp_path.glob("benchharness-vllm-*"))) == 1
    server.stop()
    assert not list(tmp_path.glob("benchharness-vllm-*"))
    with pytest.raises(BenchharnessError):
        make(fake_dies="start").start()
    assert len(list(tmp_path.glob("benchharness-vllm-*"))) == 1
