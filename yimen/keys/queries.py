"""Sign, verify, and hash with a key. Nothing here hands out a private key."""

import hmac
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from django.conf import settings

from yimen.keys import rules
from yimen.keys.loader.algorithms import ALGORITHMS
from yimen.keys.loader.folder import KeyFolder, key_folder
from yimen.keys.types import Signature


def _folder() -> KeyFolder:
    return key_folder(Path(settings.KEY_FOLDER))


def sign(purpose: str, message: bytes) -> Signature:
    """Sign a message with the current key of a purpose."""
    key = _folder().current(purpose)
    return Signature(key.key_id, key.algorithm.name, key.algorithm.sign(key.private, message))


def verify(signature: Signature, message: bytes) -> bool:
    """Say whether a key held here, current or old, made this signature of this message.

    Look at ``signature.purpose`` too: a key made for one purpose proves nothing for another.
    """
    algorithm = ALGORITHMS.get(signature.algorithm)
    if algorithm is None:
        return False
    try:
        key = _folder().key(signature.key_id)
    except rules.KeyUnknown:
        return False
    return key.algorithm is algorithm and algorithm.verify(key.public, signature.value, message)


def public_key_pem(key_id: str) -> str:
    """Return the public half of a key, as PEM."""
    pem: bytes = (
        _folder()
        .key(key_id)
        .public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    return pem.decode("ascii")


def public_keys(purpose: str) -> dict[str, str]:
    """Return the public halves of all keys a purpose ever had, as PEM by key name."""
    return {key_id: public_key_pem(key_id) for key_id in _folder().key_ids(purpose)}


def keyed_hash(purpose: str, value: str) -> str:
    """Return HMAC-SHA-256 in hexadecimal: finds what is equal, tells nothing without the secret.

    The purpose is part of what is hashed, so that the same value under two purposes cannot be
    matched.
    """
    rules.check_purpose(purpose)
    message = f"{purpose}\n{value}".encode()
    return hmac.digest(_folder().secret(), message, "sha256").hex()
