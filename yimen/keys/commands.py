"""The commands `yimen keys list` and `rotate`."""

import json

import click

as_json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


@click.group(name="keys")
def command() -> None:
    """Show and change the keys that the city signs with."""


@command.command("list")
@click.argument("purpose", default="ledger")
@as_json_option
def list_command(purpose: str, as_json: bool) -> None:
    """Print the public keys of PURPOSE (ledger, document), old ones too."""
    from yimen.keys import queries, rules

    try:
        keys = queries.public_keys(purpose)
    except rules.BadPurpose:
        raise click.BadParameter("a purpose is a short name in lower case.") from None
    if as_json:
        click.echo(json.dumps(keys, indent=2))
        return
    for name, pem in keys.items():
        click.echo(f"{name}\n{pem}")


@command.command("rotate")
@click.argument("purpose")
@as_json_option
def rotate_command(purpose: str, as_json: bool) -> None:
    """Give PURPOSE a new key. What the old one signed can still be verified."""
    from yimen.keys import actions, rules

    try:
        name = actions.rotate(purpose)
    except rules.BadPurpose:
        raise click.BadParameter("a purpose is a short name in lower case.") from None
    if as_json:
        click.echo(json.dumps({"purpose": purpose, "name": name}, indent=2))
        return
    click.echo(f"From now on {name} signs. Publish its name, so that others know it as yours.")
