"""Options of a server, ``--option serve.KEY=VALUE``: which benchharness acts on, and which the server gets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from benchharness.backends.servers.engines import Engine
from benchharness.errors import InputError

PREFIX = "serve."
OWN = ("executable", "port", "start_seconds", "log")
"""Options that benchharness acts on."""

START_SECONDS = 600.0
HIGHEST_PORT = 65535

NAME = re.compile(r"[a-z][a-z0-9_]*")
ON = ("on", "true", "1", "yes")
OFF = ("off", "false", "0", "no")


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What the user said of a server.

    Attributes:
        executable: its command, or a Python interpreter that has it; ``None`` to look for it.
        port: where it listens; ``None`` for any that is free.
        start_seconds: seconds that it has to get ready.
        log: where its log goes; ``None`` for a file that is removed when it was stopped in good order.
        arguments: its own arguments by name, with underscores; a switch is ``on`` or ``off``.
    """

    executable: str | None = None
    port: int | None = None
    start_seconds: float = START_SECONDS
    log: Path | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)


def read_serve_options(engine: Engine, extra: Mapping[str, str]) -> ServeOptions:
    """Read those options that begin with ``serve.``; names may be written with dashes.

    Raises:
        InputError: naming the option that is wrong, and what it may be.
    """
    given = {
        key.removeprefix(PREFIX).replace("-", "_"): value for key, value in extra.items() if key.startswith(PREFIX)
    }
    arguments = {name: _checked(engine, name, value) for name, value in given.items() if name not in OWN}
    log = given.get("log")
    return ServeOptions(
        executable=given.get("executable"),
        port=_whole("port", given["port"], HIGHEST_PORT) if "port" in given else None,
        start_seconds=_seconds(given["start_seconds"]) if "start_seconds" in given else START_SECONDS,
        log=Path(log).expanduser() if log else None,
        arguments=arguments,
    )


def command_line(engine: Engine, arguments: Mapping[str, str]) -> list[str]:
    """Return the server's own arguments as it takes them: ``--key value``, or ``--key`` for a switch."""
    line: list[str] = []
    for name, value in sorted(arguments.items()):
        flag = name.replace("_", "-")
        if value == "on":
            line.append(f"--{flag}")
        elif value == "off":
            line += [f"--no-{flag}"] if engine.switches_off else []
        else:
            line.append(f"--{flag}={value}")
    return line


def devices_needed(engine: Engine, arguments: Mapping[str, str]) -> int:
    """Return on how many devices a server would spread, by its own arguments."""
    needed = 1
    for name in engine.parallel:
        needed *= int(arguments.get(name, "1"))
    return needed


def _checked(engine: Engine, name: str, value: str) -> str:
    if not NAME.fullmatch(name):
        raise _wrong(name, value, "that is no name of an option", "不是有效的选项名")
    if name in engine.instead:
        flag = engine.instead[name]
        if flag:
            raise _wrong(name, value, f"use {flag} instead", f"请改用 {flag}")
        raise _wrong(name, value, "benchharness decides that itself; leave it out", "该项由 benchharness 决定，请去掉")
    if name in engine.whole:
        return str(_whole(name, value))
    if name in engine.shares:
        return _share(name, value)
    folded = value.casefold()
    if name in engine.switches and folded not in ON + OFF:
        raise _wrong(name, value, "expected on or off", "应为 on 或 off")
    # What a switch of the server is called in full; 1 and 0 may be numbers.
    if folded in ("on", "true") or (name in engine.switches and folded in ON):
        return "on"
    if folded in ("off", "false") or (name in engine.switches and folded in OFF):
        return "off"
    return value


def _whole(name: str, value: str, most: int | None = None) -> int:
    if value.isascii() and value.isdigit() and int(value) >= 1 and (most is None or int(value) <= most):
        return int(value)
    if most is None:
        raise _wrong(name, value, "expected a whole number of at least 1", "应为不小于 1 的整数")
    raise _wrong(name, value, f"expected a whole number from 1 to {most}", f"应为 1 到 {most} 的整数")


def _share(name: str, value: str) -> str:
    try:
        if 0 < float(value) <= 1:
            return value
    except ValueError:
        pass
    raise _wrong(name, value, "expected a number above 0, of at most 1", "应为大于 0 且不超过 1 的数")


def _seconds(value: str) -> float:
    try:
        seconds = float(value)
        if 0 < seconds < float("inf"):
            return seconds
    except ValueError:
        pass
    raise _wrong("start_seconds", value, "expected a number of seconds above 0", "应为大于 0 的秒数")


def _wrong(name: str, value: str, en: str, zh: str) -> InputError:
    return InputError(en=f"--option {PREFIX}{name}={value}: {en}.", zh=f"--option {PREFIX}{name}={value}：{zh}。")
