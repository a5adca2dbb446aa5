"""The components say in words what they show in colour."""

from bs4 import BeautifulSoup
from django.http import HttpRequest, QueryDict
from django.template import Context, Template
from django.utils.translation import override

from yimen.channels.shared.components import (
    Crumb,
    Fact,
    FieldError,
    Progress,
    SummaryRow,
    TimelineItem,
)
from yimen.channels.shared.steps import DrawnStage, DrawnStep


def drawn(tag: str, language: str = "en", **context: object) -> BeautifulSoup:
    with override(language):
        html = Template("{% load yimen %}{% " + tag + " %}").render(Context(context))
    return BeautifulSoup(html, "html.parser")


def test_an_icon_is_silent_beside_its_words() -> None:
    assert drawn('icon "search"').svg["aria-hidden"] == "true"


def test_a_button_names_its_key_and_its_value() -> None:
    button = drawn('button "Approve" name="do" value="approve" key="a"').button
    assert button["aria-keyshortcuts"] == "a"
    assert (button["name"], button["value"]) == ("do", "approve")
    assert drawn('button "Apply" href="/apply/"').a["href"] == "/apply/"


def test_an_answer_can_be_changed_by_a_link_that_says_which() -> None:
    rows = [SummaryRow("Income", "290 yuan", "/change/"), SummaryRow("Name", "<b>王</b>")]
    page = drawn("summary_list rows", rows=rows)
    assert page.a.get_text(strip=True) == "Change Income" or "Change" in page.a.get_text()
    assert "Income" in page.a.get_text()
    assert not page.b


def test_the_strip_of_facts_is_a_list_of_pairs() -> None:
    page = drawn("fact_strip facts", facts=[Fact("clock", "How long", "15 working days", "by law")])
    assert page.dt.get_text(strip=True) == "How long"
    assert "by law" in page.dd.get_text()


def test_the_line_of_a_case_says_done_now_next_and_your_turn() -> None:
    items = [
        TimelineItem("Sent", Progress.DONE, when="1 July"),
        TimelineItem("Checked", Progress.NOW),
        TimelineItem("Correct the address", Progress.TURN, says="The flat number is missing"),
        TimelineItem("Decided", Progress.NEXT),
        TimelineItem("Withdrawn", Progress.STOPPED),
    ]
    words = drawn("status_timeline items", items=items).get_text(" ", strip=True)
    for word in ("Done:", "Now:", "Next:", "Ended:", "Your turn", "The flat number is missing"):
        assert word in words


def test_steps_at_the_same_time_stand_side_by_side_and_say_so() -> None:
    stages = [
        DrawnStage((DrawnStep("You apply"),), 1, yours=True),
        DrawnStage(
            (DrawnStep("Opinion", "Police"), DrawnStep("Opinion", "Labour")), 2, together=True
        ),
        DrawnStage((DrawnStep("Paper"), DrawnStep("Online")), 3),
        DrawnStage((DrawnStep("Approved"), DrawnStep("Refused")), 4, end=True),
    ]
    page = drawn("steps_line stages", stages=stages)
    together = page.select(".y-step__together")
    assert [t.get_text() for t in together] == [
        "At the same time", "One of these", "You are told the decision",
    ]  # fmt: skip
    assert len(page.select(".y-step__branches > li")) == 6


def test_errors_stand_on_top_as_links_to_their_fields() -> None:
    page = drawn("error_summary errors", errors=[FieldError("born-day", "Not a day.")])
    assert page.select_one("a")["href"] == "#born-day"
    assert "One thing to correct" in page.h2.get_text()
    assert drawn("error_summary errors", errors=[]).get_text(strip=True) == ""


def test_the_way_to_a_page_is_a_list_of_links() -> None:
    page = drawn("breadcrumbs crumbs", crumbs=[Crumb("Home", "/"), Crumb("Services", "/services/")])
    assert [a["href"] for a in page.select("a")] == ["/", "/services/"]
    assert drawn('back_link "/before/"').a["href"] == "/before/"


def test_pages_keep_what_else_was_asked_for() -> None:
    request = HttpRequest()
    request.path, request.GET = "/search/", QueryDict("q=card&page=2")
    page = drawn("pagination 2 3", request=request)
    assert [a["href"] for a in page.select("a")] == [
        "/search/?q=card&page=1",
        "/search/?q=card&page=3",
    ]
    assert drawn("pagination 1 1", request=request).get_text(strip=True) == ""


def test_a_note_and_a_tag_carry_their_kind_in_words_and_class() -> None:
    note = drawn('notification "Sent." kind="done" title="Thank you" live=True')
    assert note.div["role"] == "status"
    assert note.h2.get_text() == "Thank you"
    assert drawn('tag "closed" kind="closed"').strong.get_text() == "closed"
