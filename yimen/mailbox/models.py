"""Messages to residents, how each is brought to them, and how they want to be told."""

from django.db import models
from django.db.models import Q

from yimen.accounts.models import Account
from yimen.base.identifiers import uuid7
from yimen.mailbox.types import DeliveryState, Way

_WAITING = Q(state=str(DeliveryState.WAITING))


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
    language = models.CharField(max_length=10, default="")  # of the letter; "": the city's first
    on_paper = models.BooleanField(default=True)  # printed when it lies unread for too long

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
            models.Index(
                fields=["posted_at"],
                condition=Q(read_at__isnull=True, on_paper=True),
                name="mailbox_message_unread",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Delivery(models.Model):
    """One message on one way to its person, or an e-mail or short message with a code.

    Its text is erased once it was sent or given up: codes are not kept. While it waits, whoever
    tries it moves ``next_try_at`` on before, so that nobody else does meanwhile, and so that it is
    tried again when that worker is killed.
    """

    pk = models.CompositePrimaryKey("person_id", "id")
    person_id = models.UUIDField()
    id = models.UUIDField(default=uuid7)
    message_id = models.UUIDField(null=True)
    way = models.CharField(max_length=16, default=str(Way.EMAIL))
    name = models.CharField(max_length=200, default="")  # on the envelope
    address = models.CharField(max_length=300)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    state = models.CharField(max_length=16)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, default="")
    queued_at = models.DateTimeField()
    tried_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    demanded = models.BooleanField(default=False)  # a letter that goes out though it was read
    run_id = models.UUIDField(null=True)  # the print run of a letter
    settled_at = models.DateTimeField(null=True)  # the gateway told what became of it

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[str(state) for state in DeliveryState]),
                name="mailbox_delivery_state",
            ),
            models.CheckConstraint(
                condition=Q(way__in=[str(way) for way in Way]), name="mailbox_delivery_way"
            ),
            models.UniqueConstraint(
                fields=["person_id", "message_id", "way"],
                condition=Q(message_id__isnull=False),
                name="mailbox_delivery_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["way", "next_try_at"], condition=_WAITING, name="mailbox_delivery_due"
            ),
            models.Index(
                fields=["way", "tried_at"], condition=_WAITING, name="mailbox_delivery_tried"
            ),
            models.Index(
                fields=["tried_at"],
                condition=Q(way="sms", state="sent", settled_at__isnull=True),
                name="mailbox_delivery_unsettled",
            ),
            models.Index(
                fields=["run_id"], condition=Q(run_id__isnull=False), name="mailbox_delivery_run"
            ),
            models.Index(
                fields=["queued_at"],
                condition=Q(way="letter", state="failed"),
                name="mailbox_delivery_counter",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Telling(models.Model):
    """How the bearer of an account wants to hear of messages. Without a row: by e-mail.

    ``phone`` is a number whose bearer entered a code that was sent to it.
    """

    account = models.OneToOneField(
        Account, on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    email = models.BooleanField(default=True)
    sms = models.BooleanField(default=False)
    letter = models.BooleanField(default=False)
    phone = models.CharField(max_length=40, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(sms=False) | ~Q(phone=""), name="mailbox_sms_needs_a_phone"
            ),
        ]

    def __str__(self) -> str:
        return str(self.account_id)


class PhoneCode(models.Model):
    """A code that was sent to a telephone, to see whether it is the account's."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, db_index=False, related_name="+")
    phone = models.CharField(max_length=40)
    code_hash = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    tries_left = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "asked_at"], name="mailbox_phone_code_account"),
            models.Index(fields=["asked_at"], name="mailbox_phone_code_age"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class PrintRun(models.Model):
    """The letters of one day, printed as one PDF with a manifest. Its files are made from its rows."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    day = models.DateField(unique=True)
    taken_at = models.DateTimeField()
    printed_at = models.DateTimeField(null=True)  # the files are whole
    posted_at = models.DateTimeField(null=True)
    letters = models.PositiveIntegerField(default=0)
    pages = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.day)
