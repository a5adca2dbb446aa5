"""What the pages say: the interface's sentences, found by their English, and the city's own words."""

import re
import tomllib
from functools import cache
from pathlib import Path

import polib

from yimen.catalogue.definition import City
from yimen.catalogue.loader import load_folder

ROOT = Path(__file__).resolve().parents[2]


@cache
def chinese() -> dict[str, frozenset[str]]:
    """Return the Chinese of every English sentence of the interface."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "yimen").rglob("locale/zh_Hans/LC_MESSAGES/django.po"):
        for entry in polib.pofile(str(path)):
            said = found.setdefault(entry.msgid, set())
            said.update(text for text in (entry.msgstr, *entry.msgstr_plural.values()) if text)
    return {english: frozenset(texts) for english, texts in found.items()}


def sentence(
    english: str, language: str, *, whole: bool = True, **values: object
) -> re.Pattern[str]:
    """Return a pattern for a sentence of the interface in the language of a page."""
    texts = frozenset({english}) if language == "en" else chinese().get(english, frozenset())
    assert texts, f"'{english}' has no Chinese"
    filled = sorted(text % values if values else text for text in texts)
    pattern = "(" + "|".join(_spaced(text) for text in filled) + ")"
    return re.compile(f"^{pattern}$" if whole else pattern)


def _spaced(text: str) -> str:
    return r"\s+".join(re.escape(part) for part in text.split())


@cache
def read_city(folder: Path) -> City:
    """Return a city as its folder declares it."""
    city, problems = load_folder(folder)
    assert city is not None, problems
    return city


@cache
def written_by_people(folder: Path) -> frozenset[str]:
    """Return names, addresses and whatever else the people of a demonstration wrote or are called."""
    found: set[str] = set()

    def gather(value: object) -> None:
        match value:
            case str():
                found.add(value)
            case list():
                for part in value:
                    gather(part)
            case dict():
                for part in value.values():
                    gather(part)

    for path in sorted((folder / "demo").glob("*.toml")):
        gather(tomllib.loads(path.read_text(encoding="utf-8")))
    return frozenset(word for word in found if len(word) > 1) | _KNOWN


# Where an agency's facts come from is told as it is written there; a guide explains a letter.
_KNOWN = frozenset({"https://", "吕"})
