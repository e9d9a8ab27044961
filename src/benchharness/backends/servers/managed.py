"""A server of this machine: started for a run, watched, and stopped with it."""

import atexit
import http.client
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil
from packaging.version import InvalidVersion, Version

from benchharness.backends.servers import guard
from benchharness.backends.servers.engines import Engine
from benchharness.backends.servers.log import describe_log
from benchharness.backends.servers.metrics import cache_tokens, read_metrics
from benchharness.backends.transformers.weights import ModelFiles
from benchharness.errors import BenchharnessError, InputError

HOST = "127.0.0.1"
PORTS = range(20_000, 32_768)
"""Where a free port is looked for: below those that a system gives to connections of its own accord."""

POLL_SECONDS = 0.25
ANSWER_SECONDS = 10.0
GRACE_SECONDS = 20.0
"""What a server has to end by itself; then it and all it started are killed."""


@dataclass(frozen=True, slots=True)
class Launch:
    """All that a server is started with.

    Attributes:
        engine: what it is.
        model_name: the model's name in its API.
        files: the model's files.
        command: its command line but for the port.
        environment: what is set in its environment beyond that of this process.
        key: what clients must show.
        settings: what is recorded.
        context_length: most tokens of prompt and answer together, where the user said so.
        port: where it listens; ``None`` for any that is free.
        start_seconds: seconds that it has to get ready.
        log: where its log goes; ``None`` for a file of its own.
    """

    engine: Engine
    model_name: str
    files: ModelFiles
    command: tuple[str, ...]
    environment: Mapping[str, str]
    key: str
    settings: Mapping[str, str]
    context_length: int | None
    port: int | None
    start_seconds: float
    log: Path | None


