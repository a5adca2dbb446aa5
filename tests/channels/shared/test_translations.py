"""Every sentence of the interface exists in Chinese: nothing missing, nothing unsure."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import polib
import pytest
from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).parents[3] / "yimen"
KEYWORDS = dict.fromkeys(
    ("_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy")
) | {"pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3)}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%\{(\w+)\}|\{(\w*)\}")


@dataclass(frozen=True)
class Message:
    """A sentence as it stands in a template or a module."""

    text: str
    context: str | None
    place: str
    counted: bool  # it has another form for two and more


def apps() -> list[Path]:
    """Return the apps: every folder of the package with an `apps.py`."""
    return sorted(file.parent for file in PACKAGE.rglob("apps.py"))


def messages_of(app: Path) -> Iterator[Message]:
    """Find every sentence that an app asks to be translated."""
    for file in sorted(app.rglob("*")):
        if file.suffix == ".py" and "migrations" not in file.parts:
            yield from _in_python(file.read_bytes(), file)
        elif file.suffix in (".html", ".txt") and "templates" in file.parts:
            yield from _in_python(templatize(file.read_text("utf-8")).encode(), file)


def _in_python(source: bytes, file: Path) -> Iterator[Message]:
    names = list(KEYWORDS)
    for line, name, found, _comments in extract_python(BytesIO(source), names, [], {}):
        texts = [found] if isinstance(found, str) else [text for text in found if text]
        context = texts.pop(0) if name and name.endswith(("pgettext", "pgettext_lazy")) else None
        if texts:
            place = f"{file.relative_to(PACKAGE)}:{line}"
            yield Message(texts[0], context, place, counted=len(texts) > 1)


def catalogue_of(app: Path) -> polib.POFile:
    file = app / "locale/zh_Hans/LC_MESSAGES/django.po"
    return polib.pofile(str(file)) if file.exists() else polib.POFile()


APPS_WITH_WORDS = [app for app in apps() if any(True for _ in messages_of(app))]


@pytest.mark.parametrize("app", APPS_WITH_WORDS, ids=lambda app: app.name)
def test_every_sentence_of_an_app_is_written_in_chinese(app: Path) -> None:
    entries = {(entry.msgid, entry.msgctxt): entry for entry in catalogue_of(app)}
    missing = [
        f"{message.place}: {message.text!r}"
        for message in messages_of(app)
        if (message.text, message.context) not in entries
        or not entries[message.text, message.context].translated()
    ]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("app", APPS_WITH_WORDS, ids=lambda app: app.name)
def test_a_sentence_that_counts_is_never_asked_for_without_a_number(app: Path) -> None:
    """Python finds no translation of a counted sentence without its number (3.11.2), or half."""
    counted = {
        (entry.msgid, entry.msgctxt): bool(entry.msgid_plural) for entry in catalogue_of(app)
    }
    wrong = [
        f"{message.place}: {message.text!r}"
        for message in messages_of(app)
        if message.counted != counted.get((message.text, message.context), message.counted)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("app", APPS_WITH_WORDS, ids=lambda app: app.name)
def test_no_translation_of_an_app_is_unsure_or_left_over(app: Path) -> None:
    used = {(message.text, message.context) for message in messages_of(app)}
    catalogue = catalogue_of(app)
    assert [entry.msgid for entry in catalogue if entry.fuzzy] == []
    left_over = [e.msgid for e in catalogue if not e.obsolete and (e.msgid, e.msgctxt) not in used]
    assert left_over == []


@pytest.mark.parametrize("app", APPS_WITH_WORDS, ids=lambda app: app.name)
def test_a_translation_fills_in_what_the_original_does(app: Path) -> None:
    for entry in catalogue_of(app):
        chinese = entry.msgstr or entry.msgstr_plural[0]
        assert _names(chinese) <= _names(entry.msgid_plural or entry.msgid), entry.msgid


def _names(text: str) -> Counter[str]:
    return Counter("".join(groups) for groups in set(PLACEHOLDER.findall(text)))


@pytest.mark.parametrize("app", APPS_WITH_WORDS, ids=lambda app: app.name)
def test_the_words_of_the_interface_follow_the_house_style(app: Path) -> None:
    for message in messages_of(app):
        words = message.text.lower()
        assert not re.search(r"\bplease\b|operation failed|!$", words), message.place
