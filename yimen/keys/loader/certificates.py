"""What stands in a certificate of the city, read from it."""

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtensionOID, NameOID

from yimen.keys import rules
from yimen.keys.loader.folder import KeyFolder
from yimen.keys.types import CertificateFacts, State

Names = tuple[x509.Name, ...]  # one for each language of the city, the first for the subject


def names_in(certificate: x509.Certificate) -> Names:
    """Return the names that a certificate bears, one for each language."""
    others = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return tuple(others.get_values_for_type(x509.DirectoryName))


def revocations_in(certificate: x509.Certificate) -> str:
    """Return the address where the issuer's lists are published, as the certificate names it."""
    try:
        found = certificate.extensions.get_extension_for_oid(
            ExtensionOID.CRL_DISTRIBUTION_POINTS
        ).value
    except x509.ExtensionNotFound:
        return ""
    assert isinstance(found, x509.CRLDistributionPoints)
    [address] = found[0].full_name or []
    return str(address.value).rpartition("/")[0]


def issuer_of(folder: KeyFolder, certificate: x509.Certificate) -> str:
    """Return the name of the root key that signed a certificate."""
    wanted = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    for key_id in folder.key_ids(rules.AUTHORITY):
        root = folder.certificate(key_id)
        own = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        if own.digest == wanted.key_identifier:
            return key_id
    raise rules.NoCertificate(rules.AUTHORITY)


def facts_of(folder: KeyFolder, key_id: str, at: datetime) -> CertificateFacts:
    """Return what anybody may know of the certificate of a key; no private key is read for it."""
    certificate = folder.certificate(key_id)
    revoked = folder.revoked(key_id)
    commons = [n.get_attributes_for_oid(NameOID.COMMON_NAME)[0] for n in names_in(certificate)]
    if revoked is not None:
        state = State.REVOKED
    elif certificate.not_valid_after_utc < at:
        state = State.EXPIRED
    elif folder.current_id(rules.purpose_of(key_id)) == key_id:
        state = State.IN_USE
    else:
        state = State.REPLACED
    return CertificateFacts(
        purpose=rules.purpose_of(key_id),
        key_id=key_id,
        names=tuple(str(name.value) for name in commons),
        serial=f"{certificate.serial_number:x}",
        first_day=certificate.not_valid_before_utc,
        last_day=certificate.not_valid_after_utc,
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        state=state,
        revoked_at=revoked[0] if revoked is not None else None,
        in_token=folder.token_path(key_id).exists(),
        pem=certificate.public_bytes(serialization.Encoding.PEM).decode("ascii"),
    )
