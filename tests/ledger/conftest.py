"""A way past the guards, as the owner of the tables has it."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction

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
