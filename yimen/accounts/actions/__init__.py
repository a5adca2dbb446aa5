"""Every write to accounts: sign-up, ties, posts, absences."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction
from django.http import HttpRequest

from yimen.accounts.events import (
    AbsenceSet,
    AbsenceWithdrawn,
    PasswordSet,
    PostEnded,
    PostGiven,
    ProvisionalKept,
    SecondFactorSet,
    SignedUp,
    StaffAccountMade,
    Tied,
    Untied,
)
from yimen.accounts.models import Absence, Account, StaffPost
from yimen.accounts.queries import ENDED_ACCOUNT, LOST_POST, PROVISIONAL_PERSON, city_today
from yimen.accounts.rules import (
    EmailTaken,
    PostEndedAlready,
    PostHeldAlready,
    UserNameTaken,
    check_absence,
    check_is_system,
    check_may_hold_post,
    check_may_identify,
    check_may_make_staff,
    check_may_manage_staff,
    check_may_set_absence,
    check_may_tie,
    check_post,
    check_tie,
)
from yimen.accounts.types import TieProof
from yimen.base.actor import Actor, ActorKind, Channel
from yimen.base.clock import now
from yimen.catalogue.queries import current_city
from yimen.ledger.actions import append

# Rights that are kept by Wagtail, which knows groups: what a post allows in the editors' office.
OFFICE_GROUPS = {"page.edit": "Editors", "page.publish": "Moderators"}

_NOT_TYPED = frozenset({"csrfmiddlewaretoken"})
_MOST_TEXTS = 100
_LONGEST_TEXT = 5_000

_after_sign_in: list[Callable[[HttpRequest, Account], None]] = []


def extend_sign_in(then: Callable[[HttpRequest, Account], None]) -> None:
    """Let a higher app do something whenever somebody has signed in; called from `apps.py`."""
    if then not in _after_sign_in:
        _after_sign_in.append(then)


def after_sign_in(request: HttpRequest, account: Account) -> None:
    """Run what higher apps have registered for a sign-in."""
    for then in _after_sign_in:
        then(request, account)


_post_office: list[Callable[[str, str, str], None]] = []


def extend_email(queue: Callable[[str, str, str], None]) -> None:
    """Let a higher app carry our e-mails (address, subject, text); called from `apps.py`."""
    _post_office[:] = [queue]


def queue_email(address: str, subject: str, body: str) -> None:
    """Give an e-mail to who carries them: a mail server that is away keeps nobody from a page."""
    for queue in _post_office:
        queue(address, subject, body)


@transaction.atomic
def sign_up(account: Account) -> None:
    """Save a resident's new account. Nothing personal opens: it is tied to nobody."""
    account.is_staff = account.is_superuser = False
    account.person_id = None
    account.save()
    actor = Actor(kind=ActorKind.RESIDENT, channel=Channel.PORTAL, account_id=account.pk)
    append(SignedUp(account.pk), actor=actor)


@transaction.atomic
def make_staff_account(
    actor: Actor, *, username: str, name: str, email: str, password: str | None = None
) -> Account:
    """Make an account for a member of staff, with the e-mail address taken as verified.

    Without a password its holder asks for a new one by e-mail.
    """
    check_may_make_staff(actor)
    _check_free(username, email)
    account = Account(
        username=username.lower(), first_name=name, email=email.lower(), is_staff=True
    )
    account.set_password(password)
    account.save()
    EmailAddress.objects.create(user=account, email=account.email, primary=True, verified=True)
    append(StaffAccountMade(account.pk), actor=actor)
    return account


def _check_free(username: str, email: str) -> None:
    if Account.objects.filter(username__iexact=username).exists():
        raise UserNameTaken
    if EmailAddress.objects.filter(email__iexact=email, verified=True).exists():
        raise EmailTaken


@transaction.atomic
def employ(
    actor: Actor,
    *,
    username: str,
    name: str,
    email: str,
    password: str | None,
    agency: str,
    role: str,
    office_number: str,
) -> StaffPost:
    """Make an account for a new officer and give it its first post, both or neither."""
    account = make_staff_account(
        actor, username=username, name=name, email=email, password=password
    )
    return give_post(actor, account.pk, agency=agency, role=role, office_number=office_number)


