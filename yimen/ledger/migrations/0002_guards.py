"""Let the database itself refuse to change the ledger.

A superuser can switch the triggers off; `yimen ledger verify` then finds what was done.
"""

from django.db import migrations

REFUSE = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$
"""

# The one change that is allowed: the sealer gives an event its position, once.
EVENT_UPDATE = """
CREATE TRIGGER ledger_event_no_update BEFORE UPDATE ON ledger_event FOR EACH ROW
WHEN (
    OLD.position IS NOT NULL OR NEW.position IS NULL
    OR (OLD.id, OLD.kind, OLD.at, OLD.actor_kind, OLD.actor_account, OLD.actor_person,
        OLD.actor_label, OLD.channel, OLD.person_id, OLD.payload, OLD.horizon)
    IS DISTINCT FROM
       (NEW.id, NEW.kind, NEW.at, NEW.actor_kind, NEW.actor_account, NEW.actor_person,
        NEW.actor_label, NEW.channel, NEW.person_id, NEW.payload, NEW.horizon)
)
EXECUTE FUNCTION ledger_refuse()
"""
EVENT_INSERT = """
CREATE TRIGGER ledger_event_no_position BEFORE INSERT ON ledger_event FOR EACH ROW
WHEN (NEW.position IS NOT NULL) EXECUTE FUNCTION ledger_refuse()
"""


def statement_guard(table: str, operation: str) -> migrations.RunSQL:
    name = f"{table}_no_{operation.lower()}"
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} BEFORE {operation} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()",
        f"DROP TRIGGER {name} ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION ledger_refuse()"),
        migrations.RunSQL(EVENT_UPDATE, "DROP TRIGGER ledger_event_no_update ON ledger_event"),
        migrations.RunSQL(EVENT_INSERT, "DROP TRIGGER ledger_event_no_position ON ledger_event"),
        statement_guard("ledger_event", "DELETE"),
        statement_guard("ledger_event", "TRUNCATE"),
        *(
            statement_guard(table, operation)
            for table in ("ledger_seal", "ledger_dayroot")
            for operation in ("UPDATE", "DELETE", "TRUNCATE")
        ),
        # Hashes do not compress, and a batch of them is large: keep them beside the row, as they are.
        migrations.RunSQL(
            "ALTER TABLE ledger_seal ALTER COLUMN leaves SET STORAGE EXTERNAL",
            "ALTER TABLE ledger_seal ALTER COLUMN leaves SET STORAGE EXTENDED",
        ),
        # Each event is updated once, so a fifth of a big table must not pile up before a vacuum.
        migrations.RunSQL(
            "ALTER TABLE ledger_event SET (autovacuum_vacuum_scale_factor = 0.01,"
            " autovacuum_vacuum_threshold = 10000)",
            "ALTER TABLE ledger_event RESET (autovacuum_vacuum_scale_factor,"
            " autovacuum_vacuum_threshold)",
        ),
    ]
