"""The commands `yimen ledger verify`, `seal`, `roots`, `proof` and `storage`."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from typing import BinaryIO
from uuid import UUID

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar

from yimen.ledger.types import Fault, FaultKind, Progress, Verification

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


@click.group(name="ledger")
def command() -> None:
    """Verify, seal and publish the record of everything that happened."""


@command.command("verify")
@as_json_option
@click.option(
    "--day", type=click.DateTime(["%Y-%m-%d"]), help="Verify the seals of one day of the city only."
)
@click.option(
    "--against",
    type=click.File("rb"),
    help="Also compare with roots that were published, as `yimen ledger roots --json` gives them.",
)
def verify_command(as_json: bool, day: datetime | None, against: BinaryIO | None) -> None:
    """Verify every sealed event; name the first that is not as it was sealed. Exit code 1 then."""
    from yimen.ledger.loader import read_roots
    from yimen.ledger.queries.verification import verify
    from yimen.ledger.rules import NotARootsFile

    try:
        published = read_roots(against.read()) if against else None
    except NotARootsFile:
        raise click.BadParameter(
            "this is not a file of published roots.", param_hint="--against"
        ) from None
    started = time.monotonic()
    with _progress_bar(hidden=as_json) as report:
        found = verify(day=day.date() if day else None, published=published, report=report)
    seconds = time.monotonic() - started
    if as_json:
        _print_json(_facts_of(found, seconds))
    else:
        _tell(found, seconds)
    raise SystemExit(0 if found.holds else 1)


@command.command("seal")
@as_json_option
def seal_command(as_json: bool) -> None:
    """Seal what waits and close the days that are over, as the worker does each second."""
    from yimen.keys.rules import KeysNotMade
    from yimen.ledger import actions, queries

    sealed = 0
    try:
        while count := actions.seal_once():
            sealed += count
        days = actions.close_days()
    except KeysNotMade as error:
        raise click.ClickException(
            f"There is no key to sign with in {error.folder}. Is YIMEN_DATA the right folder?"
            " `yimen run` makes keys where there never were any."
        ) from None
    waiting = queries.sealer_lag().events
    if as_json:
        _print_json({"sealed": sealed, "days": [d.isoformat() for d in days], "waiting": waiting})
        return
    click.echo(f"Sealed: {_count(sealed, 'event')}. Closed: {_count(len(days), 'day')}.")
    if waiting:
        click.echo(
            f"Waiting: {_count(waiting, 'event')}. The worker's sealer is at work, or a transaction"
            " that began before them is still running."
        )


@command.command("roots")
@as_json_option
def roots_command(as_json: bool) -> None:
    """Print the signed root of each day; with --json, exactly what the portal publishes."""
    from yimen.ledger import queries

    if as_json:
        _print_json(queries.published_roots())
        return
    for day in queries.day_roots():
        click.echo(f"{day.day}  {day.last_position:>12,}  {bytes(day.root).hex()}")


@command.command("proof")
@click.argument("event_id", type=click.UUID)
def proof_command(event_id: UUID) -> None:
    """Print the proof (JSON) that an event is sealed, for `check_ledger.py` or for a court."""
    from yimen.ledger import queries, rules

    try:
        proof = queries.published_proof(event_id)
    except rules.EventUnknown:
        raise click.ClickException("The ledger has no such event.") from None
    except rules.EventNotSealed:
        raise click.ClickException(
            "The event waits for its seal. Try again in a few seconds."
        ) from None
    _print_json(proof)


@command.command("storage")
@as_json_option
def storage_command(as_json: bool) -> None:
    """Show which data keys stored files are encrypted with, and whether old keys are still needed."""
    from yimen.keys.queries import storage_key_id
    from yimen.ledger import queries, rules

    found, today = queries.documents_by_key(), storage_key_id()
    if as_json:
        _print_json({"key": today, "documents": found})
        return
    click.echo(f"{today} encrypts now: {_count(found.get(today, 0), 'document')}.")
    for key_id, number in found.items():
        if key_id == rules.UNREADABLE:
            click.echo(f"Lost or damaged: {_count(number, 'document')}.")
        elif key_id != today:
            click.echo(f"{key_id or 'Plain'}: {_count(number, 'document')} wait to be encrypted.")
    if not {*found} - {today, rules.UNREADABLE}:
        click.echo("Nothing needs an older key of storage.")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _print_json(facts: object) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False, indent=2))


@contextmanager
def _progress_bar(*, hidden: bool) -> Iterator[Callable[[Progress], None]]:
    """Show a bar with rate and time left on the terminal, if there is one."""
    console = Console(stderr=True)
    bar = ProgressBar(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console,
        disable=hidden or not console.is_terminal,
    )
    started = time.monotonic()
    with bar:
        task = bar.add_task("", total=None, rate="")

        def report(progress: Progress) -> None:
            rate = progress.events_done / max(time.monotonic() - started, 1e-6)
            bar.update(
                task,
                completed=progress.events_done,
                total=progress.events_all,
                rate=f"{rate:,.0f} events/s",
            )

        yield report


def _facts_of(found: Verification, seconds: float) -> dict[str, object]:
    fault = found.fault
    return {
        "holds": found.holds,
        "events": found.events,
        "seals": found.seals,
        "days": found.days,
        "last_position": found.last_position,
        "seconds": round(seconds, 3),
        "events_per_second": round(found.events / seconds) if seconds else None,
        "fault": {
            k: v if isinstance(v, int) else str(v)
            for k, v in asdict(fault).items()
            if v is not None
        }
        if fault
        else None,
        "unguarded": list(found.unguarded),
    }


def _tell(found: Verification, seconds: float) -> None:
    rate = found.events / seconds if seconds else 0.0
    click.echo(
        f"Verified {_count(found.events, 'event')} in {_count(found.seals, 'seal')} and"
        f" {_count(found.days, 'closed day')}, {rate:,.0f} events/s."
    )
    for name in found.unguarded:
        click.echo(f"The guard {name} of the database is switched off.", err=True)
    if found.fault:
        click.echo(sentence_of(found.fault), err=True)
    else:
        click.echo("The ledger holds.")


_OF_AN_EVENT = {
    FaultKind.CHANGED: "Event {event_id} at position {position} was changed after sealing.",
    FaultKind.DELETED: "The event that was sealed at position {position} was deleted.",
    FaultKind.INSERTED: (
        "Event {event_id} at position {position} was inserted: no seal knows it there."
    ),
    FaultKind.REORDERED: (
        "Event {event_id} stands at position {position} but was sealed at {belongs_at}: the order"
        " was changed."
    ),
}
_OF_A_BATCH = {
    FaultKind.CHANGED: (
        "An event between positions {position} and {last_position} was changed, and the leaves of"
        " seal {seal} with it."
    ),
}
_OF_A_SEAL = {
    FaultKind.GAP: "Seal {seal}, for the events from position {position}, is missing.",
    FaultKind.BROKEN_CHAIN: (
        "Seal {seal}, from position {position}, does not follow from the seal before it."
    ),
    FaultKind.WRONG_SIGNATURE: (
        "Seal {seal}, from position {position}, is not what was signed with any key held here."
    ),
    FaultKind.WRONG_ROOT: (
        "The leaves kept in seal {seal}, from position {position}, were changed; its events were"
        " not."
    ),
    FaultKind.NOT_AS_PUBLISHED: "Seal {seal} is not as it was published.",
}
_OF_A_DAY = {
    FaultKind.GAP: "The root of {day} does not adjoin the day before: one is missing.",
    FaultKind.BROKEN_CHAIN: "The root of {day} does not follow from the day before it.",
    FaultKind.WRONG_SIGNATURE: "The root of {day} is not what was signed with any key held here.",
    FaultKind.WRONG_ROOT: "The seals of {day} do not give its signed root.",
    FaultKind.NOT_AS_PUBLISHED: "The root of {day} is not as it was published.",
}


def sentence_of(fault: Fault) -> str:
    """Return what is wrong, for a person."""
    if fault.day is not None:
        sentences = _OF_A_DAY
    elif fault.last_position is not None:
        sentences = _OF_A_BATCH
    elif fault.seal is not None:
        sentences = _OF_A_SEAL
    else:
        sentences = _OF_AN_EVENT
    return sentences[fault.kind].format(**asdict(fault))
