"""The web server: granian with a few processes of a few threads each."""

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server import Server as Granian

from yimen.config.environment import Capacity
from yimen.config.parent_death import end_with_supervisor

_CONNECTIONS = 800  # of one process; below the usual limit of 1,024 open files
_SILENCE = 20_000  # milliseconds


def serve(host: str, port: int, capacity: Capacity) -> None:
    """Serve until told to stop; a process that dies is replaced."""
    end_with_supervisor()
    Granian(
        "yimen.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        # Granian's backpressure counts open connections, not requests: idle browsers count too, and
        # a small number would lock others out. Who sends nothing for a while is disconnected.
        backpressure=_CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=_SILENCE),
        workers=capacity.web_workers,
        blocking_threads=capacity.web_threads,
        blocking_threads_idle_timeout=600,  # a thread that goes takes its connection along
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
    ).serve()
