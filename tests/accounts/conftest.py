"""What the tests of this folder stand on."""

import pytest
from applied_city import _applied, city
from django.utils import translation

__all__ = ["_applied", "city"]


@pytest.fixture(autouse=True)
def _quick_passwords(settings) -> None:
    """Hash passwords quickly: how slow that is in earnest, `test_settings` says."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _chinese() -> None:
    """Begin in the language of the pages without a prefix, whatever the test before has read."""
    translation.activate("zh-hans")
