"""The commands `yimen keys list`, `rotate` and `revoke`."""

import json
from collections.abc import Iterator, Mapping, Sequence
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
    except rules.BadPurpose as error:
        raise click.BadParameter(str(error)) from None
    except rules.KeyTrouble as error:
        raise click.ClickException(str(error)) from None


@click.group(name="keys")
def command() -> None:
    """Show and change the keys that the city signs with."""


@command.command("list")
@click.argument("purpose", required=False)
@as_json_option
def list_command(purpose: str | None, as_json: bool) -> None:
    """Show all keys and certificates with their last days; with PURPOSE its public keys.

    A purpose is `ledger`, `authority` (the city's root), `time-stamp`, or `seal-police` for the
    agency `police`. Old keys are shown too.
    """
    from yimen.keys import queries

    with _in_sentences():
        if purpose is None:
            _show_all(queries.certificates(), queries.bare_keys(), as_json=as_json)
            return
        keys = queries.public_keys(purpose)
    if as_json:
        click.echo(json.dumps(keys, indent=2))
        return
    for name, pem in keys.items():
        click.echo(f"{name}\n{pem}")


def _show_all(
    certificates: Sequence[CertificateFacts], bare: Mapping[str, bool], *, as_json: bool
) -> None:
    if as_json:
        rows = [{"name": name, "signs": signs} for name, signs in bare.items()]
        told = {"certificates": [_as_json(facts) for facts in certificates], "keys": rows}
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    for name, signs in bare.items():
        click.echo(f"{name}: {'signs' if signs else 'signed before; verifies what it signed'}.")
    for facts in certificates:
        click.echo(_sentence(facts))
    if not certificates:
        click.echo("There are no certificates yet. They are made when a city is applied.")


@command.command("rotate")
@click.argument("purpose", default="")
@click.option("--storage", is_flag=True, help="The key that encrypts stored files.")
@as_json_option
def rotate_command(purpose: str, storage: bool, as_json: bool) -> None:
    """Give PURPOSE a new key. What the old one signed can still be verified.

    With --storage, stored files get one; the worker encrypts them anew while everything goes on.
    """
    from yimen.keys import actions

    if storage == bool(purpose):
        raise click.UsageError("Name a purpose, or --storage, and not both.")
    with _in_sentences():
        name = actions.rotate_storage() if storage else actions.rotate(purpose)
    if as_json:
        click.echo(json.dumps({"purpose": purpose or "storage", "name": name}, indent=2))
        return
    if storage:
        click.echo(
            f"From now on {name} encrypts. The worker encrypts anew what was stored before; keep the"
            " old key until `yimen ledger storage` says that nothing needs it."
        )
        return
    click.echo(f"From now on {name} signs. Publish its name, so that others know it as yours.")


@command.command("revoke")
@click.argument("name")
@click.option("--why", required=True, help="The reason, for those who come after you.")
def revoke_command(name: str, why: str) -> None:
    """Revoke the certificate of the key NAME, when it may be in wrong hands."""
    from yimen.keys import actions

    with _in_sentences():
        actions.revoke(name, why)
    click.echo(
        f"{name} is revoked, and the published list says so. The next paper is sealed with a new"
        " key. What was sealed before stays valid, because its time stamp is older."
    )


def _sentence(facts: CertificateFacts) -> str:
    last = _day(facts.last_day)
    says = {
        State.IN_USE: f"in use until {last}; its successor is made in good time",
        State.REPLACED: f"replaced by a newer one; what it sealed stays valid (last day {last})",
        State.EXPIRED: f"ended on {last}; what it sealed in time stays valid",
        State.REVOKED: "revoked",
    }[facts.state]
    if facts.revoked_at is not None:
        says += f" on {_day(facts.revoked_at)}"
    where = " Its key lives in the security module." if facts.in_token else ""
    return f"{' / '.join(facts.names)} ({facts.key_id}): {says}.{where}"


def _as_json(facts: CertificateFacts) -> dict[str, Any]:
    at = facts.revoked_at
    return {
        "purpose": facts.purpose,
        "name": facts.key_id,
        "names": facts.names,
        "state": facts.state,
        "first_day": facts.first_day.isoformat(),
        "last_day": facts.last_day.isoformat(),
        "revoked_at": at.isoformat() if at is not None else None,
        "serial": facts.serial,
        "sha256": facts.fingerprint,
        "in_token": facts.in_token,
        "pem": facts.pem,
    }


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d}"
