"""The pages of the desk: what an officer sees there."""

from datetime import timedelta

import pytest
from city_life import a_person, reviewed, started, task, visitor
from city_life import officer as acting_officer
from city_life import resident as acting_resident
from django.test import Client
from signing_in import an_officer, sign_in

from yimen.accounts.queries import city_today
from yimen.cases import actions
from yimen.cases.models import Task
from yimen.cases.types import CorrectionItem, CorrectionKind, TaskOutcome

pytestmark = pytest.mark.usefixtures("city")


@pytest.fixture
def receipt():
    return started(acting_resident(a_person().pk))


@pytest.fixture
def desk():
    return sign_in(Client(), an_officer("li", agency="police"), second_factor=True)


def text(answer) -> str:
    return answer.content.decode()


def address(receipt, rest="", language="") -> str:
    return f"{language}/desk/cases/{receipt.receipt_number}/{rest}"


def due_in(receipt, days: int) -> None:
    Task.objects.filter(case_id=receipt.case_id).update(due=city_today() + timedelta(days=days))


def test_the_list_names_applicant_service_receipt_and_due_date(desk, receipt) -> None:
    page = text(desk.get("/en/desk/"))
    assert "王芳" in page
    assert receipt.receipt_number in page
    assert "Residence permit" in page or "residence" in page.lower()
    assert "left" in page and "unclaimed" in page


@pytest.mark.parametrize(
    ("days", "words", "chinese"), [(0, "due today", "今天到期"), (-7, "late", "已逾期")]
)
def test_a_due_date_is_said_in_words(desk, receipt, days, words, chinese) -> None:
    due_in(receipt, days)
    assert words in text(desk.get("/en/desk/"))
    assert chinese in text(desk.get("/desk/"))


def test_a_standing_clock_is_the_residents_turn(desk, receipt) -> None:
    item = CorrectionItem(CorrectionKind.FIELD, "phone", "Write all eleven digits.")
    officer = acting_officer(username="asks", office_number="212")
    actions.ask_for_correction(officer, receipt.receipt_number, task(receipt, "review").id, [item])
    assert "stands: resident&#x27;s turn" in text(desk.get("/en/desk/"))
    page = text(desk.get(address(receipt, language="/en")))
    assert "Write all eleven digits." in page
    assert "Take the correction back" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("whose=unclaimed", True),
        ("whose=mine", False),
        ("due=late", False),
        ("due=soon", False),
        ("due=standing", False),
        ("service=residence-permit", True),
        ("service=passport-application", False),
        ("kind=review", True),
        ("kind=decision", False),
        ("words=王", True),
        ("words=李", False),
        ("agency=police", True),
        ("agency=civil-affairs", False),
        ("kind=nonsense&due=nonsense&after=nonsense&service=nonsense", True),
    ],
)
def test_the_list_is_narrowed(desk, receipt, query, found) -> None:
    page = text(desk.get(f"/desk/?{query}"))
    assert (receipt.receipt_number in page) is found


def test_the_list_is_found_by_receipt_number(desk, receipt) -> None:
    page = text(desk.get("/desk/", {"words": receipt.receipt_number[:9].lower()}))
    assert f"{receipt.receipt_number}:" in page


def test_an_empty_list_says_what_will_stand_there(desk) -> None:
    assert "No task waits for your posts" in text(desk.get("/en/desk/"))
    assert "No task fits" in text(desk.get("/en/desk/?whose=mine"))


def test_fifty_tasks_make_a_page_and_the_rest_is_a_link_away(desk, receipt) -> None:
    one = task(receipt, "review")
    copies = [
        Task(**{f.attname: getattr(one, f.attname) for f in Task._meta.fields if f.name not in ("pk", "id")})
        for _ in range(60)
    ]  # fmt: skip
    Task.objects.bulk_create(copies)
    first = desk.get("/en/desk/")
    assert text(first).count("data-queue-link") == 50
    cursor = first.context["pane"].next_page
    second = text(desk.get(cursor))
    assert second.count("data-queue-link") == 11
    assert "Back to the most pressing" in second


