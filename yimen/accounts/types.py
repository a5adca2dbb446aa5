"""The closed lists of words of the app."""

from dataclasses import dataclass
from enum import StrEnum


class TieProof(StrEnum):
    """What showed that an account belongs to a person."""

    POSTED_CODE = "posted_code"
    COUNTER = "counter"
    CARD = "card"
    LOADED = "loaded"  # demo residents, and accounts taken over from another system


@dataclass(frozen=True, slots=True)
class OfficerName:
    """How an officer is named to the public: agency and office number, never a private name."""

    agency: str
    office_number: str
