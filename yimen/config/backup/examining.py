"""Whether a restored installation is whole: looked at as every command looks, with its own keys."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from yimen.config.backup.restoring import Findings
from yimen.ledger.commands import sentence_of
from yimen.ledger.queries.verification import verify


def examine() -> Findings:
    """Compare the tables with this code, and verify the whole ledger."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:  # the ledger's own tables may be older than what reads them
        return Findings(len(plan), True, "The ledger is verified when the tables are up to date.")
    found = verify()
    if found.fault:
        return Findings(0, found.holds, sentence_of(found.fault))
    return Findings(0, found.holds, f"The ledger holds: {found.events:,} events are verified.")
