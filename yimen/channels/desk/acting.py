"""What officers send: every form is answered by leading on, or by the page with what was typed."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from yimen.accounts.queries import take_lost_post
from yimen.base.actor import Actor
from yimen.cases import actions, queries
from yimen.cases.actions import BulkClaimed
from yimen.cases.queries import CaseFileView
from yimen.cases.rules.errors import CasesError, TooManyTasks
from yimen.catalogue.queries import current_city
from yimen.channels.desk import notes
from yimen.channels.desk.case_pages import case_response
from yimen.channels.desk.deeds import DEEDS, Deed, about
from yimen.channels.desk.door import case_page
from yimen.channels.desk.forms import SEPARATOR, Refused
from yimen.channels.desk.listing import LIST, Listing, listing_of
from yimen.channels.desk.notes import Note
from yimen.channels.desk.pages import page_language
from yimen.channels.desk.refusals import sentence, sign_in_had_ended, status_of

FORMS = frozenset(
    {*DEEDS, "take-back", "more-time", "answer-time", "late", "void", "revoke", "correct"}
)
_MOST_TOLD = 5
_MOST_DIGITS = 4


def posted_listing(request: HttpRequest) -> Listing:
    """Return the list that stood beside the form."""
    return listing_of(QueryDict(request.POST.get(LIST, "")), current_city())


def to_case(number: str, listing: Listing, **more: str) -> HttpResponseRedirect:
    """Lead to the file of a case, with the list beside it."""
    return HttpResponseRedirect(listing.address(reverse("desk:case", args=[number]), **more))


def _looking(
    request: HttpRequest, actor: Actor, number: str, verb: str, task_id: UUID | None = None
) -> HttpResponse | None:
    """Answer who only looks at a form's address: with the file.

    Who had to sign in again before the form was taken finds what they had typed in it.
    """
    if request.method == "POST":
        return None
    lost = take_lost_post(request, request.path)
    if lost is None or verb not in FORMS:
        return to_case(number, listing_of(request.GET, current_city()))
    refused = Refused(verb, sign_in_had_ended(), task_id, lost)
    listing = listing_of(QueryDict(lost.get(LIST, "")), current_city())
    shown = str(task_id) if task_id is not None else ""
    return case_response(request, actor, number, listing, task_id=shown, refused=refused)


@require_http_methods(["GET", "HEAD", "POST"])
@case_page
def act(
    request: HttpRequest, actor: Actor, number: str, task_id: UUID, verb: str = ""
) -> HttpResponse:
    """Do one thing with a task."""
    looking = _looking(request, actor, number, verb, task_id)
    if looking is not None:
        return looking
    deed = DEEDS.get(verb)
    if deed is None:
        raise Http404
    posted = request.POST
    listing = posted_listing(request)
    try:
        deed.run(actor, number, task_id, posted)
    except CasesError as error:
        return _refused(request, actor, number, task_id, verb, deed, error)
    notes.keep(request, deed.note(number, task_id, posted))
    return to_case(number, listing, task=str(task_id))


def _refused(
    request: HttpRequest,
    actor: Actor,
    number: str,
    task_id: UUID,
    verb: str,
    deed: Deed,
    error: CasesError,
) -> HttpResponse:
    """Answer a refusal with the file as it is now; a form sent twice has simply been sent."""
    file = queries.file(actor, number)
    task = next((each for each in file.tasks if each.id == task_id), None)
    if task is None:
        raise Http404
    posted, listing = request.POST, posted_listing(request)
    if deed.settled(file, task, posted):
        return to_case(number, listing, task=str(task_id))
    said = sentence(error, current_city(), page_language())
    refused = Refused(verb, said, task_id, posted, about(error, said, posted))
    return case_response(
        request,
        actor,
        number,
        listing,
        task_id=str(task_id),
        refused=refused,
        status=status_of(error),
        opened=file,
    )


# The case as a whole


@require_http_methods(["GET", "HEAD", "POST"])
@case_page
def take_back(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Go on without the correction."""
    return on_case(
        request,
        actor,
        number,
        "take-back",
        lambda: actions.take_back_correction(actor, number),
        lambda file: file.status.your_turn is None and file.status.is_open,
        _("The correction was taken back. The clock runs again."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@case_page
def ask_time(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Ask for more time."""
    reason = request.POST.get("reason", "")
    days = _days(request.POST.get("days", ""))

    def settled(file: CaseFileView) -> bool:
        asked = file.status.extension
        return asked is not None and (asked.asked_by, asked.days, asked.reason) == (
            actor.account_id,
            days,
            reason.strip(),
        )

    return on_case(
        request,
        actor,
        number,
        "more-time",
        lambda: actions.request_extension(actor, number, days, reason),
        settled,
        _("More time was asked for. A head of section approves it."),
    )


def _days(text: str) -> int:
    """Return a number of days; what is none is as wrong as no day."""
    digits = text.strip()
    if digits.isascii() and digits.isdecimal() and len(digits) <= _MOST_DIGITS:
        return int(digits)
    return 0


@require_http_methods(["GET", "HEAD", "POST"])
@case_page
def answer_time(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Approve or refuse more time."""
    approve = request.POST.get("answer") == "approve"
    return on_case(
        request,
        actor,
        number,
        "answer-time",
        lambda: actions.approve_extension(
            actor, number, approve=approve, reason=request.POST.get("reason", "")
        ),
        lambda file: file.status.extension is None or file.status.extension.state == "approved",
        _("The extension was approved.") if approve else _("The extension was refused."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@case_page
def tell_late(request: HttpRequest, actor: Actor, number: str) -> HttpResponse:
    """Tell the applicant that it gets late, why, and the new day."""
    delay, day = request.POST.get("delay", ""), _day(request.POST.get("day", ""))

    def settled(file: CaseFileView) -> bool:
        told = file.status.late
        mine = told is not None and (told.told_by, told.delay, told.new_due)
        return mine == (actor.account_id, delay, day)

    return on_case(
        request,
        actor,
        number,
        "late",
        lambda: actions.promise_anew(actor, number, delay, day),
        settled,
        _("The applicant is told that it gets late, with an apology, the reason and the new day."),
    )


def _day(text: str) -> date | None:
    """Return a day of the list; what is none is as wrong as no day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def on_case(
    request: HttpRequest,
    actor: Actor,
    number: str,
    verb: str,
    run: Callable[[], object],
    settled: Callable[[CaseFileView], bool],
    done: str,
) -> HttpResponse:
    """Do one thing with a case as a whole; ``settled`` says that a refused form was sent before."""
    looking = _looking(request, actor, number, verb)
    if looking is not None:
        return looking
    listing = posted_listing(request)
    try:
        run()
    except CasesError as error:
        file = queries.file(actor, number)
        if status_of(error) in (409, 422) and settled(file):
            return to_case(number, listing)
        said = sentence(error, current_city(), page_language())
        refused = Refused(verb, said, None, request.POST, about(error, said, request.POST))
        return case_response(
            request,
            actor,
            number,
            listing,
            refused=refused,
            status=status_of(error),
            opened=file,
        )
    notes.keep(request, Note(done))
    return to_case(number, listing)


# Several tasks at once


@require_http_methods(["GET", "HEAD", "POST"])
@case_page
def claim_many(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Claim the ticked tasks, or the one whose button was used, which is opened then."""
    if request.method != "POST":
        notes.keep_lost(request)
        return HttpResponseRedirect(reverse("desk:home"))
    listing = posted_listing(request)
    only = request.POST.get("only", "")
    tasks = _tasks([only] if only else request.POST.getlist("task"))
    home = HttpResponseRedirect(listing.address(reverse("desk:home")))
    if not tasks:
        notes.keep(request, Note(_("No task is ticked. Tick some first."), "error"))
        return home
    try:
        result = actions.bulk_claim(actor, tasks)
    except TooManyTasks as error:
        said = sentence(error, current_city(), page_language())
        notes.keep(request, Note(said, "error"))
        return home
    notes.keep(request, _claim_note(result, {task_id: number for number, task_id in tasks}))
    if only:
        return to_case(tasks[0][0], listing, task=str(tasks[0][1]))
    return home


def _tasks(values: list[str]) -> list[tuple[str, UUID]]:
    """Return what the boxes stand for; what somebody has written into them is left out."""
    tasks = []
    for value in values:
        number, _separator, task_id = value.partition(SEPARATOR)
        try:
            tasks.append((number, UUID(task_id)))
        except ValueError:
            continue
    return tasks


def _claim_note(result: BulkClaimed, numbers: dict[UUID, str]) -> Note:
    count = len(result.claimed)
    words = ngettext("%(count)d task is yours.", "%(count)d tasks are yours.", count)
    told = [words % {"count": count}] if count else []
    city, language = current_city(), page_language()
    for task_id, error in result.refused[:_MOST_TOLD]:
        told.append(f"{numbers[task_id]}: {sentence(error, city, language)}")
    keys = [f"{numbers[task_id]}{SEPARATOR}{task_id}" for task_id in result.claimed]
    return Note(
        " ".join(told),
        "done" if count else "error",
        undo=reverse("desk:release_many") if count else "",
        undo_label=_("Give it back") if count == 1 else _("Give them back"),
        fields={"task": keys},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@case_page
def release_many(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Give several tasks back: the undoing of having claimed them."""
    if request.method == "POST":
        count = 0
        for number, task_id in _tasks(request.POST.getlist("task"))[:100]:
            try:
                actions.release(actor, number, task_id)
            except CasesError:
                continue  # somebody has it, or it is finished: then there is nothing to give back
            count += 1
        words = ngettext(
            "%(count)d task is back in the queue.", "%(count)d tasks are back in the queue.", count
        )
        notes.keep(request, Note(words % {"count": count}))
    else:
        notes.keep_lost(request)
    return HttpResponseRedirect(posted_listing(request).address(reverse("desk:home")))
