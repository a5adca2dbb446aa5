"""Every write to the folder of the keys: making and changing keys, certifying, sealing."""

from yimen.keys.actions.certifying import ensure_authority, renew_seals, revoke, rotate
from yimen.keys.actions.making import ensure_keys, rotate_storage
from yimen.keys.actions.sealing import seal_pdf

__all__ = [
    "ensure_authority",
    "ensure_keys",
    "renew_seals",
    "revoke",
    "rotate",
    "rotate_storage",
    "seal_pdf",
]
