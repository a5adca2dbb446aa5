"""“It is not solved”: a decision goes one level up, where it is changed, or said to stand."""

import pytest

from journeys import handling
from journeys.browsing import Visitor, Way
from journeys.conftest import Visit
from journeys.house import House

# A permit that the first head of the police has granted, made by the actions: the way to a decision
# is another journey's.
_GRANT = """
import time
from yimen.accounts.models import Account, StaffPost
from yimen.base.actor import Actor, ActorKind, Channel, Post
from yimen.cases import actions
from yimen.cases.models import Task
from yimen.cases.types import NewApplication, TaskOutcome, UploadedFile
from yimen.catalogue.queries import current_city
city = current_city()
def officer(username, role):
    account = StaffPost.objects.get(account__username=username).account_id
    posts = (Post("police", role, city.roles[role].rights),)
    return Actor(ActorKind.STAFF, Channel.DESK, account_id=account, label="office", posts=posts)
def step(key):
    tasks = Task.objects.filter(receipt_number=number, key=key)
    while not tasks.exists():
        time.sleep(0.1)
    return tasks.get().id
account = Account.objects.get(username="wu-guoqiang")
resident = Actor(ActorKind.RESIDENT, Channel.API, account_id=account.pk, label="", identified=True,
    person_id=account.person_id)
service = city.services["residence-permit"]
example = next(e for e in service.examples if e.name == "good-rented-home")
files = tuple(UploadedFile(key, "a.pdf", 9, "application/pdf", "0" * 64) for key in example.materials)
application = NewApplication(service.code, example.answers, files, language="zh")
number = actions.submit(resident, application, "journey-mending-{way}").receipt_number
actions.complete_review(officer("police-officer", "officer"), number, step("review"))
actions.decide(officer("police-head", "head"), number, step("decide"), TaskOutcome.APPROVE)
print(number)
"""
WRONG = "街道名称写错了，应当是天钥桥路。"
ANSWER = "街道名称已经核对过了。"


@pytest.mark.parametrize(
    ("way", "changed"),
    [
        pytest.param(Way("zh"), True, id="zh, changed"),
        pytest.param(Way("zh", keyboard=True), False, id="zh, by keyboard alone, stands"),
    ],
)
def test_what_is_not_solved_is_looked_at_by_somebody_else(
    visit: Visit, shanghai: House, way: Way, changed: bool
) -> None:
    number = granted(shanghai, way)
    resident = visit(way=way, username="wu-guoqiang")
    resident.open(f"/applications/{number}/", name="status-decided")
    resident.press("It is not solved: ask that somebody else looks again", name="not-solved")
    resident.write("What is not solved?", WRONG)
    resident.press("Ask to look again", name="status-looked-at-again")
    resident.reads(WRONG)
    head = visit(way=way, username="police-head")
    handling.find_file(head, number)
    head.sees("You made this decision yourself. Somebody else looks at it again.")
    deputy = visit(way=way, username="police-deputy")
    handling.find_file(deputy, number)
    deputy.reads(WRONG)
    (correct if changed else stand)(deputy)
    resident.open(f"/applications/{number}/", name="status-looked-at")
    resident.reads(ANSWER)


def granted(house: House, way: Way) -> str:
    made = house.command(
        "manage", "shell", "--verbosity", "0", "--command", _GRANT.format(way=way.word)
    )
    assert made.returncode == 0, made.stderr
    return made.stdout.split()[-1]


def stand(deputy: Visitor) -> None:
    form = handling.unfold(deputy, "The decision stands")
    deputy.write(form.locator("textarea[name=reason]"), ANSWER)
    deputy.press("Answer the applicant", name="desk-file")
    deputy.sees("The decision stands. The applicant is told why.")


def correct(deputy: Visitor) -> None:
    form = handling.unfold(deputy, "Correct the decision")
    deputy.choose(form.locator("input[name=outcome][value=approved]"))
    deputy.pick(form.locator("select[name=law]"), "slip")
    deputy.write(form.locator("textarea[name=reason]"), ANSWER)
    deputy.press("Record the correction", name="desk-decided")
    deputy.sees(
        "The decision is corrected. The applicant is told, and the new paper is being made."
    )
