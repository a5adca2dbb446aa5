"""What stands in certificates and letters of refusal, in every language of the city."""

from collections.abc import Mapping
from datetime import date
from io import BytesIO
from pathlib import Path

import segno
from django.conf import settings
from django.contrib.staticfiles.finders import find
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from yimen.base.languages import page_tag
from yimen.cases.types import DocumentKind, Ground, Paper, RemedyNamed, StandardNamed
from yimen.catalogue.definition import City
from yimen.catalogue.queries import current_city, current_emblem
from yimen.channels.shared import wording
from yimen.channels.shared.due_words import remedy_words
from yimen.channels.shared.facts import fact_label, record_title, shown_fact

TEMPLATE = Path(__file__).parent / "templates" / "paper" / "decision.typ"
USUAL_ACCENT = "#A8321F"
Words = dict[str, object]


def paper_data(paper: Paper) -> Mapping[str, object]:
    """Return what the template of a decision gets: the facts with the words around them."""
    city = current_city()
    languages = sorted(paper.languages, key=lambda language: language != paper.language)
    return {
        "versions": [_version(paper, city, language) for language in languages],
        "accent": paper.accent or USUAL_ACCENT,
        "emblem": current_emblem() or _usual_emblem(),
        "qr": _qr(paper.verification_url),
        "receipt": paper.receipt_number,
        "code": paper.verification_code,
        "verify-url": paper.verification_url,
    }


def _version(paper: Paper, city: City, language: str) -> Words:
    """Return the paper in one language."""
    page_language = page_tag(language)
    with override(page_language):
        against = paper.kind is not DocumentKind.CERTIFICATE
        return {
            "language": language,
            "city": paper.city[language],
            "agency": paper.agency[language],
            "title": _title(paper, language),
            "facts": _facts(paper, language),
            "body": _body(paper, language),
            "reasons": _reasons(paper, city, language) if against else [],
            "records": [
                _record(ground, city, language) for ground in paper.grounds if ground.as_of
            ],
            "remedies": [_remedy(remedy, language) for remedy in paper.remedies] if against else [],
            "decided-by": _decided_by(paper),
            "sealed": _("Sealed electronically by %(agency)s") % {"agency": paper.agency[language]},
            "labels": {
                "reasons": _("Reasons"),
                "records": _("Records that decided"),
                "record-columns": [_("What it says"), _("Record"), _("As of")],
                "remedies": _("If you disagree with this decision"),
                "verify": _(
                    "Scan the drawing, or enter the code on the portal, to check this paper"
                ),
            },
        }


def _title(paper: Paper, language: str) -> str:
    match paper.kind:
        case DocumentKind.CERTIFICATE:
            return paper.title[language]
        case DocumentKind.REFUSAL:
            return _("Letter of refusal")
        case DocumentKind.REVOCATION:
            return _("Letter of revocation")


def _facts(paper: Paper, language: str) -> list[Words]:
    rows = [
        (_("Applicant"), paper.name),
        (_("Service"), paper.service[language]),
        (_("Receipt number"), paper.receipt_number),
        (_("Decided on"), wording.day(paper.decided_on, language)),
    ]
    if paper.valid_until is not None:
        rows.append((_("Valid until"), wording.day(paper.valid_until, language)))
    if paper.instead_of is not None:
        rows.append((_("In place of"), _ended_decision(paper, language)))
    return [{"label": label, "value": value} for label, value in rows if value]


def _ended_decision(paper: Paper, language: str) -> str:
    """Return which decision ended, and by which code its paper is known."""
    words = {
        "day": wording.day(paper.instead_of or paper.decided_on, language),
        "code": paper.ended_code,
    }
    if not paper.ended_code:
        return _("the decision of %(day)s") % words
    return _("the decision of %(day)s (paper %(code)s, which no longer holds)") % words


def _body(paper: Paper, language: str) -> list[str]:
    if paper.kind is DocumentKind.CERTIFICATE:
        return [text for text in paper.body[language].split("\n\n") if text]
    words = _("Your application “%(service)s” was examined. It is refused.")
    if paper.kind is DocumentKind.REVOCATION:
        words = _("The approval of “%(service)s” is revoked. Nobody may rely on it any more.")
    return [words % {"service": paper.service[language]}]


def _reasons(paper: Paper, city: City, language: str) -> list[Words]:
    """Return the officer's own words as they were written, then what the rules say."""
    said: list[Words] = (
        [{"label": _("The office says"), "says": paper.reason, "source": "", "standards": []}]
        if paper.reason
        else []
    )
    seen: dict[str, Words] = {
        ground.criterion: {
            "label": _("Condition that is not met"),
            "says": ground.says[language],
            "source": wording.cited(ground.source, language),
            "standards": [_standard(standard, city, language) for standard in ground.standards],
        }
        for ground in paper.grounds
    }
    return [*_law(paper, language), *said, *seen.values()]


def _law(paper: Paper, language: str) -> list[Words]:
    if paper.law is None:
        return []
    says, source = paper.law.says[language], wording.cited(paper.law.source, language)
    return [{"label": _("Ground"), "says": says, "source": source, "standards": []}]


def _standard(standard: StandardNamed, city: City, language: str) -> str:
    """Return the amount that a condition compares with, and where it stands."""
    amount = wording.standard(standard, city.currency, language)
    return f"{amount} · {wording.sourced(standard.source, language)}"


def _record(ground: Ground, city: City, language: str) -> Words:
    """Return which record decided: what was looked at, whose it is, and of which day."""
    data_set = city.data_sets.get(ground.data_set)
    owner = city.agencies.get(data_set.owner) if data_set is not None else None
    titles = [ground.data_set_title[language] or record_title(ground.data_set, city, language)]
    titles += [owner.title[language]] if owner is not None else []
    day = ground.as_of or date.min
    return {
        "says": [
            {
                "label": fact_label(name, city, language),
                "value": shown_fact(name, value, city, language) if value is not None else "",
            }
            for name, value in ground.facts
        ]
        or [{"label": ground.says[language], "value": ""}],
        "source": " · ".join(titles),
        "as-of": wording.short_day(day, language),
    }


def _remedy(remedy: RemedyNamed, language: str) -> Words:
    return {
        "title": remedy.title[language],
        "says": remedy.says[language] + _online(remedy),
        "until": remedy_words(remedy, language),
    }


def _online(remedy: RemedyNamed) -> str:
    """Return where a remedy is asked for online, as a sentence to be added; "" where it is not."""
    if not remedy.service:
        return ""
    address = f"{settings.SITE_URL}/services/{remedy.service}/"
    return _(" Online: %(address)s") % {"address": address}


def _decided_by(paper: Paper) -> str:
    if not paper.decided_by:
        return _("Decided by the rules of the service, without an officer.")
    return pgettext("an officer by the number of the room", "Office %(number)s") % {
        "number": paper.decided_by
    }


def _qr(address: str) -> str:
    drawing = BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawing, kind="svg", border=0, xmldecl=False, svgns=True
    )
    return drawing.getvalue().decode()


def _usual_emblem() -> str:
    found = find("yimen/emblem.svg")
    return Path(found).read_text("utf-8") if isinstance(found, str) else _NO_EMBLEM


_NO_EMBLEM = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"/>'
