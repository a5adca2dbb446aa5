"""Who gets into the desk: staff with a second factor, to the cases of their own agencies."""

from uuid import uuid4

import pytest
from city_life import a_person, started, task
from city_life import resident as acting_resident
from django.test import Client
from signing_in import a_resident, an_officer, sign_in

from yimen.channels.desk.urls import urlpatterns

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def receipt():
    return started(acting_resident(a_person().pk))


def every_address(receipt) -> dict[str, str]:
    """Return the address of each route of the desk, for this case."""
    number, task_id = receipt.receipt_number, task(receipt, "review").id
    some = uuid4()
    found = {
        "home": "", "claim_many": "claim/", "release_many": "release/", "extensions": "extensions/",
        "keys": "keys/", "promises": "promises/", "absences": "absences/", "withdraw": "absences/1/withdraw/",
        "case": f"cases/{number}/", "take_back": f"cases/{number}/take-back/",
        "ask_time": f"cases/{number}/more-time/", "answer_time": f"cases/{number}/more-time/answer/",
        "task": f"cases/{number}/tasks/{task_id}/", "act": f"cases/{number}/tasks/{task_id}/claim/",
        "tell_late": f"cases/{number}/late/",
            "void": f"cases/{number}/void/", "revoke": f"cases/{number}/revoke/",
        "correct": f"cases/{number}/correct/",
        "file": f"cases/{number}/files/{some}/", "document": f"cases/{number}/documents/{some}/",
    }  # fmt: skip
    assert set(found) == {route.name for route in urlpatterns}
    return {name: f"/desk/{path}" for name, path in found.items()}


OF_CASES = {
    "case", "take_back", "ask_time", "answer_time", "void", "revoke", "correct", "task", "act", "file", "document"
}  # fmt: skip


def test_visitors_are_led_to_the_sign_in(receipt) -> None:
    for name, address in every_address(receipt).items():
        for answer in (Client().get(address), Client().post(address)):
            assert answer.status_code == 302, name
            assert "/account/login/" in answer["Location"], name


def test_residents_find_nothing_also_their_own_case(receipt) -> None:
    account = a_resident("own", person_id=receipt.person_id)
    client = sign_in(Client(), account)
    for name, address in every_address(receipt).items():
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code in (403, 404), name
            assert "王芳" not in answer.content.decode(), name


def test_staff_without_a_second_factor_are_led_to_it(receipt) -> None:
    client = sign_in(Client(), an_officer("li", agency="police"))
    for name, address in every_address(receipt).items():
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code == 302, name
            assert "/desk/" not in answer["Location"].split("?")[0], name


def test_another_office_finds_no_page_of_the_case(receipt) -> None:
    client = sign_in(Client(), an_officer("wu", agency="civil-affairs"), second_factor=True)
    for name, address in every_address(receipt).items():
        if name not in OF_CASES:
            continue
        looked, sent = client.get(address), client.post(address)
        assert sent.status_code in (404, 405), name
        # A form's address only leads to the file, which is not there either.
        assert looked.status_code == 404 or client.get(looked["Location"]).status_code == 404, name
    for path in ("", "?words=" + receipt.receipt_number):
        page = client.get(f"/desk/{path}").content.decode()
        assert f"{receipt.receipt_number}:" not in page


def test_another_office_claims_nothing_in_bulk(receipt) -> None:
    client = sign_in(Client(), an_officer("wu", agency="civil-affairs"), second_factor=True)
    wanted = task(receipt, "review")
    client.post("/desk/claim/", {"task": f"{receipt.receipt_number}:{wanted.id}"})
    assert task(receipt, "review").state == "open"
    client.post("/desk/release/", {"task": f"{receipt.receipt_number}:{wanted.id}"})
    assert task(receipt, "review").state == "open"


def test_an_editor_has_a_desk_without_cases(receipt) -> None:
    editor = an_officer("editor", agency="police", role="editor")
    client = sign_in(Client(), editor, second_factor=True)
    assert client.get("/desk/").status_code == 200
    for name, address in every_address(receipt).items():
        if name in OF_CASES or name in ("claim_many", "release_many"):
            assert client.get(address).status_code == 404, name
            assert client.post(address).status_code in (404, 405), name


def test_a_form_needs_its_token(receipt) -> None:
    client = Client(enforce_csrf_checks=True)
    sign_in(client, an_officer("li", agency="police"), second_factor=True)
    for name, address in every_address(receipt).items():
        if client.post(address).status_code != 403:
            assert name in ("home", "extensions", "keys", "case", "file", "document"), name
