"""How decisions are mended: grounds in law, and who looks again when nothing is solved."""

from collections.abc import Mapping

from yimen.catalogue.definition import MendingGround, RecheckTerms, Role
from yimen.catalogue.loader.reading import listed
from yimen.catalogue.loader.services import read_limit
from yimen.catalogue.loader.table import Table
from yimen.catalogue.types import MendingKind

RECHECK_RIGHTS = frozenset({"case.claim", "case.mend", "case.read"})


def mending_ground(table: Table) -> MendingGround:
    """Return a ground in law for revoking or correcting a decision."""
    return MendingGround(
        table.written("key"),
        table.choice("kind", MendingKind),
        table.text("says"),
        table.place(),
        table.string("source", ""),
    )


def recheck_terms(root: Table, roles: Mapping[str, Role]) -> RecheckTerms | None:
    """Return how decisions are looked at again, or None when the city offers it not."""
    table = root.table("recheck", "a table with 'role', 'within' and 'answer'")
    if table is None:
        return None
    role = table.reference("role", roles, "a role")
    within, answer = read_limit(table, "within"), read_limit(table, "answer")
    declared = roles.get(role)
    lacking = sorted(RECHECK_RIGHTS - declared.rights) if declared is not None else ()
    if lacking:
        table.report(f"the role '{role}' needs the rights {listed(lacking)} to look again", "role")
    table.end()
    if within is None or answer is None:
        return None
    return RecheckTerms(role, within, answer, table.place())
