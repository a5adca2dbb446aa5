"""Backups of an installation, and getting it back, to the moment that is asked for."""
