"""The questions about the criteria, one a page, and the page that says what follows."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yimen.base.actor import Actor
from yimen.base.text import Text
from yimen.catalogue.definition import Agency, FormField, Service, Standard
from yimen.catalogue.queries import current_city
from yimen.catalogue.rules import AnswerError, read_answer
from yimen.channels.portal.apply import kept
from yimen.channels.portal.apply.criteria import (
    Check,
    check,
    is_decided_by_form,
    label_of,
    materials_that_tell,
    question_for,
)
from yimen.channels.portal.apply.starting import applicant, closed_page, declared, subject_of
from yimen.channels.portal.private import personal_page
from yimen.channels.shared import wording
from yimen.channels.shared.components import FieldError, SummaryRow
from yimen.channels.shared.questions import Asked, posted_answer, question, shown_answer
from yimen.people.types import CriterionAnswer


@dataclass(frozen=True, slots=True)
class Verdict:
    """One criterion as the page of the result shows it."""

    says: Text
    holds: bool | None
    records: tuple[str, ...] = ()
    not_known: tuple[Text, ...] = ()
    tells: tuple[Text, ...] = ()
    by_form: bool = False
    standards: tuple[Standard, ...] = ()
    keepers: tuple[Agency, ...] = ()  # who keeps the records that decided


@personal_page
@require_safe
def go_on(request: HttpRequest, code: str) -> HttpResponse:
    """Lead to the next question about the criteria, or to what follows."""
    service = declared(code)
    closed = closed_page(request, service)
    if closed is not None:
        return closed
    to_ask = _check(request, applicant(request), service).to_ask
    if to_ask:
        return redirect("portal:criterion", code, to_ask[0])
    return redirect("portal:criteria_result", code)


@personal_page
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Ask one question about the criteria; "I do not know" is an answer too."""
    applicant(request)
    service = declared(code)
    field = _question(service, name)
    if request.method != "POST":
        told = kept.told(request, code).get(name)
        return _question_page(request, service, name, Asked(field, answer=told, heading=True))
    if "unknown" in request.POST:
        return _keep(request, service, name, None)
    posted = posted_answer(field, request.POST)
    value = read_answer(field, posted, current_city())
    if isinstance(value, AnswerError):
        wrong = Asked(field, answer=posted, error=value.code, bound=value.bound, heading=True)
        return _question_page(request, service, name, wrong)
    return _keep(request, service, name, posted)


@personal_page
@require_safe
def result(request: HttpRequest, code: str) -> HttpResponse:
    """Say what the answers and records mean, and that one may apply whatever they say."""
    actor, service = applicant(request), declared(code)
    closed = closed_page(request, service)
    if closed is not None:
        return closed
    checked = _check(request, actor, service)
    verdicts = [_verdict(answer, service, actor.language) for answer in checked.result.criteria]
    context = {
        "service": service,
        "page_agency": current_city().agencies[service.agency],
        "holds": checked.result.holds,
        "met": [v for v in verdicts if v.holds],
        "not_met": [v for v in verdicts if v.holds is False],
        "open": [v for v in verdicts if v.holds is None],
        "told": _told_rows(checked, actor.language),
        "back": _address(service, ["", *checked.given][-1]),
    }
    return render(request, "portal/apply/criteria_result.html", context)


def _check(request: HttpRequest, actor: Actor, service: Service) -> Check:
    told = kept.told(request, service.code)
    return check(actor, service, current_city(), told, subject_of(request, actor, service))


def _question(service: Service, name: str) -> FormField:
    """Return the question of a name that a criterion of this service looks at."""
    names = {n for criterion in service.criteria for n in criterion.when.names}
    field = question_for(name, current_city()) if name in names else None
    if field is None:
        raise Http404
    return field


def _keep(request: HttpRequest, service: Service, name: str, posted: str | None) -> HttpResponse:
    told: Mapping[str, str | None] = {**kept.told(request, service.code), name: posted}
    kept.keep_told(request, service.code, told)
    return redirect("portal:criteria", service.code)


def _question_page(request: HttpRequest, service: Service, name: str, asked: Asked) -> HttpResponse:
    actor = applicant(request)
    checked = _check(request, actor, service)
    earlier = list(checked.given)
    number = earlier.index(name) + 1 if name in earlier else len(earlier) + 1
    shown = question(asked, current_city(), actor.language)
    errors = [FieldError(shown.anchor, shown.error)] if shown.error else []
    context = {
        "service": service,
        "page_agency": current_city().agencies[service.agency],
        "question": shown,
        "errors": errors,
        "number": number,
        "about": max(number, len({*earlier, *checked.to_ask})),
        "back": _address(service, earlier[number - 2] if number > 1 else ""),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    return render(request, "portal/apply/criterion.html", context, status=status)


def _address(service: Service, name: str) -> str:
    """Return the address of a question, or of the page before the first."""
    if not name:
        return reverse("portal:apply", args=[service.code])
    return reverse("portal:criterion", args=[service.code, name])


def _verdict(answer: CriterionAnswer, service: Service, language: str) -> Verdict:
    city = current_city()
    records, owners = [], []
    for source in answer.sources:
        data_set = city.data_sets.get(source.data_set)
        if data_set is not None:
            day = wording.short_day(source.as_of, language)
            records.append(f"{data_set.title[language]} · {day}")
            owners.append(data_set.owner)
    by_form = is_decided_by_form(answer)
    names = [name for name in answer.unknown_names if not name.startswith("answer.")]
    return Verdict(
        says=answer.sentence,
        holds=answer.holds,
        records=tuple(dict.fromkeys(records)),
        not_known=tuple(label_of(name, city) for name in names),
        tells=materials_that_tell(answer, service),
        by_form=by_form and not names,
        standards=answer.standards,
        keepers=tuple(city.agencies[code] for code in dict.fromkeys(owners)),
    )


def _told_rows(checked: Check, language: str) -> list[SummaryRow]:
    city = current_city()
    rows = []
    for name, posted in checked.given.items():
        field = question_for(name, city)
        if field is not None:
            shown = shown_answer(field, posted, city, language) if posted is not None else None
            address = _address(checked.service, name)
            rows.append(SummaryRow(field.label[language], shown or _("I do not know"), address))
    return rows
