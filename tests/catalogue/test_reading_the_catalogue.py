"""Reads of the catalogue: by audience, life event, agency, place and words; held, and asked anew."""

from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tiny_city import SERVICE_FILE, Town

from yimen.base.actor import SYSTEM
from yimen.catalogue import queries
from yimen.catalogue.actions import apply_city
from yimen.catalogue.loader import load_files
from yimen.catalogue.models import ReleaseFile, ServiceVersionFile, StoredFile
from yimen.catalogue.queries import (
    current_city,
    current_zone,
    find_services,
    services_for_audience,
    services_for_life_event,
    services_of_agency,
)
from yimen.catalogue.rules import CityHasProblems, search_words, words_index
from yimen.catalogue.types import Audience
from yimen.ledger.queries import zone_of_days

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("forgotten")]


@pytest.fixture
def applied(town: Town) -> Town:
    """The tiny city in force, with a second service for companies."""
    folder = town.folder / "services"
    text = town.read(SERVICE_FILE)
    for old, new in (
        ('code = "rent-help"', 'code = "shop-sign"'),
        ('"租房补贴", en = "Help with the rent"', '"店招设置", en = "Shop signs"'),
        ('"收入低的家庭每月领取。", en = "Each month, for households with a low income."',
         '"商店挂招牌，不付房租。", en = "For shops that put up a sign; no rent is paid."'),
        ('"房租 补助", en = "rent benefit"', '"招牌 店", en = "sign company"'),
        ('["registered"]', '["company"]'), ('["home", "hardship"]', '["home"]'),
        ('agency = "housing"', 'agency = "town-hall"'),
    ):  # fmt: skip
        assert old in text
        text = text.replace(old, new)
    town.write("services/shop-sign/service.toml", text)
    for language in ("zh", "en"):
        town.write(f"services/shop-sign/guide.{language}.md", "# x\n")
    assert folder.exists()
    apply_city(town.folder, SYSTEM, force=True)
    return town


def codes(services: object) -> list[str]:
    assert isinstance(services, tuple)
    return [service.code for service in services]


def test_the_city_is_held_and_asked_anew_at_most_every_two_seconds(
    applied: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "RECHECK_SECONDS", 2.0)
    clock = [1000.0]
    monkeypatch.setattr(queries.time, "monotonic", lambda: clock[0])
    held = current_city()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        for _ in range(100):
            assert current_city() is held
            clock[0] += 0.0199
    assert len(asked) == 0
    clock[0] += 0.1
    with CaptureQueriesContext(connection) as asked:
        assert current_city() is held
        assert current_city() is held
    assert len(asked) == 1
    assert "LIMIT 1" in asked[0]["sql"]


def test_a_release_applied_elsewhere_is_seen_after_two_seconds(
    applied: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "RECHECK_SECONDS", 2.0)
    clock = [1000.0]
    monkeypatch.setattr(queries.time, "monotonic", lambda: clock[0])
    held = current_city()
    find_services("rent", "en")
    applied.edit("agencies.toml", "Town hall", "City hall")
    with monkeypatch.context() as elsewhere:  # another process applies: this one is not told
        elsewhere.setattr("yimen.catalogue.actions.forget_city", lambda: None)
        apply_city(applied.folder, SYSTEM, force=True)
    assert current_city() is held
    clock[0] += 2.0
    assert current_city().agencies["town-hall"].title["en"] == "City hall"
    assert "index.en" not in queries._held.derived


