"""What cases refuse: typed errors with their fields. Channels make the sentences."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from yimen.accounts.types import OfficerName
from yimen.cases.types import Outcome
from yimen.catalogue.rules import AnswerError

T = TypeVar("T")


class CasesError(Exception):
    """Base of everything that cases refuse."""


class NotFound(CasesError):
    """There is no such thing, or not for this actor: the two are not told apart."""


class NotAllowed(CasesError):
    """The actor holds no post with this right in this agency."""

    def __init__(self, right: str, agency: str = "") -> None:
        super().__init__(right, agency)
        self.right = right
        self.agency = agency


class WrongState(CasesError):
    """A verb was tried in a state in which it is not possible."""

    def __init__(self, verb: str, state: StrEnum) -> None:
        super().__init__(verb, state)
        self.verb = verb
        self.state = state


# Applying


class UnknownService(CasesError):
    """No service has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ServiceClosed(CasesError):
    """The service takes no applications any more."""

    def __init__(self, code: str, since: date) -> None:
        super().__init__(code, since)
        self.code = code
        self.since = since


class ChannelNotOffered(CasesError):
    """The service is not offered through this channel."""

    def __init__(self, code: str, channel: str) -> None:
        super().__init__(code, channel)
        self.code = code
        self.channel = channel


class DraftOutdated(CasesError):
    """The service has a new version: `upgrade_draft` brings the draft to it and says what changed."""

    def __init__(self, draft_version: int, current_version: int) -> None:
        super().__init__(draft_version, current_version)
        self.draft_version = draft_version
        self.current_version = current_version


class AnswersRefused(CasesError):
    """Answers or materials are not right; each error names its key, a code and the limit broken."""

    def __init__(self, errors: Sequence[AnswerError]) -> None:
        super().__init__({error.key: str(error.code) for error in errors})
        self.errors = tuple(errors)
        self.by_key = {error.key: error for error in errors}


class AnswersTooLarge(CasesError):
    """The answers together are larger than any form."""


class BadKey(CasesError):
    """An idempotency key is 8 to 100 printable ASCII characters."""


class KeyReused(CasesError):
    """The same idempotency key came with another content before."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


# Files


class FileProblem(StrEnum):
    """Why a file is refused."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"
    TOO_MUCH = "too_much"  # all files together
    WRONG_TYPE = "wrong_type"  # its content is of a kind that is not accepted here
    NOT_WHAT_IT_SAYS = "not_what_it_says"  # named as one kind, but its content is another
    DAMAGED = "damaged"
    LOCKED = "locked"  # asks for a password
    BOMB = "bomb"  # unpacks to far more than it is
    ACTIVE = "active"  # carries scripts, macros or programs


class FileRefused(CasesError):
    """A file cannot be attached. ``limit`` is the bytes or the count that are allowed.

    ``material_key`` says of what, where several files come at once.
    """

    def __init__(
        self,
        problem: FileProblem,
        name: str,
        *,
        found: str = "",
        allowed: tuple[str, ...] = (),
        limit: int = 0,
        material_key: str = "",
    ) -> None:
        super().__init__(problem, name)
        self.problem = problem
        self.name = name
        self.found = found
        self.allowed = allowed
        self.limit = limit
        self.material_key = material_key


