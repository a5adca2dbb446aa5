"""Who acts: made once per request by `accounts`, understood by every app below."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Channel(StrEnum):
    """The door through which something came."""

    PORTAL = "portal"
    COUNTER = "counter"
    DESK = "desk"
    KIOSK = "kiosk"
    PAPER = "paper"
    API = "api"
    SYSTEM = "system"


class ActorKind(StrEnum):
    """What sort of party acts."""

    ANONYMOUS = "anonymous"
    RESIDENT = "resident"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Post:
    """One post that an officer holds: a role in an agency, with the rights of that role.

    ``acting_for_account`` is the absent colleague whose post this is, when it was delegated.
    """

    agency: str
    role: str
    rights: frozenset[str] = frozenset()
    acting_for_account: int | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks for a read or a write, by which door, with which posts.

    ``person_id`` is the person the account is tied to (`people`), or the provisional person of an
    unidentified visitor. It is None for visitors who have done nothing yet, and for staff.
    """

    kind: ActorKind
    channel: Channel
    account_id: int | None = None
    label: str = ""  # officers: office and number; residents: the name as they write it
    posts: tuple[Post, ...] = ()
    person_id: UUID | None = None
    identified: bool = False  # the account is tied to a person, not merely signed up
    language: str = "zh"

    def has(self, right: str, agency: str) -> bool:
        """Say whether any post in this agency carries the right (``case.decide`` ...)."""
        return any(p.agency == agency and right in p.rights for p in self.posts)

    def agencies_with(self, right: str) -> frozenset[str]:
        """Return the codes of the agencies in which the actor holds this right."""
        return frozenset(p.agency for p in self.posts if right in p.rights)

    @property
    def is_staff(self) -> bool:
        return self.kind is ActorKind.STAFF


ANONYMOUS = Actor(kind=ActorKind.ANONYMOUS, channel=Channel.PORTAL)
SYSTEM = Actor(kind=ActorKind.SYSTEM, channel=Channel.SYSTEM, label="system")
