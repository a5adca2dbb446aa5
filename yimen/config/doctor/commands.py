"""The command `yimen doctor`."""

import json

import click

from yimen.config import environment


@click.command()
@click.argument("number", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
def doctor(number: str | None, as_json: bool) -> None:
    """Explain the NUMBER that an error page showed."""
    if number is None:
        raise click.UsageError("Name the number that the error page showed.")
    from yimen.config.doctor.explaining import explain

    found = explain(environment.standing_data_folder(), number)
    if as_json:
        click.echo(json.dumps(found.entry, ensure_ascii=False, indent=2))
        return
    click.echo(f"{found.when}  {found.where}\n{found.what}\n{found.remedy}")
