"""The page that says what is kept of somebody, and the download of all of it."""

from dataclasses import dataclass
from http import HTTPStatus

from allauth.account.decorators import reauthentication_required
from allauth.core import ratelimit
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from yimen.accounts.queries import actor_for
from yimen.catalogue.definition import City, DataSet
from yimen.catalogue.queries import current_city
from yimen.channels.portal.account.data.archive import make_archive
from yimen.channels.portal.private import personal_page
from yimen.channels.shared import wording
from yimen.channels.shared.errors import error_page
from yimen.channels.shared.names import agency_words
from yimen.people import actions
from yimen.people.rules import named_by


@dataclass(frozen=True, slots=True)
class DataKept:
    """One kind of data: what it is, who keeps it and why."""

    title: str
    owner: str
    why: str
    law: str = ""


@personal_page
@login_required
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Say what the city keeps about somebody, who keeps it, and what for."""
    actor, city = actor_for(request), current_city()
    context = {"rows": _kept(city, actor.language, staff=actor.is_staff), "actor": actor}
    return render(request, "account/data.html", context)


@personal_page
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def download(request: HttpRequest) -> HttpResponseBase:
    """Hand out all that is kept, after password or passkey were asked for once more.

    The first visit only offers it, so that the file comes from the page on which it was asked for.
    """
    if request.method != "POST":
        return render(request, "account/data_ready.html")
    if not ratelimit.consume(request, action="own_data", user=request.user):
        return _not_again(request)
    actor = actor_for(request)
    archive = make_archive(actor)
    actions.note_download(actor)
    name = f"{current_city().code}-{localdate().isoformat()}.zip"
    return FileResponse(archive, as_attachment=True, filename=name, content_type="application/zip")


def _not_again(request: HttpRequest) -> HttpResponse:
    return error_page(
        request,
        HTTPStatus.TOO_MANY_REQUESTS,
        heading=_("You have downloaded your data several times in this hour"),
        sentences=(_("Use the file that you have, or wait an hour."),),
    )


def _kept(city: City, language: str, *, staff: bool) -> list[DataKept]:
    house = city.title[language]
    account = DataKept(
        _("Your account"),
        house,
        _("Name, e-mail address and ways to sign in: so that only you get in."),
    )
    if staff:
        posts = DataKept(
            _("Your posts and absences"), house, _("They say what you may do at the desk.")
        )
        return [account, posts]
    return [
        account,
        DataKept(
            _("Register of residents"),
            house,
            _("Who you are and where you are registered: so that an application is yours."),
        ),
        *(_data_set(data_set, city, language) for data_set in city.data_sets.values()),
        DataKept(
            _("Applications"),
            _("the office that decides"),
            _("What you sent, what was decided and why: so that it can be proved and contested."),
        ),
        DataKept(
            _("Applications that you have begun"),
            house,
            _("So that you can go on later. They are deleted when you discard them or leave them."),
        ),
        DataKept(
            _("Messages"), house, _("What you were told, when, and by which way it was brought.")
        ),
        DataKept(
            _("Who read your data"),
            house,
            _("Every time an office opens a record about you: so that you can ask why."),
        ),
    ]


def _data_set(data_set: DataSet, city: City, language: str) -> DataKept:
    services = [
        service.title[language]
        for service in city.services.values()
        if data_set.code in named_by(service)
    ]
    why = (
        _("So that you need not bring it for: %(services)s") % {"services": _("; ").join(services)}
        if services
        else _("For the work of this office. No service on the portal uses it yet.")
    )
    law = wording.cited(data_set.law.source, language) if data_set.law is not None else ""
    return DataKept(
        data_set.title[language], agency_words(data_set.owner, city, language), why, law
    )
