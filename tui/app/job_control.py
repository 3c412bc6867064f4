"""Whether a shell looks after this program, so that it may be stopped: `fg` is the only way back."""

from __future__ import annotations

import os
import signal

_STOP_YOURSELF = ["sh", "-c", "kill -TSTP $$"]


def has_shell() -> bool:
    """Whether a stop would be noticed by a shell with job control.

    Under ``ssh -t host cardwall`` or as the only program of a window nobody would ever continue it. The kernel knows,
    and drops SIGTSTP there, but can only be asked by a process that tries: a child of the same group does.
    """
    try:
        pid = os.posix_spawn("/bin/sh", _STOP_YOURSELF, {}, setsigdef=[signal.SIGTSTP])
    except OSError:
        return True
    _, status = os.waitpid(pid, os.WUNTRACED)
    if not os.WIFSTOPPED(status):
        return False
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return True
