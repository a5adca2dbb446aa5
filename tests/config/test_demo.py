"""The demonstration: loaded once for each data folder, resumed where it stopped."""

import json
import stat
from pathlib import Path

import pytest
from applied_city import SHANGHAI, _applied, city

from yimen.accounts.models import Account, StaffPost
from yimen.accounts.queries import has_second_factor
from yimen.base.actor import SYSTEM
from yimen.config import demo, demo_secrets
from yimen.keys.actions import ensure_keys
from yimen.people import queries
from yimen.people.models import HouseholdMember, Person
from yimen.people.types import Purpose, PurposeKind

__all__ = ["_applied", "city"]

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture(autouse=True)
def _shanghai(settings, data_folder: Path) -> None:
    settings.CITY_FOLDER = SHANGHAI
    ensure_keys()


def counts() -> tuple[int, ...]:
    kinds = (Person, Account, StaffPost, HouseholdMember)
    return tuple(kind.objects.count() for kind in kinds)


def test_the_demonstration_is_loaded_whole_and_a_second_time_changes_nothing(
    data_folder: Path, django_assert_max_num_queries
) -> None:
    told: dict[str, tuple[int, int]] = {}
    demo.load(lambda what, done, of: told.__setitem__(what, (done, of)))
    assert set(told) == {"residents", "records", "accounts", "staff"}
    assert all(done == of for done, of in told.values())
    first = counts()
    before = demo.sign_ins()
    with django_assert_max_num_queries(4):
        demo.load()
    assert counts() == first
    assert [row["password"] for row in demo.sign_ins()] == [row["password"] for row in before]
    kept = data_folder / demo_secrets.FILE
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_residents_are_tied_and_staff_have_posts_and_second_factors() -> None:
    demo.load()
    rows = {row["username"]: row for row in demo.sign_ins()}
    wang = Account.objects.get(username="wang-jianguo")
    assert wang.person_id is not None
    assert "code" not in rows["wang-jianguo"]
    officer = Account.objects.get(username="civil-officer")
    assert officer.posts.get().agency == "civil-affairs"
    assert has_second_factor(officer.pk)
    assert len(rows["civil-officer"]["code"]) == 6
    assert officer.check_password(rows["civil-officer"]["password"])
    assert "经办人" in rows["civil-officer"]["who"]


def test_everybody_has_the_records_that_the_files_declare(city) -> None:
    demo.load()
    wang = Account.objects.get(username="wang-jianguo")
    purpose = Purpose(PurposeKind.STATED, "test")
    names = ["pension.months_paid", "household.members"]
    found = queries.facts(SYSTEM, wang.person_id, names, purpose)
    assert found.values == {"pension.months_paid": 341, "household.members": 3}
    for data_set in city.data_sets:
        assert queries.subjects_from(SYSTEM, data_set, demo.SOURCE), data_set


def test_loading_that_was_interrupted_goes_on_where_it_stopped() -> None:
    class Interrupted(Exception):
        pass

    def stop(what: str, done: int, _of: int) -> None:
        if (what, done) == ("accounts", 3):
            raise Interrupted

    with pytest.raises(Interrupted):
        demo.load(stop)
    halfway = {row["username"]: row["password"] for row in demo.sign_ins()}
    demo.load()
    assert {row["username"]: row["password"] for row in demo.sign_ins()} == halfway
    assert all(
        Account.objects.get(username=name).check_password(password)
        for name, password in list(halfway.items())[:5]
    )


def test_a_lost_file_is_made_anew_with_new_passwords(data_folder: Path) -> None:
    demo.load()
    old = {row["username"]: row["password"] for row in demo.sign_ins()}
    (data_folder / demo_secrets.FILE).unlink()
    assert demo.sign_ins() == []
    demo.load()
    new = {row["username"]: row["password"] for row in demo.sign_ins()}
    assert new.keys() == old.keys()
    assert all(new[name] != old[name] for name in new)
    assert Account.objects.get(username="editor").check_password(new["editor"])


def test_a_city_without_a_demonstration_has_none(settings, tmp_path: Path) -> None:
    settings.CITY_FOLDER = tmp_path
    demo.load()
    assert demo.sign_ins() == []


def test_the_file_is_written_whole(data_folder: Path) -> None:
    demo_secrets.keep(demo_secrets.Kept("x", {"a": demo_secrets.Secret("p", "k")}))
    demo_secrets.keep(demo_secrets.Kept("y", {"a": demo_secrets.Secret("p", "k")}))
    assert json.loads((data_folder / demo_secrets.FILE).read_text())["files"] == "y"
    assert [path.name for path in data_folder.glob("demo*")] == [demo_secrets.FILE]
