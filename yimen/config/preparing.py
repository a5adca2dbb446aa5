"""What must stand in the database before the first visitor: tables, keys, the city, demo data."""

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from rich.console import Console
from rich.progress import Progress, TaskID

from yimen.base.actor import SYSTEM
from yimen.catalogue.actions import apply_city
from yimen.catalogue.queries import current_city
from yimen.catalogue.rules import CityHasProblems, PlanRefused
from yimen.config import demo
from yimen.config.doctor.signs import Schema, schema
from yimen.config.refusal import Refusal
from yimen.keys.actions import ensure_keys
from yimen.publishing.actions import make_first_pages

console = Console(stderr=True, highlight=False)


def prepare(*, with_demo: bool, may_change: bool) -> list[dict[str, str]]:
    """Bring the database up to date, doing only what is missing; return the demo sign-ins.

    Tables that hold a city's cases are changed by `yimen upgrade` only, which may and saves first.
    """
    migrate(may_change=may_change)
    ensure_keys()
    apply_declarations(Path(settings.CITY_FOLDER))
    make_first_pages(current_city())
    if not with_demo:
        return []
    load_demo()
    return demo.sign_ins()


def migrate(*, may_change: bool) -> None:
    """Apply the migrations that are missing; tables that stand already only if they may change."""
    found = known_schema()
    if found.missing and not found.is_new and not may_change:
        raise Refusal(
            f"The tables are those of an older version; {found.missing} changes are missing."
            " `yimen upgrade --backup DIR` saves everything and makes them."
        )
    if found.missing:
        with console.status("Making the tables ..."):
            call_command("migrate", interactive=False, verbosity=0)
        console.print("The tables are made.")


def known_schema() -> Schema:
    """Return the schema; refuse a database whose tables newer code has changed."""
    found = schema()
    if found.unknown:
        raise Refusal(
            f"A newer version of Yimen has served this database: it has {found.unknown} changes of"
            " tables that this one does not know, and would be damaged. Start the newer version,"
            " or restore the backup from before the upgrade."
        )
    return found


def apply_declarations(folder: Path) -> None:
    """Apply the city's folder when it says something else than the database."""
    try:
        with console.status(f"Reading {folder} ..."):
            plan = apply_city(folder, SYSTEM)
    except CityHasProblems as error:
        for problem in error.problems:
            console.print(str(problem), markup=False, soft_wrap=True)
        raise Refusal(
            f"The city's folder {folder} has {len(error.problems)} errors, named above. Mend them,"
            " and look with `yimen city check`."
        ) from error
    except PlanRefused as error:
        raise Refusal(
            f"The city's folder {folder} cannot take the place of what is applied now."
            f" `yimen city plan {folder}` says why, change by change."
        ) from error
    if plan.changes:
        console.print(f"{folder.name} is applied: {len(plan.changes)} changes.", markup=False)


def load_demo() -> None:
    """Load what is missing of the demonstration, with a bar for each part."""
    bars: dict[str, TaskID] = {}
    with Progress(console=console, transient=True) as progress:

        def show(what: str, done: int, of: int) -> None:
            if what not in bars:
                bars[what] = progress.add_task(f"Loading {what}", total=of)
            progress.update(bars[what], completed=done)

        demo.load(show)
    if bars:
        console.print("The demonstration is loaded.")
