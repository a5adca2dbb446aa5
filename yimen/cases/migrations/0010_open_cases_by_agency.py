"""Open cases are found by the agency that leads them, when it ends."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("cases", "0009_sealed_papers")]

    operations = [
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["agency"],
                condition=models.Q(("closed_at__isnull", True)),
                name="cases_case_open_agency",
            ),
        ),
    ]
