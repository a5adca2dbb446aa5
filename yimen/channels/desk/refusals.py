"""What an officer reads when cases or accounts refuse something: what happened, and what to do."""

from collections.abc import Callable
from http import HTTPStatus

from django.utils.translation import gettext as _

from yimen.accounts import rules as accounts
from yimen.accounts.types import OfficerName
from yimen.cases.rules import errors as cases
from yimen.cases.types import CaseState, Outcome, TaskOutcome
from yimen.catalogue.definition import City
from yimen.channels.shared import wording
from yimen.channels.shared.names import agency_words, officer_words


class GroundMissing(cases.CasesError):
    """A refusal on the desk names the conditions it rests on, where there are such."""


Refusal = cases.CasesError | accounts.AccountsError
_CONFLICTS = (
    cases.AlreadyClaimed,
    cases.AlreadyDecided,
    cases.CaseEnded,
    cases.AlreadyMended,
    cases.TaskCancelled,
    cases.WrongState,
    cases.OnlyOneExtension,
    cases.NotFound,
)
_FORBIDDEN = (cases.NotAllowed, cases.SameOfficer, cases.OwnDecision, accounts.NotAllowed)


def status_of(error: Refusal) -> HTTPStatus:
    """Return the status code: somebody was faster, not allowed, or something to correct."""
    if isinstance(error, _CONFLICTS):
        return HTTPStatus.CONFLICT
    if isinstance(error, _FORBIDDEN):
        return HTTPStatus.FORBIDDEN
    return HTTPStatus.UNPROCESSABLE_ENTITY


def sentence(error: Refusal, city: City, language: str) -> str:
    """Return the sentence for a refusal in the language of the page."""
    make = _SENTENCES.get(type(error))
    return make(error, city, language) if make is not None else _any_other()


def sign_in_had_ended() -> str:
    """Return the sentence for what was sent too late; what was typed stands below it."""
    return _("Your sign-in had ended, so this was not recorded. Look it over and send it again.")


def _any_other() -> str:
    return _("This could not be done, and nothing was changed. Load the file again and try anew.")


def _claimed(error: cases.AlreadyClaimed, city: City, language: str) -> str:
    words = {"who": officer_words(error.who, city, language)}
    if error.at is None:
        return _("%(who)s has this task. Choose another, or ask them to hand it over.") % words
    words["when"] = wording.moment(error.at, language)
    return (
        _("%(who)s took this task on %(when)s. Choose another, or ask them to hand it over.")
        % words
    )


def _decided(error: cases.AlreadyDecided, city: City, language: str) -> str:
    words = {
        "who": _somebody(error.who, city, language),
        "what": outcome(error.outcome),
        "when": wording.moment(error.at, language) if error.at is not None else "",
    }
    return (
        _("%(who)s has already finished this task on %(when)s: %(what)s. Yours was not recorded.")
        % words
    )


def _mended(error: cases.AlreadyMended, city: City, language: str) -> str:
    words = {
        "who": _somebody(error.who, city, language),
        "what": decided_as(error.outcome),
        "when": wording.moment(error.at, language),
    }
    return (
        _("%(who)s has changed this decision on %(when)s: %(what)s. Yours was not recorded.")
        % words
    )


def decided_as(outcome: Outcome) -> str:
    """Return how a case is decided, in a word."""
    words = {
        Outcome.APPROVED: _("approved"),
        Outcome.REFUSED: _("refused"),
        Outcome.REVOKED: _("revoked"),
    }
    return words.get(outcome, str(outcome))


def _cannot_mend(error: cases.CannotMend, _city: City, _language: str) -> str:
    if error.wanted == Outcome.REVOKED:
        return _("Only an approval is revoked. Correct the decision instead.")
    return _("Choose how the decision is corrected. An approval is taken back by revoking it.")


def _law(_error: cases.LawMissing, _city: City, _language: str) -> str:
    return _("The ground is missing. Choose it from the list: the letter names it.")


def _ended(error: cases.CaseEnded, _city: City, language: str) -> str:
    words = {"when": wording.moment(error.at, language) if error.at is not None else ""}
    if error.outcome is Outcome.VOIDED:
        said = _("This entry was declared void on %(when)s.") % words
    else:
        said = _("The applicant withdrew this application on %(when)s.") % words
    return _("%(said)s Nothing is decided, and yours was not recorded.") % {"said": said}


def _somebody(who: OfficerName, city: City, language: str) -> str:
    return officer_words(who, city, language) if who.office_number else _("The process itself")


def outcome(word: str) -> str:
    """Return how a task ended."""
    words = {
        TaskOutcome.COMPLETE: _("review complete"),
        TaskOutcome.FOR: _("in favour"),
        TaskOutcome.AGAINST: _("against"),
        TaskOutcome.APPROVE: _("approved"),
        TaskOutcome.REFUSE: _("refused"),
        TaskOutcome.STANDS: _("looked at again, the decision stands"),
        TaskOutcome.MENDED: _("looked at again, and changed"),
    }
    return words[TaskOutcome(word)] if word in set(TaskOutcome) else word


def _cancelled(_error: cases.TaskCancelled, _city: City, _language: str) -> str:
    return _("The case went on without this task. There is nothing left to do here.")


def _state(error: cases.WrongState, _city: City, _language: str) -> str:
    words = {
        CaseState.WAITING: _(
            "It is the resident's turn: the clock is paused until the correction comes. "
            "Take the correction back if it is not needed."
        ),
        CaseState.CLOSED: _("This case is closed. Nothing can be changed any more."),
        CaseState.RECEIVED: _("This case is just being opened. Try again in a minute."),
    }
    if isinstance(error.state, CaseState) and error.state in words:
        return words[error.state]
    return _("The task has moved on meanwhile. The file below shows it as it is now.")


