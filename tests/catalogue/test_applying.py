"""Planning and applying a city's folder: all of it or nothing, and no version is ever rewritten."""

import json
import threading
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection, connections
from tiny_city import SERVICE_FILE, Town, flow, node, task
from tiny_city import bpmn as diagram

from yimen.base.actor import ANONYMOUS, SYSTEM, Actor, ActorKind, Channel, Post
from yimen.catalogue.actions import apply_city, extend_apply
from yimen.catalogue.definition import Change, City, Plan
from yimen.catalogue.models import DeclaredService, Release, ServiceVersion, StoredFile
from yimen.catalogue.queries import (
    EXTENSIONS,
    current_city,
    forget_city,
    is_open,
    open_services,
    plan_city,
    process_of,
    service_version,
)
from yimen.catalogue.rules import (
    CityHasProblems,
    MayNotApplyCity,
    NoCityApplied,
    PlanRefused,
    UnknownServiceVersion,
)
from yimen.catalogue.types import ChangeKind

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("forgotten", "alone")]


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other app takes part, and no other city is in force."""
    for name in list(EXTENSIONS):
        monkeypatch.delitem(EXTENSIONS, name)
    DeclaredService.objects.all().delete()
    ServiceVersion.objects.all().delete()
    Release.objects.all().delete()


def told(plan: Plan) -> list[str]:
    return [f"{c.kind} {c.subject} {c.code}: {c.sentence}" for c in plan.changes]


def raise_version(town: Town, before: int = 1, after: int = 2) -> None:
    town.edit(SERVICE_FILE, f"version = {before}\n", f"version = {after}\n")


def events() -> list[dict[str, object]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT payload FROM ledger_event WHERE kind = 'catalogue.city_applied' ORDER BY id"
        )
        rows = cursor.fetchall()
    return [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in rows]


def test_before_anything_is_applied_there_is_no_city() -> None:
    with pytest.raises(NoCityApplied):
        current_city()


def test_the_first_plan_adds_everything(town: Town) -> None:
    plan = plan_city(town.folder)
    assert plan.first
    assert "add service rent-help: version 1" in told(plan)
    assert "add divisions divisions.csv: 4 added, 0 changed, 0 removed" in told(plan)
    assert "add agency housing: " in told(plan)
    assert not Release.objects.exists()


def test_applying_puts_the_city_in_force_and_says_so_in_the_ledger(town: Town) -> None:
    before = len(events())
    plan = apply_city(town.folder, SYSTEM)
    city = current_city()
    assert city == plan.city
    assert city.services["rent-help"].title["en"] == "Help with the rent"
    [event] = events()[before:]
    assert event["city"] == "town"
    assert event["services"] == ["rent-help@1"]
    assert event["files_hash"] == city.files_hash
    assert (event["closed"], event["forced"]) == ([], False)


def test_applying_the_same_folder_again_changes_nothing(town: Town) -> None:
    apply_city(town.folder, SYSTEM)
    before = (Release.objects.count(), StoredFile.objects.count(), len(events()))
    assert plan_city(town.folder).is_empty
    assert apply_city(town.folder, SYSTEM).is_empty
    assert (Release.objects.count(), StoredFile.objects.count(), len(events())) == before


def test_only_who_may_apply_applies(town: Town) -> None:
    with pytest.raises(MayNotApplyCity) as refused:
        apply_city(town.folder, ANONYMOUS)
    assert refused.value.actor == ANONYMOUS
    post = Post("town-hall", "engineer", frozenset({"city.apply"}))
    engineer = Actor(ActorKind.STAFF, Channel.DESK, account_id=7, label="Room 3", posts=(post,))
    apply_city(town.folder, engineer)
    release = Release.objects.get()
    assert (release.applied_by, release.applied_by_label) == (7, "Room 3")
    assert str(release) == f"town {release.number}"


def test_a_folder_with_problems_is_neither_planned_nor_applied(town: Town) -> None:
    town.edit(SERVICE_FILE, '"housing"', '"housin"')
    with pytest.raises(CityHasProblems) as refused:
        plan_city(town.folder)
    assert len(refused.value.problems) == 1
    with pytest.raises(CityHasProblems):
        apply_city(town.folder, SYSTEM)
    assert not Release.objects.exists()


def test_a_change_without_a_new_version_is_refused_with_the_remedy(town: Town) -> None:
    apply_city(town.folder, SYSTEM)
    town.edit(SERVICE_FILE, '"0.00"', '"5.00"')
    town.write("services/rent-help/guide.en.md", "# Other words\n")
    plan = plan_city(town.folder)
    assert told(plan) == [
        "change service rent-help: its content changed (guide.en.md, service.toml), but its version "
        "is still 1; make it 2, so that running cases keep what they began under"
    ]
    assert plan.refusals == plan.changes
    with pytest.raises(PlanRefused) as refused:
        apply_city(town.folder, SYSTEM, force=True)
    assert refused.value.plan.refusals == plan.refusals
    assert Release.objects.count() == 1
    assert current_city().services["rent-help"].fee.amount == 0


def test_another_process_needs_a_new_version_of_the_services_that_use_it(town: Town) -> None:
    apply_city(town.folder, SYSTEM)
    text = town.read("processes/review.bpmn")
    town.write("processes/review.bpmn", text.replace('yimen:zh="look"', 'yimen:zh="审查"'))
    plan = plan_city(town.folder)
    assert "change process review: " in told(plan)
    assert "its content changed (review.bpmn)" in "\n".join(told(plan))


def test_a_version_that_goes_back_is_refused(town: Town) -> None:
    raise_version(town, 1, 3)
    apply_city(town.folder, SYSTEM)
    raise_version(town, 3, 2)
    assert told(plan_city(town.folder)) == [
        "change service rent-help: its version goes back from 3 to 2; a version once applied stays, "
        "so make it 4"
    ]


def test_every_version_ever_applied_can_be_read_again(town: Town) -> None:
    apply_city(town.folder, SYSTEM)
    first = current_city().services["rent-help"]
    town.edit(SERVICE_FILE, '"0.00"', '"5.00"')
    raise_version(town)
    new = diagram(
        node("startEvent", "start") + task("decide", "decision") + node("exclusiveGateway", "g")
        + node("endEvent", "approved") + node("endEvent", "refused"),
        flow("start", "decide") + flow("decide", "g")
        + flow("g", "approved", "task.decide = 'approve'")
        + flow("g", "refused", "task.decide = 'refuse'"),
        "decide",
    )  # fmt: skip
    town.write("processes/review.bpmn", new)
    plan = apply_city(town.folder, SYSTEM)
    assert "change service rent-help: version 1 -> 2" in told(plan)
    second = current_city().services["rent-help"]
    assert service_version("rent-help", 2).content_hash == second.content_hash
    stored = service_version("rent-help", 1)
    assert stored.fee.amount == 0
    assert stored.content_hash == first.content_hash
    assert stored.criteria == first.criteria
    assert stored.fields == first.fields
    assert [t.key for t in process_of(stored).tasks] == ["look", "decide"]
    assert [t.key for t in process_of(service_version("rent-help", 2)).tasks] == ["decide"]
    forget_city()
    assert service_version("rent-help", 2).fee.amount == 5  # also before the city is asked for
    assert str(ServiceVersion.objects.get(version=1)) == "rent-help@1"


def test_a_version_that_was_never_applied_is_unknown(town: Town) -> None:
    apply_city(town.folder, SYSTEM)
    with pytest.raises(UnknownServiceVersion) as unknown:
        service_version("rent-help", 9)
    assert (unknown.value.code, unknown.value.version) == ("rent-help", 9)


def test_old_versions_do_not_need_what_the_city_has_dropped(town: Town) -> None:
    apply_city(town.folder, SYSTEM)
    town.edit(SERVICE_FILE, "when = \"household.tenure = 'rented'\"", 'when = "person.age >= 18"')
    town.edit(SERVICE_FILE, 'life_events = ["home", "hardship"]', 'life_events = ["home"]')
    raise_version(town)
    town.edit("datasets/household.toml", 'key = "tenure"', 'key = "lodging"')
    text = town.read("city.toml")
    town.write("city.toml", text[: text.rindex("[[life_events]]")])
    plan = apply_city(town.folder, SYSTEM)
    assert "remove life event hardship: " in told(plan)
    assert "change data set household: " in told(plan)
    assert "household.tenure" in service_version("rent-help", 1).criteria[1].when.names
    assert process_of(service_version("rent-help", 1)).steps


def test_a_removed_service_is_closed_and_stays(town: Town) -> None:
    apply_city(town.folder, SYSTEM)
    for path in list((town.folder / "services").rglob("*")):
        if path.is_file():
            path.unlink()
    plan = apply_city(town.folder, SYSTEM)
    assert told(plan) == [
        "close service rent-help: it is not declared any more; its versions and cases stay"
    ]
    assert events()[-1]["closed"] == ["rent-help"]
    (town.folder / "processes/review.bpmn").unlink()
    assert told(apply_city(town.folder, SYSTEM)) == ["remove process review: "]
    service = current_city().services["rent-help"]
    assert service.closed_since is not None
    assert not is_open(service)
    assert open_services() == ()
    assert process_of(service).code == "review"
    assert plan_city(town.folder).is_empty
    town.edit("agencies.toml", "Town hall", "Hall")
    assert told(plan_city(town.folder)) == ["change agency town-hall: "]


def test_the_agency_of_a_closed_service_must_stay(town: Town) -> None:
    apply_city(town.folder, SYSTEM)
    for path in list((town.folder / "services").rglob("*")):
        if path.is_file():
            path.unlink()
    town.edit("agencies.toml", 'code = "housing"', 'code = "homes"')
    plan = plan_city(town.folder)
    assert [c.sentence for c in plan.refusals] == [
        "the closed service 'rent-help' belongs to it; keep the agency, so that its cases can be read"
    ]


def test_a_service_declared_again_opens_again(town: Town) -> None:
    apply_city(town.folder, SYSTEM)
    files = {
        path: path.read_bytes() for path in (town.folder / "services").rglob("*") if path.is_file()
    }
    for path in files:
        path.unlink()
    apply_city(town.folder, SYSTEM)
    for path, content in files.items():
        path.write_bytes(content)
    plan = apply_city(town.folder, SYSTEM)
    assert [c.kind for c in plan.changes] == [ChangeKind.REOPEN]
    assert is_open(current_city().services["rent-help"])
    assert DeclaredService.objects.get().closed_since is None


def test_a_change_of_examples_only_is_a_release_without_a_new_version(town: Town) -> None:
    apply_city(town.folder, SYSTEM)
    town.edit("services/rent-help/examples/good.toml", "members = 3", "members = 4")
    plan = apply_city(town.folder, SYSTEM)
    assert told(plan) == ["change files services/rent-help/examples/good.toml: "]
    assert current_city().services["rent-help"].examples[1].answers["members"] == 4
    assert Release.objects.count() == 2


def test_a_change_of_the_city_itself_is_named(town: Town) -> None:
    apply_city(town.folder, SYSTEM)
    town.edit("city.toml", '"CNY"', '"EUR"').edit("calendar.csv", "2004-10-09", "2004-10-10")
    town.edit("divisions.csv", "北街", "北大街").edit("standards.toml", '"300.00"', '"301.00"')
    assert told(plan_city(town.folder)) == [
        "change city town: currency",
        "change standard rent_help: ",
        "change divisions divisions.csv: 0 added, 1 changed, 0 removed",
        "change calendar calendar.csv: 1 added, 0 changed, 1 removed",
    ]


def test_moving_a_declaration_to_another_line_is_no_change_of_it(town: Town) -> None:
    apply_city(town.folder, SYSTEM)
    town.write("agencies.toml", "# A note.\n\n" + town.read("agencies.toml"))
    assert told(plan_city(town.folder)) == ["change files agencies.toml: "]


# Apps above take part


class Tables:
    """Stands for an app above: its changes, and the cities it was given."""

    def __init__(self, changes: list[Change]) -> None:
        self.changes = changes
        self.applied: list[City] = []
        self.error: Exception | None = None
        extend_apply("tables", lambda city: self.changes, self.apply)

    def apply(self, city: City) -> None:
        if self.error:
            raise self.error
        self.applied.append(city)


@pytest.fixture
def restored() -> Iterator[None]:
    yield
    EXTENSIONS.pop("tables", None)


ADDED = Change(ChangeKind.ADD, "table", "household")


@pytest.mark.usefixtures("restored")
def test_an_app_above_plans_and_applies_its_part(town: Town) -> None:
    tables = Tables([ADDED])
    assert ADDED in plan_city(town.folder).changes
    assert tables.applied == []
    plan = apply_city(town.folder, SYSTEM)
    assert ADDED in plan.changes
    assert tables.applied == [plan.city]


@pytest.mark.usefixtures("restored")
def test_an_app_above_has_its_part_done_also_when_the_folder_is_in_force(town: Town) -> None:
    apply_city(town.folder, SYSTEM)
    tables = Tables([ADDED])
    assert apply_city(town.folder, SYSTEM).changes == (ADDED,)
    assert len(tables.applied) == 1
    assert Release.objects.count() == 1


@pytest.mark.usefixtures("restored")
def test_what_an_app_above_refuses_refuses_all(town: Town) -> None:
    tables = Tables([Change(ChangeKind.CHANGE, "table", "household", "no", refused=True)])
    with pytest.raises(PlanRefused):
        apply_city(town.folder, SYSTEM, force=True)
    assert not tables.applied
    assert not Release.objects.exists()


@pytest.mark.usefixtures("restored")
def test_what_needs_force_is_done_only_when_forced(town: Town) -> None:
    tables = Tables(
        [Change(ChangeKind.REMOVE, "column", "household.x", "hidden", needs_force=True)]
    )
    with pytest.raises(PlanRefused):
        apply_city(town.folder, SYSTEM)
    assert not tables.applied
    plan = apply_city(town.folder, SYSTEM, force=True)
    assert [c.code for c in plan.dangers] == ["household.x"]
    assert len(tables.applied) == 1
    assert events()[-1]["forced"] is True


@pytest.mark.usefixtures("restored")
def test_when_an_app_above_fails_nothing_is_half_done(town: Town) -> None:
    tables = Tables([ADDED])
    tables.error = RuntimeError("the disk is full")
    before = len(events())
    with pytest.raises(RuntimeError):
        apply_city(town.folder, SYSTEM)
    assert not Release.objects.exists()
    assert not StoredFile.objects.exists()
    assert len(events()) == before
    with pytest.raises(NoCityApplied):
        current_city()


def test_closed_since_is_the_day_in_the_city(town: Town) -> None:
    town.edit(SERVICE_FILE, "version = 1\n", "version = 1\nclosed_since = 2005-01-01\n")
    apply_city(town.folder, SYSTEM)
    service = current_city().services["rent-help"]
    assert is_open(service, date(2004, 12, 31))
    assert not is_open(service, date(2005, 1, 1))


@pytest.mark.django_db(transaction=True)
def test_two_who_apply_at_once_make_one_release(town: Town) -> None:
    plans: list[Plan] = []

    def apply() -> None:
        try:
            plans.append(apply_city(town.folder, SYSTEM))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=apply) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(plan.is_empty for plan in plans) == [False, True, True]
    assert Release.objects.count() == 1
