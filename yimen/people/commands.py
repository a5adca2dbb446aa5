"""`yimen letters`: the letters with codes that wait for the post."""

import json

import click


@click.command("letters")
@click.option("--posted", is_flag=True, help="Note that all of them were posted; erases the codes.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
def command(posted: bool, as_json: bool) -> None:
    """Show the letters that wait to be posted, with the codes in them."""
    from yimen.base.actor import SYSTEM
    from yimen.people.actions import mark_letter_posted
    from yimen.people.queries import letters_waiting

    waiting = letters_waiting(SYSTEM)
    if as_json:
        told = [
            {
                "queued_at": letter.queued_at.isoformat(),
                "name": letter.name,
                "address": letter.address,
                "code": letter.code,
            }
            for letter in waiting
        ]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    for letter in waiting:
        if not as_json:
            click.echo(f"{letter.queued_at:%Y-%m-%d %H:%M}  {letter.name}, {letter.address}")
            click.echo(f"  {letter.code}")
        if posted:
            mark_letter_posted(SYSTEM, letter.person_id, letter.id)
    if not waiting and not as_json:
        click.echo("No letter waits for the post.")
