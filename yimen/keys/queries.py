"""Sign, verify, hash and encrypt with a key. Nothing here hands out a private key."""

import hmac
from pathlib import Path
from typing import IO

from cryptography.hazmat.primitives import serialization
from django.conf import settings

from yimen.base.clock import now
from yimen.keys import rules
from yimen.keys.loader.algorithms import ALGORITHMS
from yimen.keys.loader.certificates import facts_of
from yimen.keys.loader.encrypted import Encrypting, decrypted, key_id_of
from yimen.keys.loader.folder import KeyFolder, key_folder
from yimen.keys.types import CertificateFacts, Signature


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


def bare_keys() -> dict[str, bool]:
    """Return the names of the keys without a certificate, and whether each is the one that signs."""
    folder = _folder()
    bare = [purpose for purpose in folder.purposes() if not rules.has_certificate(purpose)]
    return {
        key_id: folder.current_id(purpose) == key_id
        for purpose in bare
        for key_id in folder.key_ids(purpose)
    }


def certificates() -> list[CertificateFacts]:
    """Return the certificates of the city: its roots, then its time stamps, then all seals."""
    folder, at = _folder(), now()
    first = [rules.AUTHORITY, rules.STAMP]
    seals = [p for p in folder.purposes() if rules.has_certificate(p) and p not in first]
    keys = [key_id for purpose in (*first, *seals) for key_id in folder.key_ids(purpose)]
    return [facts_of(folder, key_id, at) for key_id in keys if folder.is_certified(key_id)]


def certificate_of(key_id: str) -> CertificateFacts | None:
    """Return the certificate of the key that sealed something; None when it is not held here."""
    try:
        return facts_of(_folder(), key_id, now())
    except (rules.KeyUnknown, rules.NoCertificate):
        return None


def revocation_list(root_id: str) -> bytes | None:
    """Return the newest list of revoked certificates of a root, as DER; None if there is none."""
    try:
        found = _folder().revocations(root_id)
    except rules.KeyUnknown:
        return None
    return found.public_bytes(serialization.Encoding.DER) if found is not None else None


def keyed_hash(purpose: str, value: str) -> str:
    """Return HMAC-SHA-256 in hexadecimal: finds what is equal, tells nothing without the secret.

    The purpose is part of what is hashed, so that the same value under two purposes cannot be
    matched.
    """
    rules.check_purpose(purpose)
    message = f"{purpose}\n{value}".encode()
    return hmac.digest(_folder().secret(), message, "sha256").hex()


def storage_key_id() -> str:
    """Return the name of the key that encrypts stored files now."""
    return _folder().current_data_key()[0]


def encrypting(target: IO[bytes]) -> Encrypting:
    """Return what writes to a file, encrypted with the data key of today."""
    return Encrypting(target, *_folder().current_data_key())


def decrypting(file: IO[bytes]) -> IO[bytes]:
    """Return the content of a stored file, readable from any place; a plain one is read as it is.

    Raises ContentDamaged, now or while reading, and KeyUnknown.
    """
    return decrypted(file, _folder().data_key)


def key_of_file(file: IO[bytes]) -> str:
    """Return the name of the key with which a stored file is encrypted, "" for a plain one."""
    return key_id_of(file)
