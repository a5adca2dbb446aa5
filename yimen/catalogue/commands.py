"""The command `yimen city`: check a folder of declarations, see what it would change, apply it.

Exit codes: 0 fine, 1 problems or refused, 2 wrong use. `check` reads files only: it starts
without Django and without a database.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from yimen.catalogue.definition import Change, Plan, Problem
    from yimen.catalogue.loader import Checked

NOT_MADE = "were not made"
MOST_LISTED = 20

_FOLDER = click.argument(
    "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR"
)
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
_FORCE = click.option("--force", is_flag=True, help="Also make the changes that lose something.")


@click.group(name="city")
def command() -> None:
    """Check, plan and apply a city's folder of declarations."""


@command.command()
@_FOLDER
@_JSON
def check(folder: Path, as_json: bool) -> None:
    """Read the whole folder DIR and report every problem with its file and line."""
    from yimen.catalogue.loader import check_folder, missing_texts

    with _progress(as_json) as progress:
        checked = check_folder(folder, progress)
    missing = missing_texts(checked.city.interface, checked.city.languages)
    if checked.problems:
        _fail_with_problems(checked.problems, as_json, missing=missing)
    counts = _counts(checked)
    if as_json:
        numbers = {_plural(name): count for name, count in counts.items()}
        told = {"counts": numbers, "problems": [], "missing": missing}
        _print_json({"ok": True, "city": checked.city.code, **told})
    else:
        found = ", ".join(_number(count, name) for name, count in counts.items() if count)
        click.echo(f"{folder}: {found}. No problems.")
        for language, sentences in missing.items():
            _say_missing(folder, language, sentences)


def _say_missing(folder: Path, language: str, sentences: list[str]) -> None:
    """List what pages would say in English: no problem of the folder, so nothing is refused."""
    count = _number(len(sentences), "sentence")
    click.echo(f"{folder}/interface/{language}.po lacks {count}; pages say them in English:")
    for sentence in sentences[:MOST_LISTED]:
        click.echo(f"  {' '.join(sentence.split())}")
    if len(sentences) > MOST_LISTED:
        click.echo(f"  ... and {len(sentences) - MOST_LISTED:,} more (--json lists all)")
    click.echo(f"`yimen city texts {folder} {language}` writes them into the file.")


@command.command()
@_FOLDER
@click.argument("language", metavar="LANGUAGE")
def texts(folder: Path, language: str) -> None:
    """Write every sentence of the interface into DIR/interface/LANGUAGE.po, to be translated.

    What the file has translated already stays.
    """
    from yimen.base.languages import BUILT_IN, is_known
    from yimen.catalogue.loader import texts_to_translate

    if language in BUILT_IN:
        raise click.UsageError(f"the software brings '{language}' itself")
    if not is_known(language):
        raise click.UsageError(f"pages cannot be written in '{language}'; take a tag such as 'fr'")
    path = folder / "interface" / f"{language}.po"
    written = texts_to_translate(language, path.read_bytes() if path.exists() else None)
    path.parent.mkdir(exist_ok=True)
    beside = path.with_suffix(".po.new")  # a translator's work is never half a file
    beside.write_bytes(written)
    beside.replace(path)
    click.echo(f"{path}: every sentence stands there. Translate the empty ones.")


@command.command()
@_FOLDER
@_JSON
def plan(folder: Path, as_json: bool) -> None:
    """Show what applying the folder DIR would change in the database."""
    from yimen.catalogue.queries import plan_city
    from yimen.catalogue.rules import CityHasProblems

    try:
        with _progress(as_json) as progress:
            planned = plan_city(folder, progress)
    except CityHasProblems as error:
        _fail_with_problems(error.problems, as_json)
    _show_plan(planned, as_json, "would be made")
    if planned.refusals:
        sys.exit(1)


