"""The commands `yimen keys list`, `rotate`, `certificates` and `withdraw`."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click

from yimen.keys.types import CertificateFacts, State

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


@contextmanager
def _in_sentences() -> Iterator[None]:
    """Say what is wrong with a key, and the remedy."""
    from yimen.keys import rules

    try:
        yield
    except rules.BadPurpose:
        raise click.BadParameter("a purpose is a short name in lower case.") from None
    except rules.KeysNotMade as error:
        raise click.ClickException(
            f"There is no key for '{error.purpose}' in {error.folder}. Keys of seals are made when"
            " the agency seals its first paper; is YIMEN_DATA the right folder?"
        ) from None
    except (rules.KeyUnknown, rules.NoCertificate) as error:
        raise click.ClickException(
            f"No certificate is held here for '{error.key_id}'. `yimen keys certificates` names"
            " those that are."
        ) from None
    except rules.RootStays:
        raise click.ClickException(
            "A root cannot withdraw itself. `yimen keys rotate authority` gives the city another"
            " one; publish it, and tell everybody to trust the old one no longer."
        ) from None
    except rules.ClockBehind as error:
        raise click.ClickException(
            f"The certificate of '{error.purpose}' begins on {_day(error.begins)}, later than the"
            " clock of this machine says. Set the clock right. If it is right, and was ahead when"
            f" that certificate was made, run `yimen keys rotate {error.purpose}`."
        ) from None
    except rules.TokenUnavailable as error:
        raise click.ClickException(
            f"The security module {error.module} does not let its token '{error.token}' be used:"
            f" {error.says}. See YIMEN_PKCS11_MODULE, YIMEN_PKCS11_TOKEN and"
            " YIMEN_PKCS11_PIN_FILE."
        ) from None


@click.group(name="keys")
def command() -> None:
    """Show and change the keys that the city signs with."""


@command.command("list")
@click.argument("purpose", default="ledger")
@as_json_option
def list_command(purpose: str, as_json: bool) -> None:
    """Print the public keys of PURPOSE (ledger, authority, seal-police), old ones too."""
    from yimen.keys import queries

    with _in_sentences():
        keys = queries.public_keys(purpose)
    if as_json:
        click.echo(json.dumps(keys, indent=2))
        return
    for name, pem in keys.items():
        click.echo(f"{name}\n{pem}")


@command.command("rotate")
@click.argument("purpose")
@as_json_option
def rotate_command(purpose: str, as_json: bool) -> None:
    """Give PURPOSE a new key. What the old one signed can still be verified."""
    from yimen.keys import actions

    with _in_sentences():
        name = actions.rotate(purpose)
    if as_json:
        click.echo(json.dumps({"purpose": purpose, "name": name}, indent=2))
        return
    click.echo(f"From now on {name} signs. Publish its name, so that others know it as yours.")


@command.command("certificates")
@as_json_option
def certificates_command(as_json: bool) -> None:
    """Show the city's root, its time stamp and the seal of each agency, with their last days."""
    from yimen.keys import queries

    with _in_sentences():
        found = queries.certificates()
    if as_json:
        click.echo(json.dumps([_as_json(facts) for facts in found], ensure_ascii=False, indent=2))
    elif not found:
        click.echo("There are no certificates yet. They are made with the first sealed paper.")
    else:
        for facts in found:
            click.echo(_sentence(facts))


@command.command("withdraw")
@click.argument("name")
@click.option("--why", required=True, help="The reason, for those who come after you.")
def withdraw_command(name: str, why: str) -> None:
    """Withdraw the certificate of the key NAME, when it may be in wrong hands."""
    from yimen.keys import actions

    with _in_sentences():
        actions.withdraw(name, why)
    click.echo(
        f"{name} is withdrawn, and the published list says so. The next paper is sealed with a new"
        " key. What was sealed before stays valid, because its time stamp is older."
    )


def _sentence(facts: CertificateFacts) -> str:
    last = _day(facts.last_day)
    says = {
        State.IN_USE: f"in use until {last}; its successor is made in good time",
        State.REPLACED: f"replaced by a newer one; what it sealed stays valid (last day {last})",
        State.EXPIRED: f"ended on {last}; what it sealed in time stays valid",
        State.WITHDRAWN: "withdrawn",
    }[facts.state]
    if facts.withdrawn_at is not None:
        says += f" on {_day(facts.withdrawn_at)}"
    where = " Its key lives in the security module." if facts.in_token else ""
    return f"{' / '.join(facts.names)} ({facts.key_id}): {says}.{where}"


def _as_json(facts: CertificateFacts) -> dict[str, Any]:
    at = facts.withdrawn_at
    return {
        "purpose": facts.purpose,
        "name": facts.key_id,
        "names": facts.names,
        "state": facts.state,
        "first_day": facts.first_day.isoformat(),
        "last_day": facts.last_day.isoformat(),
        "withdrawn_at": at.isoformat() if at is not None else None,
        "serial": facts.serial,
        "sha256": facts.fingerprint,
        "in_token": facts.in_token,
        "pem": facts.pem,
    }


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"
