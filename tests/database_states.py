"""States of the test database, and quick ways back to them.

A test finds the database as the migrations made it, or with Shanghai applied when it asks for
`city`. Most tests leave no trace, because their transaction is taken back. After one that commits,
and between files, the database is thrown away and copied anew from a template: a tenth of a second,
where emptying every table and filling it again takes many times as long.
"""

from collections.abc import Callable
from enum import StrEnum

import pytest
from django.db import connection, connections


class State(StrEnum):
    """What the database holds when a test begins."""

    EMPTY = "empty"
    CITY = "city"


class DatabaseStates:
    """The test database of this process, with a template for each state."""

    def __init__(self, apply_city: Callable[[], None]) -> None:
        self.name = str(connection.settings_dict["NAME"])
        self.present: State | None = State.EMPTY
        self._apply_city = apply_city
        self._kept: set[State] = set()

    def keep(self, state: State) -> None:
        """Keep the database as it is now under the name of a state."""
        self._copy(self.name, self.template(state))
        self._kept.add(state)
        self.present = state

    def become(self, state: State) -> None:
        """Bring the database into a state, unless it is in it."""
        if self.present is state:
            return
        if state not in self._kept:
            self.become(State.EMPTY)
            self._apply_city()
            self.keep(State.CITY)
            return
        self._copy(self.template(state), self.name)
        self.present = state

    def forget(self) -> None:
        """Note that the database holds something else now."""
        self.present = None

    def drop_templates(self) -> None:
        """Remove the templates."""
        for state in self._kept:
            self._run(f'DROP DATABASE IF EXISTS "{self.template(state)}"')

    def template(self, state: State) -> str:
        """Return the database that keeps a state."""
        return f"{self.name}_{state}"

    def _copy(self, source: str, target: str) -> None:
        connections.close_all()
        self._run(f'DROP DATABASE IF EXISTS "{target}" WITH (FORCE)')
        self._run(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')

    def _run(self, statement: str) -> None:
        with connection._nodb_cursor() as cursor:
            cursor.execute(statement)


def uses_database(item: pytest.Item) -> bool:
    """Say whether a test touches the database."""
    return item.get_closest_marker("django_db") is not None or not {
        "db",
        "transactional_db",
        "django_db_setup",
    }.isdisjoint(item.fixturenames)


def commits(item: pytest.Item) -> bool:
    """Say whether what a test writes is not taken back."""
    marker = item.get_closest_marker("django_db")
    return not {"transactional_db", "live_server"}.isdisjoint(item.fixturenames) or (
        marker is not None and bool(marker.kwargs.get("transaction"))
    )


def wanted_state(item: pytest.Item) -> State:
    """Return the state in which a test begins."""
    return State.CITY if "_applied" in item.fixturenames else State.EMPTY


def in_order(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return the tests file by file, in each those first that need the least change of state."""
    files = {item.path: place for place, item in reversed(list(enumerate(items)))}
    return sorted(items, key=lambda item: (files[item.path], commits(item), wanted_state(item)))
