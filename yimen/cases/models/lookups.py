"""Look-ups from what people hold in their hands to (person_id, id)."""

from django.db import models

from yimen.base.identifiers import uuid7


class ReceiptLookup(models.Model):
    """From a receipt number to its case."""

    receipt_number = models.CharField(max_length=20, primary_key=True)
    person_id = models.UUIDField()
    case_id = models.UUIDField()

    def __str__(self) -> str:
        return self.receipt_number


class DocumentCode(models.Model):
    """From the verification code printed on a paper to the issued document."""

    code = models.CharField(max_length=32, primary_key=True)
    person_id = models.UUIDField()
    document_id = models.UUIDField()

    def __str__(self) -> str:
        return self.code


class ResumeCode(models.Model):
    """From the hash of a code to the draft that it opens on another device."""

    code_hash = models.CharField(max_length=64, primary_key=True)
    person_id = models.UUIDField()
    draft_id = models.UUIDField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["person_id", "draft_id"], name="cases_resume_draft"),
            models.Index(fields=["expires_at"], name="cases_resume_expiry"),
        ]

    def __str__(self) -> str:
        return str(self.draft_id)


class IdempotencyKey(models.Model):
    """A key that was sent with an application, so that sending twice gives one receipt.

    ``scope`` keeps the keys of one sender apart from another's.
    """

    pk = models.CompositePrimaryKey("scope", "key")
    scope = models.CharField(max_length=60)
    key = models.CharField(max_length=100)
    content_hash = models.CharField(max_length=64)
    person_id = models.UUIDField()
    case_id = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="cases_key_age")]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"


class StatusCode(models.Model):
    """A one-time code by which the holder of a receipt number sees the status of the case.

    Once the code was entered, ``token_hash`` opens the status until ``expires_at``.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    receipt_number = models.CharField(max_length=20)
    code_hash = models.CharField(max_length=64)
    token_hash = models.CharField(max_length=64, default="")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["receipt_number", "sent_at"], name="cases_status_receipt"),
            models.Index(fields=["expires_at"], name="cases_status_expiry"),
        ]

    def __str__(self) -> str:
        return str(self.id)
