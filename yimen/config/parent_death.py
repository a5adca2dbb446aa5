"""A child that does not outlive its parent, even one that was killed with -9."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def follow_parent(parent: int, sign: signal.Signals) -> None:
    """Let the kernel send ``sign`` to this process when ``parent`` dies. Linux only."""
    if _libc is None:
        return
    _libc.prctl(_PR_SET_PDEATHSIG, int(sign), 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        os.kill(os.getpid(), sign)


def child_setup(sign: signal.Signals) -> Callable[[], None]:
    """Return what a child runs between fork and exec: follow the parent, hear all signals."""
    parent = os.getpid()

    def prepare() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        follow_parent(parent, sign)

    return prepare
