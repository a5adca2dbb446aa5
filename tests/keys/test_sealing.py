"""The seal in a PDF: Poppler believes it, and notices one changed byte."""

import random
import re
import threading
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from sealing_life import AUTHORITY, ENGLISH, LABOUR, MARKETS, POLICE, Trust, a_pdf, root_pem

from yimen.keys import actions, queries, rules

# How what is signed begins, and the time stamp, in DER.
OF_SIGNED = bytes.fromhex("06092a864886f70d010903")
OF_STAMP = bytes.fromhex("060b2a864886f70d010910020e")


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    folder = tmp_path / "trust"
    folder.mkdir()
    return Trust(folder)


def place_of_signature(pdf: bytes) -> range:
    """Return the bytes between whose angle brackets the signature stands."""
    found = re.search(rb"/Contents <([0-9a-fA-F]{3000,})>", pdf)
    assert found is not None
    return range(*found.span(1))


def changed(pdf: bytes, at: int) -> bytes:
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def test_poppler_believes_the_seal_of_a_city_it_trusts(data_folder: Path, trust: Trust) -> None:
    sealed = actions.seal_pdf(a_pdf(), AUTHORITY, POLICE)
    before = trust.asked(sealed.pdf)
    assert before.is_valid and before.is_whole and not before.is_trusted, before.words
    trust.believe("shanghai", root_pem())
    after = trust.asked(sealed.pdf)
    assert after.holds, after.words
    assert "Signer Certificate Common Name: 上海市公安局" in after.words
    assert "ETSI.CAdES.detached" in after.words


def test_a_city_of_one_language_seals_in_it(data_folder: Path, trust: Trust) -> None:
    sealed = actions.seal_pdf(a_pdf(), ENGLISH, MARKETS)
    trust.believe("riverton", root_pem())
    verdict = trust.asked(sealed.pdf)
    assert verdict.holds, verdict.words
    assert "Markets Bureau" in verdict.words


def test_the_root_of_another_city_is_not_believed(data_folder: Path, trust: Trust) -> None:
    sealed = actions.seal_pdf(a_pdf(), AUTHORITY, POLICE)
    actions.rotate("authority")
    trust.believe("another", root_pem())
    assert not trust.asked(sealed.pdf).is_trusted


def test_one_changed_byte_anywhere_breaks_the_seal(data_folder: Path, trust: Trust) -> None:
    pdf = actions.seal_pdf(a_pdf(), AUTHORITY, POLICE).pdf
    trust.believe("shanghai", root_pem())
    assert trust.asked(pdf).holds
    place = place_of_signature(pdf)
    outside = [at for at in range(len(pdf)) if at not in place]
    for at in (outside[0], outside[-1], *random.sample(outside, 30)):
        verdict = trust.asked(changed(pdf, at))
        assert not verdict.holds, (at, pdf[at - 20 : at + 20], verdict.words)


def test_one_changed_byte_of_the_signature_itself_breaks_it(
    data_folder: Path, trust: Trust
) -> None:
    pdf = actions.seal_pdf(a_pdf(), AUTHORITY, POLICE).pdf
    trust.believe("shanghai", root_pem())
    # Poppler reads what is signed, and by whom. It does not look at the time stamp behind it
    # (`test_sealing_for_years` does, and so does whoever compares the whole file at the portal), nor
    # at the numbers of versions around it.
    place = place_of_signature(pdf)
    der = bytes.fromhex(pdf[place.start : place.stop].decode())
    [police] = [one for one in queries.certificates() if one.purpose == "seal-police"]
    certificate = x509.load_pem_x509_certificate(police.pem.encode()).tbs_certificate_bytes
    start, signed, stamp = map(der.index, (certificate, OF_SIGNED, OF_STAMP))
    read = [*range(2 * start, 2 * (start + len(certificate))), *range(2 * signed, 2 * stamp)]
    for at in random.sample(read, 40):
        assert not trust.asked(changed(pdf, place.start + at)).holds, at


def test_what_is_added_after_the_seal_shows(data_folder: Path, trust: Trust) -> None:
    pdf = actions.seal_pdf(a_pdf(), AUTHORITY, POLICE).pdf
    trust.believe("shanghai", root_pem())
    assert not trust.asked(pdf + b"\n% more\n").is_whole


def test_no_room_is_left_in_which_to_hide_anything(data_folder: Path) -> None:
    for _ in range(5):
        pdf = actions.seal_pdf(a_pdf(), AUTHORITY, POLICE).pdf
        place = place_of_signature(pdf)
        signature = bytes.fromhex(pdf[place.start : place.stop].decode())
        assert signature[:2] == b"\x30\x82"
        # Each of its two ECDSA signatures may be some bytes shorter than it may become.
        assert len(signature) - 4 - int.from_bytes(signature[2:4], "big") <= 8


def test_a_seal_keeps_what_the_paper_was(data_folder: Path) -> None:
    paper = a_pdf()
    sealed = actions.seal_pdf(paper, AUTHORITY, POLICE).pdf
    assert sealed.startswith(paper)
    with pikepdf.open(BytesIO(sealed)) as opened:
        [field] = opened.Root.AcroForm.Fields
        assert [int(side) for side in field.Rect] == [0, 0, 0, 0]
        assert int(field.F) & 4  # printing, as PDF/A wants it; there is nothing to print


def test_each_agency_has_a_seal_of_its_own(data_folder: Path, trust: Trust) -> None:
    police = actions.seal_pdf(a_pdf(), AUTHORITY, POLICE)
    labour = actions.seal_pdf(a_pdf(), AUTHORITY, LABOUR)
    assert rules.purpose_of(police.key_id) == "seal-police"
    assert rules.purpose_of(labour.key_id) == "seal-labour"
    trust.believe("shanghai", root_pem())
    assert "劳动和社会保障局" in trust.asked(labour.pdf).words
    assert actions.seal_pdf(a_pdf(), AUTHORITY, POLICE).key_id == police.key_id


def test_workers_that_seal_at_once_make_one_certificate(data_folder: Path, trust: Trust) -> None:
    sealed = []
    start = threading.Barrier(4)

    def seal() -> None:
        start.wait()
        sealed.append(actions.seal_pdf(a_pdf(), AUTHORITY, POLICE))

    threads = [threading.Thread(target=seal) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one.key_id for one in sealed}) == 1
    assert len(queries.certificates()) == 3
    trust.believe("shanghai", root_pem())
    assert all(trust.asked(one.pdf).holds for one in sealed)
