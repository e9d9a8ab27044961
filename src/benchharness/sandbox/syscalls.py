"""Which system calls generated code may make: a filter for seccomp, as a program of classic BPF.

The code is one process that starts no other, so that the limits of one process are the limits of all: no `fork`, no
`exec`. It has no sockets, since namespaces hold back the network but not `AF_VSOCK` or `AF_ALG`; no memory that the
limit on address space does not count (`memfd`, System V, queues, `io_uring`); and none of the calls with which one
leaves a sandbox. Numbers are those of Linux' `unistd.h`; riscv64, aarch64 and loongarch64 share the generic table.
"""

import errno
import struct
from collections.abc import Iterator
from dataclasses import dataclass

CLONE_THREAD = 0x00010000
AF_UNIX = 1
LATEST = 462
"""The newest call this list was written for; to the code, those that came later do not exist."""

# Calls numbered alike everywhere: those added since 2019, when all machines began to share one table.
_ALIKE = {
    "pidfd_send_signal": 424,
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "pidfd_open": 434,
    "pidfd_getfd": 438,
    "process_madvise": 440,
    "mount_setattr": 442,
    "quotactl_fd": 443,
    "memfd_secret": 447,
    "process_mrelease": 448,
    "statmount": 457,
    "listmount": 458,
}
# Name: number on x86_64, number in the generic table; None where a machine does not have the call.
_DENIED: dict[str, tuple[int, int | None]] = {
    # other processes
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    # the network
    "socket": (41, 198),
    # memory that no limit counts
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    "memfd_create": (319, 279),
    "userfaultfd": (323, 282),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # namespaces and mounts
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "quotactl": (179, 60),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    # the kernel and the machine
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "fanotify_init": (300, 262),
    "lookup_dcookie": (212, 18),
    "personality": (135, 92),
    "modify_ldt": (154, None),
    "iopl": (172, None),
    "ioperm": (173, None),
    "uselib": (134, None),
    "acct": (163, 89),
    "syslog": (103, 116),
    "vhangup": (153, 58),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "reboot": (169, 142),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
}
_CLONE = (56, 220)
_CLONE3 = 435
_SOCKETPAIR = (53, 199)


@dataclass(frozen=True, slots=True)
class _Machine:
    """How a machine is known to seccomp (``AUDIT_ARCH_…``), and which column of numbers it uses."""

    architecture: int
    column: int


_MACHINES = {
    "x86_64": _Machine(0xC000003E, 0),
    "aarch64": _Machine(0xC00000B7, 1),
    "riscv64": _Machine(0xC00000F3, 1),
    "loongarch64": _Machine(0xC0000102, 1),
}

# Instructions, by their names in linux/bpf_common.h.
_LOAD = 0x20  # BPF_LD | BPF_W | BPF_ABS
_AND = 0x54  # BPF_ALU | BPF_AND | BPF_K
_IF_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_IF_GREATER = 0x25  # BPF_JMP | BPF_JGT | BPF_K
_RETURN = 0x06  # BPF_RET | BPF_K
# Where they find what is asked, in `struct seccomp_data` of a little-endian machine.
_NUMBER = 0
_ARCHITECTURE = 4
_FIRST_ARGUMENT = 16

_ALLOW = 0x7FFF0000
_KILL = 0x80000000
_REFUSE = 0x00050000


def denied_calls(machine: str) -> dict[str, int]:
    """Return the numbers, by name, of the calls that are always refused on a machine.

    Args:
        machine: as ``platform.machine()`` has it.

    Raises:
        ValueError: if nothing is known of the machine.
    """
    column = _known(machine).column
    numbered = {name: numbers[column] for name, numbers in _DENIED.items()}
    return _ALIKE | {name: number for name, number in numbered.items() if number is not None}


def syscall_filter(machine: str) -> bytes:
    """Return the filter, as the array of ``struct sock_filter`` that ``prctl(PR_SET_SECCOMP)`` takes.

    Refused calls fail with ``EPERM``. `clone` may make threads, `socketpair` pairs of local sockets (asyncio needs
    them). `clone3` and what is newer than the list fail with ``ENOSYS``, on which libraries fall back to the older
    call. A call by the numbers of another architecture ends the process.

    Args:
        machine: as ``platform.machine()`` has it.

    Raises:
        ValueError: if nothing is known of the machine.
    """
    return b"".join(_program(_known(machine), sorted(denied_calls(machine).values())))


def _program(machine: _Machine, denied: list[int]) -> Iterator[bytes]:
    """The filter's instructions. A jump counts the instructions it passes over."""
    yield _instruction(_LOAD, _ARCHITECTURE)
    yield _instruction(_IF_EQUAL, machine.architecture, if_true=1)
    yield _instruction(_RETURN, _KILL)
    yield _instruction(_LOAD, _NUMBER)
    # The x32 calls of x86_64 have numbers above 2**30 and end here too.
    yield _instruction(_IF_GREATER, LATEST, if_false=1)
    yield _instruction(_RETURN, _REFUSE | errno.ENOSYS)
    yield _instruction(_IF_EQUAL, _CLONE3, if_false=1)
    yield _instruction(_RETURN, _REFUSE | errno.ENOSYS)
    for number in denied:
        yield _instruction(_IF_EQUAL, number, if_false=1)
        yield _instruction(_RETURN, _REFUSE | errno.EPERM)
    for number, bits, wanted in (
        (_CLONE[machine.column], CLONE_THREAD, CLONE_THREAD),
        (_SOCKETPAIR[machine.column], 0xFFFFFFFF, AF_UNIX),
    ):
        yield _instruction(_IF_EQUAL, number, if_false=5)
        yield _instruction(_LOAD, _FIRST_ARGUMENT)
        yield _instruction(_AND, bits)
        yield _instruction(_IF_EQUAL, wanted, if_true=1)
        yield _instruction(_RETURN, _REFUSE | errno.EPERM)
        yield _instruction(_RETURN, _ALLOW)
    yield _instruction(_RETURN, _ALLOW)


def _instruction(code: int, value: int, *, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


def _known(machine: str) -> _Machine:
    if machine not in _MACHINES:
        raise ValueError(f"no list of system calls for {machine or 'this machine'}; there are: {', '.join(_MACHINES)}")
    return _MACHINES[machine]