def test_one_thread_asks_while_the_others_wait(
    applied: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = current_city()
    monkeypatch.setattr(queries._held, "asked_at", -1e9)
    with CaptureQueriesContext(connection) as asked, queries._held.lock:
        first = queries._asked()
        second = queries._asked()
    assert first is second is held
    assert len(asked) == 1


def test_a_release_that_cannot_be_read_any_more_says_why(applied: Town) -> None:
    row = ReleaseFile.objects.get(path="city.toml")
    StoredFile.objects.filter(sha256=row.file_id).update(content=b"code = ")
    queries.forget_city()
    with pytest.raises(CityHasProblems) as refused:
        current_city()
    assert "town/city.toml:1" in str(refused.value.problems[0])
    assert (str(row), str(row.file)) == ("city.toml", row.file_id)


def test_a_service_that_a_newer_house_cannot_read_does_not_stop_the_others(
    applied: Town, caplog: pytest.LogCaptureFixture
) -> None:
    row = ReleaseFile.objects.get(path=SERVICE_FILE)
    old = StoredFile.objects.get(sha256=row.file_id)
    newer = bytes(old.content).replace(b"[[remedies]]", b"[[remedy]]")
    StoredFile.objects.filter(sha256=row.file_id).update(content=newer)
    queries.forget_city()
    assert list(current_city().services) == ["shop-sign"]
    assert "no [[remedies]] are declared" in caplog.text
    apply_city(applied.folder, SYSTEM, force=True)  # and another folder can be applied
    applied.edit(SERVICE_FILE, "version = 1", "version = 2")
    applied.edit(SERVICE_FILE, 'amount = "0.00"', 'amount = "1.00"')
    apply_city(applied.folder, SYSTEM, force=True)
    assert current_city().services["rent-help"].fee.amount == 1


def test_a_closed_service_that_cannot_be_read_does_not_stop_the_others(
    applied: Town, caplog: pytest.LogCaptureFixture
) -> None:
    for path in (applied.folder / "services/rent-help").rglob("*.*"):
        path.unlink()
    apply_city(applied.folder, SYSTEM, force=True)
    assert current_city().services["rent-help"].closed_since
    file = ServiceVersionFile.objects.get(path=SERVICE_FILE).file
    StoredFile.objects.filter(sha256=file.sha256).update(content=b"= 1")
    queries.forget_city()
    assert list(current_city().services) == ["shop-sign"]
    assert "is not TOML" in caplog.text


def test_an_example_that_time_has_overtaken_does_not_stop_the_city(applied: Town) -> None:
    row = ReleaseFile.objects.get(path="services/rent-help/examples/good.toml")
    old = StoredFile.objects.get(sha256=row.file_id)
    later = bytes(old.content).replace(b"members = 3", b"members = 300")
    StoredFile.objects.filter(sha256=row.file_id).update(content=later)
    queries.forget_city()
    assert "rent-help" in current_city().services


def test_while_one_thread_reads_a_release_the_others_go_on(
    applied: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = current_city()
    monkeypatch.setattr(queries._held, "asked_at", -1e9)
    with queries._held.lock, CaptureQueriesContext(connection) as asked:
        assert current_city() is held
    assert len(asked) == 0


def test_a_version_that_cannot_be_read_any_more_says_why(applied: Town) -> None:
    for path in (SERVICE_FILE, "processes/review.bpmn"):
        row = ReleaseFile.objects.get(path=path)
        StoredFile.objects.filter(sha256=row.file_id).update(content=b"<")
    queries.forget_city()
    with pytest.raises(CityHasProblems):
        queries.service_version("rent-help", 1)
    with pytest.raises(CityHasProblems):
        queries._stored_process("rent-help", 1)


def test_services_are_found_by_audience_life_event_and_agency(applied: Town) -> None:
    assert codes(services_for_audience(Audience.COMPANY)) == ["shop-sign"]
    assert codes(services_for_audience("registered")) == ["rent-help"]
    assert codes(services_for_life_event("home")) == ["rent-help", "shop-sign"]
    assert codes(services_for_life_event("travel")) == []
    assert codes(services_of_agency("town-hall")) == ["shop-sign"]
    assert codes(queries.open_services()) == ["rent-help", "shop-sign"]


def test_services_in_which_an_agency_takes_part_follow_its_own(
    applied: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = current_city()
    joint = replace(city.services["shop-sign"], bindings={"partner": "housing"})
    services = {**city.services, "shop-sign": joint}
    monkeypatch.setattr(queries._held, "city", replace(city, services=services))
    assert codes(services_of_agency("housing")) == ["rent-help", "shop-sign"]


def test_the_emblem_is_read_from_the_release(applied: Town) -> None:
    assert queries.current_emblem() == ""
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0"/></svg>'
    applied.write("door.svg", drawing).edit(
        "city.toml", "currency", 'emblem = "door.svg"\ncurrency'
    )
    apply_city(applied.folder, SYSTEM, force=True)
    assert queries.current_emblem() == drawing


def test_the_city_has_its_own_time_and_the_ledger_keeps_it(applied: Town) -> None:
    assert str(current_zone()) == "Asia/Shanghai"
    applied.edit("city.toml", "Asia/Shanghai", "Europe/Dublin")
    apply_city(applied.folder, SYSTEM, force=True)
    assert str(zone_of_days()) == "Europe/Dublin"


def test_without_a_city_the_ledger_closes_no_day() -> None:
    assert zone_of_days() is None


@pytest.mark.parametrize(
    ("words", "language", "found"),
    [
        ("怎么申请房租补助", "zh-hans", ["rent-help", "shop-sign"]),
        ("招牌", "zh", ["shop-sign"]),
        ("店", "zh", ["shop-sign"]),
        ("RENTS", "en", ["rent-help", "shop-sign"]),
        ("signs for my company", "en-gb", ["shop-sign"]),
        ("volcano", "en", []),
        ("", "en", []),
        ("，。", "zh", []),
    ],
)
def test_services_are_found_by_words_best_first(
    applied: Town, words: str, language: str, found: list[str]
) -> None:
    assert codes(find_services(words, language)) == found


def test_no_more_are_found_than_asked_for(applied: Town) -> None:
    assert codes(find_services("rent", "en", limit=1)) == ["rent-help"]


def test_english_words_are_compared_in_their_plain_form() -> None:
    assert search_words("Policies for the buses, glass and gas") == [
        "policy", "buse", "glass", "gas",
    ]  # fmt: skip
    assert search_words("低保2004年") == ["低保", "2004", "年"]


def test_thousands_of_services_are_found_in_no_time() -> None:
    root = Path(__file__).resolve().parents[2] / "cities" / "shanghai"
    files = {str(p.relative_to(root)): p.read_bytes() for p in root.rglob("*.*") if p.is_file()}
    city, _ = load_files(files, "shanghai")
    assert city is not None
    index = words_index(city.services.values(), "zh")
    assert index["低保"] == {"minimum-living-allowance": 4.0}
