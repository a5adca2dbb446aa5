"""The table of promises that were not kept."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from yimen.cases.models.base import OfCase


class MissedPromise(OfCase):
    """A promised day that is not kept, with the reason and the new day that the applicant is told.

    The new day is a promise too: when it is not kept, a row of its own says so. What was promised
    first stays with the case, and the figures measure that.
    """

    promised = models.DateField()  # the day that is not kept
    new_due = models.DateField()  # moves on while the clock stands for the applicant
    delay = models.CharField(max_length=80, default="")  # key of a declared reason; "" by itself
    says = models.JSONField()  # {language: text}: the reason, as it was told
    agencies = ArrayField(models.CharField(max_length=80))  # whose steps it waits for
    statutory = models.DateField(null=True)  # the limit of the law, where it had passed as well
    noted_at = models.DateTimeField()
    noted_by = models.BigIntegerField(null=True)  # account; null: the system
    noted_number = models.CharField(
        max_length=40, default=""
    )  # office number, in the case's agency

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "case_id", "promised"], name="cases_one_missed_promise"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class WatchMail(models.Model):
    """The day's list of promises of one member of staff: at most one a day, also when it is empty."""

    account_id = models.BigIntegerField()
    day = models.DateField()
    cases = models.PositiveIntegerField()  # on the list; 0: nothing was sent

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account_id", "day"], name="cases_one_list_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.day}"
