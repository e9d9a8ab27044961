"""What is recorded of a server: everything it was started with but its port, its key, and paths of this machine."""

import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path

from benchharness.backends.servers.engines import Engine
from benchharness.backends.transformers.weights import fingerprint_weights

SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSWORD", re.IGNORECASE)
FOLDERS = re.compile(r"(?<![^\s\"'=,:\[])(?:~?/(?:[^\s\"',=:/]+/)*)(?=[^\s\"',=:/])")
"""The folders of an absolute path, wherever it stands in a value."""


def describe_server(
    engine: Engine, *, version: str, dtype: str, prefix_reuse: bool, arguments: Mapping[str, str]
) -> dict[str, str]:
    """Return all that was said to a server and may matter, by name: arguments, and variables of its environment.

    Args:
        engine: the server.
        version: its version.
        dtype: the type in which it computes.
        prefix_reuse: whether it keeps what prompts begin with.
        arguments: its arguments, as the user gave them.
    """
    settings = {
        "server": engine.name,
        "server_version": version,
        "dtype": dtype,
        "prefix_reuse": "on" if prefix_reuse else "off",
    }
    settings |= {name: without_paths(value) for name, value in arguments.items()}
    settings |= {
        name: without_paths(value)
        for name, value in sorted(os.environ.items())
        if name.startswith(engine.prefix) and name not in engine.environment and not SECRET.search(name)
    }
    return settings


def without_paths(value: str) -> str:
    """Return a value without the folders of this machine; what a path leads to is told by a hash of its content."""
    path = Path(value).expanduser()
    if path.is_absolute() and path.is_file():
        return f"{path.name}@{hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
    if path.is_absolute() and path.is_dir():
        return f"{path.name}@{fingerprint_weights(path)}"
    return FOLDERS.sub("", value)
