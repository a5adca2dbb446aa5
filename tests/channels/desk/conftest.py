"""What the tests of the desk stand on."""

import pytest
from applied_city import _applied, city
from django.utils import translation

__all__ = ["_applied", "city"]


@pytest.fixture(autouse=True)
def _quick_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _chinese() -> None:
    translation.activate("zh-hans")
