#!/usr/bin/env python3
"""Check what a city publishes of its ledger, without the city and without its software.

    python3 check_ledger.py roots.json
    python3 check_ledger.py roots.json --older roots-kept-from-last-year.json
    python3 check_ledger.py roots.json --proof proof.json
    python3 check_ledger.py roots.json --key ledger-key.pem

Python 3.8 or newer is all it needs; the package `cryptography`, where present, makes it faster.
Exit code 0: all holds. 1: something does not. 2: a file cannot be read.

What it checks, so that you can write your own:

* `roots.json` has for each day a text `signed`, which is JSON, its `signature` (base64, r and s of
  ECDSA on P-256 with SHA-256, 32 bytes each) and the name of the `key`. The text names the day, the
  first and last seal and position, the Merkle `root` over the day's seals, and in `previous` the
  SHA-256 of the text of the day before: so no day can be changed, left out or put in later.
* A seal has such a text too: its number, first and last position, the Merkle `root` over its
  events, and the SHA-256 of the text of the seal before.
* Trees are those of RFC 6962: a leaf is SHA-256(0x00 || text), a node SHA-256(0x01 || left ||
  right). The leaf of an event is its `record`, whose first element is its position; the leaf of a
  seal is its text.
* `proof.json` has an event's record, its seal, the hashes that lead from the one to the other
  (`path`, lowest first) and from the seal to the day (`path_in_day`).
* The key of a signature is named by the first 16 hexadecimal digits of the SHA-256 of its public
  part. Compare it with what you wrote down before: who forges a whole ledger brings a key as well.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    FAST = True
except ImportError:
    FAST = False

# P-256 (FIPS 186-4, D.1.2.3)
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
G = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
)
PEM_HEAD = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")


class DoesNotHold(Exception):
    """A check failed; the message says which."""


# Signatures


def add(one: tuple[int, int] | None, other: tuple[int, int] | None) -> tuple[int, int] | None:
    """Add two points of the curve."""
    if one is None or other is None:
        return one or other
    if one[0] == other[0]:
        if (one[1] + other[1]) % P == 0:
            return None
        slope = 3 * (one[0] ** 2 - 1) * pow(2 * one[1], -1, P)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], -1, P)
    x = (slope**2 - one[0] - other[0]) % P
    return x, (slope * (one[0] - x) - one[1]) % P


def times(factor: int, point: tuple[int, int] | None) -> tuple[int, int] | None:
    """Multiply a point of the curve."""
    result: tuple[int, int] | None = None
    while factor:
        if factor & 1:
            result = add(result, point)
        point, factor = add(point, point), factor >> 1
    return result


def public_point(pem: str) -> tuple[int, int]:
    """Return the point of a P-256 public key in PEM."""
    der = base64.b64decode("".join(line for line in pem.split("\n") if "-----" not in line))
    if not der.startswith(PEM_HEAD) or len(der) != len(PEM_HEAD) + 64:
        raise DoesNotHold("a public key is not one of ECDSA on P-256")
    x, y = (int.from_bytes(der[at : at + 32], "big") for at in (len(PEM_HEAD), len(PEM_HEAD) + 32))
    if (y * y - x * x * x + 3 * x - B) % P:
        raise DoesNotHold("a public key is not a point of the curve")
    return x, y


def verify_by_hand(pem: str, value: bytes, message: bytes) -> bool:
    """Verify ECDSA with SHA-256 by its definition."""
    r, s = int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big")
    if len(value) != 64 or not (0 < r < N and 0 < s < N):
        return False
    digest = int.from_bytes(hashlib.sha256(message).digest(), "big")
    inverse = pow(s, -1, N)
    found = add(times(digest * inverse % N, G), times(r * inverse % N, public_point(pem)))
    return found is not None and found[0] % N == r


def verify(pem: str, value: bytes, message: bytes) -> bool:
    """Verify ECDSA with SHA-256, by `cryptography` where it is installed."""
    if not FAST:
        return verify_by_hand(pem, value, message)
    public_point(pem)
    key: Any = serialization.load_pem_public_key(pem.encode())
    halves = int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big")
    try:
        key.verify(encode_dss_signature(*halves), message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return len(value) == 64


def key_name(pem: str) -> str:
    """Return the end of a key's name: the start of the SHA-256 of its public part."""
    der = base64.b64decode("".join(line for line in pem.split("\n") if "-----" not in line))
    return hashlib.sha256(der).hexdigest()[:16]


def check_signed(entry: dict[str, str], keys: dict[str, str], what: str) -> dict[str, Any]:
    """Check the signature of a day or a seal, and return what was signed."""
    pem = keys.get(entry["key"])
    if entry["algorithm"] != "ES256":
        raise DoesNotHold(f"{what}: this script does not know the algorithm {entry['algorithm']}")
    if pem is None:
        raise DoesNotHold(f"{what}: it is signed with {entry['key']}, a key that is not given")
    if not verify(pem, base64.b64decode(entry["signature"]), entry["signed"].encode()):
        raise DoesNotHold(f"{what}: the signature is not of this text")
    signed: dict[str, Any] = json.loads(entry["signed"])
    return signed


# Trees


def climb(leaf: bytes, index: int, size: int, path: list[str]) -> str:
    """Return the root that a leaf and its path give (RFC 9162, 2.1.3.2)."""
    here, last, steps = leaf, size - 1, [bytes.fromhex(step) for step in path]
    for step in steps:
        if last == 0:
            raise DoesNotHold("the path is longer than the tree is high")
        if index % 2 or index == last:
            here = hashlib.sha256(b"\1" + step + here).digest()
            while index % 2 == 0:
                index, last = index // 2, last // 2
        else:
            here = hashlib.sha256(b"\1" + here + step).digest()
        index, last = index // 2, last // 2
    if last:
        raise DoesNotHold("the path is shorter than the tree is high")
    return here.hex()


