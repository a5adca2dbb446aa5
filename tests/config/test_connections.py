"""A connection to the database that died is seen before a request uses it, without a statement."""

import psycopg
import pytest
from django.db import ProgrammingError, connection, transaction

from tests.config.conftest import wait_for


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_the_server_ended_is_not_used_again() -> None:
    connection.ensure_connection()
    ours = connection.connection
    assert ours is not None
    assert connection.is_usable()
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [ours.info.backend_pid])
    wait_for(lambda: not connection.is_usable())
    connection.health_check_enabled, connection.health_check_done = True, False
    connection.close_if_health_check_failed()
    assert connection.connection is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert connection.connection is not ours


@pytest.mark.django_db(transaction=True)
def test_a_closed_connection_is_not_usable() -> None:
    connection.ensure_connection()
    connection.connection.close()
    assert not connection.is_usable()
    connection.close()
    assert not connection.is_usable()


@pytest.mark.django_db(transaction=True)
def test_a_connection_whose_transaction_has_failed_takes_no_statement() -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        try:
            cursor.execute("SELECT FROM no_such_table")
        finally:
            assert not connection.is_usable()
    assert connection.is_usable()
