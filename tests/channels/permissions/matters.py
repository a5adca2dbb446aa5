"""Real matters of several people in several states, and everybody signed in who may ask for them."""

import json
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from allauth.mfa.models import Authenticator
from bs4 import BeautifulSoup
from city_life import (
    a_person,
    an_application,
    case_of,
    records,
    resident,
    started,
    task,
    upload,
    work,
)
from django.test import Client
from django.urls import reverse
from filling_in import Applicant, a_file, an_organisation
from roles import POLICE, POSTS, STAFF, Role
from signing_in import PASSWORD, a_resident, an_officer, sign_in
from soft_key import SoftKey

from yimen.accounts import actions as accounts
from yimen.accounts.models import Absence, Account
from yimen.base.actor import SYSTEM, Actor, ActorKind, Channel, Post
from yimen.cases import actions
from yimen.cases.actions import store_upload
from yimen.cases.models import CaseFile, DraftFile, IssuedDocument
from yimen.cases.rules.papers import spaced_code
from yimen.cases.types import (
    CorrectionItem,
    CorrectionKind,
    NewApplication,
    Receipt,
    TaskOutcome,
)
from yimen.catalogue.queries import current_city
from yimen.mailbox.models import Message

PERMIT, LICENCE, FUND = "residence-permit", "business-licence", "housing-fund-withdrawal"
NAMES = {Role.OWNER: "苏晓梅", Role.NEIGHBOUR: "邵卫东", Role.REPRESENTATIVE: "傅海燕"}
HOMES = {
    Role.OWNER: "天钥桥路77弄8号102室",
    Role.NEIGHBOUR: "漕溪北路88弄9号203室",
    Role.BEGINNER: "零陵路99弄3号304室",
}


@dataclass(frozen=True)
class Matter:
    """Something that belongs to somebody, with what fills the blanks of its addresses."""

    title: str
    owner: Role
    blanks: dict[str, object]
    agencies: frozenset[str] = frozenset()  # whose staff may open it
    agency: str = ""  # the one of them that answers for it

    def fits(self, blanks: tuple[str, ...]) -> bool:
        """Say whether the addresses with these blanks are about this kind of thing."""
        return set(blanks) <= self.blanks.keys()


@dataclass
class Scene:
    """The browsers of all roles, and the matters."""

    clients: dict[Role, Client]
    matters: list[Matter]
    secrets: dict[Role, tuple[str, ...]]  # what of each one's matters nobody else may read


def set_the_scene() -> Scene:
    """Make people, cases, papers, files, messages and drafts, and sign everybody in."""
    staff = {role: _officer(role) for role in POSTS}
    people = {role: a_person(place, name) for place, (role, name) in enumerate(NAMES.items(), 1)}
    shop = an_organisation(people[Role.REPRESENTATIVE].pk)
    held = {role: a_resident(role.name.lower(), person.pk) for role, person in people.items()}
    held[Role.UNTIED] = a_resident("untied")
    for role in (Role.OWNER, Role.NEIGHBOUR):
        records("residence", people[role].pk, registration="elsewhere")
    clients = {role: sign_in(Client(), account) for role, account in held.items()}
    clients |= {
        role: sign_in(Client(), account, second_factor=role in STAFF)
        for role, account in staff.items()
    }
    for client in clients.values():  # pages of the second factor want the password once more
        client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    clients |= {Role.VISITOR: Client(), Role.BEGINNER: Client()}
    matters = _cases(people, shop.pk, held, staff)
    matters += [_draft(role, clients[role]) for role in HOMES]
    matters += [_absence(staff), _passkey(clients[Role.OWNER], held[Role.OWNER])]
    secrets = {role: (NAMES.get(role, home), home) for role, home in HOMES.items()}
    for client in clients.values():
        client.raise_request_exception = (
            False  # a page that breaks is a wrong answer like any other
        )
    return Scene(clients, matters, secrets)


def _officer(role: Role) -> Account:
    agency, post = POSTS[role]
    account = an_officer(role.name.lower(), agency, post, f"3{len(role.name):02}")
    accounts.set_password(SYSTEM, account.pk, PASSWORD)
    if role is Role.DISMISSED:
        accounts.end_posts(SYSTEM, account.pk)
    account.refresh_from_db()
    return account


def _acting(account: Account, role: Role) -> Actor:
    agency, post = POSTS[role]
    rights = current_city().roles[post].rights
    held = (Post(agency, post, rights),)
    return Actor(ActorKind.STAFF, Channel.DESK, account_id=account.pk, posts=held)


