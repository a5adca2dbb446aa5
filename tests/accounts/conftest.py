"""What the tests of this folder stand on."""

import pytest
from applied_city import _applied, city

__all__ = ["_applied", "city"]


@pytest.fixture(autouse=True)
def _quick_passwords(settings) -> None:
    """Hash passwords quickly: how slow that is in earnest, `test_settings` says."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
