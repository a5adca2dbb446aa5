"""The pages of the desk: what an officer sees, and that nobody else sees any of it."""

import pytest
from city_life import a_person, resident, started
from django.test import Client
from signing_in import an_officer, sign_in

pytestmark = pytest.mark.usefixtures("city")
LANGUAGES = ["", "/en"]


@pytest.fixture
def receipt():
    return started(resident(a_person().pk))


@pytest.fixture
def desk():
    officer = an_officer("li", agency="police")
    return sign_in(Client(), officer, second_factor=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages(desk, receipt, language):
    for path in ("", "extensions/", "keys/", "absences/", f"cases/{receipt.receipt_number}/"):
        answer = desk.get(f"{language}/desk/{path}")
        assert answer.status_code == 200, path
