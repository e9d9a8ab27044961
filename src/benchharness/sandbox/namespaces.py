"""The sandbox made from the kernel's namespaces alone, where there is no bubblewrap.

Started as ``python -c`` with this text, so it imports the standard library alone. The argument is a JSON object: what
to show of the file system, and the command to run in it. Two processes:

- this one unshares the namespaces and waits. It dies with the program that started it;
- its child is process 1 within: it builds the file system, gives up every privilege, and becomes the command. It dies
  with this one, and with it all that is within.

Root becomes nobody within and without; an ordinary user stays what it is, and is called nobody within.
"""

import ctypes
import json
import os
import select
import signal
import socket
import sys
from pathlib import Path
from typing import Any

NOBODY = 65534
FAILED = 125
"""Exit status if the sandbox could not be made."""

# linux/sched.h
CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
ALL_NAMESPACES = (
    CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP
)
# linux/mount.h
MS_NOSUID = 2
MS_NODEV = 4
MS_NOEXEC = 8
MS_BIND = 4096
MS_REC = 16384
MS_PRIVATE = 1 << 18
MNT_DETACH = 2
MOUNT_ATTR_RDONLY = 1
MOUNT_ATTR_NOSUID = 2
MOUNT_ATTR_NODEV = 4
MOUNT_ATTR_NOEXEC = 8
AT_FDCWD = -100
AT_RECURSIVE = 0x8000
MOUNT_SETATTR = 442
"""The number of the system call, the same on all machines."""
# linux/prctl.h
PR_SET_PDEATHSIG = 1
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38
LAST_CAPABILITY = 63
LINUX_CAPABILITY_VERSION_3 = 0x20080522

libc = ctypes.CDLL(None, use_errno=True)


class MountAttributes(ctypes.Structure):
    """``struct mount_attr``."""

    _fields_ = (
        ("set", ctypes.c_uint64),
        ("clear", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("user_namespace", ctypes.c_uint64),
    )


def check(result: int, what: str) -> None:
    """Raise an OSError that says what failed, if it did."""
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """Mount a file system, or with MS_BIND a part of one, at a place."""
    done = libc.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode())
    check(done, f"mount {target}")


def restrict(target: str, attributes: int, flags: int = 0) -> None:
    """Add attributes to a mount, and with AT_RECURSIVE to all below it."""
    wanted = MountAttributes(attributes, 0, 0, 0)
    done = libc.syscall(
        ctypes.c_long(MOUNT_SETATTR),
        ctypes.c_long(AT_FDCWD),
        ctypes.c_char_p(target.encode()),
        ctypes.c_long(flags),
        ctypes.byref(wanted),
        ctypes.c_size_t(ctypes.sizeof(wanted)),
    )
    check(done, f"mount_setattr {target} (needs Linux 5.12)")


def show(path: str, attributes: int) -> None:
    """Show a file or folder of the old file system, now at ``/old``, at its own place in the new one."""
    source = Path("/old" + path)
    if source.is_dir():
        Path(path).mkdir(parents=True, exist_ok=True)
    else:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).touch()
    mount(str(source), path, "", MS_BIND | MS_REC)
    restrict(path, attributes, AT_RECURSIVE)


def build_file_system(spec: dict[str, Any]) -> None:
    """Make the new root from an empty tmpfs, with the old one out of reach at the end."""
    mount("", "/", "", MS_REC | MS_PRIVATE)
    base = "/tmp"
    mount("tmpfs", base, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,nr_inodes=4096,mode=755")
    Path(base, "old").mkdir()
    check(libc.pivot_root(base.encode(), f"{base}/old".encode()), "pivot_root")
    os.chdir("/")
    # First, lest it cover an interpreter that lies below it.
    scratch = spec["scratch"]
    Path(scratch).mkdir(parents=True, exist_ok=True)
    size = f"size={spec['scratch_bytes']},nr_inodes=4096,mode=1777"
    mount("tmpfs", scratch, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, size)
    for path, target in spec["links"]:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).symlink_to(target)
    for path in spec["read_only"]:
        show(path, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)
    for path in spec["devices"]:
        show(path, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC)
    for path in spec["hidden"]:
        mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k,nr_inodes=2,mode=755")
        restrict(path, MOUNT_ATTR_RDONLY)
    check(libc.umount2(b"/old", MNT_DETACH), "umount")
    Path("/old").rmdir()
    restrict("/", MOUNT_ATTR_RDONLY)
    os.chdir(scratch)


def drop_privileges() -> None:
    """Give up every capability, and the chance to gain one."""
    for capability in range(LAST_CAPABILITY + 1):
        # Beyond the last one that this kernel knows, it says so; that is no failure.
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)
    if os.geteuid() != NOBODY:
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    header = (ctypes.c_uint32 * 2)(LINUX_CAPABILITY_VERSION_3, 0)
    check(libc.capset(header, (ctypes.c_uint32 * 6)()), "capset")
    check(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")


def map_users(pid: int, was_root: bool) -> None:
    """Say who is who in the user namespace of a process, from outside.

    Root has to stay mapped while the file system is built; it is the only owner of what it may read.
    """
    users, groups = f"{NOBODY} {os.geteuid()} 1", f"{NOBODY} {os.getegid()} 1"
    if was_root:
        users = groups = f"0 0 1\n{NOBODY} {NOBODY} 1"
    process = Path(f"/proc/{pid}")
    (process / "setgroups").write_text("deny")
    (process / "uid_map").write_text(users)
    (process / "gid_map").write_text(groups)


def unshare_all() -> None:
    """Move this process into new namespaces of every kind; its first child will be process 1."""
    was_root = os.geteuid() == 0
    if was_root:
        check(libc.setgroups(ctypes.c_size_t(0), None), "setgroups")
    unshared, tell = os.pipe()
    mapper = os.fork()
    if mapper == 0:
        os.close(tell)
        if os.read(unshared, 1):
            map_users(os.getppid(), was_root)
        os._exit(0)
    check(libc.unshare(ALL_NAMESPACES), "unshare")
    os.write(tell, b"1")
    if os.waitpid(mapper, 0)[1] != 0:
        raise OSError("the users of the new namespace could not be mapped")


def be_first(spec: dict[str, Any], alive: int) -> None:
    """Process 1: make the sandbox, and become the command.

    Args:
        spec: what to show and what to run.
        alive: the end of a pipe that closes when the parent dies.
    """
    build_file_system(spec)
    socket.sethostname("sandbox")
    os.setsid()
    drop_privileges()
    # After the change of user, which takes the signal back; and then see that it is not already too late.
    check(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl")
    watch = select.poll()
    watch.register(alive, select.POLLHUP)
    if not watch.poll(0):
        os.execve(spec["command"][0], spec["command"], spec["environment"])


def main() -> int:
    """Make the sandbox and return the exit status of the command, or ``FAILED``."""
    spec = json.loads(sys.argv[1])
    os.umask(0o022)
    try:
        unshare_all()
        check(libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl")
        if os.getppid() != spec["parent"]:
            return FAILED
        alive, hold = os.pipe()
        first = os.fork()
        if first == 0:
            os.close(hold)
            be_first(spec, alive)
            return FAILED
        code = os.waitstatus_to_exitcode(os.waitpid(first, 0)[1])
        return code if code >= 0 else 128 - code
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return FAILED


if __name__ == "__main__":
    sys.exit(main())
