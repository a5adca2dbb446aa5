"""Who may give posts, stand in and tie; when a sign-in ends. Pure decisions."""

import secrets
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from yimen.base.actor import Actor, ActorKind, Post
from yimen.catalogue.definition import Agency
from yimen.catalogue.rules import acting_agency, has_ended

MANAGE_STAFF = "staff.manage"
DELEGATE_FOR_OTHERS = "case.delegate"
TIE_AT_COUNTER = "counter.tie"
# A delegate does the absent colleague's work, but does not appoint and delegate in their place.
NOT_DELEGATED = frozenset({MANAGE_STAFF, DELEGATE_FOR_OTHERS})
LONGEST_ABSENCE_DAYS = 366
STAFF_IDLE = timedelta(minutes=30)
STAFF_LONGEST = timedelta(hours=12)
RESIDENT_IDLE = timedelta(hours=2)
_CONSONANTS, _VOWELS = "bdfghkmnprstvz", "aeiou"


class AccountsError(Exception):
    """Base of what accounts refuse."""


class NotAllowed(AccountsError):
    """The actor has no right to do this."""

    def __init__(self, right: str, agency: str = "") -> None:
        super().__init__(right, agency)
        self.right = right
        self.agency = agency


class UnknownRole(AccountsError):
    """The city declares no such role."""

    def __init__(self, role: str) -> None:
        super().__init__(role)
        self.role = role


class UnknownAgency(AccountsError):
    """The city declares no such agency."""

    def __init__(self, agency: str) -> None:
        super().__init__(agency)
        self.agency = agency


class TiedAccount(AccountsError):
    """The account is tied to a person, so it cannot be a staff account."""


class StaffAccount(AccountsError):
    """The account is a staff account, so it cannot be tied to a person."""


class AlreadyTied(AccountsError):
    """The account, or the person, is tied already."""

    def __init__(self, *, by_this_account: bool) -> None:
        super().__init__(by_this_account)
        self.by_this_account = by_this_account


class AgencyEnded(AccountsError):
    """The agency is no longer there: nobody gets a post in it. ``successor`` may be ""."""

    def __init__(self, agency: str, successor: str) -> None:
        super().__init__(agency, successor)
        self.agency = agency
        self.successor = successor


class PostHeldAlready(AccountsError):
    """The officer holds this very post already."""


class PostEndedAlready(AccountsError):
    """The post has ended already."""


class BadDelegation(AccountsError):
    """Somebody cannot stand in for themselves, or for a colleague of another agency."""

    def __init__(self, missing_agencies: Collection[str] = ()) -> None:
        super().__init__(tuple(sorted(missing_agencies)))
        self.missing_agencies = tuple(sorted(missing_agencies))


class BadDays(AccountsError):
    """The days are the wrong way round, in the past, or more than a year."""


class UserNameTaken(AccountsError):
    """Another account has this user name."""


class EmailTaken(AccountsError):
    """Another account has this e-mail address."""


def new_password() -> str:
    """Return eight syllables, ``rilo-tabe-mufo-kedi``: 49 random bits that are easy to type."""
    return "-".join(_syllable() + _syllable() for _ in range(4))


def _syllable() -> str:
    return secrets.choice(_CONSONANTS) + secrets.choice(_VOWELS)


def check_is_system(actor: Actor) -> None:
    """Refuse everybody but the system itself."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotAllowed("system")


def check_may_manage_staff(actor: Actor, agency: str) -> None:
    """Refuse unless the actor may give and end posts in this agency."""
    if actor.kind is ActorKind.SYSTEM or actor.has(MANAGE_STAFF, agency):
        return
    raise NotAllowed(MANAGE_STAFF, agency)


def check_may_make_staff(actor: Actor) -> None:
    """Refuse unless the actor may make accounts for staff: who may give a post anywhere."""
    if actor.kind is ActorKind.SYSTEM or actor.agencies_with(MANAGE_STAFF):
        return
    raise NotAllowed(MANAGE_STAFF)


def check_post(
    agency: str, role: str, day: date, *, agencies: Mapping[str, Agency], roles: Collection[str]
) -> None:
    """Refuse an agency or role that the city does not declare, and an agency that has ended."""
    if agency not in agencies:
        raise UnknownAgency(agency)
    if has_ended(agencies[agency], day):
        successor = acting_agency(agencies, agency, day)
        raise AgencyEnded(agency, successor if successor != agency else "")
    if role not in roles:
        raise UnknownRole(role)


def check_may_hold_post(*, tied: bool) -> None:
    """Refuse a post for an account that is tied to a person."""
    if tied:
        raise TiedAccount


def check_may_tie(actor: Actor, account_id: int) -> None:
    """Refuse unless the holder of the account, a clerk at a counter or the system ties it."""
    if actor.kind is ActorKind.SYSTEM or actor.agencies_with(TIE_AT_COUNTER):
        return
    if actor.account_id == account_id and actor.kind is ActorKind.RESIDENT:
        return
    raise NotAllowed(TIE_AT_COUNTER)


def check_may_identify(actor: Actor) -> None:
    """Refuse unless a clerk at a counter or the system makes accounts for people, or unties."""
    if actor.kind is ActorKind.SYSTEM or actor.agencies_with(TIE_AT_COUNTER):
        return
    raise NotAllowed(TIE_AT_COUNTER)


def check_tie(
    *, is_staff: bool, tied_to: UUID | None, person_id: UUID, person_tied_elsewhere: bool
) -> None:
    """Refuse a tie of a staff account, of a tied account, and of a person who has an account."""
    if is_staff:
        raise StaffAccount
    if tied_to is not None and tied_to != person_id:
        raise AlreadyTied(by_this_account=True)
    if person_tied_elsewhere:
        raise AlreadyTied(by_this_account=False)


def check_may_set_absence(actor: Actor, account_id: int, agencies: Collection[str]) -> None:
    """Refuse unless it is one's own absence, or that of a colleague whom one may delegate for."""
    if actor.kind is ActorKind.SYSTEM or actor.account_id == account_id:
        return
    for agency in agencies:
        if not actor.has(DELEGATE_FOR_OTHERS, agency):
            raise NotAllowed(DELEGATE_FOR_OTHERS, agency)
    if not agencies:
        raise NotAllowed(DELEGATE_FOR_OTHERS)


def check_absence(
    *,
    account_id: int,
    delegate_id: int,
    agencies: Collection[str],
    delegate_agencies: Collection[str],
    from_day: date,
    until_day: date,
    today: date,
) -> None:
    """Refuse a delegation to oneself or to another agency, and impossible days."""
    missing = set(agencies) - set(delegate_agencies)
    if account_id == delegate_id or missing or not agencies:
        raise BadDelegation(missing)
    too_long = (until_day - from_day).days >= LONGEST_ABSENCE_DAYS
    if until_day < from_day or until_day < today or too_long:
        raise BadDays


def delegated(post: Post, absent_account: int) -> Post:
    """Return a post as its delegate holds it: the same work, without appointing others."""
    return Post(post.agency, post.role, post.rights - NOT_DELEGATED, absent_account)


def has_expired(
    *,
    is_staff: bool,
    signed_in: datetime,
    last_seen: datetime,
    now: datetime,
    ended: datetime | None = None,
) -> bool:
    """Say whether a sign-in has ended: idle for too long, or (staff) older than a working day.

    ``ended`` is when all sign-ins of the account were ended, because a post of it was.
    """
    if ended is not None and signed_in <= ended:
        return True
    if is_staff:
        return now - last_seen > STAFF_IDLE or now - signed_in > STAFF_LONGEST
    return now - last_seen > RESIDENT_IDLE
