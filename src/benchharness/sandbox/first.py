"""Process 1 of a sandbox: it starts the program, and ends when that has ended.

Started in the sandbox as ``python -c`` with this text, so it imports the standard library alone. The argument is the
program. When this process ends, the kernel ends all others in the sandbox; and since it is the first, none of them
can end it, nor keep it from ending with what made it.
"""

import os
import signal
import sys


def reap_until(pid: int) -> int:
    """Reap processes until this one has ended, and return its exit status as a shell tells it."""
    while True:
        ended, status = os.wait()
        if ended == pid:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def main() -> None:
    """Run the program in a process of its own."""
    # Python's own handler would be the one way to interrupt process 1 from within.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    pid = os.fork()
    if pid:
        sys.exit(reap_until(pid))
    program = sys.argv.pop()
    exec(compile(program, "program", "exec"), globals())


if __name__ == "__main__":
    main()
