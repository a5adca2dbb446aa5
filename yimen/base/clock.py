"""The one clock of the system.

Everything asks here for the time, so that a test can stop it and a reader can find every use.
"""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

_NIGHT = 3


def now() -> datetime:
    """Return the current instant, aware, in UTC."""
    return datetime.now(UTC)


def today(zone: ZoneInfo) -> date:
    """Return the calendar day it is now in the city's time zone."""
    return now().astimezone(zone).date()


def is_night(timestamp: int, zone: ZoneInfo) -> bool:
    """Say whether a moment is in the hour of the city's nightly work, that after three o'clock."""
    return datetime.fromtimestamp(timestamp, zone).hour == _NIGHT
