"""Messages to residents: posted once, read by their owner, announced by e-mail."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core import mail

from yimen.accounts import actions as accounts
from yimen.accounts.types import TieProof
from yimen.base.actor import SYSTEM, Actor, ActorKind, Channel, Post
from yimen.base.clock import now
from yimen.base.identifiers import credit_code_check
from yimen.base.text import Text
from yimen.ledger.models import Event
from yimen.mailbox import tasks
from yimen.mailbox.actions import deliver, mark_read, post, send_code
from yimen.mailbox.models import Delivery, Message
from yimen.mailbox.queries import message, messages_of, unread_count
from yimen.mailbox.rules import (
    MessageNotFound,
    NotAllowed,
    first_address,
    masked_address,
)
from yimen.people.actions import (
    claim_provisional,
    make_provisional_person,
    merge,
    register_organisation,
)
from yimen.people.actions.registering import register_person
from yimen.people.models import Person
from yimen.people.types import OrganisationFacts, PersonFacts

SUBJECT = Text.of({"zh": "已决定", "en": "It is decided"})
BODY = Text.of({"zh": "王芳的病历已收到。", "en": "The medical record of Wang Fang has arrived."})

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def wang() -> Person:
    return register_person(SYSTEM, PersonFacts("王芳"))


def account_of(person: Person, email: str = "wang@example.org") -> int:
    account = accounts.make_resident_account(
        SYSTEM, username=email, name="王芳", email=email, password="rilo-tabe-mufo-kedi"
    )
    accounts.tie_to_person(account.pk, person.pk, SYSTEM, proof=TieProof.LOADED)
    return account.pk


def owner(person_id: UUID) -> Actor:
    return Actor(ActorKind.RESIDENT, Channel.PORTAL, 5, person_id=person_id, identified=True)


def posted(person: Person, key: str = "event-1", **more: str) -> UUID:
    return post(person.pk, SUBJECT, BODY, key=key, actor=SYSTEM, **more)  # type: ignore[arg-type]  # texts


def delivered() -> None:
    """Do what the worker does with every delivery that waits."""
    for row in Delivery.objects.filter(state="waiting"):
        tasks.deliver("event", str(row.person_id), {"delivery_id": str(row.id)})


def test_a_message_is_in_the_mailbox_of_its_person(wang: Person) -> None:
    posted(wang, case_receipt="261102-AAAA-AAAA", document_sha256="f" * 64)
    (found,) = messages_of(owner(wang.pk))
    assert (found.subject["en"], found.body["zh"]) == (SUBJECT["en"], BODY["zh"])
    assert (found.case_receipt, found.document_sha256) == ("261102-AAAA-AAAA", "f" * 64)
    assert message(owner(wang.pk), found.id) == found


def test_the_same_key_posts_one_message(wang: Person) -> None:
    account_of(wang)
    assert posted(wang) == posted(wang)
    assert Message.objects.count() == Delivery.objects.count() == 1
    assert posted(wang, key="event-2") != posted(wang)


def test_nobody_else_reads_it(wang: Person) -> None:
    found = posted(wang)
    strangers = (
        owner(uuid4()),
        Actor(ActorKind.ANONYMOUS, Channel.PORTAL),
        Actor(
            ActorKind.STAFF,
            Channel.DESK,
            9,
            posts=(Post("police", "officer", frozenset({"case.read"})),),
        ),
    )
    for stranger in strangers:
        assert messages_of(stranger) == () and unread_count(stranger) == 0
        with pytest.raises(MessageNotFound):
            message(stranger, found)
        with pytest.raises(MessageNotFound):
            mark_read(stranger, found)


def test_a_person_finds_what_was_posted_under_all_their_ids(wang: Person) -> None:
    twin = register_person(SYSTEM, PersonFacts("王芳"))
    posted(twin)
    merge(SYSTEM, twin.pk, wang.pk, "registered twice")
    assert len(messages_of(owner(wang.pk))) == 1


def test_who_represents_an_organisation_reads_its_messages(wang: Person) -> None:
    posted(a_company(wang))
    assert len(messages_of(owner(wang.pk))) == 1


def test_the_newest_comes_first_page_by_page(wang: Person) -> None:
    first, second = posted(wang), posted(wang, key="event-2")
    assert [m.id for m in messages_of(owner(wang.pk))] == [second, first]
    assert [m.id for m in messages_of(owner(wang.pk), before=second)] == [first]


def test_a_message_counts_as_unread_until_it_is_opened(wang: Person) -> None:
    found = posted(wang)
    assert unread_count(owner(wang.pk)) == 1
    mark_read(owner(wang.pk), found)
    opened = message(owner(wang.pk), found).read_at
    mark_read(owner(wang.pk), found)
    assert unread_count(owner(wang.pk)) == 0
    assert opened is not None and message(owner(wang.pk), found).read_at == opened
    assert Event.objects.filter(kind="mailbox.message_read").count() == 1


def test_residents_post_nothing(wang: Person) -> None:
    with pytest.raises(NotAllowed):
        post(wang.pk, SUBJECT, BODY, key="event-1", actor=owner(wang.pk))


# E-mail


def test_an_e_mail_says_only_that_there_is_a_message(wang: Person) -> None:
    account_of(wang)
    found = posted(wang, case_receipt="261102-AAAA-AAAA", language="en")
    delivered()
    (sent,) = mail.outbox
    assert sent.to == ["wang@example.org"]
    assert sent.subject == "There is a message for you"
    assert "261102-AAAA-AAAA" in sent.body
    assert f"/en/mailbox/{found}/" in sent.body
    for personal in ("王芳", "Wang", "medical", SUBJECT["en"], SUBJECT["zh"]):
        assert personal not in sent.body + sent.subject


def test_an_e_mail_speaks_the_language_of_the_application(wang: Person) -> None:
    account_of(wang)
    posted(wang, language="zh")
    delivered()
    assert mail.outbox[0].subject == "你有一条新消息"
    assert "/en/" not in mail.outbox[0].body


def test_without_an_account_it_goes_to_the_address_in_the_application(wang: Person) -> None:
    posted(wang, email="fang@example.org")
    delivered()
    assert mail.outbox[0].to == ["fang@example.org"]


def a_company(representative: Person) -> Person:
    body = "91310100DEM000001"
    facts = OrganisationFacts(
        "晨光小吃店", body + credit_code_check(body), "王芳", representative_id=representative.pk
    )
    return register_organisation(SYSTEM, facts)


@pytest.mark.parametrize(
    ("stated", "reached"), [("", "wang@example.org"), ("shop@example.org", "shop@example.org")]
)
def test_an_organisation_without_an_account_is_reached_where_it_says_or_by_who_represents_it(
    wang: Person, stated: str, reached: str
) -> None:
    twin = register_person(SYSTEM, PersonFacts("王芳"))
    account_of(twin)
    merge(SYSTEM, twin.pk, wang.pk, "registered twice")
    posted(a_company(wang), email=stated)
    assert Delivery.objects.get().address == reached


def test_the_account_of_an_organisation_comes_first(wang: Person) -> None:
    account_of(wang)
    company = a_company(wang)
    account_of(company, "company@example.org")
    posted(company, email="shop@example.org")
    assert Delivery.objects.get().address == "company@example.org"


def test_it_goes_to_the_account_that_took_over_what_was_begun_before_signing_in(
    wang: Person,
) -> None:
    begun = make_provisional_person(SYSTEM)
    account_of(wang)
    claim_provisional(SYSTEM, begun, wang.pk)
    post(begun, SUBJECT, BODY, key="k", actor=SYSTEM, email="typed@example.org")
    assert Delivery.objects.get().address == "wang@example.org"


def test_without_any_address_the_message_waits_in_the_mailbox(wang: Person) -> None:
    posted(wang)
    assert not Delivery.objects.exists()
    event = Event.objects.get(kind="mailbox.message_posted")
    tasks.deliver(str(event.id), str(wang.pk), event.payload)
    assert mail.outbox == []


def test_who_has_signed_up_but_is_not_known_yet_gets_the_e_mail_too() -> None:
    person = make_provisional_person(SYSTEM)
    account = accounts.make_resident_account(
        SYSTEM, username="fang", name="方", email="fang@example.org", password="rilo-tabe-mufo-ke"
    )
    account.provisional_person_id = person
    account.save()
    post(person, SUBJECT, BODY, key="event-1", actor=SYSTEM)
    delivered()
    assert mail.outbox[0].to == ["fang@example.org"]


def test_an_e_mail_is_sent_once_and_its_text_is_forgotten(wang: Person) -> None:
    account_of(wang)
    posted(wang)
    delivered()
    row = Delivery.objects.get()
    assert (row.state, row.body, row.tries) == ("sent", "", 1)
    assert isinstance(row.sent_at, datetime) and row.sent_at.tzinfo is UTC
    deliver(SYSTEM, row.person_id, row.id)
    assert len(mail.outbox) == 1


def test_a_code_is_in_the_e_mail_and_nowhere_after_it_was_sent(wang: Person) -> None:
    send_code(wang.pk, "fang@example.org", "123456", "261102-AAAA-AAAA", "en", SYSTEM)
    delivered()
    assert "123456" in mail.outbox[0].subject and "261102-AAAA-AAAA" in mail.outbox[0].body
    row = Delivery.objects.get()
    assert "123456" not in row.body + row.subject
    assert "123456" not in str(list(Event.objects.values_list("payload", flat=True)))


def test_an_e_mail_that_can_never_be_written_is_given_up_at_once(wang: Person) -> None:
    send_code(wang.pk, "fang@example.org", "123456", "261102-AAAA-AAAA", "en", SYSTEM)
    Delivery.objects.update(subject="Your code:\n123456")
    delivered()
    row = Delivery.objects.get()
    assert (row.state, row.subject, row.body, row.error) == ("failed", "", "", "BadHeaderError")
    assert Event.objects.get(kind="mailbox.delivery_failed").payload["tries"] == 1


def test_an_e_mail_that_waits_for_a_day_is_given_up(wang: Person) -> None:
    send_code(wang.pk, "fang@example.org", "123456", "261102-AAAA-AAAA", "en", SYSTEM)
    tasks.give_up_old(0)
    assert Delivery.objects.get().state == "waiting"
    with time_machine.travel(now() + timedelta(hours=25), tick=False):
        tasks.give_up_old(0)
    row = Delivery.objects.get()
    assert (row.state, row.subject, row.body) == ("failed", "", "")
    assert Event.objects.filter(kind="mailbox.delivery_failed").count() == 1


def test_an_address_is_shown_masked() -> None:
    assert masked_address("wang@example.org") == "w***@example.org"
    assert first_address(("", "no address", "a@example.org")) == "a@example.org"
    assert first_address(("",)) == ""