def test_a_page_costs_the_same_queries_for_one_task_as_for_fifty(
    desk, receipt, django_assert_num_queries
) -> None:
    desk.get("/desk/")
    with django_assert_num_queries(HOME_QUERIES):
        desk.get("/desk/")
    test_fifty_tasks_make_a_page_and_the_rest_is_a_link_away(desk, receipt)
    with django_assert_num_queries(HOME_QUERIES):
        desk.get("/desk/")


HOME_QUERIES = 11  # session, account, posts; five counts, what is due today, absences, the page


def test_opening_a_file_costs_a_fixed_number_of_queries(
    desk, receipt, django_assert_max_num_queries
) -> None:
    desk.get(address(receipt))
    with django_assert_max_num_queries(60):
        desk.get(address(receipt))


def test_the_pane_alone_leaves_the_list_unread(
    desk, receipt, django_assert_max_num_queries
) -> None:
    whole = desk.get(address(receipt))
    part = desk.get(address(receipt), headers={"HX-Request": "true", "HX-Target": "main-content"})
    assert "<html" in text(whole) and "<html" not in text(part)
    assert "data-queue-link" not in text(part)
    assert "<title>" in text(part)
    assert "HX-Target" in part["Vary"]


def test_the_open_file_is_marked_in_the_list(desk, receipt) -> None:
    page = text(desk.get(address(receipt) + f"?task={task(receipt, 'review').id}"))
    assert page.count('aria-current="true"') == 1


def test_a_file_shows_answers_records_conditions_clock_and_history(desk, receipt) -> None:
    page = text(desk.get(address(receipt, language="/en")))
    for heading in (
        "Conditions", "Answers beside the records", "Applicant", "Documents", "Steps", "Clock",
        "What happened",
    ):  # fmt: skip
        assert heading in page, heading
    assert "differs" in page  # the example's name is not the registered one
    assert "Register of residents" in page
    assert "The application arrived (online)." in page
    assert "So the last day is" in page


def test_an_identity_number_is_masked_until_asked_for(desk, receipt) -> None:
    page = text(desk.get(address(receipt)))
    assert "310100********" in page
    assert page.count('<summary><span class="y-number">310100********') >= 1


def test_a_file_of_an_unidentified_visitor_says_so(desk) -> None:
    receipt = started(visitor())
    assert "Nobody has shown yet who this is" in text(desk.get(address(receipt, language="/en")))


def test_a_task_of_a_colleague_is_named_with_its_officer(desk, receipt) -> None:
    colleague = acting_officer(username="other", office_number="312")
    actions.claim(colleague, receipt.receipt_number, task(receipt, "review").id)
    page = text(desk.get(address(receipt, language="/en")))
    assert "312 works on" in page
    assert "Claim the task" not in page


def test_a_decided_case_shows_who_decided_and_why(desk, receipt) -> None:
    reviewed(receipt, acting_officer(username="reviews", office_number="312"))
    head = acting_officer(username="decides", role="head", office_number="320")
    decision = task(receipt, "decide").id
    actions.decide(head, receipt.receipt_number, decision, TaskOutcome.APPROVE, "All there.")
    page = text(desk.get(address(receipt, language="/en")))
    assert "320 decided on" in page
    assert "All there." in page


def test_home_shows_posts_and_what_is_due_today(desk, receipt) -> None:
    due_in(receipt, 0)
    page = desk.get("/en/desk/")
    assert [line.role for line in page.context["posts"]] == ["Officer"]
    assert [line.applicant for line in page.context["today"]] == ["王芳"]


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("path", ["", "extensions/", "keys/", "absences/"])
def test_every_page_opens_in_both_languages(desk, language, path) -> None:
    answer = desk.get(f"{language}/desk/{path}")
    assert answer.status_code == 200
    assert answer["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert answer["X-Robots-Tag"] == "noindex"


def test_a_receipt_number_that_nobody_has_is_not_found(desk) -> None:
    assert desk.get("/desk/cases/261123-0000-0000/").status_code == 404
    assert desk.get("/desk/cases/%00/").status_code == 404
