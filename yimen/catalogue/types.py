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
    CASE = "case"  # the receipt number of the case that an application contests


class NoticeKind(StrEnum):
    """The occasions on which a city tells people something."""

    RECEIVED = "received"
    DUE_CHANGED = "due_changed"  # the calendar of working days has changed
    CORRECTION = "correction"
    EXTENDED = "extended"
    LATE = "late"  # a promised day is not kept
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    VOIDED = "voided"
    REVOKED = "revoked"
    CORRECTED_APPROVED = "corrected_approved"
    CORRECTED_REFUSED = "corrected_refused"
    RECHECK_ASKED = "recheck_asked"  # the applicant says that the decision solves nothing
    RECHECK_ANSWERED = "recheck_answered"  # the decision stands, and why


class LetterRule(StrEnum):
    """When a notice is printed and posted."""

    UNREAD = "unread"  # when it lies unread in the mailbox for too long
    ALWAYS = "always"  # the law demands it, whatever the person has chosen
    NEVER = "never"


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
    """What a limit counts: the unit is stored with every deadline."""

    WORKING = "working_days"
    CALENDAR = "calendar_days"
    MONTHS = "months"


class CountsFrom(StrEnum):
    """From when the time to use a remedy runs."""

    DECISION = "decision"
    EARLIER_REMEDY = "earlier_remedy"  # its outcome: no day can be named before it is known


class TaskKind(StrEnum):
    """What an officer is asked to do at a user task of a process."""

    REVIEW = "review"
    OPINION = "opinion"
    DECISION = "decision"
    RECHECK = "recheck"  # of a decision, when the applicant says that it solves nothing


# The kinds that a diagram may use; a recheck begins after its end.
IN_DIAGRAMS = (TaskKind.REVIEW, TaskKind.OPINION, TaskKind.DECISION)


class MendingKind(StrEnum):
    """What a ground in law allows an agency to do with what it has decided."""

    REVOKE = "revoke"
    CORRECT = "correct"


class Watcher(StrEnum):
    """On whose desk a promise is watched."""

    OFFICER = "officer"  # who has a task of the case
    HEAD = "head"  # who may hand over in the agency that leads it
    SUPERVISOR = "supervisor"  # who holds `case.watch`, for the whole city


class WatchedDay(StrEnum):
    """Which of a case's two days is watched."""

    PROMISED = "promised"
    STATUTORY = "statutory"


class ChannelKind(StrEnum):
    """The channels that a service may declare."""

    PORTAL = "portal"
    COUNTER = "counter"
    KIOSK = "kiosk"
    PAPER = "paper"
    API = "api"


class NodeKind(StrEnum):
    """What a node of a process diagram may be; everything else is refused."""

    START = "start"
    END = "end"
    TASK = "task"
    EXCLUSIVE = "exclusive"
    PARALLEL = "parallel"


class AnswerCode(StrEnum):
    """What is wrong with an answer or a material; the channels make the sentences."""

    REQUIRED = "required"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    TOO_LONG = "too_long"
    TOO_PRECISE = "too_precise"
    NOT_TEXT = "not_text"
    NOT_AN_OPTION = "not_an_option"
    NOT_A_NUMBER = "not_a_number"
    NOT_A_DATE = "not_a_date"
    BAD_ID_NUMBER = "bad_id_number"
    BAD_CREDIT_CODE = "bad_credit_code"
    BAD_PHONE = "bad_phone"
    BAD_EMAIL = "bad_email"
    UNKNOWN_DIVISION = "unknown_division"
    BAD_RECEIPT_NUMBER = "bad_receipt_number"
    MATERIAL_MISSING = "material_missing"
    UNKNOWN_FIELD = "unknown_field"


class ChangeKind(StrEnum):
    """What applying a city's folder does to one thing."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    CLOSE = "close"
    REOPEN = "reopen"


# The rights that a role may carry; `case.` rights outside this list are slips of the pen.
RIGHTS = frozenset(
    {
        *("case.read", "case.claim", "case.review", "case.opine", "case.decide", "case.correct"),
        *("case.extend", "case.hand_over", "case.delegate", "case.start", "case.void", "case.mend"),
        "case.watch",
        *("counter.accept", "counter.print", "counter.read", "counter.register", "counter.tie"),
        *("staff.manage", "page.edit", "page.publish", "city.apply"),
    }
)
