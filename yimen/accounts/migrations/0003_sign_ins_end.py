from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_cache"),
    ]

    operations = [
        migrations.AddField(
            model_name="account",
            name="sign_ins_ended_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
