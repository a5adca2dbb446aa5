"""Accounts of residents and staff, the posts that staff hold, and who stands in for whom."""

from datetime import date

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower


class Account(AbstractUser):
    """A sign-in. It opens nothing personal until it is tied to a person.

    Residents sign in by e-mail address, staff by user name or e-mail address. ``first_name`` holds
    the whole name as its bearer writes it. Staff accounts are never tied to a person: what an
    officer does for the city and what the same human does as a resident are two sign-ins.
    """

    person_id = models.UUIDField(null=True, blank=True, unique=True)
    # The person that stands for this account until it is tied: drafts and applications of somebody
    # who has signed up, but whom the city does not know yet.
    provisional_person_id = models.UUIDField(null=True, blank=True)
    # Sign-ins made until this moment count no more: a post was ended.
    sign_ins_ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(Lower("username"), name="accounts_username_any_case"),
            models.CheckConstraint(
                condition=models.Q(is_staff=False) | models.Q(person_id__isnull=True),
                name="accounts_staff_are_not_tied",
            ),
        ]

    def __str__(self) -> str:
        return self.username


class StaffPostQuerySet(models.QuerySet["StaffPost"]):
    """Sentences about posts."""

    def held_on(self, day: date) -> "StaffPostQuerySet":
        """Keep the posts that are held on this day."""
        return self.filter(since__lte=day).filter(
            models.Q(until__isnull=True) | models.Q(until__gt=day)
        )


class StaffPost(models.Model):
    """One post of one officer: a role in an agency, with the number of the office.

    ``until`` is the first day on which the post is no longer held. A post is ended, never deleted.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="posts")
    agency = models.CharField(max_length=100)
    role = models.CharField(max_length=100)
    office_number = models.CharField(max_length=40)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    objects = StaffPostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "account",
                "agency",
                "role",
                condition=models.Q(until__isnull=True),
                name="accounts_one_open_post",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="accounts_post_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} @ {self.agency}"


class Absence(models.Model):
    """Days on which a colleague acts in the posts of somebody who is away, both days included.

    Taking an absence back sets ``withdrawn``; the row stays.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="absences")
    delegate = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="stands_in_for")
    from_day = models.DateField()
    until_day = models.DateField()
    withdrawn = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_day__gte=models.F("from_day")),
                name="accounts_absence_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~models.Q(account=models.F("delegate")),
                name="accounts_nobody_stands_in_for_themselves",
            ),
        ]
        indexes = [models.Index("delegate", "until_day", name="accounts_absence_delegate")]

    def __str__(self) -> str:
        return f"{self.account_id} -> {self.delegate_id}"
