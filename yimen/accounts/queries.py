"""Who acts in a request, who holds which post, who stands in for whom."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.mfa.app_settings import TOTP_PERIOD
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import models
from django.http import HttpRequest, QueryDict
from django.utils.translation import get_language

from yimen.accounts.models import Absence, Account, StaffPost
from yimen.accounts.rules import check_is_system, check_may_manage_staff, delegated
from yimen.accounts.types import AbsenceKept, AccountKept, EmailKept, FactorKept, PostKept
from yimen.base.actor import ANONYMOUS, Actor, ActorKind, Channel, Post
from yimen.base.clock import now, today
from yimen.catalogue.definition import City
from yimen.catalogue.queries import current_city
from yimen.catalogue.rules import is_there

PROVISIONAL_PERSON = "provisional_person"  # session key
ENDED_ACCOUNT = "ended_account"  # session key: whose sign-in has ended on this device
LOST_POST = "lost_post"  # session key: what was sent when the sign-in had ended
_CACHED = "_yimen_actor"


def city_today() -> date:
    """Return the calendar day it is now in the city."""
    return today(ZoneInfo(current_city().time_zone))


def actor_for(request: HttpRequest, channel: Channel | None = None) -> Actor:
    """Return who acts in this request; made once per request.

    Staff act by the desk unless a channel is named, everybody else by the portal. Posts count only
    when a second factor was used in this session. Costs no query for visitors and residents beyond
    Django's own two (session, account), and two more for staff.
    """
    cached: tuple[object, Channel | None, Actor] | None = getattr(request, _CACHED, None)
    key = (request.user.pk, request.session.get(PROVISIONAL_PERSON), get_language())
    if cached is not None and cached[0] == key and cached[1] == channel:
        return cached[2]
    actor = _make_actor(request, channel)
    setattr(request, _CACHED, (key, channel, actor))
    return actor


def _make_actor(request: HttpRequest, channel: Channel | None) -> Actor:
    language = (get_language() or "zh").split("-")[0]
    account = request.user
    if not isinstance(account, Account):
        return Actor(
            kind=ANONYMOUS.kind,
            channel=channel or Channel.PORTAL,
            person_id=_provisional_of_session(request),
            language=language,
        )
    if account.is_staff:
        return _staff_actor(request, account, channel or Channel.DESK, language)
    person_id = account.person_id or account.provisional_person_id
    return Actor(
        kind=ActorKind.RESIDENT,
        channel=channel or Channel.PORTAL,
        account_id=account.pk,
        label=account.first_name,
        person_id=person_id or _provisional_of_session(request),
        identified=account.person_id is not None,
        language=language,
    )


def _staff_actor(request: HttpRequest, account: Account, channel: Channel, language: str) -> Actor:
    city = current_city()
    held = posts_of(account.pk, city_today()) if used_second_factor(request) else ()
    return Actor(
        kind=ActorKind.STAFF,
        channel=channel,
        account_id=account.pk,
        label=_officer_label(city, held, account.pk, language),
        posts=_rights(city, held, account.pk),
        language=language,
    )


def _rights(city: City, held: Collection[StaffPost], account_id: int) -> tuple[Post, ...]:
    posts = []
    for row in held:
        role = city.roles.get(row.role)
        agency = city.agencies.get(row.agency)
        if role is None or agency is None or not is_there(agency, city_today()):
            continue  # the city has dropped the role or the agency: the post carries no right
        post = Post(row.agency, row.role, role.rights)
        if row.account_id != account_id:
            post = delegated(post, row.account_id)
        posts.append(post)
    return tuple(posts)


def _officer_label(city: City, held: Collection[StaffPost], account_id: int, language: str) -> str:
    own = next((post for post in held if post.account_id == account_id), None)
    if own is None or own.agency not in city.agencies:
        return ""
    return f"{city.agencies[own.agency].title[language]} {own.office_number}"


def _provisional_of_session(request: HttpRequest) -> UUID | None:
    kept = request.session.get(PROVISIONAL_PERSON)
    return UUID(kept) if kept else None


def used_second_factor(request: HttpRequest) -> bool:
    """Say whether a second factor was used in this session; asks no database."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def has_second_factor(account_id: int) -> bool:
    """Say whether an account has set up a one-time code or a passkey."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user_id=account_id, type__in=kinds).exists())


def posts_of(account_id: int, day: date) -> tuple[StaffPost, ...]:
    """Return the posts in which an account acts on a day: its own first, then delegated ones.

    A post is delegated within its agency: who has left there stands in for nobody there.
    """
    absent = Absence.objects.filter(
        delegate_id=account_id, from_day__lte=day, until_day__gte=day, withdrawn=False
    ).values("account_id")
    rows = (
        StaffPost.objects.held_on(day)
        .filter(models.Q(account_id=account_id) | models.Q(account_id__in=absent))
        .filter(account__is_active=True)
        .order_by("id")
    )
    own = [post for post in rows if post.account_id == account_id]
    agencies = {post.agency for post in own}
    stood_in = [p for p in rows if p.account_id != account_id and p.agency in agencies]
    return (*own, *stood_in)


def office_numbers(holders: Collection[tuple[int, str]]) -> Mapping[tuple[int, str], str]:
    """Return by which office number officers are named in an agency, by (account, agency).

    The newest post there counts, one that is held before one that has ended: what an officer did
    keeps a number when they have left.
    """
    accounts, agencies = {account for account, _ in holders}, {agency for _, agency in holders}
    rows = StaffPost.objects.filter(account_id__in=accounts, agency__in=agencies)
    in_order = rows.order_by(models.F("until").asc(nulls_last=True), "since", "id")
    return {(row.account_id, row.agency): row.office_number for row in in_order}


def account_named(actor: Actor, username: str) -> Account | None:
    """Return the account with this user name, for the system's command line."""
    check_is_system(actor)
    return Account.objects.filter(username__iexact=username).first()


