"""Promises that are not kept: at most one row for each case and promised day."""

import django.contrib.postgres.fields
from django.db import migrations, models

import yimen.base.identifiers


class Migration(migrations.Migration):

    dependencies = [("cases", "0007_rechecks")]

    operations = [
        migrations.CreateModel(
            name="MissedPromise",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "person_id", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("person_id", models.UUIDField()),
                ("id", models.UUIDField(default=yimen.base.identifiers.uuid7)),
                ("case_id", models.UUIDField()),
                ("promised", models.DateField()),
                ("new_due", models.DateField()),
                ("delay", models.CharField(default="", max_length=80)),
                ("says", models.JSONField()),
                (
                    "agencies",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80), size=None
                    ),
                ),
                ("statutory", models.DateField(null=True)),
                ("noted_at", models.DateTimeField()),
                ("noted_by", models.BigIntegerField(null=True)),
                ("noted_number", models.CharField(default="", max_length=40)),
            ],
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["promised_due", "id"],
                name="cases_case_promised",
            ),
        ),
        migrations.AddConstraint(
            "missedpromise",
            models.UniqueConstraint(
                fields=("person_id", "case_id", "promised"), name="cases_one_missed_promise"
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE cases_missedpromise ADD CONSTRAINT cases_missedpromise_case_fk"
            " FOREIGN KEY (person_id, case_id) REFERENCES cases_case (person_id, id)",
            "ALTER TABLE cases_missedpromise DROP CONSTRAINT cases_missedpromise_case_fk",
        ),
    ]
