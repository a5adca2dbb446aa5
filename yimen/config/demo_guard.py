"""Keeps the demonstration on this machine: its people and passwords are for trying things out."""

import ipaddress
import os
import tomllib
from pathlib import Path

import psycopg

from yimen.config import environment
from yimen.config.refusal import Refusal

_SIGN_INS = "demo-sign-ins.json"


def refuse_to_load(host: str) -> None:
    """Refuse `yimen run` on an open address before the demonstration is loaded."""
    if not stays_here(host):
        raise Refusal(
            f"{host} can be reached by others, and the demonstration has made-up people whose"
            " passwords are printed. Add --no-demo, or listen at 127.0.0.1."
        )


def refuse_demo_people(host: str) -> None:
    """Refuse an open address while people or passwords of the demonstration exist.

    DATABASE_URL must name a database that answers.
    """
    if stays_here(host):
        return
    kept = environment.data_folder() / _SIGN_INS
    if kept.exists():
        raise Refusal(_sentence(host, f"their passwords are in {kept}"))
    found = _accounts(_usernames(_city() / "demo"))
    if found:
        raise Refusal(_sentence(host, f"the database has {found} of their accounts"))


def stays_here(host: str) -> bool:
    """Say whether only this machine reaches an address. A name other than localhost does not count."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _sentence(host: str, why: str) -> str:
    return (
        f"{host} can be reached by others, and this installation holds the people of the"
        f" demonstration: {why}. Name a new data folder with YIMEN_DATA (and a new database, if"
        " DATABASE_URL names one) and start there with --no-demo, or listen at 127.0.0.1."
    )


def _city() -> Path:
    return Path(os.environ.get("YIMEN_CITY") or environment.ROOT / "cities" / "shanghai")


def _usernames(folder: Path) -> list[str]:
    """Return who signs in, as the city's demonstration declares it."""
    names = []
    for path in sorted(folder.glob("*.toml")):
        for rows in tomllib.loads(path.read_text(encoding="utf-8")).values():
            names += [str(row["username"]) for row in rows if "username" in row]
    return names


def _accounts(usernames: list[str]) -> int:
    """Return how many of these the database knows; none while it has no tables."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        made = connection.execute("SELECT to_regclass('accounts_account')").fetchone()
        if made is None or made[0] is None:
            return 0
        row = connection.execute(
            "SELECT count(*) FROM accounts_account WHERE username = ANY(%s)", [usernames]
        ).fetchone()
        return int(row[0]) if row else 0
