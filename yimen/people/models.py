"""Persons, organisations, households, merges, and the codes and letters that tie accounts."""

from django.db import models

from yimen.accounts.models import Account
from yimen.base.identifiers import uuid7
from yimen.people.types import (
    Category,
    DocumentKind,
    MergeKind,
    PersonKind,
    Relation,
    Sex,
)


def _choices(
    words: type[PersonKind | DocumentKind | Sex | Category | MergeKind | Relation],
) -> list[tuple[str, str]]:
    return [(word.value, word.value) for word in words]


class Person(models.Model):
    """A natural person or an organisation. Its id never changes and is never used again.

    A provisional person stands for somebody who applies unidentified: it has no number.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=20, choices=_choices(PersonKind), default="natural")
    provisional = models.BooleanField(default=False)
    name = models.CharField(max_length=200, blank=True)
    document = models.CharField(max_length=20, choices=_choices(DocumentKind), blank=True)
    number = models.CharField(max_length=40, blank=True)  # unique through DocumentNumber
    birth_date = models.DateField(null=True, blank=True)
    sex = models.CharField(max_length=10, choices=_choices(Sex), blank=True)
    category = models.CharField(max_length=20, choices=_choices(Category), blank=True)
    division = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=300, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(provisional=False) | models.Q(number=""),
                name="people_provisional_has_no_number",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class DocumentNumber(models.Model):
    """Look-up from the number of a document to its person; here a number is unique.

    A table of its own, because a city spread over several servers keeps persons by id.
    """

    pk = models.CompositePrimaryKey("document", "number")
    document = models.CharField(max_length=20, choices=_choices(DocumentKind))
    number = models.CharField(max_length=40)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, db_index=False, related_name="+")

    def __str__(self) -> str:
        return self.document


class Organisation(models.Model):
    """What a person that is an organisation has beyond its name, number and address."""

    pk = models.CompositePrimaryKey("person_id", "id")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, db_index=False, related_name="organisations"
    )
    id = models.UUIDField(default=uuid7)
    legal_representative = models.CharField(max_length=200)
    representative_id = models.UUIDField(null=True, blank=True, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint("person", name="people_organisation_once"),
        ]

    def __str__(self) -> str:
        return str(self.person_id)


class Merge(models.Model):
    """A row that points from one id to the id of the same person that survives.

    No ``person_id`` anywhere is changed by it; reads take all ids of the person. Undoing it sets
    ``ended_at``.
    """

    pk = models.CompositePrimaryKey("person_id", "id")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, db_index=False, related_name="merges"
    )
    id = models.UUIDField(default=uuid7)
    surviving_id = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=20, choices=_choices(MergeKind))
    reason = models.CharField(max_length=300, blank=True)
    merged_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "person", condition=models.Q(ended_at__isnull=True), name="people_merged_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(person=models.F("surviving_id")),
                name="people_not_merged_into_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} -> {self.surviving_id}"


class Household(models.Model):
    """People who live and are counted together. Its data sets are keyed by its id."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=40, unique=True)  # of the household register
    division = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return str(self.id)


class HouseholdMember(models.Model):
    """One person's time in a household."""

    pk = models.CompositePrimaryKey("person_id", "id")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, db_index=False, related_name="memberships"
    )
    id = models.UUIDField(default=uuid7)
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="members")
    relation = models.CharField(max_length=20, choices=_choices(Relation))
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "person", condition=models.Q(until__isnull=True), name="people_one_household"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} @ {self.household_id}"


class TieRequest(models.Model):
    """An account's wish to be tied to a person, with the hash of the code that was posted.

    A look-up table from an account and a code to a person. It is written also when nobody matches,
    so that the answer, and the counting of tries, tell nothing about who is in the register.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    matched_id = models.UUIDField(null=True, blank=True, db_index=True)
    code_hash = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries_left = models.PositiveSmallIntegerField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index("account", "asked_at", name="people_tie_request_account")]

    def __str__(self) -> str:
        return str(self.id)


class Letter(models.Model):
    """A letter that waits to be printed and posted to the registered address.

    The code stands in it until it is posted; then it is erased here and only its hash remains.
    """

    pk = models.CompositePrimaryKey("person_id", "id")
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, db_index=False, related_name="letters"
    )
    id = models.UUIDField(default=uuid7)
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=300)
    language = models.CharField(max_length=10)
    code = models.CharField(max_length=20)
    queued_at = models.DateTimeField()
    run_id = models.UUIDField(null=True, blank=True)  # the print run that it is in
    posted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                "queued_at",
                condition=models.Q(posted_at__isnull=True),
                name="people_letters_waiting",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
