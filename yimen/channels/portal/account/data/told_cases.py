"""Applications and drafts as the readable document tells them."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from yimen.cases.queries import CaseKept, DecisionKept, DocumentView, FileView
from yimen.cases.types import CaseState, Outcome
from yimen.catalogue.definition import City, Service
from yimen.catalogue.types import FieldKind
from yimen.channels.portal.account.data.gathering import Everything, Paths
from yimen.channels.portal.account.data.parts import Group, Rows, Section, kept_rows
from yimen.channels.portal.matters.timeline import history_words, title_of
from yimen.channels.portal.matters.words import state_words
from yimen.channels.shared import wording
from yimen.channels.shared.due_words import remedy_words
from yimen.channels.shared.facts import fact_label, shown_fact
from yimen.channels.shared.names import agency_words, officer_words
from yimen.channels.shared.questions import posted_text, shown_answer


def applications(found: Everything, paths: Paths, city: City, language: str) -> Section:
    """Return every application with what was sent, what happened and what came of it."""
    groups = [
        group
        for case in found.cases
        for group in _case(case, found.name_of(case.applicant), paths, city, language)
    ]
    return Section(_("Applications"), groups, none=_("There is no application."))


def drafts(found: Everything, paths: Paths, city: City, language: str) -> Section | None:
    """Return the applications that are being filled in."""
    groups = [
        Group(
            draft.service.title[language],
            kept_rows(
                (_("For"), found.name_of(draft.applicant)),
                (_("Begun"), wording.moment(draft.started_at, language)),
                (_("Deleted on"), wording.short_day(draft.expires_at, language)),
                *_answers(draft.service, draft.answers, city, language),
                *_files(draft.service, draft.files, paths, language),
            ),
        )
        for draft in found.drafts
    ]
    return Section(_("Applications that you have begun"), groups) if groups else None


def _case(
    case: CaseKept, organisation: str, paths: Paths, city: City, language: str
) -> Iterable[Group]:
    state = state_words(CaseState(case.state), Outcome(case.outcome) if case.outcome else None)[0]
    sent = [one.file for one in case.files]
    yield Group(
        f"{case.receipt_number} · {case.service.title[language]}",
        kept_rows(
            (_("For"), organisation),
            (_("Decided by"), agency_words(case.service.agency, city, language)),
            (_("Sent"), wording.moment(case.submitted_at, language)),
            (_("State"), state),
            (
                _("Due on"),
                wording.short_day(case.promised_due, language) if case.promised_due else "",
            ),
            (_("Fee"), wording.money(case.fee, city.currency, language)),
        ),
    )
    number = {"number": case.receipt_number}
    yield Group(
        _("%(number)s: what you sent") % number,
        [
            *_answers(case.service, case.answers, city, language),
            *_files(case.service, sent, paths, language),
        ],
    )
    yield Group(_("%(number)s: what happened") % number, _history(case, city, language))
    for correction in case.corrections:
        yield Group(
            _("%(number)s: what you were asked for") % number,
            kept_rows(
                (_("Asked by"), officer_words(correction.asked_by, city, language)),
                (_("On"), wording.moment(correction.asked_at, language)),
                *(
                    (title_of(case.service, item["key"], language), item["says"])
                    for item in correction.items
                ),
                *_changed(case.service, correction.answers, city, language),
            ),
        )
    for decision in case.decisions:
        yield _decision(decision, number, city, language)
    for recheck in case.rechecks:
        yield Group(
            _("%(number)s: looked at again") % number,
            kept_rows(
                (_("You wrote"), recheck.says),
                (_("On"), wording.moment(recheck.asked_at, language)),
                (_("Answer by"), wording.short_day(recheck.due, language)),
                (_("Answer"), recheck.reason),
                (
                    _("Answered by"),
                    officer_words(recheck.answered_by, city, language)
                    if recheck.answered_at
                    else "",
                ),
            ),
        )
    if case.papers:
        yield Group(
            _("%(number)s: papers") % number,
            [_paper(paper, paths, language) for paper in case.papers],
        )


def _answers(service: Service, answers: Mapping[str, object], city: City, language: str) -> Rows:
    """Return the answers in the order of the form, numbers of identity whole: it is their own."""
    return [
        (field.label[language], _answer(service, field.key, answers[field.key], city, language))
        for field in service.fields
        if field.key in answers
    ]


def _answer(service: Service, key: str, answer: object, city: City, language: str) -> str:
    field = service.field_by_key(key)
    if field is None:
        return str(answer)
    if field.kind is FieldKind.ID_NUMBER:
        return posted_text(field, answer)
    return shown_answer(field, answer, city, language)


def _changed(
    service: Service, answers: Mapping[str, object], city: City, language: str
) -> Sequence[tuple[str, str]]:
    rows = []
    for key, change in answers.items():
        was = change.get("was") if isinstance(change, Mapping) else None
        words = _("before: %(answer)s") % {"answer": _answer(service, key, was, city, language)}
        rows.append((title_of(service, key, language), words))
    return rows


def _files(service: Service, files: Iterable[FileView], paths: Paths, language: str) -> Rows:
    return [
        (
            title_of(service, file.material_key, language),
            f"{file.name} · {wording.file_size(file.size)}\n{_where(paths.get(file.id))}",
        )
        for file in files
    ]


def _where(path: str | None) -> str:
    return path or _("not in the store any more")


def _history(case: CaseKept, city: City, language: str) -> Rows:
    rows = []
    for line in case.history:
        words = history_words(line, case.service, city, language)
        if words is not None:
            rows.append((wording.moment(line.at, language), "\n".join(filter(None, words))))
    return rows


def _decision(
    decision: DecisionKept, number: Mapping[str, str], city: City, language: str
) -> Group:
    by_rules = not decision.decided_by.office_number
    grounds = [
        (
            ground.says[language],
            "\n".join(
                [
                    *(
                        f"{fact_label(name, city, language)}{_(': ')}"
                        f"{shown_fact(name, value, city, language)}"
                        for name, value in ground.facts
                        if value is not None
                    ),
                    wording.cited(ground.source, language),
                ]
            ).strip(),
        )
        for ground in decision.grounds
    ]
    remedies = [
        (remedy.title[language], f"{remedy.says[language]}\n{remedy_words(remedy, language)}")
        for remedy in decision.remedies
    ]
    return Group(
        _("%(number)s: decision") % number,
        kept_rows(
            (_("Decision"), state_words(CaseState.CLOSED, Outcome(decision.outcome))[0]),
            (_("On"), wording.day(decision.decided_on, language)),
            (
                _("Decided by"),
                _("Decided by the rules of the service, without an officer.")
                if by_rules
                else officer_words(decision.decided_by, city, language),
            ),
            (_("Reason"), decision.reason),
            (_("Ground in law"), _law(decision, language)),
            (
                _("Holds no more since"),
                wording.moment(decision.ended_at, language) if decision.ended_at else "",
            ),
            *grounds,
            *remedies,
        ),
    )


def _law(decision: DecisionKept, language: str) -> str:
    law = decision.law
    if law is None:
        return ""
    return f"{law.says[language]}\n{wording.cited(law.source, language)}"


def _paper(paper: DocumentView, paths: Paths, language: str) -> tuple[str, str]:
    said = [
        wording.moment(paper.issued_at, language),
        _("Code: %(code)s") % {"code": paper.verification_code},
        _where(paths.get(paper.id)),
    ]
    if paper.ended_at is not None:
        said.append(
            _("Holds no more since %(when)s") % {"when": wording.moment(paper.ended_at, language)}
        )
    return paper.title[language], "\n".join(said)
