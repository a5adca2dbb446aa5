"""Asking one cell of the matrix: one page, one method, one role, one matter."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from answers import ALLOWED, Answer, fits
from django.db import connection, transaction
from matters import Matter, Scene
from roles import STAFF, Role
from routes import Route
from rules import NEEDS, PUBLIC, PUBLIC_FORM, rule_of, sample_of

METHODS = ("GET", "POST")
OF_EACH_KIND = (
    Role.VISITOR,
    Role.OWNER,
    Role.HEAD,
    Role.EDITOR,
    Role.WITHOUT_FACTOR,
    Role.DISMISSED,
)
_WRITTEN = """
    SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables
    WHERE n_tup_ins + n_tup_upd + n_tup_del > 0
    AND relname NOT IN ('django_session', 'accounts_cache')
"""  # where one has been and how often one has tried: that is kept of everybody
# Who is told why not sees the file again, and that is written down for the person it is about.
_OF_READING = frozenset({"ledger_event", "people_reading"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One question to the product, with the right answer."""

    route: Route
    method: str
    role: Role
    matter: Matter | None
    address: str
    right: Answer

    def __str__(self) -> str:
        about = f" of {self.matter.title}" if self.matter else ""
        return f"{self.method} {self.address} ({self.route.name}{about}) by {self.role}"


def cells_of(route: Route, scene: Scene) -> Iterator[Cell]:
    """Return the cells of a route; none when it has no rule."""
    rule = rule_of(route)
    if rule is None:
        return
    for place, (matter, address) in enumerate(addresses(route, scene)):
        methods = METHODS[:1] if route.is_of_the_office else METHODS
        for role, method in product(_who_asks(route, first=place == 0), methods):
            audience = rule.get if method == "GET" else rule.post
            right = audience(role, matter)
            if right is not Answer.LIBRARYS:
                yield Cell(route, method, role, matter, address, right)


def _who_asks(route: Route, *, first: bool) -> tuple[Role, ...]:
    """Return who asks about a matter: all about the first one, then whom the door does not stop.

    The desk turns residents away whatever they ask for, the portal staff: once is enough. Pages for
    all, of the account alone, and of the editors' office differ by kinds of people only.
    """
    if route.is_of_the_office or rule_of(route) in (PUBLIC, PUBLIC_FORM):
        return OF_EACH_KIND
    if route.name.startswith(("account_", "mfa_")):
        return (*OF_EACH_KIND, Role.UNTIED, Role.NEIGHBOUR)
    if first or route.name.startswith("api:"):
        return tuple(Role)
    at_desk = route.name.startswith("desk:")
    return tuple(role for role in Role if (role in STAFF) is at_desk)


def addresses(route: Route, scene: Scene) -> Iterator[tuple[Matter | None, str]]:
    """Return the addresses of a route: one for each matter that it can be about."""
    given = sample_of(route)
    asked = tuple(each for each in route.blanks if each not in given)
    if not asked:
        yield None, "/" + route.address.format(**given)
        return
    for matter in scene.matters:
        if matter.fits((*asked, *NEEDS.get(route.name, ()))):
            yield matter, "/" + route.address.format(**{**matter.blanks, **given})


def wrong_about(cell: Cell, scene: Scene) -> str:
    """Ask, take back what it did, and say what is wrong about the answer; "" when nothing is."""
    client = scene.clients[cell.role]
    cookies = copy.deepcopy(client.cookies)
    with transaction.atomic():
        before = {} if cell.right in ALLOWED else _written()
        response = client.generic(cell.method, cell.address, content_type=_FORM)
        after = {} if cell.right in ALLOWED else _written()
        transaction.set_rollback(True)
    client.cookies = cookies
    status, location = response.status_code, response.headers.get("Location", "")
    if not fits(cell.right, status, location):
        return f"{cell}: {status} {location}, right is {cell.right}"
    if cell.right in ALLOWED:
        return ""
    changed = {table for table, rows in after.items() if rows != before.get(table)}
    if cell.right is Answer.REFUSED_WITH_REASON:
        changed -= _OF_READING
    if changed:
        return f"{cell}: refused, but rows of {sorted(changed)} were changed"
    told = _told(cell, scene, response.content.decode(errors="replace") + str(response.headers))
    return f"{cell}: refused, but {told} was told" if told else ""


_FORM = "application/x-www-form-urlencoded"


def _written() -> dict[str, int]:
    """Return how many rows of each table this transaction has written so far."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN)
        return dict(cursor.fetchall())


def _told(cell: Cell, scene: Scene, said: str) -> str:
    """Return a personal text of the matter that an answer holds for who has no right to it."""
    if cell.matter is None or cell.right is Answer.REFUSED_WITH_REASON:
        return ""
    return next((each for each in scene.secrets.get(cell.matter.owner, ()) if each in said), "")
