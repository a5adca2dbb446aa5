"""Certificates (RFC 5280) of the city's authority: root, time stamp, one for each agency's seal.

The subject bears the names in the city's first language, as an alternative name (a directory name)
those in each other one: X.509 has no other place for a second language.
"""

from collections.abc import Iterable
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from yimen.base.text import Text
from yimen.keys import rules
from yimen.keys.loader.certificates import Names
from yimen.keys.loader.folder import SigningKey

_LONGEST = 64  # bytes of a name: RFC 5280 says characters, libraries count UTF-8


def names_of(city: Text, title: Text) -> Names:
    """Return whom a certificate is for, in each language of the city."""
    return tuple(_name(city[language], title[language]) for language in city)


def root_certificate(key: SigningKey, names: Names, at: datetime) -> x509.Certificate:
    """Return the certificate of the city's root, signed by itself."""
    return _certificate(key, names, key, names[0], at, revocations="")


def certificate_by(
    root: x509.Certificate,
    root_key: SigningKey,
    key: SigningKey,
    names: Names,
    at: datetime,
    revocations: str,
) -> x509.Certificate:
    """Return the certificate of a seal or of the time stamps, signed by the root."""
    named = revocations and rules.names_list(rules.purpose_of(key.key_id))
    address = f"{revocations}/{root_key.key_id}.crl" if named else ""
    return _certificate(key, names, root_key, root.subject, at, revocations=address)


def revocations_by(
    root: x509.Certificate,
    root_key: SigningKey,
    revoked: Iterable[tuple[int, datetime]],
    at: datetime,
    number: int,
) -> x509.CertificateRevocationList:
    """Return the list of the serial numbers that a root has revoked, and since when."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root.subject)
        .last_update(at)
        .next_update(at + rules.LIST_LASTS)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(_issuer_key(root_key), critical=False)
    )
    for serial, since in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since).build()
        )
    return builder.sign(_private(root_key), hashes.SHA256())


def number_of(revocations: x509.CertificateRevocationList) -> int:
    """Return the number of a list; each has a greater one than that before."""
    return revocations.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def _certificate(
    key: SigningKey,
    names: Names,
    issuer_key: SigningKey,
    issuer: x509.Name,
    at: datetime,
    *,
    revocations: str,
) -> x509.Certificate:
    purpose = rules.purpose_of(key.key_id)
    is_root = purpose == rules.AUTHORITY
    public = _private(key).public_key()
    builder = (
        x509.CertificateBuilder()
        .subject_name(names[0])
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - rules.BACKDATED)
        .not_valid_after(at + rules.lifetime(purpose))
        .add_extension(x509.BasicConstraints(is_root, 0 if is_root else None), critical=True)
        .add_extension(_usage(purpose), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(_issuer_key(issuer_key), critical=False)
        .add_extension(
            x509.SubjectAlternativeName([x509.DirectoryName(name) for name in names]),
            critical=False,
        )
    )
    if purpose == rules.STAMP:
        only = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(only, critical=True)
    if revocations:
        place = x509.DistributionPoint(
            [x509.UniformResourceIdentifier(revocations)], None, None, None
        )
        builder = builder.add_extension(x509.CRLDistributionPoints([place]), critical=False)
    return builder.sign(_private(issuer_key), hashes.SHA256())


def _usage(purpose: str) -> x509.KeyUsage:
    """A root signs certificates and lists; a seal commits its agency; a stamp does neither."""
    is_root = purpose == rules.AUTHORITY
    return x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=not is_root and purpose != rules.STAMP,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )


def _issuer_key(key: SigningKey) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(_private(key).public_key())


def _name(city: str, title: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _short(city)),
            x509.NameAttribute(NameOID.COMMON_NAME, _short(title)),
        ]
    )


def _short(words: str) -> str:
    if len(words.encode()) <= _LONGEST:
        return words
    room = _LONGEST - len("…".encode())
    return f"{words.encode()[:room].decode(errors='ignore')}…"


def _private(key: SigningKey) -> ec.EllipticCurvePrivateKey:
    if not isinstance(key.private, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{key.key_id} is no key on a curve")
    return key.private
