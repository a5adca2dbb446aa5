"""Today's figures, for the home page."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate

from yimen.accounts.queries import city_today
from yimen.cases.models import Application, Case
from yimen.cases.types import DECIDED
from yimen.catalogue.queries import current_city

_KEPT_SECONDS = 30
_KEY = "cases-figures"


@dataclass(frozen=True, slots=True)
class Figures:
    """What happened today in the city's offices."""

    submitted: int
    decided: int
    in_time: int  # of the decided: by the promised day


def figures() -> Figures:
    """Return today's figures, at most half a minute old. Nothing personal is in them."""
    kept = cache.get(_KEY)
    if isinstance(kept, Figures):
        return kept
    fresh = _count()
    cache.set(_KEY, fresh, _KEPT_SECONDS)
    return fresh


def _count() -> Figures:
    zone = ZoneInfo(current_city().time_zone)
    midnight = datetime.combine(city_today(), time(), zone)
    decided = Case.objects.filter(closed_at__gte=midnight, outcome__in=DECIDED).aggregate(
        all=Count("id"),
        in_time=Count("id", filter=Q(promised_due__gte=TruncDate(F("closed_at"), tzinfo=zone))),
    )
    submitted = Application.objects.filter(submitted_at__gte=midnight).count()
    return Figures(submitted, decided["all"], decided["in_time"])
