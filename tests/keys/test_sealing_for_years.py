"""A seal is believed when its certificate has long ended, and nobody can be asked any more."""

import random
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
import time_machine
from asn1crypto import crl, pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext
from sealing_life import AUTHORITY, POLICE, a_pdf, root_key, root_pem

from yimen.base.clock import now
from yimen.keys import actions, queries

YEAR = timedelta(days=365)


@pytest.fixture(autouse=True)
def _folder(data_folder: Path) -> Iterator[None]:
    yield


def judged(
    pdf: bytes, root: str, sealed_at: datetime | None, today: datetime
) -> PdfSignatureStatus:
    """Let pyHanko judge on a day to come, from what the file holds and the root alone.

    The time stamp is judged as of today; the seal as of ``sealed_at``, or of the stamp's own time.
    """
    reader = PdfFileReader(BytesIO(pdf))
    [signature] = reader.embedded_signatures
    trusted = x509.Certificate.load(pem.unarmor(root.encode())[2])

    def offline(at: datetime) -> ValidationContext:
        return DocumentSecurityStore.read_dss(reader).as_validation_context(
            {
                "trust_roots": [trusted],
                "moment": at,
                "allow_fetching": False,
                "revocation_mode": "hard-fail",
            }
        )

    if sealed_at is None:
        token = validate_pdf_signature(signature, offline(today), offline(today))
        assert token.timestamp_validity is not None
        sealed_at = token.timestamp_validity.timestamp
    return validate_pdf_signature(signature, offline(sealed_at), offline(today))


def test_what_a_verifier_needs_in_years_is_in_the_file() -> None:
    pdf = actions.seal_pdf(a_pdf(), AUTHORITY, POLICE).pdf
    with pikepdf.open(BytesIO(pdf)) as opened:
        store = opened.Root.DSS
        names = {
            x509.Certificate.load(bytes(c.read_bytes())).subject.native["common_name"]
            for c in store.Certs
        }
        [listed] = [crl.CertificateList.load(bytes(c.read_bytes())) for c in store.CRLs]
    assert names == {"上海市电子印章根证书", "上海市时间戳", "上海市公安局"}
    assert listed.issuer.native["common_name"] == "上海市电子印章根证书"


def test_it_is_believed_today_and_in_years_without_asking_anybody() -> None:
    pdf = actions.seal_pdf(a_pdf(), AUTHORITY, POLICE).pdf
    assert judged(pdf, root_pem(), now(), now()).bottom_line
    for years in (1, 5, 10):
        status = judged(pdf, root_pem(), None, now() + years * YEAR)
        assert status.bottom_line, status.summary()
        assert status.timestamp_validity is not None and status.timestamp_validity.trusted


def test_the_seal_alone_would_not_be_believed_after_its_certificate() -> None:
    pdf = actions.seal_pdf(a_pdf(), AUTHORITY, POLICE).pdf
    later = now() + 4 * YEAR
    assert not judged(pdf, root_pem(), later, later).bottom_line


def test_a_time_stamp_that_was_changed_proves_nothing() -> None:
    pdf = actions.seal_pdf(a_pdf(), AUTHORITY, POLICE).pdf
    found = re.search(rb"/Contents <([0-9a-fA-F]{3000,})>", pdf)
    assert found is not None
    start, end = found.span(1)
    der = bytes.fromhex(found[1].decode())
    stamped = der.index(der[-20:-10]) - 40  # within the stamp's own signature, at the end
    for at in random.sample(range(stamped, stamped + 30), 5):
        broken = bytearray(der)
        broken[at] ^= 1
        changed = pdf[:start] + broken.hex().encode() + pdf[end:]
        status = judged(changed, root_pem(), now(), now())
        assert not status.bottom_line, at


def test_a_seal_made_before_its_revocation_stays_and_one_made_after_it_falls() -> None:
    sealed = actions.seal_pdf(a_pdf(), AUTHORITY, POLICE)
    with time_machine.travel(now() + timedelta(hours=1)):
        actions.revoke(sealed.key_id, "the room stood open")
        revoked = queries.revocation_list(root_key())
        assert revoked is not None
        listed = crl.CertificateList.load(revoked)
        entries = listed["tbs_cert_list"]["revoked_certificates"]
        facts = queries.certificate_of(sealed.key_id)
        assert facts is not None
        assert [f"{e['user_certificate'].native:x}" for e in entries] == [facts.serial]
        after = actions.seal_pdf(a_pdf(), AUTHORITY, POLICE)
        assert after.key_id != sealed.key_id
    assert judged(sealed.pdf, root_pem(), None, now() + 5 * YEAR).bottom_line