def _not_allowed(error: cases.NotAllowed, city: City, language: str) -> str:
    if not error.agency:
        return _("Your posts do not allow this.")
    return _("Your posts do not allow this at %(agency)s. Ask the head of section there.") % {
        "agency": agency_words(error.agency, city, language)
    }


def _not_found(_error: cases.NotFound, _city: City, _language: str) -> str:
    return _("There is nothing left to answer here: somebody was faster.")


def _reason_missing(_error: cases.ReasonMissing, _city: City, _language: str) -> str:
    return _("The reason is missing. Write it here: the applicant or your colleagues read it.")


def _reason_long(error: cases.ReasonTooLong, _city: City, _language: str) -> str:
    return _("The reason is too long. Shorten it to %(most)s characters.") % {
        "most": wording.count(error.limit)
    }


def _nothing(_error: cases.NothingToCorrect, _city: City, _language: str) -> str:
    return _("Nothing is chosen. Tick what the applicant has to correct.")


def _item(_error: Refusal, _city: City, _language: str) -> str:
    return _("One of the things chosen is not part of this service. Load the file and choose anew.")


def _outcome(_error: cases.WrongOutcome, _city: City, _language: str) -> str:
    return _("Nothing is chosen. Choose how this task ends.")


def _colleague(_error: cases.NotAColleague, _city: City, _language: str) -> str:
    return _("This colleague does not hold the post that the task asks for. Choose another.")


def _many(error: cases.TooManyTasks, _city: City, _language: str) -> str:
    return _("Too many tasks are ticked. Claim at most %(most)d at once.") % {"most": error.limit}


def _no_extension(_error: cases.NoExtension, _city: City, _language: str) -> str:
    return _("The law of this service allows no more time, so none can be asked for.")


def _long(error: cases.ExtensionTooLong, _city: City, _language: str) -> str:
    return _("Write how many days, from 1 to %(most)d.") % {"most": error.limit}


def _only_one(_error: cases.OnlyOneExtension, _city: City, _language: str) -> str:
    return _("A time limit can be extended once, and an extension was asked for already.")


def _same(_error: cases.SameOfficer, _city: City, _language: str) -> str:
    return _("You asked for this extension yourself. Another head of section approves it.")


def _must_mend(_error: cases.MustMend, _city: City, _language: str) -> str:
    return _("This decision was contested with success, so it cannot stand. Revoke or correct it.")


def _own(_error: cases.OwnDecision, _city: City, _language: str) -> str:
    return _("You made this decision yourself. Somebody else looks at it again.")


def _may_not(_error: accounts.NotAllowed, _city: City, _language: str) -> str:
    return _("Your posts do not allow this.")


def _delegation(error: accounts.BadDelegation, city: City, language: str) -> str:
    if error.missing_agencies:
        names = [agency_words(code, city, language) for code in error.missing_agencies]
        return _("This colleague holds no post at %(agencies)s. Choose another.") % {
            "agencies": wording.one_of(names)
        }
    return _("Choose a colleague: nobody stands in for themselves.")


def _ground_holds(_error: cases.GroundHolds, _city: City, _language: str) -> str:
    return _(
        "By the records one of the conditions chosen is met, so a refusal cannot rest on it. "
        "Choose those that are not met."
    )


def _ground(_error: GroundMissing, _city: City, _language: str) -> str:
    return _("Choose at least one condition on which the refusal rests.")


def _days(_error: accounts.BadDays, _city: City, _language: str) -> str:
    return _(
        "These days cannot be: the last day comes after the first, not in the past, "
        "and within a year."
    )


def _delay(_error: cases.DelayMissing, _city: City, _language: str) -> str:
    return _("The reason is missing. Choose it from the list: the applicant reads it.")


def _new_day(_error: cases.BadNewDay, _city: City, _language: str) -> str:
    return _("The new day is missing, or can no longer be promised. Choose it from the list.")


_SENTENCES: dict[type[Exception], Callable[..., str]] = {
    cases.AlreadyClaimed: _claimed,
    cases.AlreadyDecided: _decided,
    cases.CaseEnded: _ended,
    cases.AlreadyMended: _mended,
    cases.CannotMend: _cannot_mend,
    cases.LawMissing: _law,
    cases.DelayMissing: _delay,
    cases.BadNewDay: _new_day,
    cases.TaskCancelled: _cancelled,
    cases.WrongState: _state,
    cases.NotAllowed: _not_allowed,
    cases.NotFound: _not_found,
    cases.ReasonMissing: _reason_missing,
    cases.ReasonTooLong: _reason_long,
    cases.NothingToCorrect: _nothing,
    cases.UnknownItem: _item,
    cases.UnknownGround: _item,
    cases.GroundHolds: _ground_holds,
    GroundMissing: _ground,
    cases.WrongOutcome: _outcome,
    cases.NotAColleague: _colleague,
    cases.TooManyTasks: _many,
    cases.NoExtension: _no_extension,
    cases.ExtensionTooLong: _long,
    cases.OnlyOneExtension: _only_one,
    cases.SameOfficer: _same,
    cases.OwnDecision: _own,
    cases.MustMend: _must_mend,
    accounts.NotAllowed: _may_not,
    accounts.BadDelegation: _delegation,
    accounts.BadDays: _days,
}
