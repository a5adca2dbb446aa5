"""Anybody can fetch whom to trust, and what was revoked, from the addresses in the certificates."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from applied_city import _applied, city
from bs4 import BeautifulSoup
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.test import Client
from sealing_life import Trust, a_pdf

from yimen.base.clock import now
from yimen.cases.actions.seals import keep_seals, sealed_by_agency
from yimen.keys import actions, queries
from yimen.keys.loader.folder import key_folder
from yimen.keys.types import CertificateFacts

__all__ = ["_applied", "city"]
pytestmark = pytest.mark.usefixtures("city", "data_folder")


def root() -> CertificateFacts:
    return next(one for one in queries.certificates() if one.purpose == "authority")


def said(address: str) -> str:
    page = BeautifulSoup(Client().get(address).content, "html.parser").find("main")
    assert page is not None
    return " ".join(page.get_text(" ").split())


def test_who_trusts_the_root_from_our_page_is_shown_a_valid_seal(tmp_path: Path) -> None:
    sealed = sealed_by_agency(a_pdf(), "police")
    (tmp_path / "trust").mkdir()
    trust = Trust(tmp_path / "trust")
    pem = Client().get("/seals/authority.pem")
    assert pem["Content-Type"] == "application/x-pem-file"
    trust.believe("city", pem.content.decode())
    assert trust.asked(sealed.pdf).holds


def test_the_root_is_given_in_der_under_its_own_name_too() -> None:
    keep_seals()
    der = Client().get(f"/seals/{root().key_id}.crt")
    assert der["Content-Type"] == "application/pkix-cert"
    found = x509.load_der_x509_certificate(der.content)
    assert found.fingerprint(hashes.SHA256()).hex() == root().fingerprint
    assert der.content == Client().get("/seals/authority.crt").content


def test_the_address_in_a_certificate_answers_the_list_of_the_revoked() -> None:
    key_id = sealed_by_agency(a_pdf(), "police").key_id
    facts = queries.certificate_of(key_id)
    assert facts is not None
    certificate = x509.load_pem_x509_certificate(facts.pem.encode())
    lists = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    [address] = lists[0].full_name or []
    path = address.value.removeprefix(settings.SITE_URL)

    def listed() -> x509.CertificateRevocationList:
        answer = Client().get(path)
        assert answer["Content-Type"] == "application/pkix-crl"
        return x509.load_der_x509_crl(answer.content)

    assert listed().get_revoked_certificate_by_serial_number(certificate.serial_number) is None
    actions.revoke(key_id, "the room stood open")
    assert listed().get_revoked_certificate_by_serial_number(certificate.serial_number)
    issuer = x509.load_pem_x509_certificate(root().pem.encode()).public_key()
    assert listed().is_signature_valid(issuer)  # type: ignore[arg-type]  # a key on a curve


@pytest.mark.parametrize(
    "address", ["seal-police-0000000000000000.crt", "x.pem", "authority.crl", "ledger.crt"]
)
def test_what_is_not_there_is_not_found(address: str) -> None:
    keep_seals()
    assert Client().get(f"/seals/{address}").status_code == 404


def test_no_private_key_is_given_away() -> None:
    keep_seals()
    actions.ensure_keys()
    ledger = queries.sign("ledger", b"").key_id
    assert Client().get(f"/seals/{ledger}.pem").status_code == 404
    assert b"PRIVATE" not in Client().get("/seals/authority.pem").content


def test_what_anybody_may_see_is_shown_without_reading_a_private_key(data_folder: Path) -> None:
    key_id = sealed_by_agency(a_pdf(), "police").key_id
    key_folder.cache_clear()
    for private in (data_folder / "keys").rglob("*.pem"):
        private.write_text("nobody reads this")
    assert "In use" in said("/en/verify/seals/")
    for name in (f"{key_id}.crt", "authority.pem", f"{root().key_id}.crl"):
        assert Client().get(f"/seals/{name}").status_code == 200


def test_the_page_shows_each_certificate_with_its_fingerprint_and_state() -> None:
    assert "will stand here before the first paper is sealed" in said("/en/verify/seals/")
    assert Client().get("/seals/authority.crt").status_code == 404
    first = sealed_by_agency(a_pdf(), "police").key_id
    page = said("/en/verify/seals/")
    pairs = bytes.fromhex(root().fingerprint).hex(":").upper()
    assert pairs in page and "Root certificate of the seals of Shanghai" in page
    assert "上海市公安局 / Shanghai Municipal Public Security Bureau" in page and "In use" in page
    actions.rotate("seal-police")
    actions.revoke(first, "the room stood open")
    assert "Revoked on" in said("/en/verify/seals/")
    actions.rotate("authority")
    assert "Replaced by a newer one" in said("/en/verify/seals/")
    with time_machine.travel(now() + timedelta(days=4 * 365)):
        assert "Ended; what was sealed in time stays good" in said("/en/verify/seals/")
    chinese = said("/verify/seals/")
    assert "自己验证电子印章" in chinese and "使用中" in chinese and "已于" in chinese
