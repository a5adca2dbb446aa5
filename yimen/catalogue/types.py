"""The closed lists of words that declarations may use."""

from enum import StrEnum


class Subject(StrEnum):
    """What a data set or a service is about."""

    PERSON = "person"
    HOUSEHOLD = "household"
    ORGANISATION = "organisation"


class FieldKind(StrEnum):
    """The kind of an answer or of a column. A new kind needs one `match` arm per channel."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"
    PHONE = "phone"
    EMAIL = "email"
    ID_NUMBER = "id_number"
    CREDIT_CODE = "credit_code"
    DIVISION = "division"


class Audience(StrEnum):
    """For whom a service is."""

    REGISTERED = "registered"
    FLOATING = "floating"
    RURAL = "rural"
    STUDENT = "student"
    COMPANY = "company"


class Sharing(StrEnum):
    """How a data set may be shared between agencies."""

    OPEN = "open"
    CONDITIONAL = "conditional"
    CLOSED = "closed"


class Refresh(StrEnum):
    """How often the owner of a data set sends it."""

    LIVE = "live"
    DAILY = "daily"
    MONTHLY = "monthly"
    YEARLY = "yearly"


class AgencyKind(StrEnum):
    """What sort of body an agency is."""

    GOVERNMENT = "government"
    COMMISSION = "commission"
    BUREAU = "bureau"
    OFFICE = "office"
    DISTRICT = "district"
    COUNTY = "county"
    NEIGHBOURHOOD = "neighbourhood"
    OTHER = "other"


class DivisionLevel(StrEnum):
    """The level of an administrative division."""

    CITY = "city"
    DISTRICT = "district"
    SUBDISTRICT = "subdistrict"
    COMMITTEE = "committee"


class DayUnit(StrEnum):
    """In which days a limit counts: the unit is stored with every deadline."""

    WORKING = "working_days"
    CALENDAR = "calendar_days"


class TaskKind(StrEnum):
    """What an officer is asked to do at a user task of a process."""

    REVIEW = "review"
    OPINION = "opinion"
    DECISION = "decision"


class ChannelKind(StrEnum):
    """The channels that a service may declare."""

    PORTAL = "portal"
    COUNTER = "counter"
    KIOSK = "kiosk"
    PAPER = "paper"
    API = "api"
