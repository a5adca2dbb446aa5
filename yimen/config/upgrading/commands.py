"""The command `yimen upgrade`."""

import os
from pathlib import Path

import click

from yimen.config import environment
from yimen.config.backup.commands import save_now, sentence_of
from yimen.config.refusal import Refusal


@click.command()
@click.option(
    "--backup", "folder", type=click.Path(path_type=Path), help="Save everything there before."
)
@click.option("--no-backup", is_flag=True, help="There is a backup already.")
def upgrade(folder: Path | None, no_backup: bool) -> None:
    """Make the database of an older Yimen that of this one, after a backup.

    An older embedded PostgreSQL is moved over too; the old one is kept beside it.
    """
    data = environment.settle()
    is_own = bool(os.environ.get("DATABASE_URL"))
    if folder is not None and is_own:
        raise Refusal(
            "The database that DATABASE_URL names is not covered by `yimen backup`. Save it with"
            " its own server's means, then run `yimen upgrade --no-backup`."
        )
    if not is_own:
        _move_over(data)
    with environment.database("yimen upgrade"):
        import django

        django.setup()
        from django.db import connections

        from yimen.config.database_check import check_database
        from yimen.config.upgrading.tables import bring_up_to_date

        def save_before() -> None:
            if folder is None:
                raise Refusal(
                    "The tables change, so save everything first: name --backup DIR, or say"
                    " --no-backup if there is a backup of today."
                )
            click.echo(sentence_of(save_now(folder, data, None, full=True)))

        try:
            check_database()
            changes = bring_up_to_date(None if no_backup else save_before)
        finally:
            connections.close_all()
    if changes:
        click.echo(f"Done: {changes} changes of the tables are made. Start Yimen again.")
    else:
        click.echo("The database is of the present version; there is nothing to do.")


def _move_over(data: Path) -> None:
    from yimen.config.embedded.upgrade import upgrade as move_over

    kept = move_over(data, environment.say)
    if kept is not None:
        click.echo(f"The old database is kept in {kept}; remove it when all is well.")
