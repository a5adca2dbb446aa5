"""Documents one by one: added, looked at, removed, refused, or not needed at all."""

import io
import zipfile
from uuid import uuid4

import pytest
from applied_city import _applied, city
from city_life import PDF, a_person, records
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from filling_in import Applicant, a_file, text_of
from signing_in import a_resident, sign_in

from yimen.cases.models import DraftFile
from yimen.cases.rules.drafts import MOST_BYTES

__all__ = ["_applied", "city"]
pytestmark = pytest.mark.usefixtures("city")


def ready(applicant: Applicant | None = None) -> Applicant:
    """Return somebody at the documents of the residence permit."""
    applicant = (applicant or Applicant()).begin()
    applicant.answer("ground", "rented_home")
    return applicant


def test_a_file_is_added_listed_looked_at_and_removed() -> None:
    applicant = ready()
    onward = applicant.attach("id-card", a_file("id-card"))
    assert onward["Location"].endswith("/documents/photo/")
    listed = applicant.get(applicant.page("documents/"))
    assert "id-card.pdf" in text_of(listed)
    file = DraftFile.objects.get()
    looked_at = applicant.get(applicant.page(f"files/{file.id}/"))
    assert b"".join(looked_at.streaming_content) == PDF
    assert looked_at["Content-Disposition"].startswith("attachment")
    assert looked_at["Content-Security-Policy"] == "default-src 'none'; sandbox"
    page = applicant.post(applicant.page("documents/id-card/"), {"remove": str(file.id)})
    assert page.status_code == 302
    assert not DraftFile.objects.exists()


def test_another_file_can_be_added_to_the_same_document() -> None:
    applicant = ready()
    again = applicant.attach("id-card", a_file("id-card"), next="more")
    assert again["Location"] == f"/en{applicant.page('documents/id-card/')}"
    applicant.attach("id-card", a_file("id-card"), next="more")
    assert DraftFile.objects.count() == 2


def test_a_document_that_is_needed_cannot_be_passed_over() -> None:
    applicant = ready()
    response = applicant.post(applicant.page("documents/id-card/"), {"next": "on"})
    assert response.status_code == 422
    assert "is missing. Add a photo or a file of it." in text_of(response)


_JPEG = b"\xff\xd8\xff\xe0" + b"0" * 64


@pytest.mark.parametrize(
    ("key", "name", "content", "sentence"),
    [
        ("photo", "photo.png", PDF, "is of another kind. Add JPEG or PNG."),
        ("photo", "photo.png", _JPEG, "is damaged"),
        ("id-card", "photo.jpg", PDF, "named as one kind of file, but its content is another"),
        ("id-card", "notes.txt", b"hello", "is of another kind"),
        ("id-card", "a.pdf", PDF.replace(b"/Catalog", b"/Catalog/AA<</JavaScript 1>>"), "script"),
        ("id-card", "a.pdf", PDF.replace(b"/Catalog", b"/Catalog/Encrypt 2 0 R"), "password"),
    ],
)
def test_a_file_that_cannot_be_taken_is_named_with_the_remedy(
    key: str, name: str, content: bytes, sentence: str
) -> None:
    applicant = ready()
    response = applicant.attach(key, SimpleUploadedFile(name, content))
    words = text_of(response)
    assert response.status_code == 422
    assert sentence in words and name.split(".")[0] in words
    assert not DraftFile.objects.exists()


def test_a_zip_bomb_is_refused_without_being_unpacked() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big", b"0" * 50_000_000)
    applicant = ready()
    response = applicant.attach("id-card", SimpleUploadedFile("scan.pdf", packed.getvalue()))
    assert response.status_code == 422
    assert not DraftFile.objects.exists()


def test_what_was_added_before_a_refused_file_stays() -> None:
    applicant = ready()
    bad = SimpleUploadedFile("x.txt", b"hello")
    response = applicant.attach("id-card", a_file("id-card"), bad)
    assert response.status_code == 422
    assert "id-card.pdf" in text_of(response)


def test_a_fourth_file_is_too_many() -> None:
    applicant = ready()
    files = [a_file("id-card") for _ in range(4)]
    assert "3 files are the most" in text_of(applicant.attach("id-card", *files))


def test_what_the_city_has_is_not_asked_for_and_names_the_record() -> None:
    person = a_person()
    records("population", person.pk, marital_status="single")
    applicant = ready(Applicant(sign_in(Client(), a_resident(person_id=person.pk))))
    words = text_of(applicant.get(applicant.page("documents/")))
    spared = words.index("Not needed: the city has these already")
    assert words.index("Recent photo of yourself") < spared < words.index("Identity card")
    assert "In its place: Population register, as of 1 October 2026" in words
    page = text_of(applicant.get(applicant.page("documents/id-card/")))
    assert "You need not add this" in page
    passed_over = applicant.post(applicant.page("documents/id-card/"), {"next": "on"})
    assert passed_over.status_code == 302
    applicant.attach("id-card", a_file("id-card"))
    assert DraftFile.objects.count() == 1


def test_a_document_that_the_answers_do_not_call_for_is_not_asked() -> None:
    applicant = ready()
    away = applicant.get(applicant.page("documents/study-proof/"))
    assert away["Location"] == f"/en{applicant.page('documents/')}"


def test_a_file_that_is_not_there_cannot_be_removed_or_seen() -> None:
    applicant = ready()
    nothing = applicant.post(applicant.page("documents/id-card/"), {"remove": str(uuid4())})
    assert nothing.status_code == 302
    wrong = applicant.post(applicant.page("documents/id-card/"), {"remove": "../../etc"})
    assert wrong.status_code == 404
    assert applicant.get(applicant.page(f"files/{uuid4()}/")).status_code == 404


def test_a_network_adds_only_so_many_files_an_hour(settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "add_file": "1/h/ip"}
    applicant = Applicant().begin()
    assert applicant.attach("photo", a_file("photo")).status_code == 302
    refused = applicant.attach("id-card", a_file("id-card"))
    assert refused.status_code == 429
    assert "Wait an hour, or use another connection" in text_of(refused)


def test_the_files_of_an_application_together_have_a_limit() -> None:
    applicant = Applicant().begin()
    applicant.attach("photo", a_file("photo"))
    DraftFile.objects.update(size=MOST_BYTES)
    refused = applicant.attach("id-card", a_file("id-card"))
    assert refused.status_code == 422
    assert "together have at most 200 MB" in text_of(refused)