class UnknownMaterial(CasesError):
    """The service asks for no such material."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


# Handling


class AlreadyClaimed(CasesError):
    """Another officer has this task. ``who`` is named by agency and office number."""

    def __init__(self, who: OfficerName, at: datetime | None) -> None:
        super().__init__(who, at)
        self.who = who
        self.at = at


class AlreadyDecided(CasesError):
    """Another officer, or the same one in another window, has finished this task."""

    def __init__(self, who: OfficerName, at: datetime | None, outcome: str) -> None:
        super().__init__(who, at, outcome)
        self.who = who
        self.at = at
        self.outcome = outcome


class CaseEnded(CasesError):
    """The case ended before anything was decided: ``outcome`` says how, ``at`` when."""

    def __init__(self, outcome: Outcome, at: datetime | None) -> None:
        super().__init__(outcome, at)
        self.outcome = outcome
        self.at = at


class AlreadyMended(CasesError):
    """Another decision is in force than the one that was to be mended: who made it, when, which."""

    def __init__(self, who: OfficerName, at: datetime, outcome: Outcome) -> None:
        super().__init__(who, at, outcome)
        self.who = who
        self.at = at
        self.outcome = outcome


class CannotMend(CasesError):
    """A decision with this outcome is not mended so: only approvals are revoked, for instance."""

    def __init__(self, outcome: Outcome, wanted: str) -> None:
        super().__init__(outcome, wanted)
        self.outcome = outcome
        self.wanted = wanted


class NoRecheck(CasesError):
    """There is nothing to look at again: no decision, or a city that does not offer it."""


class RecheckTooLate(CasesError):
    """Since ``last_day`` is over, only the remedies that the decision names are left."""

    def __init__(self, last_day: date) -> None:
        super().__init__(last_day)
        self.last_day = last_day


class MustMend(CasesError):
    """The decision was contested with success: it does not stand, it is revoked or corrected."""


class OwnDecision(CasesError):
    """Who decided does not look at the decision again: somebody else does."""


class LawMissing(CasesError):
    """Revoking and correcting need a ground in law that the city declares for it."""


class DiagramWithoutTask(CasesError):
    """A process waits at a step that its declaration does not name: a fault, not an answer."""

    def __init__(self, process: str, key: str) -> None:
        super().__init__(process, key)
        self.process = process
        self.key = key


class TaskCancelled(CasesError):
    """The process went on without this task."""


class WrongOutcome(CasesError):
    """This kind of task cannot end so."""

    def __init__(self, kind: str, outcome: str) -> None:
        super().__init__(kind, outcome)
        self.kind = kind
        self.outcome = outcome


class ReasonMissing(CasesError):
    """This needs a reason in words."""


class ReasonTooLong(CasesError):
    """A reason has at most ``limit`` characters."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class NothingToCorrect(CasesError):
    """A correction names at least one question or material, each once, each with a sentence."""


class UnknownItem(CasesError):
    """The service has no question or material with this key, or it was not asked for."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class GroundHolds(CasesError):
    """By the records this criterion holds: a refusal cannot rest on it."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class UnknownGround(CasesError):
    """The service has no criterion with this key."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class NotAColleague(CasesError):
    """The officer does not hold the post that this task asks for."""


class TooManyTasks(CasesError):
    """At most ``limit`` tasks can be claimed at once."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class NoExtension(CasesError):
    """The service declares no extension: the law allows no more time."""


class ExtensionTooLong(CasesError):
    """A time limit can be extended by one to ``limit`` days, in the unit of the limit."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class OnlyOneExtension(CasesError):
    """A time limit can be extended once."""


class SameOfficer(CasesError):
    """Who asked for more time cannot approve it."""


class DelayMissing(CasesError):
    """No reason for being late was chosen, or one that the city does not declare."""


class BadNewDay(CasesError):
    """The new day is none of those that may be promised: see `rules.promises.days_to_choose`."""


# Status with receipt number and one-time code


class NoContact(CasesError):
    """No e-mail address and no mailbox is known for this case, so no code can be sent."""


class TooManyCodes(CasesError):
    """Codes were asked for, or tried, too often; ``again_at`` says when it works again."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__(again_at)
        self.again_at = again_at


class NoTemplate(CasesError):
    """No channel has said how papers of this kind are set: a fault, not an answer."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class CodeWrong(CasesError):
    """The code is wrong or too old."""


def check_found(thing: T | None) -> T:
    """Return the thing, or refuse when there is none for this actor."""
    if thing is None:
        raise NotFound
    return thing
