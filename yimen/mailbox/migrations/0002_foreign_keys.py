"""The references of the mailbox to persons, and of deliveries to messages."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("mailbox", "0001_initial"), ("people", "0001_initial")]

    operations = [
        migrations.RunSQL(
            sql="ALTER TABLE mailbox_message ADD CONSTRAINT mailbox_message_person_fk"
            " FOREIGN KEY (person_id) REFERENCES people_person (id)",
            reverse_sql="ALTER TABLE mailbox_message DROP CONSTRAINT mailbox_message_person_fk",
        ),
        migrations.RunSQL(
            sql="ALTER TABLE mailbox_delivery ADD CONSTRAINT mailbox_delivery_message_fk"
            " FOREIGN KEY (person_id, message_id) REFERENCES mailbox_message (person_id, id)",
            reverse_sql="ALTER TABLE mailbox_delivery DROP CONSTRAINT mailbox_delivery_message_fk",
        ),
    ]
