"""Messages to residents, and the e-mails that say there is one."""

from django.db import models
from django.db.models import Q

from yimen.base.identifiers import uuid7
from yimen.mailbox.types import DeliveryState


class Message(models.Model):
    """A message in a person's mailbox. ``key`` makes posting twice one message."""

    pk = models.CompositePrimaryKey("person_id", "id")
    person_id = models.UUIDField()
    id = models.UUIDField(default=uuid7)
    key = models.CharField(max_length=100)
    subject = models.JSONField()  # {language: text}
    body = models.JSONField()
    case_receipt = models.CharField(max_length=20, default="")
    document_sha256 = models.CharField(max_length=64, default="")
    posted_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person_id", "key"], name="mailbox_message_once"),
        ]
        indexes = [
            models.Index(
                fields=["document_sha256"],
                condition=~Q(document_sha256=""),
                name="mailbox_message_document",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Delivery(models.Model):
    """An e-mail. Its text is erased once it was sent: codes are not kept."""

    pk = models.CompositePrimaryKey("person_id", "id")
    person_id = models.UUIDField()
    id = models.UUIDField(default=uuid7)
    message_id = models.UUIDField(null=True)
    address = models.CharField(max_length=254)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(max_length=16)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, default="")
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[str(state) for state in DeliveryState]),
                name="mailbox_delivery_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["queued_at"], condition=Q(state="waiting"), name="mailbox_delivery_waiting"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
