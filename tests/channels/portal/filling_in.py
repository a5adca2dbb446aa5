"""Somebody who applies on the portal without JavaScript: reads pages, fills in forms, sends them."""

import io
import re
from collections.abc import Mapping
from datetime import date
from uuid import UUID

from bs4 import BeautifulSoup
from city_life import PDF, example
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from yimen.base.actor import SYSTEM
from yimen.base.identifiers import credit_code_check
from yimen.catalogue.queries import current_city
from yimen.people import actions as people
from yimen.people.models import Person
from yimen.people.types import OrganisationFacts

RENTED = ("residence-permit", "good-rented-home")


def an_organisation(representative: UUID, name: str = "晨光小吃店") -> Person:
    """Register a company that somebody represents."""
    first = "91310100DEM000001"
    facts = OrganisationFacts(
        name, first + credit_code_check(first), "王芳", representative_id=representative
    )
    return people.register_organisation(SYSTEM, facts)


def a_picture() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (35, 45), "#dddddd").save(drawn, "png")
    return drawn.getvalue()


def a_file(material_key: str, service: str = RENTED[0], content: bytes = b"") -> SimpleUploadedFile:
    """Return a file that the document takes."""
    material = current_city().services[service].material_by_key(material_key)
    if material is not None and "application/pdf" not in material.media_types:
        return SimpleUploadedFile(f"{material_key}.png", content or a_picture())
    return SimpleUploadedFile(f"{material_key}.pdf", content or PDF)


def posted(key: str, value: object) -> dict[str, str]:
    """Return an answer as a browser posts it."""
    if isinstance(value, date):
        parts = {"year": value.year, "month": value.month, "day": value.day}
        return {f"{key}-{part}": str(number) for part, number in parts.items()}
    if isinstance(value, bool):
        return {key: "yes" if value else "no"}
    return {key: str(value)}


def text_of(response: HttpResponse) -> str:
    """Return the words of a page's main part, blanks folded."""
    page = BeautifulSoup(response.content, "html.parser")
    main = page.find("main") or page
    return re.sub(r"\s+", " ", main.get_text(" "))


def value_of(response: HttpResponse, key: str) -> str:
    """Return what stands in a field of the page."""
    page = BeautifulSoup(response.content, "html.parser")
    chosen = page.select(f"[name='{key}'][checked], select[name='{key}'] option[selected]")
    if chosen:
        return str(chosen[0]["value"])
    found = page.select_one(f"#{key}")
    assert found is not None, key
    return str(found.text if found.name == "textarea" else found.get("value", ""))


class Applicant:
    """A browser without JavaScript."""

    def __init__(self, client: Client | None = None, prefix: str = "/en") -> None:
        self.client = client or Client()
        self.prefix = prefix
        self.draft = ""
        self.number = ""  # of the receipt

    def get(self, path: str) -> HttpResponse:
        return self.client.get(f"{self.prefix}{path}")

    def post(self, path: str, data: Mapping[str, object] | None = None) -> HttpResponse:
        return self.client.post(f"{self.prefix}{path}", data or {})

    def page(self, name: str = "") -> str:
        """Return the path of a page of the draft."""
        return f"/drafts/{self.draft}/{name}"

    def begin(self, service: str = RENTED[0], **choice: str) -> "Applicant":
        """Go straight to the form."""
        response = self.post(f"/apply/{service}/", {"next": "form", **choice})
        assert response.status_code == 302, text_of(response)
        self.draft = response["Location"].rstrip("/").split("/")[-1]
        return self

    def ask(self, key: str) -> HttpResponse:
        """Open a question."""
        return self.get(self.page(f"questions/{key}/"))

    def answer(self, key: str, value: object, **more: str) -> HttpResponse:
        """Answer a question."""
        return self.post(self.page(f"questions/{key}/"), {**posted(key, value), **more})

    def attach(self, key: str, *files: SimpleUploadedFile, **more: str) -> HttpResponse:
        """Add files to a document."""
        return self.post(self.page(f"documents/{key}/"), {key: list(files), **more})

    def fill_in(self, service: str = RENTED[0], name: str = RENTED[1]) -> "Applicant":
        """Begin a form, and fill it in as an example of the city has it."""
        good = example(service, name)
        self.begin(service)
        for key, value in good.answers.items():
            response = self.answer(key, value)
            assert response.status_code == 302, f"{key}: {text_of(response)}"
        for key in good.materials:
            response = self.attach(key, a_file(key, service))
            assert response.status_code == 302, f"{key}: {text_of(response)}"
        return self

    def send(self) -> HttpResponse:
        """Declare and send."""
        return self.post(self.page("send/"), {"declared": "yes"})

    def apply(self, service: str = RENTED[0], name: str = RENTED[1]) -> str:
        """Fill in and send; return the receipt number."""
        response = self.fill_in(service, name).send()
        assert response.status_code == 302, text_of(response)
        return response["Location"].split("/")[-3]
