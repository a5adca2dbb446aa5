"""A short-message gateway on the loopback, as good or as bad as a test wants it."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Gateway:
    """What the gateway was told, and how it answers."""

    address: str = ""
    status: int = 202
    silent: bool = False  # takes the message and does not answer: as one that needs 60 s
    state: str = "under_way"
    sent: list[dict[str, str]] = field(default_factory=list)
    asked: int = 0
    tokens: set[str] = field(default_factory=set)
    before_answer: Callable[[], None] = lambda: None
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def keys(self) -> list[str]:
        return [message["key"] for message in self.sent]


@contextmanager
def gateway_server() -> Iterator[Gateway]:
    """Serve on a free port until the block ends."""
    gateway = Gateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            gateway.asked += 1
            key = str(self.headers["Idempotency-Key"])
            gateway.tokens.add(str(self.headers["Authorization"]))
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if gateway.status < 300 and key not in gateway.keys:
                gateway.sent.append(told | {"key": key})
            gateway.before_answer()
            if gateway.silent:
                gateway.closing.wait(60)
                return
            self.answer(gateway.status, b"")

        def do_GET(self) -> None:
            self.answer(gateway.status, json.dumps({"state": gateway.state}).encode())

        def answer(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway.address = f"http://127.0.0.1:{server.server_port}/messages"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield gateway
    finally:
        gateway.closing.set()
        server.shutdown()
        server.server_close()