@command.command()
@_FOLDER
@_JSON
@_FORCE
def apply(folder: Path, as_json: bool, force: bool) -> None:
    """Apply the folder DIR to the database, in one transaction."""
    from yimen.base.actor import SYSTEM
    from yimen.catalogue.actions import apply_city
    from yimen.catalogue.rules import CityHasProblems, PlanRefused

    try:
        with _progress(as_json) as progress:
            applied = apply_city(folder, SYSTEM, progress, force)
    except CityHasProblems as error:
        _fail_with_problems(error.problems, as_json)
    except PlanRefused as error:
        _show_plan(error.plan, as_json, NOT_MADE)
        sys.exit(1)
    _show_plan(applied, as_json, "made")


def _counts(checked: "Checked") -> dict[str, int]:
    city = checked.city
    return {
        "service": checked.services,
        "example": checked.examples,
        "process": len(city.processes),
        "data set": len(city.data_sets),
        "agency": len(city.agencies),
        "division": len(city.divisions),
        "standard": len(city.standards),
    }


def _fail_with_problems(problems: "Iterable[Problem]", as_json: bool, **more: object) -> NoReturn:
    """Say what is wrong and end with 1; ``more`` is said to machines beside it."""
    found = list(problems)
    if as_json:
        listed = [
            {"path": p.place.path, "line": p.place.line, "sentence": p.sentence} for p in found
        ]
        _print_json({"ok": False, "problems": listed, **more})
    else:
        for problem in found:
            click.echo(str(problem))
        click.echo(_number(len(found), "problem") + ".", err=True)
    sys.exit(1)


def _show_plan(shown: "Plan", as_json: bool, done: str) -> None:
    """Print a plan; ``done`` says what became of its changes."""
    if as_json:
        _print_json(
            {
                "ok": done != NOT_MADE and not shown.refusals,
                "city": shown.city.code,
                "first": shown.first,
                "changes": [_as_json(change) for change in shown.changes],
            }
        )
        return
    if shown.is_empty:
        click.echo(f"Nothing changes: {shown.city.code} is in force as declared.")
        return
    marks = [_mark(change) for change in shown.changes]
    names = [f"{change.subject} {change.code}" for change in shown.changes]
    widths = max(len(word) for word, _ in marks), max(map(len, names))
    for (word, colour), name, change in zip(marks, names, shown.changes, strict=True):
        mark = click.style(word.ljust(widths[0]), fg=colour)
        click.echo(f"{mark}  {name.ljust(widths[1])}  {change.sentence}".rstrip())
    click.echo(_summary(shown, done))


def _mark(change: "Change") -> tuple[str, str]:
    """Return a word for a change, and its colour."""
    if change.refused:
        return "refused", "red"
    if change.needs_force:
        return "needs --force", "yellow"
    return str(change.kind), "green"


def _summary(shown: "Plan", done: str) -> str:
    count = len(shown.changes)
    if shown.refusals:
        refused = len(shown.refusals)
        return (
            f"Nothing can be applied: {refused} of {_number(count, 'change')} refused, see above."
        )
    if shown.dangers and done != "made":
        dangers = len(shown.dangers)
        return f"{_number(count, 'change')} {done}; {dangers} only with --force."
    return f"{_number(count, 'change')} {done}."


def _as_json(change: "Change") -> dict[str, object]:
    return {
        "kind": str(change.kind),
        "subject": change.subject,
        "code": change.code,
        "sentence": change.sentence,
        "refused": change.refused,
        "needs_force": change.needs_force,
    }


def _print_json(value: dict[str, object]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _number(count: int, noun: str) -> str:
    """Return ``1 agency`` or ``1,200 agencies``."""
    return f"{count:,} {noun if count == 1 else _plural(noun)}"


def _plural(noun: str) -> str:
    if noun.endswith("y"):
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith("ss") else "s")


@contextmanager
def _progress(as_json: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Show a progress bar with rate and time left, to people at a terminal only."""
    if as_json or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (TextColumn("Reading services"), BarColumn(), MofNCompleteColumn(),
               TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("services", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
