"""A way past the guards, as a superuser has it."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction


@pytest.fixture
def unguarded(transactional_db: None) -> Callable[[str], None]:
    """Run a statement as a superuser who switched the guards off."""

    def run(sql: str, *values: object) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(sql, values)

    return run
