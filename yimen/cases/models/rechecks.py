"""Decisions that are looked at again because their applicants say that they solve nothing."""

from django.db import models

from yimen.cases.models.base import OfCase


class Recheck(OfCase):
    """Its task, which has the same id, stands on the desk above.

    The applicant asks once for a decision. ``ordered_by`` is the receipt number of the case
    that contested the decision and was approved: then it cannot stand. How a recheck ended is in the task: ``stands`` with the
    reason, or ``mended``.
    """

    decision_id = models.UUIDField()
    reason = models.TextField()  # the applicant's words
    asked_at = models.DateTimeField()
    due = models.DateField()
    answered_at = models.DateTimeField(null=True)
    ordered_by = models.CharField(max_length=20, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person_id", "decision_id"],
                condition=models.Q(ordered_by=""),
                name="cases_one_recheck_of_a_decision",
            ),
            models.UniqueConstraint(
                fields=["person_id", "ordered_by"],
                condition=~models.Q(ordered_by=""),
                name="cases_one_recheck_by_order",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
