"""Every page, by every role, about own and others' matters: who gets in, who is kept out."""

import pytest
from applied_city import _applied, city
from asking import cells_of, wrong_about
from matters import Scene, set_the_scene
from routes import all_routes
from rules import OFFICE_RULES, RULES, SAMPLES, rule_of

from yimen.catalogue.definition import City
from yimen.publishing.actions import make_first_pages

__all__ = ["_applied", "city"]
FEWEST = 2000


@pytest.fixture
def scene(city: City, settings) -> Scene:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    make_first_pages(city)
    return set_the_scene()


def test_every_route_has_a_rule_and_every_rule_a_route() -> None:
    routes = all_routes()
    assert [route for route in routes if rule_of(route) is None] == []
    names = {route.name for route in routes}
    assert (RULES.keys() | SAMPLES.keys()) - names == set()
    for beginning in OFFICE_RULES:
        assert any(route.address.startswith(beginning) for route in routes), beginning


@pytest.mark.timeout(900)  # minutes on a machine that does much else
def test_everybody_gets_what_the_rules_say_and_nothing_more(scene: Scene) -> None:
    asked, wrong, unasked = 0, [], []
    for route in all_routes():
        cells = list(cells_of(route, scene))
        asked += len(cells)
        wrong += [told for cell in cells if (told := wrong_about(cell, scene))]
        unasked += [] if cells else [route.name]
    assert not wrong, f"{len(wrong)} of {asked} cells are wrong:\n" + "\n".join(wrong)
    assert not unasked
    assert asked >= FEWEST
