"""Signature algorithms by name. Another one is another entry in `ALGORITHMS`."""

from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)


class Algorithm(Protocol):
    """How one algorithm makes keys, signs and verifies."""

    name: str

    def generate(self) -> PrivateKeyTypes:
        """Return a new private key."""

    def sign(self, key: PrivateKeyTypes, message: bytes) -> bytes:
        """Return the signature of the message."""

    def verify(self, key: PublicKeyTypes, value: bytes, message: bytes) -> bool:
        """Say whether the key made this signature of this message."""


class Es256:
    """ECDSA on P-256 with SHA-256; the value is r and s, 32 bytes each (RFC 7518, section 3.4)."""

    name = "ES256"

    def generate(self) -> PrivateKeyTypes:
        """Return a new private key."""
        return ec.generate_private_key(ec.SECP256R1())

    def sign(self, key: PrivateKeyTypes, message: bytes) -> bytes:
        """Return the signature of the message."""
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError(f"ES256 cannot sign with {type(key).__name__}")
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def verify(self, key: PublicKeyTypes, value: bytes, message: bytes) -> bool:
        """Say whether the key made this signature of this message."""
        if not isinstance(key, ec.EllipticCurvePublicKey) or len(value) != 64:
            return False
        r, s = int.from_bytes(value[:32], "big"), int.from_bytes(value[32:], "big")
        try:
            key.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
        except InvalidSignature:
            return False
        return True


ES256: Algorithm = Es256()
ALGORITHMS: dict[str, Algorithm] = {ES256.name: ES256}
