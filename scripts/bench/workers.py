"""Worker processes: each holds a model in an environment of its own and computes only when it is asked to."""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchharness.errors import BenchharnessError

SCRIPTS = Path(__file__).parents[1]
SHOWN_LINES = 15
"""Lines of what a worker wrote that are shown when it has ended by itself."""


class Worker:
    """A process that answers calls (see ``wire.serve``); it ends with the ``with`` block.

    Args:
        name: for errors.
        command: what to run.
        log: a file for what it prints; shown in part if it ends by itself.
        environment: variables beside those of this process.
    """

    def __init__(self, name: str, command: Sequence[str], log: Path, environment: dict[str, str]) -> None:
        self._name = name
        self._log = log
        paths = [str(SCRIPTS), os.environ.get("PYTHONPATH", "")]
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), **environment},
                encoding="utf-8",
            )

    def ask(self, call: str, **arguments: Any) -> Any:
        """Call a function of the worker and wait for its result.

        Raises:
            BenchharnessError: if the worker refuses, or has ended.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"call": call, "arguments": arguments}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise self._ended()
        said = json.loads(line)
        if "error" in said:
            refusal = BenchharnessError(en=said["error"]["en"], zh=said["error"]["zh"])
            refusal.exit_code = said["error"]["exit_code"]
            raise refusal
        return said["result"]

    def _ended(self) -> BenchharnessError:
        code = self._process.wait()
        tail = "\n".join(self._log.read_text(encoding="utf-8", errors="replace").splitlines()[-SHOWN_LINES:])
        return BenchharnessError(
            en=f"The {self._name} process ended by itself (exit code {code}). The last it wrote:\n{tail}",
            zh=f"{self._name} 进程意外退出（退出码 {code}）。其最后的输出：\n{tail}",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        # Without an error it has nothing left to do and ends as its input does; with one it may be computing for long.
        if error is not None:
            self._process.kill()
        self._process.communicate()
