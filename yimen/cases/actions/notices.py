"""The messages that applicants get: received, your turn, decided. Posted by mailbox.

What they say is declared in the city's folder (`notices.toml`); here stands what is filled in. Each
has one key for each case and occasion, so that a job that runs twice posts once.
"""

from collections.abc import Callable, Sequence
from datetime import date
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from yimen.base.actor import Actor
from yimen.base.text import Text
from yimen.cases.models import Case, Correction, Decision, Extension, MissedPromise
from yimen.cases.queries.contacts import stated_address
from yimen.cases.queries.handling import application_of, service_of
from yimen.cases.rules.papers import shown_day
from yimen.cases.types import Outcome
from yimen.catalogue.definition import Service
from yimen.catalogue.queries import current_city
from yimen.catalogue.rules import filled_in
from yimen.catalogue.types import LetterRule, NoticeKind
from yimen.mailbox.actions import in_each_language, in_language, post

Words = dict[str, dict[str, str]]  # language -> placeholder -> what stands for it


def tell_received(actor: Actor, case: Case, service: Service) -> None:
    """Say that an application came in, and by when it will be decided."""
    due = case.promised_due
    assert due is not None  # nothing has stopped the clock yet
    words = _words(lambda language: {"day": shown_day(due, language)})
    _tell(actor, case, NoticeKind.RECEIVED, words, "received", service=service)


def tell_due_changed(actor: Actor, case: Case, before: date | None, change_id: UUID) -> None:
    """Say that the last day has moved; a case whose clock stands has none, and hears nothing."""
    day = case.promised_due
    if day is None or before is None:
        return
    words = _words(
        lambda language: {
            "day": shown_day(day, language),
            "before": shown_day(before, language),
        }
    )
    _tell(actor, case, NoticeKind.DUE_CHANGED, words, f"due:{change_id}")


def tell_correction(actor: Actor, case: Case, correction: Correction) -> None:
    """Say that it is the resident's turn, with the officer's sentences."""
    service = service_of(case)

    def items(language: str) -> dict[str, str]:
        lines = [
            f"– {_title(service, item['key'], language)}: {item['says']}"
            for item in correction.items
        ]
        return {"items": "\n\n".join(lines)}

    key = f"correction:{correction.id}"
    _tell(actor, case, NoticeKind.CORRECTION, _words(items), key, service=service)


def tell_extended(actor: Actor, case: Case, extension: Extension) -> None:
    """Say that the decision takes longer: by when it comes now, and why."""
    words = _words(lambda language: {"reason": extension.reason, "due": _now_due(case, language)})
    _tell(actor, case, NoticeKind.EXTENDED, words, f"extension:{extension.id}")


def reason_waiting(agency: str, steps: Sequence[tuple[dict[str, str], str]]) -> Text:
    """Return why a case is late where no officer says it: for which step of which agency it waits.

    ``steps`` are titles by language with the codes of their agencies; without any it waits for the
    agency that leads it to begin. Never who is at it.
    """

    def waits(language: str) -> str:
        lines = [
            _("The step “%(step)s” at %(agency)s is not finished.")
            % {"step": Text.of(title)[language], "agency": _agency(code, language)}
            for title, code in steps
        ]
        begun = _("%(agency)s has not begun yet.") % {"agency": _agency(agency, language)}
        return "\n".join(lines) or begun

    return in_each_language(waits)


def _agency(code: str, language: str) -> str:
    declared = current_city().agencies.get(code)
    return declared.title[language] if declared is not None else code


def tell_late(actor: Actor, case: Case, missed: MissedPromise) -> None:
    """Apologise for a promise that is not kept: why, and by when it is decided now."""
    says = Text.of(missed.says)

    def words(language: str) -> dict[str, str]:
        return {
            "before": shown_day(missed.promised, language),
            "reason": says[language],
            "due": _new_day(case, missed, language),
        }

    _tell(actor, case, NoticeKind.LATE, _words(words), f"late:{missed.id}")