def check_inside(text: str, place: int, ends: tuple[int, int], path: list[str], root: str) -> None:
    """Check that a text is the leaf at a place of the tree that has this root."""
    first, last = ends
    if not first <= place <= last:
        raise DoesNotHold(f"number {place} is not between {first} and {last}")
    leaf = hashlib.sha256(b"\0" + text.encode()).digest()
    if climb(leaf, place - first, last - first + 1, path) != root:
        raise DoesNotHold(f"the path from number {place} does not lead to the signed root")


# What is published


def check_days(roots: dict[str, Any], keys: dict[str, str]) -> list[dict[str, Any]]:
    """Check every day and that each follows from the one before."""
    days: list[dict[str, Any]] = []
    previous, seal, position = "0" * 64, 1, 1
    for entry in roots["days"]:
        day = check_signed(entry, keys, f"day {len(days) + 1}")
        what = f"day {day['day']}"
        if day["previous"] != previous:
            raise DoesNotHold(f"{what}: it does not follow from the day before it in the file")
        if (day["first_seal"], day["first_position"]) != (seal, position):
            raise DoesNotHold(f"{what}: it does not begin where the day before it ends")
        if days and day["day"] <= days[-1]["day"]:
            raise DoesNotHold(f"{what}: it is not later than the day before it")
        previous = hashlib.sha256(entry["signed"].encode()).hexdigest()
        seal, position = day["last_seal"] + 1, day["last_position"] + 1
        days.append(day)
    if roots["head"]:
        head = check_signed(roots["head"], keys, "the newest seal")
        if head["last_position"] < position - 1 or head["seal"] < seal - 1:
            raise DoesNotHold("the newest seal is older than the last day")
    return days


def check_older(roots: dict[str, Any], older: dict[str, Any]) -> int:
    """Check that what was kept from before is still there, letter by letter."""
    now = {json.loads(entry["signed"])["day"]: entry["signed"] for entry in roots["days"]}
    for entry in older["days"]:
        day = json.loads(entry["signed"])["day"]
        if now.get(day) != entry["signed"]:
            raise DoesNotHold(f"day {day}: it is not what the older file says")
    return len(older["days"])


def check_proof(proof: dict[str, Any], roots: dict[str, Any], keys: dict[str, str]) -> str:
    """Check that an event is in its seal and the seal in its day; return what was proven."""
    record = json.loads(proof["record"])
    seal = check_signed(proof["seal"], keys, "the seal")
    ends = (seal["first_position"], seal["last_position"])
    check_inside(proof["record"], record[0], ends, proof["path"], seal["root"])
    proven = f"event {record[1]} stands at position {record[0]} in seal {seal['seal']}"
    if proof["day"] is None:
        return f"{proven}; its day has no root yet"
    day = check_signed(proof["day"], keys, "the day of the proof")
    if proof["day"]["signed"] not in [entry["signed"] for entry in roots["days"]]:
        raise DoesNotHold(f"day {day['day']}: the proof and the published roots differ")
    seals = (day["first_seal"], day["last_seal"])
    path = proof["path_in_day"]
    check_inside(proof["seal"]["signed"], seal["seal"], seals, path, day["root"])
    return f"{proven}, and the seal in the published day {day['day']}"


# The command


def read(path: Path, form: str) -> dict[str, Any]:
    """Read a file of a given format."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if content["format"] != form:
        raise ValueError(f"it is not of the format {form}")
    return content


def trusted_keys(roots: dict[str, Any], files: list[Path]) -> dict[str, str]:
    """Return the keys by name: those given by the reader, or else those in the file."""
    if not files:
        keys: dict[str, str] = roots["keys"]
        for name, pem in keys.items():
            if not name.endswith("-" + key_name(pem)):
                raise DoesNotHold(f"key {name} is not the key that its name promises")
        return keys
    given = {key_name(pem): pem for pem in (file.read_text(encoding="ascii") for file in files)}
    return {name: given[name[-16:]] for name in roots["keys"] if name[-16:] in given}


def check(arguments: argparse.Namespace) -> list[str]:
    """Check all that was asked for and return what holds, a sentence each."""
    roots = read(arguments.roots, "yimen-ledger-roots-1")
    keys = trusted_keys(roots, arguments.key)
    days = check_days(roots, keys)
    said = [f"{len(days)} days hold, each signed and following from the one before."]
    if not arguments.key:
        said.append(f"Keys, from the file itself: {', '.join(keys) or 'none'}.")
    if arguments.older:
        count = check_older(roots, read(arguments.older, "yimen-ledger-roots-1"))
        said.append(f"The {count} days of the older file are unchanged.")
    if arguments.proof:
        proof = read(arguments.proof, "yimen-ledger-proof-1")
        proven = check_proof(proof, roots, keys)
        said.append(f"Proven: {proven}.")
    return said


def main() -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(description="Check a city's published ledger, offline.")
    parser.add_argument("roots", type=Path, help="the published roots (JSON)")
    parser.add_argument("--older", type=Path, help="roots that you kept from before")
    parser.add_argument("--proof", type=Path, help="the proof of one event")
    parser.add_argument(
        "--key", type=Path, action="append", default=[], help="a public key that you trust (PEM)"
    )
    try:
        said = check(parser.parse_args())
    except DoesNotHold as fault:
        sys.stdout.write(f"DOES NOT HOLD: {fault}.\n")
        return 1
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        sys.stderr.write(f"A file cannot be read: {error!r}.\n")
        return 2
    sys.stdout.write("\n".join(said) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
