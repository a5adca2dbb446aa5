"""The tables of the ledger.

An event is never changed but for its position, filled once; a seal or a day never.
"""

from django.db import models
from django.db.models import Q

from yimen.base.identifiers import uuid7
from yimen.keys.types import Signature
from yimen.ledger import rules

# The newest transaction that a row written now can know of: the writing transaction itself, or the
# last one that had ended when it wrote. Sorting by it puts an event after every event that its
# writer could have read.
_HORIZON = models.Func(
    template=(
        "greatest(pg_current_xact_id()::text::bigint,"
        " pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)"
    ),
    output_field=models.BigIntegerField(),
)


class EventQuerySet(models.QuerySet["Event"]):
    """Sentences about events."""

    def sealed(self) -> "EventQuerySet":
        """Those that have a position, in its order."""
        return self.filter(position__isnull=False).order_by("position")

    def unsealed(self) -> "EventQuerySet":
        """Those that the sealer has not come to."""
        return self.filter(position__isnull=True)


class Event(models.Model):
    """Something that happened: ids, field names and keyed hashes, never a personal value."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    kind = models.TextField()
    at = models.DateTimeField()
    actor_kind = models.TextField()
    actor_account = models.BigIntegerField(null=True)
    actor_person = models.UUIDField(null=True)
    actor_label = models.TextField()  # office and number of an officer; empty for residents
    channel = models.TextField()
    person_id = models.UUIDField(null=True)
    payload = models.JSONField()
    horizon = models.BigIntegerField(db_default=_HORIZON)
    position = models.BigIntegerField(null=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["position"],
                condition=Q(position__isnull=False),
                name="ledger_event_position",
            ),
        ]
        indexes = [
            models.Index(
                fields=["horizon", "id"],
                condition=Q(position__isnull=True),
                name="ledger_event_unsealed",
            ),
            models.Index(
                fields=["person_id", "id"],
                condition=Q(person_id__isnull=False),
                name="ledger_event_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.kind} {self.id}"


class Signed(models.Model):
    """What is chained to the one before it and signed."""

    first_position = models.BigIntegerField()
    last_position = models.BigIntegerField(unique=True)
    root = models.BinaryField()
    previous = models.BinaryField()
    at = models.DateTimeField()
    key_id = models.TextField()
    algorithm = models.TextField()
    signature = models.BinaryField()

    class Meta:
        abstract = True

    def body(self) -> bytes:
        """Return what is signed."""
        raise NotImplementedError

    def signed(self) -> Signature:
        """Return the signature with its key and algorithm."""
        return Signature(self.key_id, self.algorithm, bytes(self.signature))


class Seal(Signed):
    """The signed Merkle root over the events of about a second."""

    number = models.BigIntegerField(primary_key=True)
    leaves = models.BinaryField()  # 32 bytes for each event: tell which one was changed

    def __str__(self) -> str:
        return f"{self.number}: {self.first_position}-{self.last_position}"

    def body(self) -> bytes:
        """Return what is signed: all but the leaves, which the root stands for."""
        return rules.seal_body(
            number=self.number,
            positions=(self.first_position, self.last_position),
            root=bytes(self.root),
            previous=bytes(self.previous),
            at=self.at,
        )


class DayRoot(Signed):
    """The signed Merkle root over the seals of a day in the city's time: what is published."""

    day = models.DateField(primary_key=True)
    first_seal = models.BigIntegerField()
    last_seal = models.BigIntegerField()

    def __str__(self) -> str:
        return self.day.isoformat()

    def body(self) -> bytes:
        """Return what is signed."""
        return rules.day_body(
            day=self.day,
            seals=(self.first_seal, self.last_seal),
            positions=(self.first_position, self.last_position),
            root=bytes(self.root),
            previous=bytes(self.previous),
            at=self.at,
        )


class StoredDocument(models.Model):
    """A file in the document store, named by its SHA-256. ``at`` is when it was last stored.

    ``key_id`` is the data key with which the file was last seen encrypted, "" for a plain one; the
    file itself says what holds.
    """

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.BigIntegerField()
    media_type = models.TextField()
    at = models.DateTimeField()
    key_id = models.CharField(max_length=80, default="")

    class Meta:
        indexes = [models.Index(fields=["key_id"], name="ledger_document_key")]

    def __str__(self) -> str:
        return self.sha256


# The canonical text of an event, which its leaf hashes: every column, in this order, as JSON. Only
# forms that no setting of the session changes. A change here breaks every seal ever made.
RECORD = (
    "json_build_array(position, id, kind, at AT TIME ZONE 'UTC', actor_kind, actor_account,"
    " actor_person, actor_label, channel, person_id, payload, horizon)::text"
)
