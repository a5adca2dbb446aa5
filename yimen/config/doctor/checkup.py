"""`yimen doctor` without a number: what is wrong with the installation, and the remedy."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from yimen.config.doctor.signs import Schema, Signs

_SILENT = 120.0  # seconds that a worker may be without a sign of life
_OLD_JOB = 300.0
_OLD_EVENT = 60.0
_CLOCK = 5.0
_LEAST_DISK = 2_000_000_000  # bytes
_LEAST_SHARE = 0.05
_CERTIFICATE = 30 * 86400.0
_OLD_BACKUP = 26 * 3600.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong."""

    about: str  # a word for machines
    what: str
    remedy: str


def findings(signs: Signs | Schema) -> list[Finding]:
    """Return what is wrong, what keeps people out first."""
    if isinstance(signs, Schema):
        return list(_about_schema(signs))
    return [
        *_about_schema(signs.schema),
        *_about_work(signs),
        *_about_ledger(signs),
        *_about_machine(signs),
        *_about_telling(signs),
        *_about_backup(signs),
    ]


def _about_schema(schema: Schema) -> Iterator[Finding]:
    if schema.missing:
        yield Finding(
            "migrations",
            f"{schema.missing} changes of the tables are not made.",
            "`yimen upgrade` saves everything and makes them.",
        )
    elif not schema.city_applied:
        yield Finding(
            "city",
            "No city is applied, so there is nothing to serve.",
            "Run `yimen city apply FOLDER`.",
        )
    if schema.unknown:
        yield Finding(
            "migrations",
            f"The database has {schema.unknown} changes of tables that this version does not know:"
            " a newer one has served it.",
            "Start the newer version again, or restore a backup from before the upgrade.",
        )


def _about_work(signs: Signs) -> Iterator[Finding]:
    if signs.worker_silent is None or signs.worker_silent > _SILENT:
        since = "" if signs.worker_silent is None else f" for {_span(signs.worker_silent)}"
        yield Finding(
            "worker",
            f"No worker has given a sign of life{since}: nothing is decided by rule, sealed or"
            " sent.",
            "Start `yimen worker` (`yimen run` does); its log worker.log says why it ended.",
        )
    if signs.oldest_job > _OLD_JOB:
        yield Finding(
            "jobs",
            f"{signs.jobs_waiting} jobs wait, the oldest for {_span(signs.oldest_job)}.",
            "Let more be done side by side (YIMEN_JOBS), or start another `yimen worker`.",
        )
    if signs.jobs_failed:
        yield Finding(
            "jobs",
            f"{signs.jobs_failed} jobs failed in the last day.",
            "worker.log in the log folder names each of them with the place where it broke.",
        )


def _about_ledger(signs: Signs) -> Iterator[Finding]:
    if not signs.has_ledger_key:
        yield Finding(
            "keys",
            "The key that seals the ledger is not in the data folder.",
            "Is YIMEN_DATA the right folder? If the folder `keys` is lost, restore it.",
        )
    if signs.oldest_unsealed > _OLD_EVENT:
        yield Finding(
            "ledger",
            f"{signs.events_unsealed} events of the ledger are not sealed, the oldest for"
            f" {_span(signs.oldest_unsealed)}.",
            "The worker seals. If it runs, a transaction has been open for as long: end it.",
        )
    if signs.first_certificate_ends is not None and signs.first_certificate_ends < _CERTIFICATE:
        left = signs.first_certificate_ends
        when = f"ends in {_span(left)}" if left > 0 else "has ended"
        yield Finding(
            "certificates",
            f"A certificate in use {when}.",
            "`yimen keys certificates` names it; `yimen keys rotate PURPOSE` makes a new one.",
        )


def _about_machine(signs: Signs) -> Iterator[Finding]:
    if signs.disk_free < _LEAST_DISK or signs.disk_free < _LEAST_SHARE * signs.disk_size:
        yield Finding(
            "disk",
            f"The disk of the data folder has {signs.disk_free / 1e9:.1f} GB left of"
            f" {signs.disk_size / 1e9:.0f} GB.",
            "Make room or move the data folder, before the database stops taking anything.",
        )
    off = max(abs(signs.clock_ahead), signs.sealed_in_future)
    if off > _CLOCK:
        than = "the database's" if abs(signs.clock_ahead) >= off else "the last seal's"
        yield Finding(
            "clock",
            f"The clock of this machine and {than} differ by {_span(off)}.",
            "Let both machines take the time from the network (systemd-timesyncd, chrony).",
        )


def _about_telling(signs: Signs) -> Iterator[Finding]:
    for way, count in signs.given_up.items():
        if count:
            name = {"email": "e-mails", "sms": "short messages"}[way]
            variable = {"email": "YIMEN_SMTP", "sms": "YIMEN_SMS"}[way]
            yield Finding(
                way,
                f"{count} {name} were given up in the last day. Each message lies in its mailbox.",
                f"If it is more than a wrong address or two, look at the receiver that {variable}"
                " names.",
            )
    if signs.deliveries_late:
        yield Finding(
            "deliveries",
            f"{signs.deliveries_late} e-mails or short messages are due for over 15 minutes.",
            "A receiver is away, or no worker runs. Nothing is lost; they are tried again.",
        )


def _about_backup(signs: Signs) -> Iterator[Finding]:
    remedy = "Run `yimen backup DIR`, on another disk; deploy/ has a timer for it."
    if signs.backup_age is None:
        yield Finding("backup", "There is no backup of this installation.", remedy)
    elif signs.backup_age > _OLD_BACKUP:
        yield Finding("backup", f"The last backup is {_span(signs.backup_age)} old.", remedy)


def _span(seconds: float) -> str:
    """Return a time in the unit that a person would use."""
    for name, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        count = math.floor(seconds / length)
        if count >= 1:
            return f"{count} {name}{'s' if count > 1 else ''}"
    return f"{seconds:.0f} seconds"
