"""Accounts of residents and staff."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Account(AbstractUser):
    """A sign-in. It opens nothing personal until it is tied to a person."""

    person_id = models.UUIDField(null=True, blank=True, unique=True)
