"""Deliveries by e-mail, short message and letter, each with the time of its next try."""

from django.db import migrations, models
from django.db.models import F, Q


def next_try_when_queued(apps, schema_editor):
    """Let what waits be tried at once: its job may have a name that is no more."""
    apps.get_model("mailbox", "Delivery").objects.update(next_try_at=F("queued_at"))


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0003_named_documents")]

    operations = [
        migrations.RemoveConstraint(model_name="delivery", name="mailbox_delivery_state"),
        migrations.RemoveIndex(model_name="delivery", name="mailbox_delivery_waiting"),
        migrations.AddField(
            model_name="delivery",
            name="way",
            field=models.CharField(default="email", max_length=16),
        ),
        migrations.AddField(
            model_name="delivery", name="tried_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="delivery", name="settled_at", field=models.DateTimeField(null=True)
        ),
        migrations.AddField(
            model_name="delivery", name="next_try_at", field=models.DateTimeField(null=True)
        ),
        migrations.RunPython(next_try_when_queued, migrations.RunPython.noop, elidable=True),
        migrations.AlterField(
            model_name="delivery", name="next_try_at", field=models.DateTimeField()
        ),
        migrations.AlterField(
            model_name="delivery", name="address", field=models.CharField(max_length=300)
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=Q(state__in=["waiting", "sent", "delivered", "failed"]),
                name="mailbox_delivery_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=Q(way__in=["email", "sms", "letter"]), name="mailbox_delivery_way"
            ),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                condition=Q(message_id__isnull=False),
                fields=("person_id", "message_id", "way"),
                name="mailbox_delivery_once",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=Q(state="waiting"),
                fields=["way", "next_try_at"],
                name="mailbox_delivery_due",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=Q(state="waiting"),
                fields=["way", "tried_at"],
                name="mailbox_delivery_tried",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=Q(settled_at__isnull=True, state="sent", way="sms"),
                fields=["tried_at"],
                name="mailbox_delivery_unsettled",
            ),
        ),
    ]
