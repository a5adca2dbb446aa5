"""`yimen letters`: the letters with codes that wait for the post."""

import click


@click.command("letters")
@click.option("--posted", is_flag=True, help="Note that all of them were posted; erases the codes.")
def command(posted: bool) -> None:
    """Show the letters that wait to be posted, with the codes in them."""
    from yimen.base.actor import SYSTEM
    from yimen.people.actions import mark_letter_posted
    from yimen.people.queries import letters_waiting

    waiting = letters_waiting(SYSTEM)
    for letter in waiting:
        click.echo(f"{letter.queued_at:%Y-%m-%d %H:%M}  {letter.name}, {letter.address}")
        click.echo(f"  {letter.code}")
        if posted:
            mark_letter_posted(SYSTEM, letter.person_id, letter.id)
    if not waiting:
        click.echo("No letter waits for the post.")
