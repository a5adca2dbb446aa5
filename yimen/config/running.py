"""`yimen run`: everything that Yimen needs on one machine, started, watched and stopped."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import psutil
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from yimen.config import environment
from yimen.config.demo_guard import refuse_demo_people, refuse_to_load
from yimen.config.embedded.cluster import cluster_of
from yimen.config.embedded.server import Server
from yimen.config.embedded.session import RUN, Owner, OwnerLock, own_database
from yimen.config.parent_death import child_setup
from yimen.config.refusal import Refusal
from yimen.config.supervisor import STOP_SIGNALS, Child, Supervisor, hold_signals

_LOG_LIMIT = 20_000_000
_WHO = 44  # cells for who an account is; longer is cut, what is typed never
_TO_TYPE = {"user name": "username", "password": "password", "one-time code": "code"}
_START_PATIENCE = 60.0  # seconds until the web server must have answered once

console = Console(stderr=True, highlight=False)


class Stopped(KeyboardInterrupt):
    """A person or the machine asked to stop while things were still starting."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the web server listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """Return what to type into a browser."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "") else self.host  # noqa: S104 - only compared
        return f"http://[{host}]:{self.port}" if ":" in host else f"http://{host}:{self.port}"


def run(address: Address, *, with_demo: bool) -> None:
    """Start everything, print where it is, and stay until told to stop."""
    folder = environment.settle()
    os.environ.setdefault("YIMEN_SITE_URL", address.url)
    if with_demo:
        refuse_to_load(address.host)
    check_port_is_free(address)
    check_front_end_is_built()
    for sign in STOP_SIGNALS:
        signal.signal(sign, _stop_starting)
    with ExitStack() as stack:
        try:
            lock = _lock(folder)
            stack.callback(lock.release)
            server = _start_server(folder)
            supervisor = Supervisor(_children(folder, address), server, _say)
            stack.callback(supervisor.stop)
            refuse_demo_people(address.host)
            sign_ins = _prepare(with_demo=with_demo)
            supervisor.start()
            _wait_for_web(supervisor.children[0], address)
            lock.describe(Owner(os.getpid(), RUN, address.url))
            _welcome(address, folder, sign_ins)
            hold_signals()
            supervisor.watch()
        except Stopped:
            pass
        finally:
            hold_signals()
        _say("Stopping ...")
    _say("Everything has stopped.")


