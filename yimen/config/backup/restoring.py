"""`yimen restore`: an installation as it was at a moment, in a new data folder.

All of it is made beside the folder and renamed at the end; what fails leaves nothing.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyrage

from yimen.config.backup import parts
from yimen.config.backup.parts import DATABASE, FILES, WAL, Part
from yimen.config.backup.sealing import unseal
from yimen.config.embedded import leftovers
from yimen.config.embedded.cluster import POINTER, Cluster, cluster_of
from yimen.config.embedded.server import Server
from yimen.config.embedded.session import Say
from yimen.config.refusal import Refusal
from yimen.config.schema import unknown_migrations

_CONNECTIONS = 20
_SEGMENTS = "restored-wal"  # in PostgreSQL's data folder, where it runs its commands
_FETCH = f"cp {_SEGMENTS}/%f %p"


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found in the restored installation."""

    missing_migrations: int
    ledger_holds: bool
    ledger_says: str


def restore(
    folder: Path, data: Path, identity: pyrage.x25519.Identity, at: datetime | None, say: Say
) -> Findings:
    """Restore the newest state, or that of a moment, into a folder that is empty or not there."""
    chosen = choose(parts.parts_in(folder), folder, at)
    _refuse_occupied(data)
    beside = data.parent / f".{data.name}.unfinished"
    _remove(beside)  # of a run that was killed
    try:
        cluster = _new_cluster(beside)
        _check_versions(chosen[0], chosen[-1], cluster)
        say(f"Reading {chosen[0].folder.name} and {len(chosen) - 1} parts after it ...")
        for part in chosen:
            part.check()
        _unpack(chosen, beside, cluster, identity)
        say("Bringing the database to the moment ...")
        _recover(cluster, at)
        say("Verifying the ledger ...")
        found = _examine(beside)
        beside.rename(data)
        parts.sync_folder(data.parent)
    except BaseException:
        _remove(beside)
        raise
    return found


def choose(known: Sequence[Part], folder: Path, at: datetime | None) -> list[Part]:
    """Return the full part to begin with and what follows it, up to a moment."""
    fulls = [part for part in known if part.is_full and (at is None or part.ready <= at)]
    if not fulls:
        first = next((f" begins at {part.ready.isoformat()}" for part in known if part.is_full), "")
        raise Refusal(
            f"{folder}{first}; there is nothing older to restore."
            if first
            else f"{folder} holds no full backup. A backup that was cut off does not count."
        )
    after = [part for part in known if part.folder.name >= fulls[-1].folder.name]
    if at is not None:
        if at > after[-1].until:
            raise Refusal(
                f"The backups in {folder} know nothing after {after[-1].until.isoformat()}. Choose"
                " that moment or an earlier one, or leave --at out for the newest."
            )
        needed = next(i for i, part in enumerate(after) if part.until >= at)
        after = after[: needed + 1]
    gap = parts.first_gap(after)
    if gap is not None:
        raise Refusal(
            f"In {folder} the part of the changes before {gap} is missing. Only a moment before it"
            " can be restored: name one with --at."
        )
    return after


def _refuse_occupied(data: Path) -> None:
    if data.exists() and (not data.is_dir() or any(data.iterdir())):
        raise Refusal(f"{data} is not empty. Name a folder that is not there yet.")
    if not data.parent.is_dir():
        raise Refusal(f"There is no folder {data.parent}.")


def _new_cluster(beside: Path) -> Cluster:
    beside.mkdir()
    beside.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return cluster_of(beside)


def _check_versions(full: Part, last: Part, cluster: Cluster) -> None:
    """Refuse, before anything is read, what this code cannot serve."""
    if full.postgresql != cluster.binaries.major:
        raise Refusal(
            f"The backup is of PostgreSQL {full.postgresql}, and this version of Yimen brings"
            f" {cluster.binaries.major}. Restore with Yimen {full.yimen}, then run `yimen upgrade`."
        )
    unknown = unknown_migrations(last.migrations)
    if unknown:
        raise Refusal(
            f"The backup was made by Yimen {last.yimen}, which has newer tables than this version"
            f" knows ({unknown[0]}). Restore with that version or a newer one."
        )


def _unpack(
    chosen: Sequence[Part], beside: Path, cluster: Cluster, identity: pyrage.x25519.Identity
) -> None:
    segments = cluster.folder / _SEGMENTS
    cluster.folder.mkdir(mode=0o700)
    unseal(chosen[0].folder / DATABASE, identity, cluster.folder)
    segments.mkdir(mode=0o700)
    for part in chosen:
        unseal(part.folder / WAL, identity, segments)
        unseal(part.folder / FILES, identity, beside, durable=True)
    (cluster.folder / "recovery.signal").touch(mode=0o600)
    for path in (cluster.folder, *cluster.folder.rglob("*")):
        cluster.user.own(path)


def _recover(cluster: Cluster, at: datetime | None) -> None:
    """Let PostgreSQL replay the log up to the moment, and make that the present."""
    settings = {"restore_command": _FETCH, "hot_standby": "off"}
    if at is not None:
        settings |= {"recovery_target_time": at.isoformat(sep=" ")}
        settings |= {"recovery_target_action": "promote"}
    server = Server(cluster, max_connections=_CONNECTIONS, settings=settings)
    try:
        server.start()
    finally:
        server.stop()
    shutil.rmtree(cluster.folder / _SEGMENTS)


def _examine(data: Path) -> Findings:
    """Look at the restored installation in a process of its own, as every command will."""
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "YIMEN_DATA")}
    environment.pop("YIMEN_SECRET_KEY", None)
    done = subprocess.run(
        [sys.executable, "-m", "yimen.config", "examine"],
        env=environment | {"YIMEN_DATA": str(data)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return Findings(**json.loads(done.stdout))
    except ValueError as error:
        raise Refusal(f"The restored database does not serve: {done.stderr.strip()}") from error


def _remove(beside: Path) -> None:
    """Remove an unfinished folder, with its database where that stands elsewhere."""
    pointer = beside / POINTER
    place = Path(pointer.read_text(encoding="utf-8").strip()) if pointer.exists() else beside
    if place.is_dir():
        leftovers.clear(cluster_of(beside))
        shutil.rmtree(place)
    shutil.rmtree(beside, ignore_errors=True)
