"""Which tables this code knows, to be compared with those that a database has."""

from collections.abc import Iterable
from functools import cache

import django
from django.apps import apps
from django.db.migrations.loader import MigrationLoader


@cache
def known_migrations() -> frozenset[str]:
    """Return every migration that this code has, as "app.name". Needs settings, no database."""
    if not apps.ready:
        django.setup()
    loader = MigrationLoader(None, ignore_no_migrations=True)
    replaced = {key for found in loader.disk_migrations.values() for key in found.replaces}
    return frozenset(f"{app}.{name}" for app, name in {*loader.disk_migrations, *replaced})


def unknown_migrations(applied: Iterable[str]) -> list[str]:
    """Return what was applied by newer code than this, in order."""
    return sorted(set(applied) - known_migrations())
