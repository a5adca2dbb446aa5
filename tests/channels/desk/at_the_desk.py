"""An officer at the desk, without a browser: signs in, sends forms, reads pages."""

from city_life import task
from django.test import Client
from signing_in import an_officer, sign_in


def signed_in(name: str, number: str, role: str = "officer", agency: str = "police") -> Client:
    account = an_officer(name, agency=agency, role=role, office_number=number)
    client = sign_in(Client(), account, second_factor=True)
    client.account = account
    return client


def act(client, receipt, verb: str, key: str = "review", language="/en", **data):
    path = f"{language}/desk/cases/{receipt.receipt_number}/tasks/{task(receipt, key).id}/{verb}/"
    return client.post(path, data)


def on_case(client, receipt, rest: str, **data):
    return client.post(f"/en/desk/cases/{receipt.receipt_number}/{rest}/", data)


def text(answer) -> str:
    return answer.content.decode()


def after(client, answer) -> str:
    assert answer.status_code == 302
    return text(client.get(answer["Location"]))
