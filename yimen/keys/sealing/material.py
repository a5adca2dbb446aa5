"""What one seal is made with."""

from dataclasses import dataclass

from cryptography import x509

from yimen.keys.loader.folder import SigningKey


@dataclass(frozen=True, slots=True)
class Pair:
    """A key with its certificate."""

    key: SigningKey
    certificate: x509.Certificate


@dataclass(frozen=True, slots=True)
class SealMaterial:
    """All that one seal is made with."""

    seal: Pair
    stamp: Pair
    root: x509.Certificate
    revocations: x509.CertificateRevocationList
