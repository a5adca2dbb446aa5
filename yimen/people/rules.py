"""Who may open, write, merge and tie; when a posted code counts. Pure decisions."""

import re
import secrets
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import assert_never
from uuid import UUID

from yimen.base.actor import Actor, ActorKind, Post
from yimen.base.identifiers import check_credit_code, id_number_facts
from yimen.catalogue.definition import DataSet, Service
from yimen.catalogue.types import Sharing
from yimen.people.types import (
    DocumentKind,
    OrganisationFacts,
    PersonFacts,
    Purpose,
    RowProblem,
    Sex,
)

PERSON = "person"  # the register of persons itself, in names such as person.age
READ_RIGHTS = ("case.read", "counter.read")
WRITE_RECORDS = "record.write"
REGISTER = "counter.register"
MERGE = "person.merge"
POST_LETTERS = "letter.post"

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that looks like something else
CODE_LENGTH = 10
CODE_LASTS = timedelta(days=30)
CODE_TRIES = 5
REQUESTS_PER_ACCOUNT = 3
REQUESTS_WITHIN = timedelta(days=1)
LETTERS_PER_PERSON = 2
LETTERS_WITHIN = timedelta(days=30)


class PeopleError(Exception):
    """Base of what people refuse."""


class MayNotOpen(PeopleError):
    """The actor may not open this person's data set."""

    def __init__(self, data_set: str) -> None:
        super().__init__(data_set)
        self.data_set = data_set


class PurposeMissing(PeopleError):
    """A read of somebody else's record names its purpose."""


class UnknownDataSet(PeopleError):
    """The city declares no such data set, or the person's kind has none."""

    def __init__(self, data_set: str) -> None:
        super().__init__(data_set)
        self.data_set = data_set


class UnknownFields(PeopleError):
    """The data set declares no such fields."""

    def __init__(self, data_set: str, fields: Sequence[str]) -> None:
        super().__init__(data_set, tuple(fields))
        self.data_set = data_set
        self.fields = tuple(fields)


class NotAllowed(PeopleError):
    """The actor has no right to do this."""

    def __init__(self, right: str) -> None:
        super().__init__(right)
        self.right = right


class BadRows(PeopleError):
    """A batch does not fit the declaration; nothing of it was written."""

    def __init__(self, problems: Sequence[RowProblem]) -> None:
        super().__init__(tuple(problems))
        self.problems = tuple(problems)


class BadNumber(PeopleError):
    """The number of the document is not a possible one, or contradicts the other facts."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class NumberTaken(PeopleError):
    """Another person has this number."""

    def __init__(self, person_id: UUID) -> None:
        super().__init__(person_id)
        self.person_id = person_id


class NameMissing(PeopleError):
    """A person has a name."""


class NotAMember(PeopleError):
    """The person belongs to no household."""


class NotProvisional(PeopleError):
    """Only a provisional person can be claimed."""


class CannotMerge(PeopleError):
    """These ids cannot become one person: the same, provisional, or merged already."""


class NotMerged(PeopleError):
    """There is no merge to undo."""


class TooManyRequests(PeopleError):
    """The account has asked for too many codes; it may ask again from this moment."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__(again_at)
        self.again_at = again_at


class NeedsAccount(PeopleError):
    """Only somebody who has signed in can do this; a tie is for residents alone."""


class TiedAlready(PeopleError):
    """The account is tied to a person already."""


