"""The command `yimen doctor`."""

import json
from dataclasses import asdict

import click

from yimen.config import environment
from yimen.config.refusal import Refusal


@click.command()
@click.argument("number", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
def doctor(number: str | None, as_json: bool) -> None:
    """Say what is wrong here and what to do, or explain the NUMBER that an error page showed.

    Without a number, the exit code is 1 when something is wrong.
    """
    folder = environment.standing_data_folder()
    if number is None:
        _examine(as_json=as_json)
        return
    from yimen.config.doctor.explaining import explain

    found = explain(folder, number)
    if as_json:
        click.echo(json.dumps(found.entry, ensure_ascii=False, indent=2))
        return
    click.echo(f"{found.when}  {found.where}\n{found.what}\n{found.remedy}")


def _examine(*, as_json: bool) -> None:
    try:
        found = _look()
    except Refusal as refusal:  # a database that cannot be reached: the whole finding
        found = [{"about": "database", "what": refusal.message, "remedy": ""}]
    if as_json:
        click.echo(json.dumps({"findings": found}, ensure_ascii=False, indent=2))
    for row in [] if as_json else found:
        click.echo(f"- {row['what']}\n  {row['remedy']}".rstrip())
    if not found and not as_json:
        click.echo("All is well.")
    raise SystemExit(1 if found else 0)


def _look() -> list[dict[str, str]]:
    with environment.database("yimen doctor"):
        import django

        django.setup()
        from django.db import connections

        from yimen.config.database_check import check_database
        from yimen.config.doctor.checkup import findings
        from yimen.config.doctor.signs import measure

        try:
            check_database()
            return [asdict(finding) for finding in findings(measure())]
        finally:
            connections.close_all()
