"""The commands `yimen staff add`, `post`, `end` and `list`: who works in the city's agencies.

Exit codes: 0 done, 1 refused, 2 wrong use.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from yimen.accounts.models import Account, StaffPost
    from yimen.accounts.rules import AccountsError

_USERNAME = click.argument("username")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


def _at_most(length: int) -> Callable[[click.Context, click.Parameter, str], str]:
    """Refuse a text that its column does not hold."""

    def check(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
        if not value.strip() or len(value) > length:
            raise click.BadParameter(f"between 1 and {length} characters.")
        return value.strip()

    return check


def _post_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Ask for a post: agency, role and office number."""
    for option in (
        click.option(
            "--office",
            required=True,
            callback=_at_most(40),
            help="Number of the office, shown to the public.",
        ),
        click.option("--role", required=True, help="Code of a role that the city declares."),
        click.option("--agency", required=True, help="Code of the agency."),
    ):
        command = option(command)
    return command


@click.group(name="staff")
def command() -> None:
    """Employ and dismiss officers: their accounts and the posts they hold."""


@command.command("add")
@_USERNAME
@click.option(
    "--name",
    required=True,
    callback=_at_most(150),
    help="The officer's name; the public sees the office only.",
)
@click.option("--email", required=True, help="Taken as right: codes for a new password go there.")
@_post_options
@click.option(
    "--by-email", is_flag=True, help="Make no password: the officer sets one by a code by e-mail."
)
@_JSON
def add(
    username: str,
    name: str,
    email: str,
    agency: str,
    role: str,
    office: str,
    by_email: bool,
    as_json: bool,
) -> None:
    """Make an account USERNAME for a new officer, and give it a post.

    The password is printed once and kept nowhere. A second factor is set up at the first sign-in.
    """
    from yimen.accounts.actions import employ
    from yimen.accounts.rules import new_password
    from yimen.base.actor import SYSTEM

    _check_words(username, email)
    password = None if by_email else new_password()
    with _refusals(username):
        post = employ(
            SYSTEM,
            username=username,
            name=name,
            email=email,
            password=password,
            agency=agency,
            role=role,
            office_number=office,
        )
    if as_json:
        _print_json(_facts(post) | {"password": password})
        return
    click.echo(f"{post.account.username} now holds a post: {_words(post)}.")
    click.echo(f"Password, shown only now: {password}" if password else _by_email())
    click.echo("At the first sign-in the officer sets up a second factor.")


def _by_email() -> str:
    from django.conf import settings
    from django.urls import reverse

    place = f"{settings.SITE_URL}{reverse('account_reset_password')}"
    return f"The officer sets a password with a code by e-mail, at {place}"


@command.command("post")
@_USERNAME
@_post_options
@_JSON
def post_command(username: str, agency: str, role: str, office: str, as_json: bool) -> None:
    """Give the officer USERNAME one more post."""
    from yimen.accounts.actions import give_post
    from yimen.base.actor import SYSTEM

    account = _account(username)
    with _refusals(username):
        post = give_post(SYSTEM, account.pk, agency=agency, role=role, office_number=office)
    if as_json:
        _print_json(_facts(post))
    else:
        click.echo(f"{account.username} now holds a post: {_words(post)}.")


@command.command("end")
@_USERNAME
@click.option("--agency", default="", help="End the posts in this agency only.")
@click.option("--role", default="", help="End the posts with this role only.")
@_JSON
def end(username: str, agency: str, role: str, as_json: bool) -> None:
    """End the posts of the officer USERNAME today, all of them unless AGENCY or ROLE is named.

    Every sign-in of the account ends at once. The worker gives the claimed tasks back.
    """
    from yimen.accounts.actions import end_posts
    from yimen.base.actor import SYSTEM

    account = _account(username)
    ended = end_posts(SYSTEM, account.pk, agency=agency, role=role)
    if not ended:
        raise click.ClickException(f"{account.username} holds no such post. Nothing was ended.")
    if as_json:
        _print_json({"ended": [_facts(post) for post in ended]})
        return
    for post in ended:
        click.echo(f"Ended: {account.username}, {_words(post)}.")
    click.echo("All sign-ins of the account have ended; claimed tasks go back to the queue.")


@command.command("list")
@click.option("--agency", default="", help="Show the posts of this agency only.")
@_JSON
def list_command(agency: str, as_json: bool) -> None:
    """Show who holds which post today."""
    from yimen.accounts.queries import all_staff
    from yimen.base.actor import SYSTEM

    posts = all_staff(SYSTEM, agency)
    if as_json:
        _print_json({"posts": [_facts(post) for post in posts]})
        return
    for post in posts:
        click.echo(f"{post.account.username}  {post.account.first_name}  {_words(post)}")
    if not posts:
        click.echo("Nobody holds a post. Begin with `yimen staff add --help`.")


def _account(username: str) -> "Account":
    from yimen.accounts.queries import account_named
    from yimen.base.actor import SYSTEM

    found = account_named(SYSTEM, username)
    if found is None:
        raise click.ClickException(f"There is no account {username!r}. See `yimen staff list`.")
    return found


def _check_words(username: str, email: str) -> None:
    """Refuse a user name or an address that can be none, as a wrong use."""
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from yimen.accounts.models import Account

    try:
        Account.username_validator(username)
    except ValidationError:
        raise click.BadParameter(
            "a user name is of letters, digits and @ . + - _", param_hint="USERNAME"
        ) from None
    try:
        validate_email(email)
    except ValidationError:
        raise click.BadParameter("this is no e-mail address.", param_hint="--email") from None


@contextmanager
def _refusals(username: str) -> Iterator[None]:
    """Say in a sentence why an account or a post was refused."""
    from yimen.accounts.rules import AccountsError

    try:
        yield
    except AccountsError as error:
        raise click.ClickException(_sentence(error, username)) from None


def _sentence(error: "AccountsError", username: str) -> str:
    from yimen.accounts import rules
    from yimen.catalogue.queries import current_city

    match error:
        case rules.UnknownAgency():
            return f"The city declares no agency {error.agency!r}. Nothing was changed."
        case rules.AgencyEnded():
            heir = f"; {error.successor!r} has its work" if error.successor else ""
            return f"The agency {error.agency!r} has ended{heir}. Nothing was changed."
        case rules.UnknownRole():
            known = ", ".join(current_city().roles)
            return f"The city declares no role {error.role!r}, only: {known}. Nothing was changed."
        case rules.UserNameTaken():
            return f"There is an account {username!r} already. `yimen staff post` gives it a post."
        case rules.EmailTaken():
            return "Another account has this e-mail address. Nothing was changed."
        case rules.PostHeldAlready():
            return f"{username} holds this post already."
        case rules.TiedAccount():
            return (
                f"{username} is the account of a resident, which opens that person's own pages. An"
                " officer needs an account of their own: `yimen staff add`."
            )
        case _:  # pragma: no cover - the system is refused nothing else
            return f"Refused: {type(error).__name__}."


def _facts(post: "StaffPost") -> dict[str, object]:
    return {
        "username": post.account.username,
        "name": post.account.first_name,
        "agency": post.agency,
        "role": post.role,
        "office_number": post.office_number,
        "since": post.since.isoformat(),
    }


def _words(post: "StaffPost") -> str:
    return f"{post.role} at {post.agency}, office {post.office_number}"


def _print_json(value: dict[str, object]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
