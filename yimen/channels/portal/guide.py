"""What the guide page of a service says, gathered from its declaration."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yimen.accounts.queries import city_today
from yimen.base.text import Text
from yimen.catalogue.definition import (
    Agency,
    City,
    Criterion,
    DataSet,
    Limit,
    Material,
    Service,
    Standard,
)
from yimen.catalogue.queries import is_open, process_of
from yimen.catalogue.types import Audience, ChannelKind, DayUnit
from yimen.channels.shared import wording
from yimen.channels.shared.components import Fact
from yimen.channels.shared.steps import DrawnStage, drawn_stages, where_to_apply


@dataclass(frozen=True, slots=True)
class Known:
    """Something that the city knows, so that nobody is asked for it."""

    title: Text
    owner: Agency | None
    instead_of: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Bring:
    """A document to bring; not where the record ``unless`` shows what it would prove."""

    material: Material
    unless: Text | None = None


@dataclass(frozen=True, slots=True)
class Guide:
    """The parts of a guide page that are worked out rather than declared."""

    facts: tuple[Fact, ...]
    criteria: tuple[tuple[Criterion, tuple[Standard, ...]], ...]  # with the amounts of today
    apply_url: str
    closed: bool
    bring: tuple[Bring, ...]
    known: tuple[Known, ...]
    stages: tuple[DrawnStage, ...]
    days_note: str


def guide_of(service: Service, city: City, language: str) -> Guide:
    """Return what the guide page of a service shows in a language."""
    is_closed = not is_open(service)
    online = ChannelKind.PORTAL in service.channels
    return Guide(
        facts=_facts(service, city, language),
        criteria=tuple((c, city.standards_of(c, city_today())) for c in service.criteria),
        apply_url="" if is_closed or not online else _apply_url(service),
        closed=is_closed,
        bring=_bring(service, city),
        known=_known(service, city),
        stages=drawn_stages(service, process_of(service), city, language),
        days_note=_days_note(service.statutory),
    )


def _facts(service: Service, city: City, language: str) -> tuple[Fact, ...]:
    return (
        Fact("users", _("Who"), _who(service)),
        Fact("clock", _("How long"), wording.limit(service.promised), _by_law(service)),
        Fact("wallet", _("Cost"), _cost(service, city, language)),
        Fact("footprints", _("Visits"), _visits(service)),
        Fact("map-pin", _("Where"), where_to_apply(service)),
    )


def _who(service: Service) -> str:
    words = {
        Audience.REGISTERED: _("registered residents"),
        Audience.FLOATING: _("people from elsewhere"),
        Audience.RURAL: _("rural residents"),
        Audience.STUDENT: _("students under 16"),
        Audience.COMPANY: _("companies"),
    }
    people = [a for a in Audience if a is not Audience.COMPANY]
    if all(group in service.audience for group in people):
        return _("Everybody")
    text = _(", ").join(words[group] for group in service.audience)
    return text[:1].upper() + text[1:]


def _by_law(service: Service) -> str:
    same = (service.promised.days, service.promised.unit) == (
        service.statutory.days,
        service.statutory.unit,
    )
    if same or not service.statutory.days:
        return ""
    return _("the law allows %(limit)s") % {"limit": wording.limit(service.statutory)}


def _cost(service: Service, city: City, language: str) -> str:
    if not service.fee.amount:
        return _("Free of charge")
    return wording.money(service.fee.amount, city.currency, language)


def _visits(service: Service) -> str:
    if not service.visits:
        return _("No trip needed")
    words = ngettext("%(count)d visit", "%(count)d visits", service.visits)
    return words % {"count": service.visits}


def _apply_url(service: Service) -> str:
    try:
        return reverse("portal:apply", args=[service.code])
    except NoReverseMatch:
        return ""


def _bring(service: Service, city: City) -> tuple[Bring, ...]:
    """Return the documents that no record spares everybody."""
    return tuple(
        Bring(material, _title_of(city.data_sets.get(material.from_data_set)))
        for material in service.materials
        if not material.from_data_set or material.from_when is not None
    )


def _title_of(data_set: DataSet | None) -> Text | None:
    return data_set.title if data_set is not None else None


def _known(service: Service, city: City) -> tuple[Known, ...]:
    """Return the data sets that answer questions or stand in for documents, each once."""
    codes = [m.from_data_set for m in service.materials if m.from_data_set]
    codes += [f.from_record.split(".")[0] for f in service.fields if f.from_record]
    known = []
    for code in dict.fromkeys(codes):
        data_set = city.data_sets.get(code)
        if data_set is not None:
            papers = tuple(
                m.title
                for m in service.materials
                if m.from_data_set == code and m.from_when is None
            )
            known.append(Known(data_set.title, city.agencies.get(data_set.owner), papers))
    return tuple(known)


def _days_note(limit: Limit) -> str:
    """Return how the days of a limit are counted."""
    if limit.unit is DayUnit.WORKING:
        return _("Weekends and public holidays are not counted.")
    if limit.unit is DayUnit.MONTHS:
        return _(
            "It ends on the same day of its last month. A last day on a weekend or holiday moves to"
            " the next working day."
        )
    return _(
        "Every day is counted. A last day on a weekend or holiday moves to the next working day."
    )
