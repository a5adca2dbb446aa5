"""Decisions that are looked at again because their applicants say that they solve nothing."""

from django.db import models

from yimen.cases.models.base import OfCase


class Recheck(OfCase):
    """One for each decision at most. Its task, which has the same id, stands on the desk above.

    How it ended stands in the task: ``stands`` with the reason, or ``mended``.
    """

    decision_id = models.UUIDField()
    reason = models.TextField()  # the applicant's words
    asked_at = models.DateTimeField()
    due = models.DateField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "decision_id"], name="cases_one_recheck_of_a_decision"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
