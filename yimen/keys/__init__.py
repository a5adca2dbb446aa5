"""Signing keys of the city."""