@transaction.atomic
def make_resident_account(
    actor: Actor, *, username: str, name: str, email: str, password: str
) -> Account:
    """Make an account for a resident with a verified address: at a counter, and for the demo."""
    check_may_identify(actor)
    _check_free(username, email)
    account = Account(username=username.lower(), first_name=name, email=email.lower())
    account.set_password(password)
    account.save()
    EmailAddress.objects.create(user=account, email=account.email, primary=True, verified=True)
    append(SignedUp(account.pk), actor=actor)
    return account


@transaction.atomic
def set_password(actor: Actor, account_id: int, password: str) -> None:
    """Set another password for an account, at the system's command line; sessions of it end."""
    check_is_system(actor)
    account = Account.objects.select_for_update().get(pk=account_id)
    account.set_password(password)
    account.save(update_fields=["password"])
    append(PasswordSet(account_id), actor=actor)


def new_one_time_key() -> str:
    """Return a new key for an app that makes one-time codes."""
    return str(generate_totp_secret())


@transaction.atomic
def set_one_time_key(actor: Actor, account_id: int, key: str) -> None:
    """Give an account a second factor, as the system does for a demonstration."""
    check_is_system(actor)
    account = Account.objects.select_for_update().get(pk=account_id)
    held = Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).first()
    if held is not None and get_adapter().decrypt(held.data["secret"]) == key:
        return
    if held is not None:
        held.delete()
    TOTP.activate(account, key)
    append(SecondFactorSet(account_id), actor=actor)


@transaction.atomic
def tie_to_person(
    account_id: int, person_id: UUID, actor: Actor, *, proof: TieProof = TieProof.COUNTER
) -> None:
    """Tie an account to the person it belongs to; from then on it opens that person's pages.

    The caller has seen the proof. Knowing name, birth date and id number is none.
    """
    check_may_tie(actor, account_id)
    account = Account.objects.select_for_update().get(pk=account_id)
    with connection.cursor() as cursor:  # one tie of a person at a time
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(person_id)])
    elsewhere = Account.objects.filter(person_id=person_id).exclude(pk=account_id).exists()
    check_tie(
        is_staff=account.is_staff,
        tied_to=account.person_id,
        person_id=person_id,
        person_tied_elsewhere=elsewhere,
    )
    if account.person_id == person_id:
        return
    account.person_id = person_id
    account.provisional_person_id = None
    account.save(update_fields=["person_id", "provisional_person_id"])
    append(Tied(account_id, person_id, proof.value), actor=actor, person_id=person_id)


@transaction.atomic
def untie(account_id: int, actor: Actor) -> None:
    """Undo a tie that was made by mistake; the account opens nothing personal any more."""
    check_may_identify(actor)
    account = Account.objects.select_for_update().get(pk=account_id)
    person_id = account.person_id
    if person_id is None:
        return
    account.person_id = None
    account.save(update_fields=["person_id"])
    append(Untied(account_id, person_id), actor=actor, person_id=person_id)


def keep_lost_post(request: HttpRequest) -> None:
    """Keep what was sent after a sign-in had ended, until the same account has signed in again.

    In the session only: it is no event, since nothing of the city's has changed. Nothing is kept
    for who was not signed in here before.
    """
    account_id = request.session.get(ENDED_ACCOUNT)
    if account_id is None:
        return
    posted = [(name, texts) for name, texts in request.POST.lists() if name not in _NOT_TYPED]
    request.session[LOST_POST] = {
        "account": account_id,
        "path": request.path,
        "posted": {
            name: [t[:_LONGEST_TEXT] for t in texts] for name, texts in posted[:_MOST_TEXTS]
        },
    }


@transaction.atomic
def keep_provisional(request: HttpRequest, person_id: UUID) -> None:
    """Remember under whom an unidentified visitor applies: in the session and in the account.

    With an account, the draft is found again on another device.
    """
    request.session[PROVISIONAL_PERSON] = str(person_id)
    account = request.user
    if not isinstance(account, Account) or account.is_staff or account.person_id is not None:
        return
    if account.provisional_person_id is not None:
        return
    account.provisional_person_id = person_id
    account.save(update_fields=["provisional_person_id"])
    actor = Actor(kind=ActorKind.RESIDENT, channel=Channel.PORTAL, account_id=account.pk)
    append(ProvisionalKept(account.pk, person_id), actor=actor, person_id=person_id)


