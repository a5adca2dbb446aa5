"""Signatures in CMS (RFC 5652) and time stamps (RFC 3161), written in DER as they go into the file.

A seal has one shape: SHA-256, ECDSA on P-256, one signer, one certificate. So it is put together
from its parts, with what is taken from a certificate copied byte for byte, and nothing is decoded
only to be encoded again: that took twenty times as long.
"""

import secrets
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding

from yimen.keys.sealing.material import Pair

_INTEGER, _OCTETS, _OBJECT, _TIME, _SEQUENCE, _SET = 0x02, 0x04, 0x06, 0x18, 0x30, 0x31
_FIRST, _SECOND = 0xA0, 0xA1  # [0] and [1]
_LONG = 0x80  # a length below stands alone; above, this bit and the number of its bytes


def _tagged(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < _LONG:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, _LONG | len(length)]) + length + content


def _set(*parts: bytes) -> bytes:
    return _tagged(_SET, *sorted(parts))  # DER wants the members of a set in their own order


def _object(dotted: str) -> bytes:
    first, second, *others = map(int, dotted.split("."))
    content = bytes([first * 40 + second])
    for number in others:
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.append(0x80 | number & 0x7F)
        content += bytes(reversed(digits))
    return _tagged(_OBJECT, content)


_DATA = _object("1.2.840.113549.1.7.1")
_SIGNED_DATA = _object("1.2.840.113549.1.7.2")
_CONTENT_TYPE = _object("1.2.840.113549.1.9.3")
_MESSAGE_DIGEST = _object("1.2.840.113549.1.9.4")
_STAMPED = _object("1.2.840.113549.1.9.16.1.4")  # TSTInfo
_STAMP = _object("1.2.840.113549.1.9.16.2.14")  # signature time stamp
_SIGNED_WITH = _object("1.2.840.113549.1.9.16.2.47")  # signing certificate, version 2
_SHA256 = _tagged(_SEQUENCE, _object("2.16.840.1.101.3.4.2.1"))
_ECDSA_SHA256 = _tagged(_SEQUENCE, _object("1.2.840.10045.4.3.2"))
# What our time stamps promise, as RFC 3161 wants it named: anyPolicy, that is nothing in particular.
_POLICY = _object("2.5.29.32.0")
_ONE, _THREE = _tagged(_INTEGER, b"\x01"), _tagged(_INTEGER, b"\x03")
_LONGEST_SIGNATURE = bytes(72)  # as an ECDSA signature on P-256 may become in DER


def seal_of(digest: bytes, seal: Pair, stamp: Pair, at: datetime) -> bytes:
    """Return the seal of a document with this SHA-256, with a time stamp over the signature."""
    attributes = _attributes(_DATA, digest, seal)
    value = _signature(seal, attributes)
    return _seal(attributes, value, seal, _stamp(value, stamp, at))


def longest_seal(seal: Pair, stamp: Pair, at: datetime) -> int:
    """Return how many bytes such a seal may need."""
    attributes = _attributes(_DATA, bytes(32), seal)
    content = _stamped(bytes(32), at)
    token = _token(content, _LONGEST_SIGNATURE, stamp)
    return len(_seal(attributes, _LONGEST_SIGNATURE, seal, token))


def _seal(attributes: bytes, value: bytes, seal: Pair, token: bytes) -> bytes:
    stamped = _tagged(_SECOND, _attribute(_STAMP, token))
    signer = _signer(attributes, value, seal, stamped)
    return _signed_data(_ONE, _tagged(_SEQUENCE, _DATA), signer, seal)


def _stamp(signature: bytes, stamp: Pair, at: datetime) -> bytes:
    """Return the word of the city's own authority that this signature was there by now."""
    content = _stamped(sha256(signature).digest(), at)
    return _token(content, _signature(stamp, _stamp_attributes(content, stamp)), stamp)


def _token(content: bytes, value: bytes, stamp: Pair) -> bytes:
    enclosed = _tagged(_SEQUENCE, _STAMPED, _tagged(_FIRST, _tagged(_OCTETS, content)))
    signer = _signer(_stamp_attributes(content, stamp), value, stamp)
    return _signed_data(_THREE, enclosed, signer, stamp)


def _stamped(digest: bytes, at: datetime) -> bytes:
    serial = b"\x01" + secrets.token_bytes(15)  # positive, and always of one length
    return _tagged(
        _SEQUENCE,
        _ONE,
        _POLICY,
        _tagged(_SEQUENCE, _SHA256, _tagged(_OCTETS, digest)),
        _tagged(_INTEGER, serial),
        _tagged(_TIME, f"{at:%Y%m%d%H%M%SZ}".encode()),  # `now()` is in UTC
    )


def _stamp_attributes(content: bytes, stamp: Pair) -> bytes:
    return _attributes(_STAMPED, sha256(content).digest(), stamp)


def _attributes(content_type: bytes, digest: bytes, pair: Pair) -> bytes:
    """Return the set of what is signed."""
    of_certificate = sha256(pair.certificate.public_bytes(Encoding.DER)).digest()
    named = _tagged(_SEQUENCE, _tagged(_OCTETS, of_certificate))
    return _set(
        _attribute(_CONTENT_TYPE, content_type),
        _attribute(_MESSAGE_DIGEST, _tagged(_OCTETS, digest)),
        _attribute(_SIGNED_WITH, _tagged(_SEQUENCE, _tagged(_SEQUENCE, named))),
    )


def _attribute(name: bytes, value: bytes) -> bytes:
    return _tagged(_SEQUENCE, name, _set(value))


def _signature(pair: Pair, attributes: bytes) -> bytes:
    value = pair.key.algorithm.sign(pair.key.private, attributes)
    r, s = int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big")
    return encode_dss_signature(r, s)


def _signer(attributes: bytes, value: bytes, pair: Pair, unsigned: bytes = b"") -> bytes:
    # Signed as a set, written as [0]: only the tag differs.
    written = bytes([_FIRST]) + attributes[1:]
    return _tagged(
        _SEQUENCE,
        _ONE,
        _issuer_and_serial(pair),
        _SHA256,
        written,
        _ECDSA_SHA256,
        _tagged(_OCTETS, value),
        unsigned,
    )


def _signed_data(version: bytes, enclosed: bytes, signer: bytes, pair: Pair) -> bytes:
    certificate = pair.certificate.public_bytes(Encoding.DER)
    content = _tagged(
        _SEQUENCE, version, _set(_SHA256), enclosed, _tagged(_FIRST, certificate), _set(signer)
    )
    return _tagged(_SEQUENCE, _SIGNED_DATA, _tagged(_FIRST, content))


def _issuer_and_serial(pair: Pair) -> bytes:
    """Return by what a certificate is known, copied from it."""
    [whole] = _parts(pair.certificate.tbs_certificate_bytes)
    _version, serial, _algorithm, issuer, *_rest = _parts(_content(whole))
    return _tagged(_SEQUENCE, issuer, serial)


def _parts(der: bytes) -> Iterator[bytes]:
    """Give one value after the other, each with its tag."""
    while der:
        start, size = _measured(der)
        yield der[: start + size]
        der = der[start + size :]


def _content(der: bytes) -> bytes:
    start, size = _measured(der)
    return der[start : start + size]


def _measured(der: bytes) -> tuple[int, int]:
    """Return where the content of the first value begins, and how long it is."""
    if der[1] < _LONG:
        return 2, der[1]
    start = 2 + (der[1] & ~_LONG)
    return start, int.from_bytes(der[2:start], "big")