def _cases(
    people: dict[Role, object],
    shop: UUID,
    held: dict[Role, Account],
    staff: dict[Role, Account],
) -> list[Matter]:
    officer, head = (_acting(staff[role], role) for role in (Role.OFFICER, Role.HEAD))

    def sent(role: Role, service: str = PERMIT, subject: UUID | None = None) -> Receipt:
        actor = resident(people[role].pk, held[role].pk)
        example = _good_example(service)
        changed = {"current_address": HOMES[role]} if service == PERMIT else {}
        wish = an_application(service, example, person_id=subject, **changed)
        return started(actor, _with_real_files(actor, wish))

    waiting, decided = sent(Role.OWNER), sent(Role.OWNER)
    claimed, withdrawn = sent(Role.NEIGHBOUR), sent(Role.NEIGHBOUR, FUND)
    company = sent(Role.REPRESENTATIVE, LICENCE, shop)
    item = CorrectionItem(CorrectionKind.FIELD, "current_address", "门牌号没有写。")
    actions.ask_for_correction(officer, waiting.receipt_number, task(waiting, "review").id, [item])
    actions.complete_review(officer, decided.receipt_number, task(decided, "review").id)
    decision = task(decided, "decide").id
    actions.decide(head, decided.receipt_number, decision, TaskOutcome.APPROVE)
    actions.claim(officer, claimed.receipt_number, task(claimed, "review").id)
    neighbour = resident(people[Role.NEIGHBOUR].pk, held[Role.NEIGHBOUR].pk)
    actions.withdraw(neighbour, withdrawn.receipt_number, "")
    work()
    return [
        _matter("a case that waits for its applicant", Role.OWNER, waiting),
        _matter("a decided case", Role.OWNER, decided),
        _matter("a claimed case", Role.NEIGHBOUR, claimed),
        _matter("a withdrawn case of a third agency", Role.NEIGHBOUR, withdrawn),
        _matter("a company's case", Role.REPRESENTATIVE, company),
    ]


def _good_example(service: str) -> str:
    examples = current_city().services[service].examples
    return next(each.name for each in examples if each.name.startswith("good"))


def _with_real_files(actor: Actor, wish: NewApplication) -> NewApplication:
    code = wish.service_code
    files = []
    for file in wish.files:
        posted = a_file(file.material_key, code)
        content = upload(posted.read())
        files.append(store_upload(actor, code, file.material_key, posted.name or "", content))
    return NewApplication(code, wish.answers, tuple(files), wish.person_id, wish.language)


def _matter(title: str, owner: Role, receipt: Receipt) -> Matter:
    case, service = case_of(receipt), current_city().services[receipt.service_code]
    mine = {"person_id": receipt.person_id, "case_id": receipt.case_id}
    blanks: dict[str, object] = {
        "number": receipt.receipt_number,
        "receipt_number": receipt.receipt_number,
        "task_id": task(receipt, "review").id,
        "file_id": CaseFile.objects.filter(**mine).first().id,
    }
    paper = IssuedDocument.objects.filter(**mine).first()
    if paper is not None:
        blanks |= {"document_id": paper.id, "code": spaced_code(paper.verification_code)}
    letter = Message.objects.filter(case_receipt=receipt.receipt_number).order_by(
        "-document_sha256"
    )
    if letter:
        blanks["message_id"] = letter[0].id
    return Matter(title, owner, blanks, frozenset(case.agencies), service.agency)


def _draft(role: Role, client: Client) -> Matter:
    applicant = Applicant(client).begin()
    applicant.answer("current_address", HOMES[role])
    applicant.attach("photo", a_file("photo"))
    file = DraftFile.objects.get(draft_id=applicant.draft)
    return Matter(
        f"a draft of {role}",
        role,
        {"draft_id": applicant.draft, "file_id": file.id, "key": "photo"},
    )


def _absence(staff: dict[Role, Account]) -> Matter:
    """Enter that the head will be away for some days, and the officer stand in."""
    absence: Absence = accounts.set_absence(
        _acting(staff[Role.HEAD], Role.HEAD),
        staff[Role.HEAD].pk,
        delegate_id=staff[Role.OFFICER].pk,
        from_day=date(2099, 1, 1),
        until_day=date(2099, 1, 5),
    )
    return Matter("an absence", Role.HEAD, {"absence_id": absence.pk}, frozenset({POLICE}), POLICE)


def _passkey(client: Client, account: Account) -> Matter:
    """Let a device be added to an account, by its pages."""
    page = BeautifulSoup(client.get(reverse("mfa_add_webauthn")).content, "html.parser")
    options = json.loads(page.select_one("#js_data").text)
    options = options.get("creation_options", options)
    wanted = options.get("passwordless_creation_options", options)
    added = {"name": "telephone", "credential": SoftKey().register(wanted)}
    client.post(reverse("mfa_add_webauthn"), added)
    key = Authenticator.objects.get(user=account, type=Authenticator.Type.WEBAUTHN)
    return Matter("a passkey", Role.OWNER, {"pk": key.pk})