def _new_day(case: Case, missed: MissedPromise, language: str) -> str:
    with in_language(language):
        said = _("The new day: we will decide by %(day)s.") % {
            "day": shown_day(missed.new_due, language)
        }
        if missed.statutory is None:
            return said
        past = _("The time limit set by law, %(day)s, has passed as well.") % {
            "day": shown_day(missed.statutory, language)
        }
        complain = current_city().promises.complain[language] or _(
            "You can complain to %(agency)s."
        ) % {"agency": _agency(case.agency, language)}
    return f"{said}\n\n{past} {complain}"


def _now_due(case: Case, language: str) -> str:
    with in_language(language):
        if case.promised_due is None:  # something was asked for since
            return _("The time limit stands still until you have answered.")
        return _("We will decide by %(day)s.") % {"day": shown_day(case.promised_due, language)}


def _title(service: Service, key: str, language: str) -> str:
    field, material = service.field_by_key(key), service.material_by_key(key)
    if field is not None:
        return field.label[language]
    return material.title[language] if material is not None else key


def tell_decided(actor: Actor, case: Case, decision: Decision, sha256: str) -> None:
    """Say what was decided, revoked or corrected, with the paper of the decision in force."""
    mended = decision.replaces is not None
    kind = (_MENDED if mended else _FIRST)[Outcome(decision.outcome)]
    words = _words(lambda _language: {"reason": decision.reason} if mended else {})
    occasion = f"decision:{decision.id}" if mended else "decided"
    _tell(actor, case, kind, words, occasion, sha256=sha256)


_FIRST = {Outcome.APPROVED: NoticeKind.APPROVED, Outcome.REFUSED: NoticeKind.REFUSED}
_MENDED = {
    Outcome.REVOKED: NoticeKind.REVOKED,
    Outcome.APPROVED: NoticeKind.CORRECTED_APPROVED,
    Outcome.REFUSED: NoticeKind.CORRECTED_REFUSED,
}


def tell_withdrawn(actor: Actor, case: Case) -> None:
    """Say that the applicant has taken the application back, and what that means."""
    _tell(actor, case, NoticeKind.WITHDRAWN, _words(), "withdrawn")


def tell_voided(actor: Actor, case: Case, reason: str) -> None:
    """Say that an application was entered by mistake and counts no more, with the office's reason."""
    words = _words(lambda _language: {"reason": reason})
    _tell(actor, case, NoticeKind.VOIDED, words, "voided")


def tell_recheck_asked(actor: Actor, case: Case, recheck_id: UUID, due: date) -> None:
    """Say that a decision is being looked at again, and by when the answer comes."""
    words = _words(lambda language: {"day": shown_day(due, language)})
    _tell(actor, case, NoticeKind.RECHECK_ASKED, words, f"recheck:{recheck_id}")


def tell_recheck_answered(actor: Actor, case: Case, recheck_id: UUID, reason: str) -> None:
    """Say that a decision was looked at again and stands, and why."""
    words = _words(lambda _language: {"reason": reason})
    _tell(actor, case, NoticeKind.RECHECK_ANSWERED, words, f"recheck_answered:{recheck_id}")


def _words(say: Callable[[str], dict[str, str]] = lambda _: {}) -> Words:
    """Return what is filled in, made in each language of the city."""
    return {language: say(language) for language in current_city().languages}


def _tell(
    actor: Actor,
    case: Case,
    kind: NoticeKind,
    words: Words,
    occasion: str,
    *,
    service: Service | None = None,
    sha256: str | None = None,
) -> None:
    """Post what the city declares for an occasion, with the words filled in."""
    city, service, application = current_city(), service or service_of(case), application_of(case)
    notice = city.notices[kind]
    for language, known in words.items():
        known["city"] = city.title[language]
        known["service"] = service.title[language]
        known["number"] = case.receipt_number
        known["address"] = settings.SITE_URL
    post(
        case.person_id,
        filled_in(notice.subject, words),
        filled_in(notice.body, words),
        key=f"case:{case.id}:{occasion}" if ":" not in occasion else occasion,
        actor=actor,
        case_receipt=case.receipt_number,
        document_sha256=sha256,
        language=application.language,
        email=stated_address(service, application),
        sms=filled_in(notice.sms, words),
        letter=notice.letter is LetterRule.ALWAYS,
        unread_letter=notice.letter is not LetterRule.NEVER,
    )
