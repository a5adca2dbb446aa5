"""What the tests of this folder stand on."""

from applied_city import _applied, city

__all__ = ["_applied", "city"]