def all_staff(actor: Actor, agency: str = "") -> tuple[StaffPost, ...]:
    """Return the posts held today in the city or in one agency, for who manages them."""
    check_may_manage_staff(actor, agency)
    rows = StaffPost.objects.held_on(city_today()).select_related("account")
    if agency:
        rows = rows.filter(agency=agency)
    return tuple(rows.order_by("agency", "office_number", "id"))


def staff_of(actor: Actor, agency: str) -> tuple[StaffPost, ...]:
    """Return the posts held today in an agency, for somebody who holds a post there too."""
    if not any(post.agency == agency for post in actor.posts):
        return ()
    rows = StaffPost.objects.held_on(city_today()).filter(agency=agency)
    return tuple(rows.select_related("account").order_by("office_number", "id"))


def officers_with_email(actor: Actor, after: int, limit: int) -> tuple[tuple[int, str, Actor], ...]:
    """Return a batch of the staff with a post today and an e-mail address, for the system.

    Each by account, address and as who acts at the desk in their own posts; ``after`` is the last
    account of the batch before.
    """
    check_is_system(actor)
    city, day = current_city(), city_today()
    held = StaffPost.objects.held_on(day).filter(account_id=models.OuterRef("pk"))
    accounts = Account.objects.filter(models.Exists(held), pk__gt=after, is_active=True)
    rows = list(accounts.exclude(email="").order_by("pk")[:limit])
    posts: dict[int, list[StaffPost]] = {row.pk: [] for row in rows}
    for post in StaffPost.objects.held_on(day).filter(account_id__in=posts).order_by("id"):
        posts[post.account_id].append(post)

    def officer(account_id: int) -> Actor:
        rights = _rights(city, posts[account_id], account_id)
        return Actor(ActorKind.STAFF, Channel.SYSTEM, account_id=account_id, posts=rights)

    return tuple((row.pk, row.email, officer(row.pk)) for row in rows)


def absences_of(actor: Actor) -> tuple[Absence, ...]:
    """Return the coming and running absences of the actor, and those they stand in for."""
    if actor.account_id is None or not actor.is_staff:
        return ()
    rows = Absence.objects.filter(until_day__gte=city_today(), withdrawn=False)
    mine = models.Q(account_id=actor.account_id) | models.Q(delegate_id=actor.account_id)
    return tuple(rows.filter(mine).select_related("account", "delegate").order_by("from_day"))


def account_kept(actor: Actor) -> AccountKept | None:
    """Return all that is kept of the actor's own account, without secrets; None for visitors."""
    if actor.account_id is None:
        return None
    account = Account.objects.get(pk=actor.account_id)
    emails = EmailAddress.objects.filter(user_id=account.pk).order_by("pk")
    factors = Authenticator.objects.filter(user_id=account.pk).order_by("pk")
    posts = StaffPost.objects.filter(account_id=account.pk).order_by("since", "id")
    mine = models.Q(account_id=account.pk) | models.Q(delegate_id=account.pk)
    absences = Absence.objects.filter(mine).order_by("from_day", "id")
    return AccountKept(
        user_name=account.username,
        name=account.first_name,
        is_staff=account.is_staff,
        tied=account.person_id is not None,
        made_at=account.date_joined,
        signed_in_at=account.last_login,
        email_addresses=tuple(EmailKept(row.email, row.verified, row.primary) for row in emails),
        second_factors=tuple(
            FactorKept(str(row.type), row.created_at, row.last_used_at) for row in factors
        ),
        posts=tuple(
            PostKept(row.agency, row.role, row.office_number, row.since, row.until) for row in posts
        ),
        absences=tuple(
            AbsenceKept(row.from_day, row.until_day, row.delegate_id == account.pk, row.withdrawn)
            for row in absences
        ),
    )


def signed_in_at(request: HttpRequest) -> datetime | None:
    """Return when this session was signed in, or None when it is not."""
    records = get_authentication_records(request, request.user)
    return datetime.fromtimestamp(records[0]["at"], UTC) if records else None


def one_time_code(key: str) -> str:
    """Return the code that an app with this key shows now."""
    counter = int(now().timestamp()) // TOTP_PERIOD
    return str(format_hotp_value(hotp_value(key, counter)))


def lost_post_waits(request: HttpRequest, path: str) -> bool:
    """Say whether something that was sent to this path waits for its sender to sign in."""
    return bool(request.session.get(LOST_POST, {}).get("path") == path)


def take_lost_post(request: HttpRequest, path: str) -> QueryDict | None:
    """Return what this account sent to this path when its sign-in had ended, once."""
    if not lost_post_waits(request, path):
        return None
    kept = request.session.pop(LOST_POST)
    if kept["account"] != request.user.pk:
        return None
    posted = QueryDict(mutable=True)
    for name, texts in kept["posted"].items():
        posted.setlist(name, texts)
    return posted
