"""What a new version of a service means for those who are filling it in."""

from decimal import Decimal

import pytest
from changed_city import ChangeCity, new_version
from city_life import (
    PNG,
    a_person,
    an_application,
    resident,
    send,
    upload,
    visitor,
)

from yimen.base.actor import Actor
from yimen.cases.actions import (
    attach,
    save_answers,
    start_draft,
    submit,
    upgrade_draft,
)
from yimen.cases.queries import DraftView, draft
from yimen.cases.rules.errors import (
    DraftOutdated,
)
from yimen.ledger.models import Event

SERVICE = "residence-permit"

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def wang() -> Actor:
    return resident(a_person().pk)


def filled(actor: Actor, service: str = SERVICE, name: str = "good-rented-home") -> DraftView:
    """Start a draft and fill it in as in an example."""
    begun = start_draft(actor, service)
    actor = actor if actor.person_id else visitor(begun.person_id)
    good = an_application(service, name)
    save_answers(actor, begun.id, good.answers)
    for file in good.files:
        attach(actor, begun.id, file.material_key, "scan", upload(PNG))
    return draft(actor, begun.id)


# A new version


def test_a_draft_of_an_old_version_is_not_sent(wang: Actor, change_city: ChangeCity) -> None:
    begun = filled(wang)
    change_city(new_version(SERVICE))
    assert draft(wang, begun.id).is_outdated
    with pytest.raises(DraftOutdated) as refused:
        submit(wang, begun.id, "some-key-1")
    assert (refused.value.draft_version, refused.value.current_version) == (1, 2)


def test_a_draft_survives_a_new_version_and_says_what_changed(
    wang: Actor, change_city: ChangeCity
) -> None:
    begun = filled(wang)
    change_city(
        new_version(
            SERVICE,
            ('amount = "0.00"', 'amount = "20.00"'),
            ('key = "phone"', 'key = "mobile"'),
            ('value = "rented_home"', 'value = "rented"'),
            *[("answer.ground = 'rented_home'", "answer.ground = 'rented'")] * 3,
            ('key = "photo"', 'key = "portrait"'),
        )
    )
    told = upgrade_draft(wang, begun.id)
    assert (told.from_version, told.to_version) == (1, 2)
    assert set(told.added) == {"mobile", "portrait"}
    assert set(told.removed) == {"phone", "photo"}
    assert "ground" in told.changed
    assert told.fee_changed and told.fee_now == Decimal("20.00")
    after = draft(wang, begun.id)
    assert not after.is_outdated
    assert not {"phone", "ground"} & after.answers.keys()
    assert after.answers["landlord_name"] == "王建国"
    assert "photo" not in after.attached


def test_a_draft_of_the_version_in_force_has_nothing_to_tell(wang: Actor) -> None:
    begun = filled(wang)
    assert not upgrade_draft(wang, begun.id)
    assert not Event.objects.filter(kind="cases.draft_upgraded").exists()


def test_a_new_fee_binds_new_applications_only(wang: Actor, change_city: ChangeCity) -> None:
    application = an_application()
    before = send(wang, application)
    change_city(new_version(SERVICE, ('amount = "0.00"', 'amount = "20.00"')))
    after = send(wang, application)
    assert (before.fee, after.fee) == (Decimal("0.00"), Decimal("20.00"))
