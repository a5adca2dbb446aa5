"""What a new version of a service means for those who are filling it in."""

from dataclasses import replace
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
from yimen.cases.rules.drafts import changes
from yimen.cases.rules.errors import (
    DraftOutdated,
)
from yimen.cases.types import ServiceChanges
from yimen.catalogue.definition import City, Limit
from yimen.catalogue.queries import current_city
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
    version = current_city().services[SERVICE].version
    change_city(new_version(SERVICE))
    assert draft(wang, begun.id).is_outdated
    with pytest.raises(DraftOutdated) as refused:
        submit(wang, begun.id, "some-key-1")
    assert refused.value.draft_version == version
    assert refused.value.current_version == version + 1


def test_a_draft_survives_a_new_version_and_says_what_changed(
    wang: Actor, change_city: ChangeCity
) -> None:
    begun = filled(wang)
    version = current_city().services[SERVICE].version
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
    assert (told.from_version, told.to_version) == (version, version + 1)
    assert set(told.added) == {"mobile", "portrait"}
    assert set(told.removed) == {"phone", "photo"}
    assert "ground" in told.changed
    assert told.fee_changed and told.fee_now == Decimal("20.00")
    after = draft(wang, begun.id)
    assert not after.is_outdated
    assert not {"phone", "ground"} & after.answers.keys()
    assert after.answers["landlord_name"] == "王建国"
    assert "photo" not in after.attached


def with_changes(city: City, **changed: object) -> ServiceChanges:
    service = city.services[SERVICE]
    return changes(service, replace(service, **changed))


def test_new_conditions_are_told(city: City) -> None:
    first, second, *others = city.services[SERVICE].criteria
    other = replace(first, when=second.when)
    told = with_changes(city, criteria=(other, second))
    assert told and told.conditions == (first.key,)
    assert told.conditions_removed == tuple(criterion.key for criterion in others)
    assert not with_changes(city)


def test_another_limit_another_extension_or_other_words_on_the_fee_are_told(city: City) -> None:
    service = city.services[SERVICE]
    more = Limit(5, service.promised.unit)
    assert with_changes(city, promised=more).limits_changed
    assert with_changes(city, extension=more).limits_changed
    assert not with_changes(city, promised=replace(service.promised, source="x")).limits_changed
    told = with_changes(city, fee=replace(service.fee, says=service.title))
    assert told and told.fee_words_changed and not told.fee_changed


def test_a_question_or_document_with_another_hint_is_asked_differently(city: City) -> None:
    service = city.services[SERVICE]
    field, material = service.fields[0], service.materials[0]
    told = with_changes(
        city,
        fields=(replace(field, hint=service.title), *service.fields[1:]),
        materials=(replace(material, hint=service.title), *service.materials[1:]),
    )
    assert told.changed == (field.key, material.key)


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
