"""Decisions that are looked at again; their tasks stand in the table of tasks."""

from django.db import migrations, models

import yimen.base.identifiers

_REFERENCES = [
    (
        f"ALTER TABLE cases_recheck ADD CONSTRAINT cases_recheck_{name}_fk"
        f" FOREIGN KEY (person_id, {column}) REFERENCES {table} (person_id, id)",
        f"ALTER TABLE cases_recheck DROP CONSTRAINT cases_recheck_{name}_fk",
    )
    for name, column, table in (
        ("case", "case_id", "cases_case"),
        ("decision", "decision_id", "cases_decision"),
        ("task", "id", "cases_task"),
    )
]


class Migration(migrations.Migration):

    dependencies = [("cases", "0006_mended_decisions")]

    operations = [
        migrations.CreateModel(
            name="Recheck",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "person_id", "id", blank=True, editable=False, primary_key=True,
                        serialize=False,
                    ),
                ),
                ("person_id", models.UUIDField()),
                ("id", models.UUIDField(default=yimen.base.identifiers.uuid7)),
                ("case_id", models.UUIDField()),
                ("decision_id", models.UUIDField()),
                ("reason", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("due", models.DateField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("ordered_by", models.CharField(default="", max_length=20)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ordered_by", "")),
                        fields=("person_id", "decision_id"),
                        name="cases_one_recheck_of_a_decision",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ordered_by", ""), _negated=True),
                        fields=("person_id", "ordered_by"),
                        name="cases_one_recheck_by_order",
                    ),
                ],
            },
        ),
        *(migrations.RunSQL(sql, reverse_sql=reverse) for sql, reverse in _REFERENCES),
    ]
