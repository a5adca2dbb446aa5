"""The commands `yimen backup` and `yimen restore`."""

import json
import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yimen.config import environment
from yimen.config.backup.state import RECIPIENT
from yimen.config.refusal import Refusal

if TYPE_CHECKING:
    from yimen.config.backup.parts import Part


_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
_IDENTITY = click.option(
    "--identity",
    type=click.Path(path_type=Path),
    help="The file with the identity (AGE-SECRET-KEY-1...) that opens the backups.",
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--changes", is_flag=True, help="Save only what changed since the last backup.")
@click.option("--verify", is_flag=True, help="Write nothing: read every backup in FOLDER again.")
@click.option("--recipient", help="For whom to encrypt (age1...), at the first backup.")
@_IDENTITY
@_JSON
def backup(
    folder: Path,
    changes: bool,
    verify: bool,
    recipient: str | None,
    identity: Path | None,
    as_json: bool,
) -> None:
    """Save database, keys and files into FOLDER, encrypted and read again.

    The first backup prints the identity that opens all of them, once: keep it elsewhere.
    With --verify, --identity also decrypts everything.
    """
    if verify:
        _verify(folder, identity, as_json=as_json)
        return
    if os.environ.get("DATABASE_URL"):
        raise Refusal(
            "The database that DATABASE_URL names is not covered: its own server's backup"
            " (pg_basebackup and its archive) must save it, and you must save"
            f" {environment.data_folder()} right after it: keys, documents, media."
        )
    with environment.database("yimen backup"):
        data = environment.data_folder()
        if as_json and recipient is None and not (data / RECIPIENT).exists():
            raise Refusal("Run once without --json, to see the new identity, or name --recipient.")
        part = save_now(folder, data, recipient, full=not changes)
    if as_json:
        size = sum(known.bytes for known in part.sums.values())
        said = {"backup": str(part.folder), "bytes": size, "until": part.until.isoformat()}
        click.echo(json.dumps(said, indent=2))
        return
    click.echo(sentence_of(part))


def save_now(folder: Path, data: Path, recipient: str | None, *, full: bool) -> "Part":
    """Save the embedded database, which runs, and show a new identity before."""
    from yimen.config.backup.saving import Source, recipient_of, save
    from yimen.config.embedded.cluster import cluster_of

    to, new = recipient_of(data, recipient)
    if new is not None:
        click.echo(
            "This identity opens the backups. It is shown now and never again, and is kept"
            f" nowhere on this machine. Without it nobody can restore.\n\n{new}\n"
        )
    return save(Source(data, cluster_of(data)), folder.absolute(), to, full=full)


def sentence_of(part: "Part") -> str:
    """Return what a person is told of a part that was written."""
    size = sum(known.bytes for known in part.sums.values())
    return (
        f"{part.folder} holds everything until {part.until:%Y-%m-%d %H:%M:%S} UTC"
        f" ({size / 1e6:,.1f} MB), and was read again."
    )


def _verify(folder: Path, identity_file: Path | None, *, as_json: bool) -> None:
    from yimen.config.backup.parts import parts_in
    from yimen.config.backup.restoring import choose
    from yimen.config.backup.sealing import read_identity, unseal

    identity = read_identity(identity_file) if identity_file else None
    known = parts_in(folder)
    for part in known:
        part.check()
        for name in part.sums if identity else ():
            assert identity is not None
            unseal(part.folder / name, identity, None)
    chosen = choose(known, folder, None)
    first, last = chosen[0].ready.isoformat(), chosen[-1].until.isoformat()
    if as_json:
        click.echo(json.dumps({"parts": len(known), "from": first, "until": last}, indent=2))
        return
    click.echo(
        f"{len(known)} parts are as they were written. The newest full backup can be restored to"
        f" any moment from {first} to {last}."
        + ("" if identity else " Name --identity to decrypt everything as well.")
    )


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--into", type=click.Path(path_type=Path), required=True, help="The new data folder.")
@click.option("--at", help="The moment, as 2026-11-28T12:00:00+08:00; without it the newest.")
@_IDENTITY
@_JSON
def restore(folder: Path, into: Path, at: str | None, identity: Path | None, as_json: bool) -> None:
    """Make a new data folder from the backups in FOLDER, and verify its ledger."""
    if identity is None:
        raise click.UsageError("Name the file that holds the identity: --identity FILE.")
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yimen.config.settings")
    from yimen.config.backup.restoring import restore as restore_all
    from yimen.config.backup.sealing import read_identity

    moment = _moment(at) if at else None
    into = into.absolute()
    found = restore_all(folder.absolute(), into, read_identity(identity), moment, environment.say)
    if as_json:
        click.echo(json.dumps({"data": str(into)} | asdict(found), indent=2))
    else:
        click.echo(f"{into} is restored. {found.ledger_says}")
        if found.missing_migrations:
            click.echo(
                f"{found.missing_migrations} changes of the tables are missing; the"
                " command `yimen upgrade` makes them."
            )
        click.echo(f"Start it with YIMEN_DATA={into} yimen run --no-demo.")
    raise SystemExit(0 if found.ledger_holds else 1)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter("write it as 2026-11-28T12:00:00+08:00.") from error
    if moment.tzinfo is None:
        raise click.BadParameter("add the time zone: +08:00, or Z for UTC.")
    return moment
