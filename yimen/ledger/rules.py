"""Merkle trees, what is signed, and which fault a finding means. Nothing here reads anything.

Trees are those of RFC 6962, section 2.1: a leaf is SHA-256(0x00 || record), a node is
SHA-256(0x01 || left || right), and the left subtree is the largest full one. Lists of hashes are
plain bytes, 32 for each, because a batch has thousands.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from uuid import UUID

from yimen.ledger.types import Fault, FaultKind, Found

HASH = 32
UNREADABLE = "unreadable"  # in the place of a key's name: no key opens the file
NOTHING_BEFORE = bytes(HASH)  # what the first seal and the first day follow


@dataclass
class NotInTransaction(Exception):
    """An event was appended outside the transaction of what it tells of."""

    kind: str


@dataclass
class EventUnknown(Exception):
    """The ledger has no such event."""

    event_id: UUID


@dataclass
class EventNotSealed(Exception):
    """The event is too young to be proven; the sealer comes about once a second."""

    event_id: UUID


@dataclass
class NotARootsFile(Exception):
    """The file is not one of published roots, or is damaged."""

    reason: str


@dataclass
class BadDocumentName(Exception):
    """A stored document is named by a SHA-256 in 64 hexadecimal digits."""

    name: str


@dataclass
class DocumentMissing(Exception):
    """The document store has no such file."""

    sha256: str


@dataclass
class DocumentDamaged(Exception):
    """The file is there, but its content is not what was stored."""

    sha256: str
    found: str


def check_document_name(name: str) -> None:
    """Refuse what is not a SHA-256 in lower-case hexadecimal, before it becomes part of a path."""
    if not is_document_name(name):
        raise BadDocumentName(name)


def is_document_name(name: str) -> bool:
    """Say whether this is a SHA-256 in lower-case hexadecimal."""
    return len(name) == 64 and set(name) <= set("0123456789abcdef")


def lock_of(name: str) -> int:
    """Return the number of the lock that stands for a document: 60 bits of its name."""
    check_document_name(name)
    return int(name[:15], 16)


# Merkle trees


def leaf_hash(record: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\0" + record).digest()


def leaf_at(hashes: bytes, index: int) -> bytes:
    """Return one of many hashes."""
    return hashes[index * HASH : (index + 1) * HASH]


def _parents(level: bytes) -> bytes:
    """Return the next level: a pair becomes its node, an odd one out goes up as it is."""
    pairs = len(level) // (2 * HASH) * 2 * HASH
    nodes = [sha256(b"\1" + level[at : at + 2 * HASH]).digest() for at in range(0, pairs, 2 * HASH)]
    return b"".join(nodes) + level[pairs:]


def merkle_root(leaves: bytes) -> bytes:
    """Return the root over the hashes of leaves; of none, the hash of nothing."""
    if not leaves:
        return sha256(b"").digest()
    while len(leaves) > HASH:
        leaves = _parents(leaves)
    return leaves


def audit_path(leaves: bytes, index: int) -> list[bytes]:
    """Return the hashes that lead from one leaf to the root, lowest first (RFC 6962, 2.1.1)."""
    path = []
    while len(leaves) > HASH:
        neighbour = leaf_at(leaves, index ^ 1)
        if neighbour:
            path.append(neighbour)
        leaves, index = _parents(leaves), index // 2
    return path


# What is signed: a line of JSON with sorted keys, so that a reader needs no rules of ours


def seal_body(
    *, number: int, positions: tuple[int, int], root: bytes, previous: bytes, at: datetime
) -> bytes:
    """Return what a seal signs."""
    return _line(
        seal=number,
        first_position=positions[0],
        last_position=positions[1],
        root=root.hex(),
        previous=previous.hex(),
        at=at.astimezone(UTC).isoformat(timespec="microseconds"),
    )


def day_body(
    *,
    day: date,
    seals: tuple[int, int],
    positions: tuple[int, int],
    root: bytes,
    previous: bytes,
    at: datetime,
) -> bytes:
    """Return what the root of a day signs."""
    return _line(
        day=day.isoformat(),
        first_seal=seals[0],
        last_seal=seals[1],
        first_position=positions[0],
        last_position=positions[1],
        root=root.hex(),
        previous=previous.hex(),
        at=at.astimezone(UTC).isoformat(timespec="microseconds"),
    )


def _line(**facts: object) -> bytes:
    return json.dumps(facts, sort_keys=True, separators=(",", ":")).encode("ascii")


def body_hash(body: bytes) -> bytes:
    """Return the hash by which the next seal or day names the one before it."""
    return sha256(body).digest()


# Which fault a finding means


def link_fault(*, follows: bool, signed: bool, adjoins: bool, root_holds: bool) -> FaultKind | None:
    """Say what is wrong with a seal or a day, the most telling first.

    An altered ``previous`` breaks the chain and the signature too; any other altered field breaks
    the signature alone; after a missing one, the chain breaks though the signature holds.
    """
    if not adjoins and signed:
        return FaultKind.GAP
    if not follows:
        return FaultKind.BROKEN_CHAIN
    if not signed:
        return FaultKind.WRONG_SIGNATURE
    if not root_holds:
        return FaultKind.WRONG_ROOT
    return None


def event_fault(
    position: int, here: Sequence[Found], original: Found | None, belongs_at: int | None
) -> Fault:
    """Say what happened at a position where the sealed event does not stand, or not alone.

    ``here`` are the events that stand there, the sealed one left out. ``original`` is the event
    that was sealed at the position, wherever it stands now. ``belongs_at`` is the position at
    which the first of ``here`` was sealed, if it ever was.
    """
    if original is not None and original.position is None:
        return Fault(FaultKind.CHANGED, position, original.id)  # its position was taken away
    if original is not None and original.position != position:
        if not here:
            return Fault(FaultKind.REORDERED, original.position, original.id, belongs_at=position)
        if belongs_at is None:
            return Fault(FaultKind.INSERTED, position, here[0].id)
        return Fault(FaultKind.REORDERED, position, here[0].id, belongs_at=belongs_at)
    if original is not None:  # it is in its place, and another with it
        return Fault(FaultKind.INSERTED, position, here[0].id)
    if not here or belongs_at is not None:
        return Fault(FaultKind.DELETED, position)
    return Fault(FaultKind.CHANGED, position, here[0].id)
