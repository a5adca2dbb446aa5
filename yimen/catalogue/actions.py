"""Applying a city's folder, in one transaction."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from yimen.base import clock
from yimen.base.actor import Actor
from yimen.catalogue.definition import Change, City, Plan, Service
from yimen.catalogue.events import CityApplied
from yimen.catalogue.loader import files_of_service
from yimen.catalogue.models import (
    DeclaredService,
    Release,
    ReleaseFile,
    ServiceVersion,
    ServiceVersionFile,
    StoredFile,
)
from yimen.catalogue.queries import (
    EXTENSIONS,
    Extension,
    forget_city,
    plan_of,
    read_city,
)
from yimen.catalogue.rules import check_may_apply_city, check_plan
from yimen.catalogue.types import ChangeKind
from yimen.ledger.actions import append

_APPLYING = 0x63697479  # the advisory lock: one folder is applied at a time
_BATCH = 500


def extend_apply(
    name: str, plan: Callable[[City], list[Change]], apply: Callable[[City], None]
) -> None:
    """Let a higher app take part: its changes stand in every plan, and are made with it.

    ``apply`` runs inside the transaction, after the release is stored. Called from `apps.py`.
    """
    EXTENSIONS[name] = Extension(plan, apply)


def apply_city(
    folder: Path | str,
    actor: Actor,
    progress: Callable[[int, int], None] | None = None,
    force: bool = False,
) -> Plan:
    """Apply a city's folder and return what changed; an empty plan when it is already in force.

    Raises CityHasProblems, PlanRefused or MayNotApplyCity, and changes nothing then.
    """
    check_may_apply_city(actor)
    files, city = read_city(folder, progress)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_APPLYING])
        plan = plan_of(files, city)
        check_plan(plan, force=force)
        if not plan.is_empty:
            release = _release(files, city, actor)
            for extension in EXTENSIONS.values():
                extension.apply(city)
            append(_event(plan, release, force), actor=actor)
    forget_city()
    return plan


def _event(plan: Plan, release: Release, force: bool) -> CityApplied:
    services = plan.city.services
    changed = {c.code for c in plan.changes if c.subject == "service" and c.code in services}
    return CityApplied(
        city=plan.city.code,
        release=release.number,
        files_hash=plan.city.files_hash,
        services=[f"{code}@{services[code].version}" for code in sorted(changed)],
        closed=[c.code for c in plan.changes if c.kind is ChangeKind.CLOSE],
        forced=bool(force and plan.dangers),
    )


def _release(files: Mapping[str, bytes], city: City, actor: Actor) -> Release:
    """Store the folder; return the release in force when only other tables change."""
    newest = Release.objects.order_by("-number").first()
    if newest is not None and newest.files_hash == city.files_hash:
        return newest
    hashes = {path: sha256(content).hexdigest() for path, content in files.items()}
    _store_files(files, hashes)
    release = Release.objects.create(
        city=city.code,
        files_hash=city.files_hash,
        applied_at=clock.now(),
        applied_by=actor.account_id,
        applied_by_label=actor.label,
    )
    ReleaseFile.objects.bulk_create(
        (ReleaseFile(release=release, path=path, file_id=sha) for path, sha in hashes.items()),
        batch_size=_BATCH,
    )
    _store_services(files, hashes, city, release)
    _close_removed(city)
    return release


def _store_files(files: Mapping[str, bytes], hashes: Mapping[str, str]) -> None:
    wanted = {sha: path for path, sha in hashes.items()}
    there = StoredFile.objects.filter(sha256__in=wanted).values_list("sha256", flat=True)
    missing = wanted.keys() - set(there)
    StoredFile.objects.bulk_create(
        (StoredFile(sha256=sha, content=files[wanted[sha]]) for sha in sorted(missing)),
        batch_size=_BATCH,
    )


def _store_services(
    files: Mapping[str, bytes], hashes: Mapping[str, str], city: City, release: Release
) -> None:
    """Store the versions that are new, whole, and make them the newest of their services."""
    known = {
        (code, version): key
        for key, code, version in ServiceVersion.objects.values_list("id", "code", "version")
    }
    added = [
        _version(service, city, release)
        for service in city.services.values()
        if (service.code, service.version) not in known
    ]
    ServiceVersion.objects.bulk_create(added, batch_size=_BATCH)
    ServiceVersionFile.objects.bulk_create(
        (
            ServiceVersionFile(service_version=row, path=path, file_id=hashes[path])
            for row in added
            for path in files_of_service(files, row.code, row.process, city.languages)
        ),
        batch_size=_BATCH,
    )
    newest = {row.code: row.pk for row in added}
    DeclaredService.objects.bulk_create(
        (
            DeclaredService(code=code, newest_id=newest.get(code) or known[code, service.version])
            for code, service in city.services.items()
        ),
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["newest", "closed_since"],
    )


def _version(service: Service, city: City, release: Release) -> ServiceVersion:
    return ServiceVersion(
        code=service.code,
        version=service.version,
        agency=service.agency,
        process=service.process,
        languages=",".join(city.languages),
        content_hash=service.content_hash,
        release=release,
    )


def _close_removed(city: City) -> None:
    """Close the services that are not declared any more: they have a history and stay."""
    DeclaredService.objects.exclude(code__in=city.services).filter(closed_since=None).update(
        closed_since=clock.today(ZoneInfo(city.time_zone))
    )
