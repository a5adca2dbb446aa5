"""Short messages: what a gateway must do, one that writes a file, and one that speaks HTTP.

Every message carries a key. A gateway that is handed the same key again sends nothing: so a worker
that was killed before it could note that a message was taken does no harm by handing it over again.
"""

import fcntl
import http.client
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from yimen.mailbox.rules import ReceiverAway, Undeliverable
from yimen.mailbox.types import Fate

_ENOUGH = 65_536  # bytes of an answer that are read
# Answers that another try can change: too slow, too early, too many, and a key that is not (yet)
# known, which the city's engineer mends.
_PASSING = frozenset({401, 403, 404, 408, 425, 429})


@dataclass(frozen=True, slots=True)
class ShortMessage:
    """One short message; ``key`` is the same at every try, ``again`` says that it is not the first."""

    key: UUID
    phone: str
    text: str
    again: bool = False


class SmsGateway(Protocol):
    """What the mailbox asks of a gateway."""

    def send(self, message: ShortMessage) -> None:
        """Take a message, once for each key. Raises `ReceiverAway` or `Undeliverable`."""

    def fate(self, key: UUID) -> Fate:
        """Say what became of a message that was taken. Raises `ReceiverAway`."""


def sms_gateway() -> SmsGateway:
    """Return the gateway that the settings name: YIMEN_SMS, or the file in the data folder."""
    if settings.SMS_GATEWAY:
        return HttpGateway(settings.SMS_GATEWAY, settings.SMS_TOKEN, settings.SMS_TIMEOUT)
    return FileGateway(Path(settings.SMS_FOLDER) / "messages.jsonl")


class FileGateway:
    """Writes one JSON line a message. The file is the telephone: what stands in it has arrived."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def send(self, message: ShortMessage) -> None:
        """Append the message, unless its key stands there already."""
        line = {"key": str(message.key), "to": message.phone, "text": message.text}
        try:
            with self._held() as descriptor:
                if message.again and self._has(message.key):
                    return
                written = json.dumps(line, ensure_ascii=False).encode() + b"\n"
                start = os.fstat(descriptor).st_size
                if os.write(descriptor, written) != len(written):
                    os.ftruncate(descriptor, start)  # the disk was full in the middle of a line
                    raise ReceiverAway("ENOSPC")
                os.fsync(descriptor)
        except OSError as error:
            raise ReceiverAway(type(error).__name__) from error

    def fate(self, key: UUID) -> Fate:
        """Say that a message arrived when it stands in the file."""
        return Fate.DELIVERED if self._has(key) else Fate.UNDER_WAY

    @contextmanager
    def _held(self) -> Iterator[int]:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        descriptor = os.open(self.path, flags, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)

    def _has(self, key: UUID) -> bool:
        wanted = f'{{"key": "{key}",'.encode()
        try:
            with self.path.open("rb") as lines:
                return any(line.startswith(wanted) for line in lines)
        except FileNotFoundError:
            return False


class HttpGateway:
    """Speaks to a gateway by HTTP.

    ``POST address`` with ``{"to": ..., "text": ...}`` and the header ``Idempotency-Key`` hands a
    message over: 2xx is taken, 409 was taken before. ``GET address/KEY`` answers
    ``{"state": "delivered"}``, ``"failed"`` or anything else while it is under way.
    """

    def __init__(self, address: str, token: str, timeout: float) -> None:
        self.address = urlsplit(address)
        self.token = token
        self.timeout = timeout

    def send(self, message: ShortMessage) -> None:
        """Hand a message over, and wait no longer than the timeout for the answer."""
        body = json.dumps({"to": message.phone, "text": message.text}).encode()
        status, _ = self._ask("POST", self.address.path or "/", message.key, body)
        if status // 100 == 2 or status == http.client.CONFLICT:
            return
        if status // 100 == 4 and status not in _PASSING:
            raise Undeliverable(f"HTTP {status}")
        raise ReceiverAway(f"HTTP {status}")

    def fate(self, key: UUID) -> Fate:
        """Ask what became of a message."""
        path = f"{self.address.path.rstrip('/')}/{key}"
        status, content = self._ask("GET", path, key)
        if status != http.client.OK:
            raise ReceiverAway(f"HTTP {status}")
        try:
            told = json.loads(content)
        except ValueError as error:
            raise ReceiverAway("not JSON") from error
        state = told.get("state") if isinstance(told, dict) else None
        return Fate(state) if state in list(Fate) else Fate.UNDER_WAY

    def _ask(self, method: str, path: str, key: UUID, body: bytes = b"") -> tuple[int, bytes]:
        kind = (
            http.client.HTTPSConnection
            if self.address.scheme == "https"
            else http.client.HTTPConnection
        )
        headers = {"Idempotency-Key": str(key), "Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        connection = kind(self.address.hostname or "", self.address.port, timeout=self.timeout)
        try:
            connection.request(method, path, body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read(_ENOUGH)
        except (OSError, http.client.HTTPException) as error:
            raise ReceiverAway(type(error).__name__) from error
        finally:
            connection.close()
