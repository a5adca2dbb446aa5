"""What people are told: `notices.toml`, and the usual texts where a city does not say it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from yimen.base.text import Text
from yimen.catalogue.definition import Notice
from yimen.catalogue.loader.reading import Reading, did_you_mean, listed
from yimen.catalogue.loader.table import Table, root_table, unique
from yimen.catalogue.rules.notices import (
    IN_SMS,
    LONGEST_IN_SMS,
    MOST_PARTS,
    PLACEHOLDER,
    filled_in,
    in_body,
    sms_parts,
)
from yimen.catalogue.types import LetterRule, NoticeKind

FILE = "notices.toml"
USUAL_UNREAD = 10  # days
_USUAL = Path(__file__).with_name("usual")


@dataclass(frozen=True, slots=True)
class Told:
    """What `notices.toml` says."""

    notices: Mapping[NoticeKind, Notice]
    unread_days: int = USUAL_UNREAD


def read_notices(reading: Reading, city: Text) -> Told:
    """Return every notice of a city; those that it does not declare say what is usual."""
    root = root_table(reading, FILE) if FILE in reading.files else None
    declared = _declared(root, city) if root is not None else {}
    unread_days = USUAL_UNREAD
    if root is not None:
        unread_days = root.integer("unread_days", USUAL_UNREAD, low=1, high=60)
        root.end()
    notices = {}
    for kind in NoticeKind:
        notices[kind] = declared.get(kind) or _usual_in(reading, kind)
    return Told(notices, unread_days)


def _declared(root: Table, city: Text) -> dict[NoticeKind, Notice]:
    found: dict[NoticeKind, Notice] = {}
    tables = root.tables("notices")
    for table in tables:
        notice = _notice(table, city)
        found.setdefault(notice.kind, notice)
    unique(tables, "key")
    return found


def _notice(table: Table, city: Text) -> Notice:
    kind = table.choice("key", NoticeKind)
    notice = Notice(
        kind=kind,
        subject=table.text("subject"),
        body=table.text("body"),
        sms=table.text("sms"),
        place=table.place(),
        letter=table.choice("letter", LetterRule, LetterRule.UNREAD),
    )
    _check_words(table, "subject", notice.subject, in_body(kind))
    _check_words(table, "body", notice.body, in_body(kind))
    _check_words(table, "sms", notice.sms, IN_SMS)
    _check_length(table, notice.sms, city)
    table.end()
    return notice


def _check_words(table: Table, key: str, text: Text, allowed: frozenset[str]) -> None:
    for language, said in text.by_language:
        for name in PLACEHOLDER.findall(said):
            if name not in allowed:
                hint = did_you_mean(name, allowed) or f"; it may use {listed(sorted(allowed))}"
                table.report(
                    f"'{key}' uses {{{name}}}, which is not known here{hint}", key, language
                )
        if set(PLACEHOLDER.sub("", said)) & {"{", "}"}:
            table.report(f"'{key}' has a brace without its partner", key, language)


def _check_length(table: Table, text: Text, city: Text) -> None:
    """Report a text that goes out as more messages than a city should pay for."""
    longest = {name: "0" * length for name, length in LONGEST_IN_SMS.items()}
    words = {language: longest | {"city": city[language]} for language in text}
    for language, said in filled_in(text, words).by_language:
        parts = sms_parts(said)
        if parts > MOST_PARTS:
            table.report(
                f"the short message is sent as {parts} messages when it is filled in; shorten it "
                f"to {MOST_PARTS}",
                "sms", language,
            )  # fmt: skip


def _usual_in(reading: Reading, kind: NoticeKind) -> Notice:
    """Return a usual notice in the city's languages, after reporting those it does not speak."""
    usual = usual_notices()[kind]
    spoken = usual.subject.as_dict()
    for language in reading.languages:
        if language not in spoken:
            reading.report(
                FILE, 1, f"the notice '{kind}' is missing; there is no usual text in '{language}'"
            )

    def in_city(text: Text) -> Text:
        said = text.as_dict()
        known = {language: said[language] for language in reading.languages if language in said}
        return Text.of(known or said)

    return replace(
        usual,
        subject=in_city(usual.subject),
        body=in_city(usual.body),
        sms=in_city(usual.sms),
    )


@cache
def usual_notices() -> Mapping[NoticeKind, Notice]:
    """Return the texts that stand in for those a city does not declare."""
    files = {FILE: (_USUAL / FILE).read_bytes()}
    reading = Reading("usual", files, languages=("zh", "en"))
    root = root_table(reading, FILE)
    notices = _declared(root, Text()) if root is not None else {}
    if reading.problems or notices.keys() != set(NoticeKind):
        raise ValueError(f"the usual notices are wrong: {reading.problems}")
    return notices
