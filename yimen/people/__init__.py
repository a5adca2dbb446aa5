"""Persons, organisations, households, their records, and eligibility."""
