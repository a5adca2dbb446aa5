"""Yimen (一门, "one door"): the public-service system of a city."""

__version__ = "0.1.0"
