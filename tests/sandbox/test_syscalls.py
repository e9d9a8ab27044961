import errno
import platform
import struct

import pytest

from benchharness.sandbox.boxes import SandboxKind
from benchharness.sandbox.calls import run_calls
from benchharness.sandbox.conversation import CallStatus
from benchharness.sandbox.syscalls import AF_UNIX, CLONE_THREAD, LATEST, denied_calls, syscall_filter

ALLOW = 0x7FFF0000
KILL = 0x80000000
REFUSE = 0x00050000
# linux/audit.h; and the numbers of clone, socketpair and two harmless calls, getpid and futex.
MACHINES = {
    "x86_64": (0xC000003E, 56, 53, (39, 202)),
    "aarch64": (0xC00000B7, 220, 199, (172, 98)),
    "riscv64": (0xC00000F3, 220, 199, (172, 98)),
    "loongarch64": (0xC0000102, 220, 199, (172, 98)),
}
CLONE_NEWUSER = 0x10000000
AF_INET = 2


def verdict(program: bytes, architecture: int, number: int, argument: int = 0) -> int:
    """Return what a filter says of a system call: the machine of the kernel, as far as these filters use it."""
    data = struct.pack("=IIQ6Q", number, architecture, 0, argument, 0, 0, 0, 0, 0)
    instructions = list(struct.iter_unpack("=HBBI", program))
    held = place = 0
    while True:
        code, if_true, if_false, value = instructions[place]
        place += 1
        if code == 0x20:
            [held] = struct.unpack_from("=I", data, value)
        elif code == 0x54:
            held &= value
        elif code in (0x15, 0x25):
            place += if_true if (held == value if code == 0x15 else held > value) else if_false
        else:
            assert code == 0x06
            return int(value)


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_are_refused_by_number(machine: str) -> None:
    program = syscall_filter(machine)
    architecture, clone, socketpair, harmless = MACHINES[machine]
    denied = set(denied_calls(machine).values())
    assert {verdict(program, architecture, number) for number in denied} == {REFUSE | errno.EPERM}
    special = {clone, 435, socketpair}
    others = set(range(LATEST + 1)) - denied - special
    assert set(harmless) < others
    assert {verdict(program, architecture, number) for number in others} == {ALLOW}
    unheard_of = (435, LATEST + 1, 10**6, 2**30 + 1, 2**32 - 1)
    assert {verdict(program, architecture, number) for number in unheard_of} == {REFUSE | errno.ENOSYS}


@pytest.mark.parametrize("machine", MACHINES)
def test_threads_may_be_made_but_no_processes(machine: str) -> None:
    program = syscall_filter(machine)
    architecture, clone, _, _ = MACHINES[machine]
    as_pthread_does = 0x3D0F00
    assert as_pthread_does & CLONE_THREAD
    assert verdict(program, architecture, clone, as_pthread_does) == ALLOW
    for flags in (0, 17, 0x4111, CLONE_NEWUSER | 17):
        assert verdict(program, architecture, clone, flags) == REFUSE | errno.EPERM


@pytest.mark.parametrize("machine", MACHINES)
def test_pairs_of_sockets_are_local(machine: str) -> None:
    program = syscall_filter(machine)
    architecture, _, socketpair, _ = MACHINES[machine]
    assert verdict(program, architecture, socketpair, AF_UNIX) == ALLOW
    assert verdict(program, architecture, socketpair, AF_INET) == REFUSE | errno.EPERM


@pytest.mark.parametrize("machine", MACHINES)
def test_the_numbers_of_another_architecture_end_the_process(machine: str) -> None:
    program = syscall_filter(machine)
    for other in {0x40000003, *(known[0] for known in MACHINES.values())} - {MACHINES[machine][0]}:
        assert verdict(program, other, MACHINES[machine][3][0]) == KILL


def test_no_number_stands_for_two_calls() -> None:
    for machine in MACHINES:
        numbers = list(denied_calls(machine).values())
        assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("machine", ["", "i686", "s390x"])
def test_an_unknown_machine_has_no_filter(machine: str) -> None:
    with pytest.raises(ValueError, match="x86_64, aarch64, riscv64, loongarch64"):
        syscall_filter(machine)


CODE = """
import ctypes

def call(number):
    libc = ctypes.CDLL(None, use_errno=True)
    ctypes.set_errno(0)
    return [libc.syscall(ctypes.c_long(number), 0, 0, 0, 0, 0, 0), ctypes.get_errno()]
"""


def test_the_kernel_refuses_them(kind: SandboxKind) -> None:
    denied = denied_calls(platform.machine())
    results = run_calls(kind, CODE, "call", [[number] for number in denied.values()])
    assert {result.status for result in results} == {CallStatus.RETURNED}
    assert {name: result.value for name, result in zip(denied, results, strict=True)} == {
        name: [-1, errno.EPERM] for name in denied
    }


WRAPPED = """
import ctypes, errno, os, socket

libc = ctypes.CDLL(None, use_errno=True)
TRIES = {
    "unshare": (0,),
    "setns": (0, 0),
    "mount": (b"none", b"/tmp", b"tmpfs", 0, None),
    "umount2": (b"/tmp", 0),
    "chroot": (b"/tmp",),
    "ptrace": (0, 0, 0, 0),
    "process_vm_readv": (0, None, 0, None, 0, 0),
    "personality": (0xFFFFFFFF,),
    "shmget": (0, 4096, 0o1600),
    "msgget": (0, 0o1600),
    "semget": (0, 1, 0o1600),
    "memfd_create": (b"name", 0),
    "name_to_handle_at": (-100, b"/tmp", None, None, 0),
    "execve": (b"/tmp/none", None, None),
    "fork": (),
    "vfork": (),
    "socket": (1, 1, 0),
}

def refused():
    found = {}
    for name, arguments in TRIES.items():
        ctypes.set_errno(0)
        result = getattr(libc, name)(*arguments)
        found[name] = [result, errno.errorcode.get(ctypes.get_errno())]
    return found
"""


def test_the_numbers_are_those_of_the_c_library(kind: SandboxKind) -> None:
    """Calls that would succeed, or fail for another reason, if the filter had them under a wrong number."""
    [result] = run_calls(kind, WRAPPED, "refused", [[]])
    assert result.status is CallStatus.RETURNED
    assert {tuple(found) for found in result.value.values()} == {(-1, "EPERM")}, result.value
