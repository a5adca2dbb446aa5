"""The messages that applicants get: received, your turn, decided. Written here, posted by mailbox.

Each has one key for each case and occasion, so that a job that runs twice posts once.
"""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from yimen.base.actor import Actor
from yimen.base.text import Text
from yimen.cases.models import Application, Case, Correction, Extension
from yimen.cases.queries.contacts import stated_address
from yimen.cases.queries.handling import application_of, service_of
from yimen.cases.rules.papers import shown_day
from yimen.cases.types import Outcome
from yimen.catalogue.definition import Service
from yimen.catalogue.queries import current_city
from yimen.mailbox.actions import in_language, post


def _in_every_language(say: Callable[[str], str]) -> Text:
    """Return a text made in each language of the city."""
    texts = {}
    for language in current_city().languages:
        with in_language(language):
            texts[language] = say(language)
    return Text.of(texts)


def tell_received(actor: Actor, case: Case, service: Service) -> None:
    """Say that an application came in, and by when it will be decided."""

    def body(language: str) -> str:
        said = _("Your application “%(service)s” has arrived. Receipt number: %(number)s.") % {
            "service": service.title[language],
            "number": case.receipt_number,
        }
        assert case.promised_due is not None  # nothing has stopped the clock yet
        due = _("We will decide by %(day)s.") % {"day": shown_day(case.promised_due, language)}
        return f"{said}\n\n{due}"

    subject = _in_every_language(lambda language: _("We have received your application"))
    _tell(actor, case, application_of(case), "received", subject, _in_every_language(body))


def tell_due_changed(actor: Actor, case: Case, before: date | None, change_id: UUID) -> None:
    """Say that the last day has moved; a case whose clock stands has none, and hears nothing."""
    day = case.promised_due
    if day is None or before is None:
        return
    service = service_of(case)

    def body(language: str) -> str:
        return _(
            "We will decide on “%(service)s”, %(number)s, by %(day)s. Before, it was %(before)s:"
            " the calendar of working days has changed."
        ) % {
            "service": service.title[language],
            "number": case.receipt_number,
            "day": shown_day(day, language),
            "before": shown_day(before, language),
        }

    subject = _in_every_language(lambda language: _("The day of our decision has moved"))
    key = f"due:{change_id}"
    _tell(actor, case, application_of(case), key, subject, _in_every_language(body))


def tell_correction(actor: Actor, case: Case, correction: Correction) -> None:
    """Say that it is the resident's turn, with the officer's sentences."""
    service = service_of(case)

    def body(language: str) -> str:
        lines = [
            _("We need something from you to go on with “%(service)s”, %(number)s:")
            % {"service": service.title[language], "number": case.receipt_number}
        ]
        lines += [
            f"– {_title(service, item['key'], language)}: {item['says']}"
            for item in correction.items
        ]
        lines.append(_("The time limit stands still until you have answered."))
        return "\n\n".join(lines)

    subject = _in_every_language(lambda language: _("We need something from you"))
    key = f"correction:{correction.id}"
    _tell(actor, case, application_of(case), key, subject, _in_every_language(body))


def tell_extended(actor: Actor, case: Case, extension: Extension) -> None:
    """Say that the decision takes longer: by when it comes now, and why."""
    service = service_of(case)

    def body(language: str) -> str:
        said = _("It takes longer to decide “%(service)s”, %(number)s.") % {
            "service": service.title[language],
            "number": case.receipt_number,
        }
        why = _("The reason: %(reason)s") % {"reason": extension.reason}
        return "\n\n".join([said, why, _now_due(case, language)])

    subject = _in_every_language(lambda language: _("Your application takes longer"))
    key = f"extension:{extension.id}"
    _tell(actor, case, application_of(case), key, subject, _in_every_language(body))


def _now_due(case: Case, language: str) -> str:
    if case.promised_due is None:  # something was asked for since
        return _("The time limit stands still until you have answered.")
    return _("We will decide by %(day)s.") % {"day": shown_day(case.promised_due, language)}


def _title(service: Service, key: str, language: str) -> str:
    field, material = service.field_by_key(key), service.material_by_key(key)
    if field is not None:
        return field.label[language]
    return material.title[language] if material is not None else key


def tell_decided(
    actor: Actor, case: Case, application: Application, service: Service, sha256: str
) -> None:
    """Say that a case is decided, with the certificate or the refusal letter."""

    def body(language: str) -> str:
        words = {"service": service.title[language], "number": case.receipt_number}
        if case.outcome == Outcome.APPROVED:
            return (
                _("“%(service)s”, %(number)s, was approved. The document is with this message.")
                % words
            )
        return (
            _(
                "“%(service)s”, %(number)s, was refused. The letter with this message says why, and"
                " how and until when you can contest it."
            )
            % words
        )

    subject = _in_every_language(lambda language: _("Your application is decided"))
    _tell(actor, case, application, "decided", subject, _in_every_language(body), sha256)


def tell_withdrawn(actor: Actor, case: Case) -> None:
    """Say that the applicant has taken the application back, and what that means."""
    service = service_of(case)

    def body(language: str) -> str:
        said = _("“%(service)s”, %(number)s, is withdrawn, as you asked. Nothing was decided.") % {
            "service": service.title[language],
            "number": case.receipt_number,
        }
        again = _("You can apply again at any time. If it was not you, tell us at once.")
        return f"{said}\n\n{again}"

    subject = _in_every_language(lambda language: _("Your application is withdrawn"))
    _tell(actor, case, application_of(case), "withdrawn", subject, _in_every_language(body))


def tell_voided(actor: Actor, case: Case, reason: str) -> None:
    """Say that an application was entered by mistake and counts no more, with the office's reason."""
    service = service_of(case)

    def body(language: str) -> str:
        said = _("“%(service)s”, %(number)s, is void: it was entered by mistake.") % {
            "service": service.title[language],
            "number": case.receipt_number,
        }
        why = _("The reason: %(reason)s") % {"reason": reason}
        means = _("Nothing was decided about you. If you wanted to apply, you can still do so.")
        return "\n\n".join([said, why, means])

    subject = _in_every_language(lambda language: _("An application in your name is void"))
    _tell(actor, case, application_of(case), "voided", subject, _in_every_language(body))


def _tell(
    actor: Actor,
    case: Case,
    application: Application,
    occasion: str,
    subject: Text,
    body: Text,
    sha256: str | None = None,
) -> None:
    post(
        case.person_id,
        subject,
        body,
        key=f"case:{case.id}:{occasion}" if ":" not in occasion else occasion,
        actor=actor,
        case_receipt=case.receipt_number,
        document_sha256=sha256,
        language=application.language,
        email=stated_address(service_of(case), application),
    )
