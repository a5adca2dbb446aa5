"""Sign-ins for tests of every app: with the second factor that staff need, or without."""

import time
from uuid import UUID

from django.test import Client

from yimen.accounts import actions
from yimen.accounts.models import Account
from yimen.accounts.types import TieProof
from yimen.base.actor import SYSTEM

PASSWORD = "rilo-tabe-mufo-kedi"


def an_officer(
    username: str = "officer",
    agency: str = "civil-affairs",
    role: str = "officer",
    office_number: str = "211",
) -> Account:
    """Make a staff account with one post."""
    account = actions.make_staff_account(
        SYSTEM, username=username, name="何丽", email=f"{username}@example.org"
    )
    actions.give_post(SYSTEM, account.pk, agency=agency, role=role, office_number=office_number)
    account.refresh_from_db()
    return account


def a_resident(username: str = "wang", person_id: UUID | None = None) -> Account:
    """Make a resident's account, tied when a person is given."""
    account = actions.make_resident_account(
        SYSTEM, username=username, name="王建国", email=f"{username}@example.org", password=PASSWORD
    )
    if person_id is not None:
        actions.tie_to_person(account.pk, person_id, SYSTEM, proof=TieProof.LOADED)
        account.refresh_from_db()
    return account


def sign_in(client: Client, account: Account, *, second_factor: bool = False) -> Client:
    """Sign the client in; with the second factor as if its code had been entered."""
    client.force_login(account)
    methods = ["password", "mfa"] if second_factor else ["password"]
    session = client.session
    session["account_authentication_methods"] = [
        {"method": method, "at": time.time()} for method in methods
    ]
    session["account_authentication_methods_user"] = str(account.pk)
    session.save()
    return client
