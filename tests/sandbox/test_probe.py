import platform
import subprocess
import sys

import pytest

from benchharness.errors import InputError
from benchharness.sandbox import probe as probing
from benchharness.sandbox.boxes import SandboxKind
from benchharness.sandbox.conversation import CallResult, CallStatus
from benchharness.sandbox.probe import find_sandbox, probe, remedy, require_sandbox

# Makes user namespaces in which no further ones can be made, as a locked-down host or container does.
WITHOUT = """
import ctypes, os, sys
libc = ctypes.CDLL(None)
user, group = os.geteuid(), os.getegid()
assert libc.unshare(0x10000000) == 0
for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
    with open(f"/proc/self/{name}", "w") as stream:
        stream.write(text)
with open("/proc/sys/user/max_user_namespaces", "w") as stream:
    stream.write("0")
from benchharness.errors import InputError
from benchharness.sandbox.probe import find_sandbox, require_sandbox
assert find_sandbox() is None
try:
    require_sandbox()
except InputError as error:
    print(error.en)
    print(error.zh)
"""


def test_this_machine_has_a_sandbox(kind: SandboxKind) -> None:
    """Code tasks and their tests need one; see docs/sandbox.md for what to install or to allow."""
    assert probe(kind).obstacle == ""
    found = require_sandbox()
    assert found is find_sandbox()
    assert list(SandboxKind).index(found) <= list(SandboxKind).index(kind)


def test_without_one_code_is_refused_with_a_remedy() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    en, zh = done.stdout.splitlines()
    for message in (en, zh):
        assert "bubblewrap" in message
        assert "namespaces: " in message
        assert "docs/sandbox.md" in message
    assert "this machine has none" in en
    assert "本机没有可用的沙箱" in zh


def test_without_bubblewrap_it_is_named_as_a_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    probe.cache_clear()
    try:
        assert probe(SandboxKind.BUBBLEWRAP).obstacle == "bwrap is not installed"
        en, zh = remedy()
    finally:
        probe.cache_clear()
    assert "apt-get install bubblewrap" in en
    assert "apt-get install bubblewrap" in zh


def test_off_linux_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    probe.cache_clear()
    try:
        with pytest.raises(InputError, match="Darwin is not Linux") as caught:
            require_sandbox()
    finally:
        probe.cache_clear()
    assert "请使用 Linux" in caught.value.zh


def test_a_sandbox_with_a_hole_is_not_used() -> None:
    leaky = CallResult(CallStatus.RETURNED, {"files": True, "network": False, "fork": False})
    assert probing._complaint(leaky) == "it does not hold back: network, fork"
    assert probing._complaint(CallResult(CallStatus.RAISED, error="OSError")) == "its probe ended so: raised OSError"
