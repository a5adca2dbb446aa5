"""The real server of the journeys: `yimen run` for one city, with its demonstration."""

import email
import email.policy
import itertools
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar

from playwright.sync_api import StorageState

from journeys.one_time import one_time_code
from tests.config.conftest import ROOT, Running, wait_for

Found = TypeVar("Found")


def until(look: Callable[[], Found | None], seconds: float = 30.0) -> Found:
    """Return what is looked for as soon as it is there."""
    found: list[Found] = []

    def is_there() -> bool:
        thing = look()
        if thing:
            found.append(thing)
        return bool(found)

    wait_for(is_there, seconds)
    return found[0]


@dataclass
class House(Running):
    """One `yimen run`, its city's folder, its sign-ins, its e-mails and its letters."""

    city: Path = ROOT / "cities" / "shanghai"
    signed_in: dict[str, StorageState] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)  # whatever visitors wrote into its pages
    _sign_ins: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        return {**super().environment(), "YIMEN_CITY": str(self.city)}

    def start(self) -> "House":
        self.process = subprocess.Popen(
            [sys.executable, "-m", "yimen.config", "run", "--port", str(self.port)],
            cwd=ROOT,
            env=self.environment(),
            stdout=(self.data.parent / f"{self.data.name}.out").open("w"),
            stderr=subprocess.STDOUT,
            text=True,
        )
        wait_for(lambda: self.has_ended or "Yimen is at" in self.said, 240)
        assert not self.has_ended, self.said
        return self

    def sign_in(self, username: str) -> dict[str, str]:
        """Return password and one-time code of somebody of the demonstration."""
        if not self._sign_ins:
            answer = self.command("demo", "--json")
            assert answer.returncode == 0, answer.stderr
            self._sign_ins = {row["username"]: row for row in json.loads(answer.stdout)}
        known = self._sign_ins[username]
        return known | {"code": one_time_code(known["key"])} if "key" in known else known

    def emails_to(self, address: str) -> list[EmailMessage]:
        """Return the e-mails to an address, oldest first."""
        found = []
        for file in sorted((self.data / "email").glob("*.log")):
            message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            if isinstance(message, EmailMessage) and address in str(message.get("To", "")):
                found.append(message)
        return found

    def email_to(self, address: str, saying: str) -> str:
        """Return the text of the newest e-mail to an address that says something."""

        def look() -> str | None:
            texts = [words_of(message) for message in self.emails_to(address)]
            return next((text for text in reversed(texts) if saying in text), None)

        return until(look)

    def letter_to(self, name: str) -> str:
        """Return the code in the letter that waits to be posted to somebody."""
        lines = self.command("letters").stdout.splitlines()
        for line, following in itertools.pairwise(lines):
            if name in line:
                return following.strip()
        raise AssertionError(f"no letter to {name} in {lines}")

    @property
    def logs(self) -> str:
        """Return what web server and worker wrote."""
        return "".join(p.read_text() for p in sorted((self.data / "log").glob("*.log")))


def words_of(message: EmailMessage) -> str:
    """Return subject and text of an e-mail."""
    body = message.get_body(("plain",))
    return f"{message['Subject']}\n{body.get_content() if body else ''}"


def new_place() -> Path:
    """Return a new folder that the database's user can pass through."""
    place = Path(tempfile.mkdtemp(prefix="yimen-journeys-"))
    place.chmod(0o711)
    return place


def clear_away(place: Path) -> None:
    """Remove what a house left."""
    shutil.rmtree(place, ignore_errors=True)
