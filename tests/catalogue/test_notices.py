"""What a city tells people: declared texts, their words, and how long a short message is."""

import pytest
from applied_city import CITIES
from tiny_city import Town

from yimen.base.text import Text
from yimen.catalogue.loader import load_folder
from yimen.catalogue.loader.notices import usual_notices
from yimen.catalogue.rules import declaration_changes, filled_in
from yimen.catalogue.rules.notices import MOST_PARTS, in_body, sms_parts
from yimen.catalogue.types import NoticeKind

NOTICE = """\
[[notices]]
key = "received"
subject = { zh = "收到了", en = "It is here" }
body = { zh = "“{service}”{number}，{day}之前办结。", en = "“{service}”, {number}: by {day}." }
sms = { zh = "{city}：{number} {address}", en = "{city}: {number} {address}" }
"""


def test_a_city_says_what_it_wants_and_the_usual_for_the_rest(town: Town) -> None:
    city = town.write("notices.toml", NOTICE).city()
    assert city.notices[NoticeKind.RECEIVED].subject["en"] == "It is here"
    refused = city.notices[NoticeKind.REFUSED]
    assert refused.subject == usual_notices()[NoticeKind.REFUSED].subject
    assert set(city.notices) == set(NoticeKind)


def test_a_changed_text_stands_in_the_plan(town: Town) -> None:
    before = town.write("notices.toml", NOTICE).city()
    after = town.edit("notices.toml", "It is here", "It has come").city()
    found = [change for change in declaration_changes(before, after) if change.subject == "notice"]
    assert [change.code for change in found] == ["received"]


@pytest.mark.parametrize("name", ["shanghai", "riverton"])
def test_the_cities_declare_every_notice_in_their_languages(name: str) -> None:
    city, problems = load_folder(CITIES / name)
    assert problems == [] and city is not None
    for notice in city.notices.values():
        assert notice.place.path.endswith(f"{name}/notices.toml")
        for text in (notice.subject, notice.body, notice.sms):
            assert tuple(text) == city.languages


BAD = [
    ("unknown word", "{day}之前", "{dya}之前", "body",
     "'body' uses {dya}, which is not known here; did you mean 'day'?"),
    ("a word of another notice", "by {day}", "by {reason}", "body",
     "'body' uses {reason}, which is not known here"),
    ("too personal for a short message", "zh = \"{city}：{number}", "zh = \"{service}：{number}", "sms",
     "'sms' uses {service}, which is not known here; it may use 'address', 'city', 'number'"),
    ("lone brace", "by {day}", "by day}", "body", "'body' has a brace without its partner"),
    ("language missing", ', en = "It is here"', "", "subject",
     "'subject' in the language 'en' is missing"),
    ("too long", "{city}：{number}", "{city}：{number}" + "长" * 80, "sms",
     "the short message is sent as 3 messages when it is filled in; shorten it to 2"),
    ("unknown notice", '"received"', '"recieved"', "key",
     "'key' is 'recieved'; it must be one of 'received', 'due_changed', 'correction', 'extended'"),
    ("unknown key", "[[notices]]", "[[notices]]\ntone = 1", "tone", "unknown key 'tone'"),
    ("not TOML", "[[notices]]", "[[notices", "[[notices", "is not TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "at", "says"), [row[1:] for row in BAD],
                         ids=[row[0] for row in BAD])  # fmt: skip
def test_every_mistake_is_named_with_file_and_line(
    town: Town, old: str, new: str, at: str, says: str
) -> None:
    town.write("notices.toml", NOTICE).edit("notices.toml", old, new)
    line, told = town.line("notices.toml", at), town.problems()
    assert any(one.startswith(f"notices.toml:{line}: ") and says in one for one in told), told


def test_a_notice_twice_is_named(town: Town) -> None:
    told = town.write("notices.toml", NOTICE + NOTICE).problems()
    assert any("key 'received' is declared twice" in one for one in told)


def test_a_language_without_usual_texts_needs_every_notice(town: Town) -> None:
    town.edit("city.toml", '["zh", "en"]', '["zh", "en", "fr"]')
    told = [one for one in town.problems() if one.startswith("notices.toml:1:")]
    assert len(told) == len(NoticeKind)
    assert "there is no usual text in 'fr'" in told[0]


def test_words_are_filled_in_and_read_only_once() -> None:
    text = Text.of({"en": "{number}, {service}{gone}"})
    words = {"en": {"number": "{service}", "service": "Rent"}}
    assert filled_in(text, words)["en"] == "{service}, Rent"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("长" * 70, 1),
        ("长" * 71, 2),
        ("长" * 134, 2),
        ("长" * 135, 3),
        ("𠮷" * 35, 1),
        ("𠮷" * 36, 2),
    ],
)
def test_a_short_message_is_counted_as_gateways_count(text: str, parts: int) -> None:
    assert sms_parts(text) == parts
    assert MOST_PARTS == 2


def test_every_notice_may_name_service_and_number() -> None:
    for kind in NoticeKind:
        assert {"city", "service", "number"} <= in_body(kind)
