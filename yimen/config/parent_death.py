"""A child that does not outlive its parent, even one that was killed with -9."""

import ctypes
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

SUPERVISOR = "YIMEN_SUPERVISOR"  # the environment's word for the process that watches over us
_LAST_WORDS = 5.0  # seconds between the parent's death and an end without further questions
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


def end_with_supervisor() -> None:
    """See to it that a supervised process ends soon after its supervisor, even when it is stuck.

    The kernel has asked it to end (`follow_parent`); waiting for a database that ended as well must
    not keep it.
    """
    supervisor = int(os.environ.get(SUPERVISOR, "0"))
    if supervisor:
        threading.Thread(target=_watch, args=(supervisor,), daemon=True).start()


def _watch(supervisor: int) -> None:
    while os.getppid() == supervisor:
        time.sleep(1)
    time.sleep(_LAST_WORDS)
    os._exit(1)
