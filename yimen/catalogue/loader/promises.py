"""What a city does about the days it promised: `[late]`, `[[delays]]`, `[[watch]]` of `city.toml`."""

from yimen.base.text import Text
from yimen.catalogue.definition import USUAL_WATCH, Delay, Promises, WatchStep
from yimen.catalogue.loader.table import Table, unique
from yimen.catalogue.types import WatchedDay, Watcher

_USUAL = Promises()
_MOST_MORE = 60  # working days: a quarter of a year


def read_promises(root: Table) -> Promises:
    """Return what `city.toml` says about promises, and what is usual where it says nothing."""
    late = root.table("late", "a table, such as { more_days = 5, complain.en = ... }")
    more_days, complain = _USUAL.more_days, Text()
    if late is not None:
        more_days = late.integer("more_days", _USUAL.more_days, low=1, high=_MOST_MORE)
        complain = late.text("complain", required=False)
        late.end()
    return Promises(more_days, complain, _delays(root), _watch(root))


def _delays(root: Table) -> dict[str, Delay]:
    tables = root.tables("delays")
    found: dict[str, Delay] = {}
    for table in tables:
        delay = Delay(table.code("key"), table.text("says"), table.place())
        found[delay.key] = delay
        table.end()
    unique(tables, "key")
    return found


def _watch(root: Table) -> tuple[WatchStep, ...]:
    """Return the steps of watching; a city that declares any declares all of them."""
    tables = root.tables("watch")
    if not tables:
        return USUAL_WATCH
    steps: dict[tuple[Watcher, WatchedDay], WatchStep] = {}
    for table in tables:
        step = WatchStep(table.choice("who", Watcher), table.choice("of", WatchedDay), _days(table))
        table.end()
        if (step.who, step.of) in steps:
            table.report(f"the {step.who} watches the {step.of} day twice; remove one", "of")
        steps[step.who, step.of] = step
    return tuple(steps.values())


def _days(table: Table) -> int:
    if ("before" in table) == ("after" in table):
        table.report("write either 'before' or 'after', with a number of working days")
    before = table.integer("before", 0, low=0, high=_MOST_MORE)
    after = table.integer("after", 0, low=1, high=_MOST_MORE)
    return after or -before