class WrongCode(PeopleError):
    """The code is wrong, too late, or there is none."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(tries_left)
        self.tries_left = tries_left


def reading_post(actor: Actor, agency: str = "") -> Post | None:
    """Return the post by which the actor reads records, in this agency if one is named, or None."""
    for post in actor.posts:
        if agency in ("", post.agency) and not post.rights.isdisjoint(READ_RIGHTS):
            return post
    return None


def check_may_open(actor: Actor, data_set: DataSet, *, own: bool, purpose: Purpose) -> None:
    """Refuse unless it is one's own record, or staff who may read it and say what for.

    The agency that reads decides: its own data sets open to it for any purpose, those of others as
    their owners share them.
    """
    if own or actor.kind is ActorKind.SYSTEM:
        return
    post = reading_post(actor, purpose.agency)
    if post is None:
        raise MayNotOpen(data_set.code)
    if not purpose.is_named:
        raise PurposeMissing
    if post.agency != data_set.owner and not is_shared(data_set, purpose):
        raise MayNotOpen(data_set.code)


def is_shared(data_set: DataSet, purpose: Purpose) -> bool:
    """Say whether a data set opens to other agencies than its owner for this purpose.

    An open one does for every purpose, a conditional one for an application for a service that
    names it, a closed one never.
    """
    match data_set.sharing:
        case Sharing.OPEN:
            return True
        case Sharing.CONDITIONAL:
            return purpose.service is not None and data_set.code in named_by(purpose.service)
        case Sharing.CLOSED:
            return False
        case _:  # pragma: no cover - mypy proves that no kind is missing
            assert_never(data_set.sharing)


def named_by(service: Service) -> frozenset[str]:
    """Return the data sets that a service names: in its questions, criteria and materials."""
    names = [field.from_record for field in service.fields]
    names += [name for criterion in service.criteria for name in criterion.when.names]
    names += [material.from_data_set for material in service.materials]
    return frozenset(name.partition(".")[0] for name in names)


def check_may_see_person(actor: Actor, *, own: bool, purpose: Purpose) -> None:
    """Refuse unless it is oneself, or staff who may read records and say what for."""
    if own or actor.kind is ActorKind.SYSTEM:
        return
    if reading_post(actor, purpose.agency) is None:
        raise MayNotOpen(PERSON)
    if not purpose.is_named:
        raise PurposeMissing


def check_fields(data_set: DataSet, fields: Collection[str]) -> None:
    """Refuse fields that the data set does not declare."""
    unknown = [key for key in fields if data_set.field_by_key(key) is None]
    if unknown or not fields:
        raise UnknownFields(data_set.code, unknown)


def check_may_write_records(actor: Actor, data_set: DataSet) -> None:
    """Refuse unless the system, or the agency that owns the data set, writes."""
    if actor.kind is ActorKind.SYSTEM or actor.has(WRITE_RECORDS, data_set.owner):
        return
    raise NotAllowed(WRITE_RECORDS)


def check_right(actor: Actor, right: str) -> None:
    """Refuse unless the system acts, or somebody who holds this right in any agency."""
    if actor.kind is not ActorKind.SYSTEM and not actor.agencies_with(right):
        raise NotAllowed(right)


def check_person(facts: PersonFacts) -> PersonFacts:
    """Return the facts with the number in its normal form, or refuse what cannot be.

    An id number says birth date and sex itself: they are taken from it, and a contradiction is
    refused.
    """
    if not facts.name.strip():
        raise NameMissing
    if facts.document is DocumentKind.ID_CARD:
        return _check_id_card(facts)
    if facts.document is DocumentKind.CREDIT_CODE or (facts.document is None) != (not facts.number):
        raise BadNumber("document")
    return replace(facts, number=re.sub(r"\s", "", facts.number).upper())


def _check_id_card(facts: PersonFacts) -> PersonFacts:
    says = id_number_facts(facts.number)
    if says is None:
        raise BadNumber("number")
    sex = Sex(says.sex)
    if facts.birth_date not in (None, says.born):
        raise BadNumber("birth_date")
    if facts.sex not in (None, sex):
        raise BadNumber("sex")
    return replace(facts, number=says.number, birth_date=says.born, sex=sex)


def check_organisation(facts: OrganisationFacts) -> OrganisationFacts:
    """Return the facts with the credit code in its normal form, or refuse what cannot be."""
    if not facts.name.strip():
        raise NameMissing
    if not check_credit_code(facts.credit_code):
        raise BadNumber("credit_code")
    return replace(facts, credit_code=facts.credit_code.strip().upper())


def check_merge(
    *, person_id: UUID, surviving_id: UUID, provisional: Collection[UUID], same: Collection[UUID]
) -> None:
    """Refuse to merge an id with itself, with one of its own, or a provisional one as duplicate."""
    if person_id == surviving_id or surviving_id in same:
        raise CannotMerge
    if person_id in provisional or surviving_id in provisional:
        raise CannotMerge


def check_claim(actor: Actor, *, provisional: bool, surviving_id: UUID) -> None:
    """Refuse unless the provisional person is claimed by who is, or stands for, the survivor."""
    if actor.kind is not ActorKind.SYSTEM and actor.person_id != surviving_id:
        raise NotAllowed(MERGE)
    if not provisional:
        raise NotProvisional


def check_has_account(actor: Actor) -> int:
    """Return the account that acts, or refuse visitors."""
    if actor.account_id is None:
        raise NeedsAccount
    return actor.account_id


def check_may_request_tie(actor: Actor) -> int:
    """Return the account that asks, or refuse visitors, staff, and who is tied already."""
    if actor.account_id is None or actor.kind is not ActorKind.RESIDENT:
        raise NeedsAccount
    if actor.identified:
        raise TiedAlready
    return actor.account_id


def check_requests(asked: Sequence[datetime], now: datetime) -> None:
    """Refuse when an account has asked too often, and say from when it may again."""
    recent = sorted(moment for moment in asked if now - moment < REQUESTS_WITHIN)
    if len(recent) >= REQUESTS_PER_ACCOUNT:
        raise TooManyRequests(recent[-REQUESTS_PER_ACCOUNT] + REQUESTS_WITHIN)


def can_post_letter(queued: Sequence[datetime], now: datetime) -> bool:
    """Say whether another letter may go to this person; too many would be a nuisance by post."""
    return sum(now - moment < LETTERS_WITHIN for moment in queued) < LETTERS_PER_PERSON


def new_code() -> str:
    """Return a new code of ten characters: 48 random bits."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def normal_code(text: str) -> str:
    """Return a typed code without blanks and dashes, in capitals."""
    return re.sub(r"[\s\u3000-]", "", text).upper()


def normal_name(text: str) -> str:
    """Return a name for comparing: no blanks, one case, one form of middle dot."""
    return re.sub(r"[\s\u3000]", "", text).replace("\u2022", "\u00b7").casefold()


def matches(
    *, name: str, birth_date: date, registered_name: str, registered_birth: date | None
) -> bool:
    """Say whether what was entered is what the register says."""
    return registered_birth == birth_date and normal_name(name) == normal_name(registered_name)
