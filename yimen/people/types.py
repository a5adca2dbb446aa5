"""The closed lists of words of the app, and what its reads answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from yimen.base.text import Text
from yimen.catalogue.definition import Criterion, Service, Standard


class PersonKind(StrEnum):
    """A person before the law."""

    NATURAL = "natural"
    ORGANISATION = "organisation"


class DocumentKind(StrEnum):
    """The document whose number names a person."""

    ID_CARD = "id_card"
    PASSPORT = "passport"
    TRAVEL_PERMIT = "travel_permit"  # Hong Kong, Macao, Taiwan
    CREDIT_CODE = "credit_code"  # organisations


class Sex(StrEnum):
    """As registered."""

    FEMALE = "female"
    MALE = "male"


class Category(StrEnum):
    """How the city knows a resident; the words of a service's audience."""

    REGISTERED = "registered"
    FLOATING = "floating"
    RURAL = "rural"
    STUDENT = "student"


class RegisterField(StrEnum):
    """What the register of persons says of somebody, in names such as ``person.age``."""

    NAME = "name"
    NUMBER = "number"
    BIRTH_DATE = "birth_date"
    AGE = "age"
    SEX = "sex"
    CATEGORY = "category"
    DISTRICT = "district"
    DIVISION = "division"
    ADDRESS = "address"
    PHONE = "phone"


class MergeKind(StrEnum):
    """Why two ids are one person."""

    DUPLICATE = "duplicate"  # registered twice: each id leads to all of them
    CLAIM = "claim"  # a provisional person turned out to be this one: the way back is closed


class PurposeKind(StrEnum):
    """What somebody's record is opened for."""

    CASE = "case"  # an application is handled; the reference is its receipt number
    FILLING_IN = "filling_in"  # an application is filled in; the reference is the service
    STATED = "stated"  # in the reader's own words


class Relation(StrEnum):
    """What a member is to the head of the household."""

    HEAD = "head"
    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What the register says of a person at registration."""

    name: str
    document: DocumentKind | None = None
    number: str = ""
    birth_date: date | None = None
    sex: Sex | None = None
    category: Category | None = None
    division: str = ""
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class OrganisationFacts:
    """What the register says of an organisation."""

    name: str
    credit_code: str
    legal_representative: str
    representative_id: UUID | None = None
    division: str = ""
    address: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row for a data set: whose it is, and its values by field key."""

    subject_id: UUID  # of the person, organisation or household
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row was refused: its place in the batch, the field, and a code for the channels."""

    row: int
    field: str
    code: str


@dataclass(frozen=True, slots=True)
class RecordSource:
    """Where a fact comes from."""

    data_set: str
    as_of: date
    source_id: str


@dataclass(frozen=True, slots=True)
class Record:
    """One person's current row in a data set, as far as it was asked for."""

    data_set: str
    person_id: UUID
    values: Mapping[str, object]
    as_of: date
    source_id: str

    @property
    def source(self) -> RecordSource:
        """Return where the values come from."""
        return RecordSource(self.data_set, self.as_of, self.source_id)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the city knows of the names that were asked for; a name not known is absent."""

    values: Mapping[str, object] = field(default_factory=dict)
    sources: Mapping[str, RecordSource] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CriterionAnswer:
    """Whether one criterion holds, and which sentence and records decided."""

    criterion: Criterion
    holds: bool | None
    unknown_names: tuple[str, ...] = ()
    sources: tuple[RecordSource, ...] = ()
    standards: tuple[Standard, ...] = ()  # the city's amounts it was judged by

    @property
    def sentence(self) -> Text:
        """Return the sentence that decided; the condition itself while it is not known."""
        return self.criterion.says_not if self.holds is False else self.criterion.says


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether all criteria of a service hold: yes, no, or not known."""

    holds: bool | None
    criteria: tuple[CriterionAnswer, ...]

    @property
    def failed(self) -> tuple[CriterionAnswer, ...]:
        """Return the criteria that decided against."""
        return tuple(answer for answer in self.criteria if answer.holds is False)

    @property
    def unknown_names(self) -> tuple[str, ...]:
        """Return the names to ask the person for, each once, in the order of the criteria."""
        names = [name for answer in self.criteria for name in answer.unknown_names]
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a record is opened for, and by which of the reader's agencies.

    ``service`` is what is applied for. Without an agency it is that of the first post that reads.
    """

    kind: PurposeKind
    reference: str
    service: Service | None = None
    agency: str = ""

    @property
    def is_named(self) -> bool:
        return bool(self.reference.strip())


NO_PURPOSE = Purpose(PurposeKind.STATED, "")  # for one's own record


@dataclass(frozen=True, slots=True)
class Reading:
    """One entry of the list that shows a person who read what about them, and why."""

    at: datetime
    agency: str
    office_number: str
    organisation: str  # the name of whose record it is, when it is not the person's own
    data_set: str
    fields: tuple[str, ...]
    purpose_kind: PurposeKind
    purpose: str  # the reference, or the words
    service_code: str


@dataclass(frozen=True, slots=True)
class TieState:
    """Where an account stands on its way to a person."""

    identified: bool
    waiting: bool  # a code was asked for and can be entered
    expires_at: datetime | None = None
    tries_left: int = 0
