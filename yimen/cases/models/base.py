"""What the tables of cases have in common."""

from collections.abc import Iterable
from enum import StrEnum

from django.db import models
from django.db.models import Q

from yimen.base.identifiers import uuid7


def one_of(
    name: str, field: str, words: Iterable[StrEnum], *, blank: bool = False
) -> models.CheckConstraint:
    """Let the database refuse a word that is not in the list."""
    values = [str(word) for word in words] + ([""] if blank else [])
    return models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


class OfPerson(models.Model):
    """Base of the tables that grow with persons."""

    pk = models.CompositePrimaryKey("person_id", "id")
    person_id = models.UUIDField()
    id = models.UUIDField(default=uuid7)

    class Meta:
        abstract = True


class OfCase(OfPerson):
    """Base of the rows of one case."""

    case_id = models.UUIDField()

    class Meta:
        abstract = True
