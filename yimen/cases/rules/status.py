"""When a one-time code may be sent and tried."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from yimen.cases.rules.errors import TooManyCodes

CODE_LIFE = timedelta(minutes=15)
TICKET_LIFE = timedelta(minutes=30)
CODES_WITHIN = timedelta(hours=1)
MOST_CODES = 3
MOST_TRIES = 5


def new_code() -> str:
    """Return six random digits."""
    return f"{secrets.randbelow(1_000_000):06}"


def check_may_send(sent: Sequence[datetime], at: datetime) -> None:
    """Refuse more than three codes in an hour for one receipt number."""
    recent = sorted(moment for moment in sent if at - moment < CODES_WITHIN)
    if len(recent) >= MOST_CODES:
        raise TooManyCodes(recent[-MOST_CODES] + CODES_WITHIN)


def check_tries(tries: int, again_at: datetime) -> None:
    """Refuse a sixth try of one code."""
    if tries >= MOST_TRIES:
        raise TooManyCodes(again_at)
