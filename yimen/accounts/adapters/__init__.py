"""What allauth asks of us, and the middleware that keeps the doors of staff shut."""

import base64
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlencode

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django import forms
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import LoginView
from django.contrib.sites.shortcuts import get_current_site
from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from yimen.accounts.actions import after_sign_in, keep_lost_post, queue_email, sign_up
from yimen.accounts.models import Account
from yimen.accounts.queries import (
    ENDED_ACCOUNT,
    actor_for,
    has_second_factor,
    signed_in_at,
    used_second_factor,
)
from yimen.accounts.rules import has_expired
from yimen.base.clock import now
from yimen.base.identifiers import uuid7
from yimen.keys.queries import keyed_hash

LAST_SEEN = "last_seen"  # session key: seconds since 1970, written at most once a minute
WRITE_EVERY_SECONDS = 60
DESK, EDITORS_OFFICE = "/desk/", "/backoffice/"
EDITING = "page."  # how the rights of editors begin
_NONCE_BYTES = 12


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """How accounts are made and signed in."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("The sign-in name or the password is not right."),
        "username_password_mismatch": _("The sign-in name or the password is not right."),
        "too_many_login_attempts": _(
            "Sign-in is closed for 15 minutes after five wrong attempts. "
            "Wait, then try again, or set a new password."
        ),
        "incorrect_code": _("The code is not right. Look it up again and enter it."),
        "incorrect_password": _("The password is not right."),
        "rate_limited": _("Too many attempts. Wait a few minutes, then try again."),
        "enter_current_password": _("Enter the password that you use now."),
    }

    def save_user(
        self, request: HttpRequest, user: Account, form: BaseForm, commit: bool = True
    ) -> Account:
        """Save a resident's new account through the action, under a name nobody can guess."""
        super().save_user(request, user, form, commit=False)
        user.username = f"r-{uuid7().hex}"
        user.first_name = form.cleaned_data["name"]
        if commit:
            sign_up(user)
        return user

    def login(self, request: HttpRequest, user: Account) -> None:
        """Sign in, then let higher apps take over what the visitor began before."""
        super().login(request, user)
        request.session[LAST_SEEN] = now().timestamp()
        after_sign_in(request, user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """Let the e-mail go out by the queue, after the answer and as often as it takes."""
        request = allauth_context.request
        words = {"request": request, "email": email, "current_site": get_current_site(request)}
        message = self.render_mail(template_prefix, email, words | context)
        queue_email(email, message.subject, message.body)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead officers to the desk, editors to their office, residents to their own pages."""
        if not isinstance(request.user, Account) or not request.user.is_staff:
            return str(super().get_login_redirect_url(request))
        rights = {right for post in actor_for(request).posts for right in post.rights}
        if rights and all(right.startswith(EDITING) for right in rights):
            return EDITORS_OFFICE
        language = get_language()
        return DESK if language == settings.LANGUAGE_CODE else f"/{language}{DESK}"


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    """Keeps the secrets of one-time codes encrypted at rest, and names the error kindly."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is not right. Look it up again and enter it."),
        "unverified_email": _("Confirm your e-mail address before you add a second factor."),
    }

    def generate_authenticator_name(self, user: Account, type: Authenticator.Type) -> str:  # noqa: A002  allauth's name
        """Propose a name for a new passkey."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return (
            gettext("My device %(number)d") % {"number": count + 1}
            if count
            else gettext("My device")
        )

    def encrypt(self, text: str) -> str:
        """Return the secret sealed with AES-GCM under a key of this city."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(_secret_key()).encrypt(nonce, text.encode(), None)
        return base64.b64encode(nonce + sealed).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret that `encrypt` has sealed."""
        raw = base64.b64decode(encrypted_text)
        nonce, sealed = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
        return AESGCM(_secret_key()).decrypt(nonce, sealed, None).decode()


def _secret_key() -> bytes:
    return bytes.fromhex(keyed_hash("second-factor", "secrets of one-time codes"))


class SignUpName(forms.Form):
    """The question that our sign-up asks beyond allauth's: the name, as one writes it."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("name", "email", "password1")

    def signup(self, request: HttpRequest, user: Account) -> None:
        """Do nothing more: `AccountAdapter.save_user` has kept the name."""


class SignInDoor:
    """Middleware: ends old sign-ins, opens staff pages to a second factor only.

    It stands on every request, before any view: the desk and the editors' office need a staff
    account whose second factor was used in this session. Sign-in views of libraries, which know
    no second factor and no limits, lead to ours.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        names = "|".join(re.escape(path.strip("/")) for path in settings.STAFF_PATHS)
        tags = "|".join(re.escape(tag) for tag, _name in settings.LANGUAGES)
        self.staff = re.compile(f"^(?:/(?:{tags}))?/({names})(?:/|$)")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer with the page, or with the way to what is missing."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            self._end_old_sign_in(request)
        below = self.staff.match(request.path_info)
        if below is not None:
            refusal = self._refusal(request, settings.STAFF_PATHS[f"/{below[1]}/"])
            if refusal is not None:
                if request.method == "POST" and f"/{below[1]}/" == DESK:
                    keep_lost_post(request)
                return refusal
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponseBase],
        args: tuple[object, ...],
        kwargs: dict[str, object],
    ) -> HttpResponse | None:
        """Lead every sign-in view that is not ours to ours."""
        view_class = getattr(view, "view_class", None)
        if isinstance(view_class, type) and issubclass(view_class, LoginView):
            return _to("account_login", request.GET.get("next") or "")
        return None

    def _end_old_sign_in(self, request: HttpRequest) -> None:
        account = request.user
        if not isinstance(account, Account):
            return
        moment = now()
        seen = datetime.fromtimestamp(request.session.get(LAST_SEEN, moment.timestamp()), UTC)
        signed_in = signed_in_at(request) or seen
        if has_expired(
            is_staff=account.is_staff,
            signed_in=signed_in,
            last_seen=seen,
            now=moment,
            ended=account.sign_ins_ended_at,
        ):
            logout(request)
            request.session[ENDED_ACCOUNT] = account.pk
        elif (
            LAST_SEEN not in request.session
            or (moment - seen).total_seconds() >= WRITE_EVERY_SECONDS
        ):
            request.session[LAST_SEEN] = moment.timestamp()

    def _refusal(self, request: HttpRequest, permission: str) -> HttpResponse | None:
        account = request.user
        if not isinstance(account, Account):
            return _to("account_login", request.get_full_path())
        if not (account.is_staff or account.is_superuser):
            raise PermissionDenied
        if used_second_factor(request):
            if permission and not account.has_perm(permission):
                raise PermissionDenied
            return None
        if has_second_factor(account.pk):
            return _to("mfa_reauthenticate", request.get_full_path())
        return _to("mfa_activate_totp", request.get_full_path())


def _to(name: str, then: str) -> HttpResponseRedirect:
    address = reverse(name)
    return HttpResponseRedirect(f"{address}?{urlencode({'next': then})}" if then else address)
