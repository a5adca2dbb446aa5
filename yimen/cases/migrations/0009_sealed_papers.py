"""A paper says whose seal it bears; those of former times bear none."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("cases", "0008_missed_promises")]

    operations = [
        migrations.AddField(
            "issueddocument", "sealed_by", models.CharField(default="", max_length=100)
        ),
    ]
