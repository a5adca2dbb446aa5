"""Tables of applications that are being filled in."""

from django.db import models

from yimen.cases.models.base import OfPerson


class Draft(OfPerson):
    """An application that is being filled in. Deleted when it is submitted or expires."""

    service_code = models.CharField(max_length=80)
    service_version = models.PositiveIntegerField()
    answers = models.JSONField(default=dict)
    language = models.CharField(max_length=16)
    channel = models.CharField(max_length=16)
    identified = models.BooleanField()  # else whoever has the code may go on with it
    account_id = models.BigIntegerField(null=True)
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="cases_draft_expiry")]

    def __str__(self) -> str:
        return str(self.id)


class DraftFile(OfPerson):
    """A file attached to a draft; its bytes are in the store under its hash."""

    draft_id = models.UUIDField()
    material_key = models.CharField(max_length=80)
    name = models.CharField(max_length=200)
    size = models.BigIntegerField()
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    added_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["sha256"], name="cases_draftfile_document")]

    def __str__(self) -> str:
        return str(self.id)
