"""A way past the guards, as the owner of the tables has it."""

from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from yimen.ledger import queries

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module", autouse=True)
def _days_of_shanghai() -> Iterator[None]:
    """Let the days be those of Shanghai, whatever city is in force."""
    kept = list(queries._zones)
    queries.extend_zone(lambda: SHANGHAI)
    yield
    queries._zones[:] = kept


@pytest.fixture
def zone() -> Iterator[Callable[[str], None]]:
    """Give a way to move the city for one test; to "" means that there is none."""
    yield lambda name: queries.extend_zone(lambda: ZoneInfo(name) if name else None)
    queries.extend_zone(lambda: SHANGHAI)


TABLES = ("ledger_event", "ledger_seal", "ledger_dayroot")


@pytest.fixture
def unguarded(transactional_db: None) -> Callable[..., None]:
    """Run a statement while the guards are switched off."""

    def run(sql: str, *values: object) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(sql, values)
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate")

    return run