@transaction.atomic
def give_post(
    actor: Actor,
    account_id: int,
    *,
    agency: str,
    role: str,
    office_number: str,
    since: date | None = None,
) -> StaffPost:
    """Give an officer a post: a role in an agency. Needs ``staff.manage`` there."""
    check_may_manage_staff(actor, agency)
    city = current_city()
    check_post(agency, role, city_today(), agencies=city.agencies, roles=city.roles.keys())
    account = Account.objects.select_for_update().get(pk=account_id)
    check_may_hold_post(tied=account.person_id is not None)
    if account.posts.filter(agency=agency, role=role, until__isnull=True).exists():
        raise PostHeldAlready
    if not account.is_staff:
        account.is_staff = True
        account.save(update_fields=["is_staff"])
    post = StaffPost.objects.create(
        account=account,
        agency=agency,
        role=role,
        office_number=office_number,
        since=since or city_today(),
    )
    _set_office_groups(account)
    append(PostGiven(post.pk, account_id, agency, role, office_number), actor=actor)
    return post


@transaction.atomic
def end_post(actor: Actor, post_id: int) -> None:
    """End a post today, and every sign-in of the account at once.

    With the last post the account stops being a staff account.
    """
    post = StaffPost.objects.select_for_update().select_related("account").get(pk=post_id)
    check_may_manage_staff(actor, post.agency)
    if post.until is not None:
        raise PostEndedAlready
    post.until = max(city_today(), post.since)
    post.save(update_fields=["until"])
    account = post.account
    account.is_staff = account.posts.filter(until__isnull=True).exists()
    account.sign_ins_ended_at = now()
    account.save(update_fields=["is_staff", "sign_ins_ended_at"])
    _set_office_groups(account)
    append(PostEnded(post.pk, account.pk, post.agency, post.role), actor=actor)


@transaction.atomic
def end_posts(
    actor: Actor, account_id: int, *, agency: str = "", role: str = ""
) -> tuple[StaffPost, ...]:
    """End the open posts of an account, all or those of one agency or role; return them."""
    wanted = {key: value for key, value in {"agency": agency, "role": role}.items() if value}
    posts = StaffPost.objects.filter(account_id=account_id, until__isnull=True, **wanted)
    ended = tuple(posts.select_related("account").order_by("id"))
    for post in ended:
        end_post(actor, post.pk)
    return ended


def _set_office_groups(account: Account) -> None:
    """Put the account into the groups of the editors' office that its posts allow."""
    roles = current_city().roles
    rights: set[str] = set()
    for post in account.posts.filter(until__isnull=True):
        rights |= roles[post.role].rights if post.role in roles else set()
    names = [group for right, group in OFFICE_GROUPS.items() if right in rights]
    kept = account.groups.exclude(name__in=OFFICE_GROUPS.values())
    account.groups.set([*kept, *Group.objects.filter(name__in=names)])


@transaction.atomic
def set_absence(
    actor: Actor, account_id: int, *, delegate_id: int, from_day: date, until_day: date
) -> Absence:
    """Let a colleague act in the posts of somebody who is away, from one day until another.

    Everybody may for themselves; a head with ``case.delegate`` for the colleagues of the agency.
    """
    today = city_today()
    posts = StaffPost.objects.held_on(today).filter(
        models.Q(account_id=account_id) | models.Q(account_id=delegate_id)
    )
    agencies = {post.agency for post in posts if post.account_id == account_id}
    check_may_set_absence(actor, account_id, agencies)
    check_absence(
        account_id=account_id,
        delegate_id=delegate_id,
        agencies=agencies,
        delegate_agencies={post.agency for post in posts if post.account_id == delegate_id},
        from_day=from_day,
        until_day=until_day,
        today=today,
    )
    absence = Absence.objects.create(
        account_id=account_id, delegate_id=delegate_id, from_day=from_day, until_day=until_day
    )
    event = AbsenceSet(
        absence.pk, account_id, delegate_id, from_day.isoformat(), until_day.isoformat()
    )
    append(event, actor=actor)
    return absence


@transaction.atomic
def withdraw_absence(actor: Actor, absence_id: int) -> None:
    """Take an absence back: the colleague stops acting in the posts at once."""
    absence = Absence.objects.select_for_update().get(pk=absence_id)
    posts = StaffPost.objects.held_on(city_today()).filter(account_id=absence.account_id)
    check_may_set_absence(actor, absence.account_id, {post.agency for post in posts})
    if absence.withdrawn:
        return
    absence.withdrawn = True
    absence.save(update_fields=["withdrawn"])
    append(AbsenceWithdrawn(absence.pk, absence.account_id), actor=actor)


def forget_expired() -> None:
    """Delete sessions and counters of attempts that no longer count; not an event of the city."""
    Session.objects.filter(expire_date__lt=now()).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_cache WHERE expires < %s", [now()])
