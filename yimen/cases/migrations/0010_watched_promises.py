"""Promises that are watched: found by their days and agencies; one list a day for each account."""

from django.db import migrations, models

_OPEN = models.Q(("closed_at__isnull", True))


class Migration(migrations.Migration):

    dependencies = [("cases", "0009_sealed_papers")]

    operations = [
        migrations.CreateModel(
            name="WatchMail",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("account_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("cases", models.PositiveIntegerField()),
            ],
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                condition=_OPEN, fields=["statutory_due", "id"], name="cases_case_statutory"
            ),
        ),
        migrations.AddIndex(
            "case",
            models.Index(
                condition=_OPEN, fields=["agency", "promised_due", "id"], name="cases_case_agency"
            ),
        ),
        migrations.AddConstraint(
            "watchmail",
            models.UniqueConstraint(fields=("account_id", "day"), name="cases_one_list_a_day"),
        ),
    ]
