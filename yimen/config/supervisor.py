"""Watches the processes of `yimen run`: restarts what dies, stops all of it in order."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from yimen.config.embedded.server import Server
from yimen.config.parent_death import SUPERVISOR, child_setup
from yimen.config.refusal import Refusal

STOP_SIGNALS = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
_WATCHED = STOP_SIGNALS | {signal.SIGCHLD}
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_STEADY_AFTER = 60.0  # seconds; who ran this long starts again without delay
_PATIENCE = 15.0  # seconds between asking a process to stop and killing it

Say = Callable[[str], None]


@dataclass(slots=True)
class Backoff:
    """How long to wait before the next start: doubles with each quick death."""

    pause: float = 0.0
    due: float = 0.0
    waiting: bool = False
    started: float = field(default_factory=time.monotonic)

    def begin(self) -> None:
        """Note a start."""
        self.waiting = False
        self.started = time.monotonic()

    def died(self) -> float:
        """Note a death, and return the seconds until the next start."""
        now = time.monotonic()
        if now - self.started >= _STEADY_AFTER:
            self.pause = 0.0
        self.pause = min(max(self.pause * 2, _FIRST_PAUSE), _LONGEST_PAUSE)
        self.due = now + self.pause
        self.waiting = True
        return self.pause

    @property
    def is_due(self) -> bool:
        """Say whether the pause is over."""
        return time.monotonic() >= self.due


class Child:
    """One process of ours, in a session of its own, that ends when this process ends."""

    def __init__(self, name: str, arguments: Sequence[str], log: Path) -> None:
        self.name = name
        self.command = [sys.executable, "-m", "yimen.config", *arguments]
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.backoff = Backoff()

    def start(self) -> None:
        """Start the process."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env=os.environ | {SUPERVISOR: str(os.getpid())},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=child_setup(signal.SIGTERM),
            )
        self.backoff.begin()

    @property
    def has_died(self) -> bool:
        """Say whether it was started and has ended."""
        return self.process is not None and self.process.poll() is not None

    def bury(self) -> int:
        """Clear away what the dead process left in its session, and return its exit code."""
        assert self.process is not None
        code = self.process.wait()
        self._signal(signal.SIGKILL)
        self.process = None
        return code

    def ask_to_stop(self) -> None:
        """Ask the process to end; it finishes what it has begun."""
        if self.process is not None:
            self.process.terminate()

    def kill(self) -> None:
        """End the process and all it started, at once."""
        self._signal(signal.SIGKILL)

    def _signal(self, sign: signal.Signals) -> None:
        if self.process is not None:
            try:
                os.killpg(self.process.pid, sign)
            except ProcessLookupError:
                return


class Supervisor:
    """Keeps web and worker, and the database when it is ours, running until told to stop."""

    def __init__(self, children: Sequence[Child], server: Server | None, say: Say) -> None:
        self.children = children
        self.server = server
        self.say = say
        self._server_backoff = Backoff()

    def start(self) -> None:
        """Start the children."""
        for child in self.children:
            child.start()

    def watch(self) -> None:
        """Restart what dies, until a signal asks to stop. Signals must be held (`held_signals`)."""
        while True:
            told = signal.sigtimedwait(_WATCHED, 0.5)
            if told is not None and told.si_signo in STOP_SIGNALS:
                return
            self._revive_server()
            self._revive_children()

    def stop(self) -> None:
        """Stop the children, then the database. A second Ctrl-C does not wait for the children."""
        for child in self.children:
            child.ask_to_stop()
        until = time.monotonic() + _PATIENCE
        while any(c.process is not None and c.process.poll() is None for c in self.children):
            told = signal.sigtimedwait(_WATCHED, 0.1)
            if (told is not None and told.si_signo in STOP_SIGNALS) or time.monotonic() > until:
                break
        for child in self.children:
            child.kill()
            if child.process is not None:
                child.bury()
        if self.server is not None:
            self.server.stop()

    def _revive_server(self) -> None:
        if self.server is None or self.server.poll() is None:
            return
        if not self._server_backoff.waiting:
            pause = self._server_backoff.died()
            self.say(f"The database ended by itself; it starts again in {pause:.1f} s.")
        elif self._server_backoff.is_due:
            self._server_backoff.begin()
            try:
                self.server.restart()
            except Refusal as refusal:
                self.say(refusal.message)

    def _revive_children(self) -> None:
        for child in self.children:
            if child.has_died:
                code = child.bury()
                pause = child.backoff.died()
                how = f"signal {-code}" if code < 0 else f"exit code {code}"
                self.say(f"The {child.name} ended ({how}); it starts again in {pause:.1f} s.")
            elif child.process is None and child.backoff.is_due:
                child.start()


def hold_signals() -> None:
    """From here on, signals wait for `Supervisor.watch` instead of interrupting."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
