"""Applying: whether one can, the questions one by one, documents, checking, sending."""
