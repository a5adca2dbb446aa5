"""`yimen letters`: what waits for the printer, the post and the counter."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from yimen.mailbox.queries import LettersView


@click.command("letters")
@click.option(
    "--print", "prints", is_flag=True, help="Print what waits as today's file, if none is."
)
@click.option("--posted", is_flag=True, help="Note that what was printed was posted; erases codes.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
def command(prints: bool, posted: bool, as_json: bool) -> None:
    """Show the letters that wait to be printed, posted or fetched, with the codes in them.

    Each night the letters of the day become one PDF in the data folder (letters/2026-11-28.pdf)
    for envelopes DL with a window, and beside it a manifest: number, receipt number, pages.
    """
    from yimen.base.actor import SYSTEM
    from yimen.mailbox import actions, queries

    printed = actions.print_letters(SYSTEM) if prints else None
    if printed is not None and not as_json:
        click.echo(f"Printed {printed.letters} letters, {printed.pages} pages: {printed.pdf}")
    letters = queries.letters(SYSTEM)
    if as_json:
        click.echo(json.dumps(letters.as_data(), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(_lines(letters)) or "No letter waits for the post.")
    if posted:
        actions.mark_posted(SYSTEM)


def _lines(letters: "LettersView") -> Iterator[str]:
    for code in letters.codes:
        yield f"{code.queued_at:%Y-%m-%d %H:%M}  {code.name}, {code.address}"
        yield f"  {code.code}"
    if letters.unprinted:
        yield f"Letters that wait for the printer: {letters.unprinted}"
    for run in letters.printed:
        yield f"{run.day}: printed and not posted yet; letters: {run.letters}, pages: {run.pages}"
    for missing in letters.counter:
        yield f"{missing.receipt or '-'}: no address is known; give it out at the counter."