def check_port_is_free(address: Address) -> None:
    """Refuse, naming who listens there, when the web server could not."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
        except PermissionError as error:
            raise Refusal(
                f"Only root may listen on port {address.port}. Choose one above 1023, for example"
                " `make run PORT=8000`."
            ) from error
        except OSError as error:
            raise Refusal(
                f"Port {address.port} of {address.host} is taken{_who_listens(address.port)}"
                f" ({error.strerror}). Choose another: `make run PORT={address.port + 1}`."
            ) from error


def check_front_end_is_built() -> None:
    """Refuse when the styles and scripts of the pages have not been collected."""
    static = Path(os.environ.get("YIMEN_STATIC") or environment.ROOT / ".cache" / "static")
    if not (static / "staticfiles.json").exists():
        raise Refusal(
            f"The styles and scripts of the pages are not in {static}. Run `make front-end` first,"
            " or start with `make run`, which does."
        )


def _who_listens(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            here = connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,)
            if here and connection.pid:
                name = psutil.Process(connection.pid).name()
                return f" by '{name}' (process {connection.pid})"
    except psutil.Error:
        return ""
    return ""


def _lock(folder: Path) -> OwnerLock:
    """Let only one `yimen run` serve a data folder."""
    if not os.environ.get("DATABASE_URL"):
        return own_database(cluster_of(folder).place, _say)
    return own_database(folder, _say)


def _start_server(folder: Path) -> Server | None:
    if os.environ.get("DATABASE_URL"):
        return None
    with console.status("Starting the database ..."):
        cluster = cluster_of(folder)
        is_new = not cluster.exists
        server = Server(cluster, max_connections=environment.capacity().connections)
        server.start()
    os.environ["DATABASE_URL"] = server.url
    _say(
        f"PostgreSQL {cluster.binaries.version} {'made' if is_new else 'started'} in"
        f" {cluster.folder}"
        + (f", as user '{cluster.user.name}'." if cluster.user.is_other else ".")
    )
    return server


def _children(folder: Path, address: Address) -> list[Child]:
    logs = folder / "log"
    logs.mkdir(exist_ok=True)
    children = []
    for name, arguments in (
        ("web server", ["serve", "--host", address.host, "--port", str(address.port)]),
        ("worker", ["worker"]),
    ):
        log = logs / f"{arguments[0]}.log"
        if log.exists() and log.stat().st_size > _LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        children.append(Child(name, arguments, log))
    return children


def _prepare(*, with_demo: bool) -> list[dict[str, str]]:
    """Migrate, apply the city and load demo data in a process that ends, and frees its memory."""
    command = [sys.executable, "-m", "yimen.config", "prepare", "--json"]
    with subprocess.Popen(
        [*command, "--demo" if with_demo else "--no-demo"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=child_setup(signal.SIGTERM),
    ) as process:
        try:
            answer, _ = process.communicate()
        except BaseException:
            process.terminate()
            raise
    if process.returncode != 0:
        sys.exit(1)  # it has said why
    said = json.loads(answer)
    return [dict(row) for row in said["sign_ins"]]


def _wait_for_web(web: Child, address: Address) -> None:
    with console.status("Starting the web server ..."):
        until = time.monotonic() + _START_PATIENCE
        while time.monotonic() < until:
            if web.has_died:
                raise Refusal(f"The web server did not start. Its last words: {_last_lines(web)}")
            if answers(address):
                return
            time.sleep(0.05)
    raise Refusal(f"The web server does not answer at {address.url}. Look at {web.log}.")


def answers(address: Address) -> bool:
    """Say whether a web server answers at this address, whatever it says."""
    host = "127.0.0.1" if address.host in ("0.0.0.0", "") else address.host  # noqa: S104 - only compared
    connection = http.client.HTTPConnection(host, address.port, timeout=10)
    try:
        connection.request("HEAD", "/", headers={"Host": f"127.0.0.1:{address.port}"})
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def _last_lines(child: Child) -> str:
    lines = child.log.read_text(encoding="utf-8", errors="replace").splitlines()
    return " / ".join(line.strip() for line in lines[-3:]) + f" (all of it is in {child.log})"


def _welcome(address: Address, folder: Path, sign_ins: list[dict[str, str]]) -> None:
    out = Console(highlight=False, soft_wrap=True)
    if sign_ins:
        print_sign_ins(sign_ins)
    out.print(f"\n[bold]Yimen is at {address.url}[/bold]", style="green")
    out.print(f"In English: {address.url}/en/   The desk of the offices: {address.url}/desk/")
    if sign_ins:
        out.print("`yimen demo` shows the sign-ins again, with the one-time codes of that moment.")
    out.print(f"What happens is written to {folder / 'log'}. Ctrl-C stops everything.")
    sys.stdout.flush()


def print_sign_ins(sign_ins: list[dict[str, str]]) -> None:
    """Print the demo accounts, a line each."""
    table = Table(title="Sign-ins of the demonstration", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("who", no_wrap=True, overflow="ellipsis", max_width=_WHO)
    needed = _WHO + 4
    for title, key in _TO_TYPE.items():  # whole, whatever the width of the terminal
        width = max(len(title), *(len(row.get(key, "")) for row in sign_ins))
        table.add_column(title, no_wrap=True, min_width=width)
        needed += width + 3
    for row in sign_ins:
        table.add_row(row["who"], *(row.get(key, "") for key in _TO_TYPE.values()))
    out = Console(highlight=False)
    out.width = max(out.width, needed)
    out.print(table)


def _stop_starting(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


def _say(sentence: str) -> None:
    console.print(sentence, markup=False, soft_wrap=True)
