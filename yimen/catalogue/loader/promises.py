"""What a city does about the days it promised: `[late]` and `[[delays]]` of `city.toml`."""

from yimen.base.text import Text
from yimen.catalogue.definition import Delay, Promises
from yimen.catalogue.loader.table import Table, unique

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
    return Promises(more_days, complain, _delays(root))


def _delays(root: Table) -> dict[str, Delay]:
    tables = root.tables("delays")
    found: dict[str, Delay] = {}
    for table in tables:
        delay = Delay(table.code("key"), table.text("says"), table.place())
        found[delay.key] = delay
        table.end()
    unique(tables, "key")
    return found
