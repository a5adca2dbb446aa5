"""Tables point down: a foreign key leads to a table of its own app or of a lower one.

The linter of imports cannot see it, because a foreign key may name its table in a string.
"""

import configparser

import pytest
from django.apps import apps
from django.db import connection

from tests.config.conftest import ROOT


def order_of_apps() -> list[str]:
    """Return the apps from the lowest up, as the linter of imports has them."""
    contracts = configparser.ConfigParser()
    contracts.read(ROOT / ".importlinter")
    return contracts["importlinter:contract:apps"]["layers"].split()[::-1]


def owners() -> dict[str, str]:
    """Return the app of each table; tables of others are below all of ours."""
    return {
        model._meta.db_table: model.__module__.split(".")[1]
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.startswith("yimen.")
    }


@pytest.mark.django_db
def test_every_foreign_key_of_the_database_points_down() -> None:
    height = {app: place for place, app in enumerate(order_of_apps())}
    tables = owners()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, conrelid::regclass::text, confrelid::regclass::text"
            " FROM pg_constraint WHERE contype = 'f'"
        )
        keys = cursor.fetchall()
    ours = [key for key in keys if key[1] in tables and key[2] in tables]
    assert len(ours) > 20
    assert [key for key in ours if height[tables[key[1]]] < height[tables[key[2]]]] == []


@pytest.mark.django_db
def test_no_table_of_others_points_at_a_higher_table_than_accounts() -> None:
    """Sessions, sign-in and the editors' pages know accounts, and nothing else of ours."""
    tables = owners()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT conrelid::regclass::text, confrelid::regclass::text"
            " FROM pg_constraint WHERE contype = 'f'"
        )
        found = {to for at, to in cursor.fetchall() if at not in tables and to in tables}
    assert {tables[table] for table in found} <= {"accounts", "publishing"}


def test_every_relation_of_a_model_points_down() -> None:
    height = {app: place for place, app in enumerate(order_of_apps())}
    wrong = []
    for model in apps.get_models(include_auto_created=True):
        if not model.__module__.startswith("yimen."):
            continue
        for field in model._meta.get_fields():
            target = field.related_model if not field.auto_created and field.is_relation else None
            if isinstance(target, type) and target.__module__.startswith("yimen."):
                at, to = model.__module__.split(".")[1], target.__module__.split(".")[1]
                if height[at] < height[to]:
                    wrong.append(f"{model.__name__}.{field.name} -> {target.__name__}")
    assert wrong == []