class ManagedServer:
    """A server of this machine, in a process group of its own, with a guard that outlives this process if need be.

    Attributes:
        model_name: the model's name in its API.
        files: the model's files.
        settings: what it was started with: its arguments, its version, the variables that configure it; without its
            port, its key, and paths of this machine.
        numerics: those of ``settings`` that may change bits of a result.
        context_length: most tokens of prompt and answer together, where the user said so.
    """

    def __init__(self, launch: Launch) -> None:
        self.model_name = launch.model_name
        self.files = launch.files
        self.settings = dict(launch.settings)
        self.numerics = {name: value for name, value in launch.settings.items() if name not in launch.engine.speed}
        self.context_length = launch.context_length
        self._launch = launch
        self._name = launch.engine.name
        self._port: int | None = None
        self._guard: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None
        self._log: Path | None = None
        self._owner = os.getpid()

    @property
    def base_url(self) -> str:
        """Where its API is, known once it was started."""
        if self._port is None:
            raise RuntimeError("the server was not started")
        return f"http://{HOST}:{self._port}/v1"

    @property
    def api_key(self) -> str:
        """What its clients must show: a secret of this process, drawn anew for every server."""
        return self._launch.key

    def start(self) -> None:
        """Start it and wait until it can be asked. Nothing happens if it runs.

        Raises:
            InputError: if its port is taken, or its log cannot be written.
            BenchharnessError: if it ends or takes too long, with the end of its log.
        """
        if self._guard is not None:
            return
        self._port = self._launch.port or _free_port()
        if not _is_free(self._port):
            raise InputError(
                en=f"--option serve.port={self._port}: this port is taken. Leave the option out to use a free one.",
                zh=f"--option serve.port={self._port}：该端口已被占用。去掉此选项即可自动选用空闲端口。",
            )
        self._log = self._open_log()
        try:
            self._spawn(self._log)
            self._wait()
            self._check_version()
        except BenchharnessError:
            self._end()
            raise
        except BaseException:
            self.stop()
            raise

    def processes(self) -> tuple[int, ...]:
        """Return the processes of the server that run now; none before it starts and after it ends."""
        return tuple(process.pid for process in self._tree())

    def check(self) -> None:
        """Check that it still runs, to tell its end from other reasons for which it does not answer.

        Raises:
            BenchharnessError: if it was started and ended by itself, with the end of its log.
        """
        if self._guard is not None and self._guard.poll() is not None:
            raise self._died("while it was at work", "在工作过程中")

    def metrics(self) -> dict[str, float]:
        """Return the server's own counters, of all its engines together; empty where it has none or does not run.

        Where it tells them: ``cache_usage`` (share in use, of several engines the highest), ``cache_tokens`` (tokens
        that the cache holds), ``prefix_queries`` and ``prefix_hits`` (tokens looked up in the prefix cache, and found
        there), ``preemptions``, ``running``, ``waiting`` (requests), ``prompt_tokens``, ``generated_tokens``. They
        count from its start.
        """
        text = self._get("/metrics")
        if text is None:
            return {}
        found = read_metrics(text, self._launch.engine.metrics)
        tokens = cache_tokens(text)
        return found if tokens is None else {**found, "cache_tokens": tokens}

    def stop(self) -> None:
        """End it and all it started. Nothing happens if it does not run."""
        if self._guard is None or os.getpid() != self._owner:
            return
        died = self._guard.poll() is not None
        self._end()
        if self._folder is not None and not died:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _open_log(self) -> Path:
        log = self._launch.log
        if log is None:
            # A folder that no other user can look into.
            self._folder = Path(tempfile.mkdtemp(prefix=f"benchharness-{self._name}-"))
            return self._folder / "server.log"
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            log.open("ab").close()
        except OSError as error:
            raise InputError(
                en=f"--option serve.log={log}: cannot be written: {error.strerror}.",
                zh=f"--option serve.log={log}：无法写入：{error.strerror}。",
            ) from error
        return log

    def _spawn(self, log: Path) -> None:
        server = [*self._launch.command, "--port", str(self._port)]
        # -P: no module that lies beside the guard takes the place of one that it imports.
        command = [sys.executable, "-P", str(Path(guard.__file__)), str(os.getpid()), str(GRACE_SECONDS), *server]
        with log.open("ab") as stream:
            self._owner = os.getpid()
            self._guard = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                env={**os.environ, **self._launch.environment},
                # Ctrl-C is for this process, which then stops the server.
                start_new_session=True,
            )
        atexit.register(self.stop)

    def _wait(self) -> None:
        assert self._guard is not None
        deadline = time.monotonic() + self._launch.start_seconds
        while self._get(self._launch.engine.health, deadline - time.monotonic()) is None:
            if self._guard.poll() is not None:
                raise self._died("before it could be asked", "在就绪之前")
            if time.monotonic() > deadline:
                raise self._too_slow()
            time.sleep(POLL_SECONDS)
        if self._guard.poll() is not None:
            raise self._died("before it could be asked", "在就绪之前")

    def _check_version(self) -> None:
        """Check that what answers is what was started: another version would be recorded falsely."""
        path, expected = self._launch.engine.version, self.settings["server_version"]
        answer = None if path is None else self._get(path)
        if answer is None:
            return
        try:
            told = str(json.loads(answer)["version"])
            same = Version(told).base_version == Version(expected).base_version
        except (ValueError, KeyError, TypeError, InvalidVersion):
            return
        if not same:
            raise BenchharnessError(
                en=f"The {self._name} server says that it is {told}, but {self._launch.command[0]} is {expected}."
                " Name the command itself, not a wrapper: --option serve.executable=PATH.",
                zh=f"{self._name} 服务自称版本为 {told}，而 {self._launch.command[0]} 的版本为 {expected}。"
                "请用 --option serve.executable=路径 直接指定该程序，而不是包装脚本。",
            )

    def _get(self, path: str, seconds: float = ANSWER_SECONDS) -> str | None:
        """Return what the server answers at a path; ``None`` if it does not, or not with 200. No proxy is asked."""
        if self._port is None:
            return None
        connection = http.client.HTTPConnection(
            HOST, self._port, timeout=min(max(seconds, POLL_SECONDS), ANSWER_SECONDS)
        )
        try:
            connection.request("GET", path, headers={"Authorization": f"Bearer {self.api_key}"})
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
            return text if response.status == http.client.OK else None
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def _tree(self) -> list[psutil.Process]:
        if self._guard is None or self._guard.poll() is not None:
            return []
        try:
            return [one for one in psutil.Process(self._guard.pid).children(recursive=True) if guard.runs(one)]
        except psutil.NoSuchProcess:
            return []

    def _end(self) -> None:
        if self._guard is None:
            return
        if self._guard.poll() is None:
            tree = self._tree()
            self._guard.terminate()
            try:
                self._guard.wait(GRACE_SECONDS + 2 * guard.LAST_SECONDS)
            except subprocess.TimeoutExpired:
                self._guard.kill()
                self._guard.wait()
                for process in tree:
                    if process.is_running():
                        process.kill()
        self._guard = self._port = None
        atexit.unregister(self.stop)

    def _died(self, when_en: str, when_zh: str) -> BenchharnessError:
        assert self._guard is not None
        code = self._guard.returncode
        how_en, how_zh = (
            (f"was killed by signal {code - 128}", f"被信号 {code - 128} 终止")
            if code > 128
            else (f"ended with exit code {code}", f"以退出码 {code} 结束")
        )
        end, where = self._end_of_log()
        return BenchharnessError(
            en=f"The {self._name} server {how_en} {when_en}. The end of its log:\n{end}\nAll of it: {where}",
            zh=f"{self._name} 服务{when_zh}{how_zh}。日志末尾：\n{end}\n完整日志：{where}",
        )

    def _too_slow(self) -> BenchharnessError:
        seconds = f"{self._launch.start_seconds:g}"
        end, where = self._end_of_log()
        return BenchharnessError(
            en=f"The {self._name} server was not ready after {seconds} s. If it only needs longer, give it"
            f" --option serve.start_seconds=N. The end of its log:\n{end}\nAll of it: {where}",
            zh=f"{self._name} 服务在 {seconds} 秒内未就绪。如果只是启动较慢，请用"
            f" --option serve.start_seconds=N 延长等待时间。日志末尾：\n{end}\n完整日志：{where}",
        )

    def _end_of_log(self) -> tuple[str, Path]:
        assert self._log is not None
        return describe_log(self._log, self.api_key), self._log


def _free_port() -> int:
    return next(port for port in random.sample(PORTS, len(PORTS)) if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: what is left of a connection that was closed does not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
