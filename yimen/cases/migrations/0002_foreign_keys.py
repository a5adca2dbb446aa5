"""The references between tables of one person, which Django cannot declare over two columns."""

from django.db import migrations

# (table, name, columns, referenced table, referenced columns)
REFERENCES = [
    ("cases_draft", "person", "person_id", "people_person", "id"),
    ("cases_draftfile", "draft", "person_id, draft_id", "cases_draft", "person_id, id"),
    ("cases_application", "person", "person_id", "people_person", "id"),
    ("cases_case", "application", "person_id, id", "cases_application", "person_id, id"),
    *(
        (f"cases_{table}", "case", "person_id, case_id", "cases_case", "person_id, id")
        for table in (
            "casefile",
            "clockstop",
            "extension",
            "task",
            "history",
            "correction",
            "decision",
            "issueddocument",
        )
    ),
]


def _add(reference):
    table, name, columns, other, other_columns = reference
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT {table}_{name}_fk"
        f" FOREIGN KEY ({columns}) REFERENCES {other} ({other_columns})"
    )


def _drop(reference):
    table, name, *_ = reference
    return f"ALTER TABLE {table} DROP CONSTRAINT {table}_{name}_fk"


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("people", "0001_initial")]

    operations = [
        migrations.RunSQL(sql=_add(reference), reverse_sql=_drop(reference))
        for reference in REFERENCES
    ]
