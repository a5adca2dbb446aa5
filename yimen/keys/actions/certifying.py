"""The city's own authority: certificates made when they are needed, and renewed before they end.

A certificate belongs to one key for ever. Its successor is another key with another certificate,
written whole before the folder names it as the one that signs; what the old one sealed stays good.
"""

import json
from collections.abc import Iterable
from datetime import datetime

from cryptography.hazmat.primitives.serialization import Encoding

from yimen.base.clock import now
from yimen.keys import rules
from yimen.keys.actions.making import locked_folder, make_key, use_key, write_private
from yimen.keys.loader.certificates import Names, issuer_of, names_in, revocations_in
from yimen.keys.loader.folder import KeyFolder
from yimen.keys.sealing.certificates import (
    certificate_by,
    names_of,
    number_of,
    revocations_by,
    root_certificate,
)
from yimen.keys.types import Authority

Wanted = tuple[tuple[str, Names], ...]  # purposes with whom their certificates name, root first


def ensure_authority(authority: Authority) -> None:
    """Make the city's root and its time stamp, each where there is none or it nears its end."""
    with locked_folder() as folder:
        certify(folder, wanted_of(authority), authority.revocations)


def wanted_of(authority: Authority) -> Wanted:
    """Return what every seal needs beside its own certificate."""
    return (
        (rules.AUTHORITY, names_of(authority.city, authority.root)),
        (rules.STAMP, names_of(authority.city, authority.stamp)),
    )


def is_certified(folder: KeyFolder, wanted: Wanted, revocations: str, at: datetime) -> bool:
    """Say whether nothing has to be made before these purposes can sign, the list included."""
    if not all(_is_good(folder, purpose, names, revocations, at) for purpose, names in wanted):
        return False
    return _has_fresh_list(folder, folder.current_id(rules.AUTHORITY), at)


def certify(folder: KeyFolder, wanted: Wanted, revocations: str) -> None:
    """Make what is missing or nears its end. The caller holds the folder."""
    at = now().replace(microsecond=0)
    for purpose, names in wanted:
        if not _is_good(folder, purpose, names, revocations, at):
            _succeed(folder, purpose, names, at, revocations)
    _renew_lists(folder, at)


def renew_seals() -> None:
    """Renew every certificate that nears its end, and today's list. Run by the worker at night."""
    at = now()
    with locked_folder() as folder:
        held = [purpose for purpose in folder.purposes() if rules.has_certificate(purpose)]
        # "authority" comes first in the alphabet, as it must.
        for purpose in held:
            certificate = folder.certificate(folder.current_id(purpose))
            names, address = names_in(certificate), revocations_in(certificate)
            if not _is_good(folder, purpose, names, address, at):
                _succeed(folder, purpose, names, at, address)
        _renew_lists(folder, at)


def rotate(purpose: str) -> str:
    """Give a purpose a new key and return its name; what the old one signed stays verifiable."""
    rules.check_purpose(purpose)
    rules.check_signs(purpose)
    with locked_folder() as folder:
        if not rules.has_certificate(purpose):
            return use_key(folder, make_key(folder, purpose))
        at = now().replace(microsecond=0)
        certificate = folder.certificate(folder.current_id(purpose))
        names, address = names_in(certificate), revocations_in(certificate)
        key_id = _succeed(folder, purpose, names, at, address)
        _renew_lists(folder, at)
        return key_id


def revoke(key_id: str, why: str) -> None:
    """Revoke a certificate: the next list names it, and a paper is sealed with another key.

    What was sealed before stays valid, because its time stamp is older. Doing it again changes
    nothing. Raises KeyUnknown, NoCertificate, and RootStays.
    """
    at = now().replace(microsecond=0)
    with locked_folder() as folder:
        certificate = folder.certificate(folder.key(key_id).key_id)
        if rules.purpose_of(key_id) == rules.AUTHORITY:
            raise rules.RootStays(key_id)
        if folder.revoked(key_id) is None:
            told = json.dumps({"at": at.isoformat(), "why": why}, ensure_ascii=False)
            write_private(folder.revoked_path(key_id), told.encode())
        _make_list(folder, issuer_of(folder, certificate), at)


def _is_good(folder: KeyFolder, purpose: str, names: Names, revocations: str, at: datetime) -> bool:
    """Say whether the key that signs for a purpose may go on; raises ClockBehind."""
    if not folder.pointer_path(purpose).exists():
        return False
    key_id = folder.current_id(purpose)
    certificate = folder.certificate(key_id)
    rules.check_begun(purpose, certificate.not_valid_before_utc, at)
    if rules.is_due(purpose, certificate.not_valid_after_utc, at):
        return False
    if purpose == rules.AUTHORITY:
        return True  # a city that is renamed keeps its root: people have come to trust it
    if folder.revoked(key_id) is not None or names_in(certificate) != names:
        return False
    if rules.names_list(purpose) and revocations_in(certificate) != revocations:
        return False  # who follows the old address would not find the list
    return issuer_of(folder, certificate) == folder.current_id(rules.AUTHORITY)


def _succeed(folder: KeyFolder, purpose: str, names: Names, at: datetime, revocations: str) -> str:
    """Make a key with its certificate, then let it sign."""
    key = folder.key(make_key(folder, purpose))
    if purpose == rules.AUTHORITY:
        certificate = root_certificate(key, names, at)
    else:
        root_key = folder.current(rules.AUTHORITY)
        root = folder.certificate(root_key.key_id)
        certificate = certificate_by(root, root_key, key, names, at, revocations)
    write_private(folder.certificate_path(key.key_id), certificate.public_bytes(Encoding.PEM))
    return use_key(folder, key.key_id)


def _has_fresh_list(folder: KeyFolder, root_id: str, at: datetime) -> bool:
    made = folder.revocations(root_id)
    return made is not None and rules.is_fresh(made.last_update_utc, at)


def _renew_lists(folder: KeyFolder, at: datetime) -> None:
    for root_id in folder.key_ids(rules.AUTHORITY):
        if folder.is_certified(root_id) and not _has_fresh_list(folder, root_id, at):
            _make_list(folder, root_id, at)


def _make_list(folder: KeyFolder, root_id: str, at: datetime) -> None:
    before = folder.revocations(root_id)
    number = number_of(before) + 1 if before is not None else 1
    entries = list(_revoked_by(folder, root_id))
    root = folder.certificate(root_id)
    made = revocations_by(root, folder.key(root_id), entries, at, number)
    write_private(folder.revocations_path(root_id), made.public_bytes(Encoding.DER))


def _revoked_by(folder: KeyFolder, root_id: str) -> Iterable[tuple[int, datetime]]:
    for purpose in folder.purposes():
        for key_id in folder.key_ids(purpose):
            revoked = folder.revoked(key_id)
            if revoked is not None:
                certificate = folder.certificate(key_id)
                if issuer_of(folder, certificate) == root_id:
                    yield certificate.serial_number, revoked[0]
