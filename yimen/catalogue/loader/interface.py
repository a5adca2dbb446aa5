"""A language that only the city brings: the texts of the interface, and the first articles.

The texts are a PO file, as translators know it. Its sentences are those of the software, found in
the catalogues that the software brings itself; `missing_texts` and `texts_to_translate` compare.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

from yimen.base.languages import BUILT_IN, is_known
from yimen.catalogue.loader.reading import Reading, listed

PACKAGE = Path(__file__).resolve().parents[2]
_WIDTH = 100
Key = tuple[str, str]  # the sentence in English, its context or ""


def read_interface(reading: Reading, paths: Iterable[str]) -> dict[str, bytes]:
    """Return the interface in the languages that the software does not bring, in MO format."""
    compiled = {}
    for path in paths:
        tag = path.removeprefix("interface/").removesuffix(".po")
        if _is_of_the_city(reading, path, tag):
            catalogue = _catalogue(reading, path, tag)
            if catalogue is not None and _is_right(reading, path, catalogue):
                compiled[tag] = _as_mo(catalogue)
    return compiled


def read_articles(reading: Reading, paths: Iterable[str]) -> dict[str, str]:
    """Return the first articles in the city's own words, by ``about.fr``."""
    articles = {}
    for path in paths:
        name = path.removeprefix("articles/").removesuffix(".md")
        tag = name.rpartition(".")[2]
        if reading.languages and tag not in reading.languages:
            reading.report(path, 1, f"'{tag}' is not a language of this city")
            continue
        text = reading.text(path)
        if text is None:
            continue
        parts = text.split("\n\n", 2)
        if len(parts) < 3 or not parts[0].startswith("# "):
            reading.report(path, 1, "begins with '# Title', a paragraph as summary, then the text, "
                                    "with an empty line between them")  # fmt: skip
            continue
        articles[name] = text
    return articles


def missing_texts(interface: Mapping[str, bytes], languages: Iterable[str]) -> dict[str, list[str]]:
    """Return the sentences, in English, that pages in each of these languages would not have."""
    missing = {}
    for tag in languages:
        if tag not in BUILT_IN:
            have = _texts_of(interface[tag]) if tag in interface else frozenset()
            missing[tag] = [text for text, context in _sentences() if (text, context) not in have]
    return {tag: texts for tag, texts in missing.items() if texts}


def texts_to_translate(tag: str, present: bytes | None) -> bytes:
    """Return a PO file with every sentence of the software, what is translated already filled in.

    ``present`` is the file so far: what it says of sentences that are gone is left out.
    """
    before = read_po(BytesIO(present), locale=tag) if present is not None else Catalog(tag)
    made = Catalog(Locale.parse(tag), project="yimen", charset="utf-8")
    for (text, context), message in _sentences().items():
        known = before.get(text, context or None)
        made.add(message.id, known.string if known is not None else None,
                 flags=message.flags, context=message.context)  # fmt: skip
    buffer = BytesIO()
    write_po(buffer, made, width=_WIDTH, omit_header=False)
    return buffer.getvalue()


def _is_of_the_city(reading: Reading, path: str, tag: str) -> bool:
    if tag in BUILT_IN:
        reading.report(path, 1, f"the software brings '{tag}' itself; remove the file")
    elif reading.languages and tag not in reading.languages:
        reading.report(path, 1, f"'{tag}' is not a language of this city: "
                                f"city.toml names {listed(reading.languages)}")  # fmt: skip
    elif not is_known(tag):
        reading.report(path, 1, f"pages cannot be written in '{tag}': "
                                "no dates and numbers are known for it")  # fmt: skip
    else:
        return True
    return False


def _catalogue(reading: Reading, path: str, tag: str) -> Catalog | None:
    if reading.text(path) is None:
        return None
    try:
        return read_po(BytesIO(reading.files[path]), locale=tag, abort_invalid=True)
    except (PoFileError, ValueError) as error:
        line = getattr(error, "lineno", 0) or 1
        reading.report(path, line, f"is not a PO file: {error}")
        return None


def _is_right(reading: Reading, path: str, catalogue: Catalog) -> bool:
    """Report texts that would break a page: other placeholders than the sentence has."""
    before = len(reading.problems)
    for message in catalogue:
        for error in message.check(catalogue) if message.id and message.string else ():
            reading.report(path, message.lineno or 1, f"“{_first(message)}”: {error}")
    return len(reading.problems) == before


def _as_mo(catalogue: Catalog) -> bytes:
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def _texts_of(compiled: bytes) -> frozenset[Key]:
    return frozenset(_key(message) for message in read_mo(BytesIO(compiled)) if message.id)


@lru_cache(maxsize=1)
def _sentences() -> dict[Key, Message]:
    """Return every sentence of the software, as its Chinese catalogues name them."""
    return {_key(message): message for message in _shipped() if message.id}


def _shipped() -> Iterator[Message]:
    for path in sorted(PACKAGE.glob("**/locale/zh_Hans/LC_MESSAGES/django.po")):
        with path.open("rb") as file:
            yield from read_po(file)


def _key(message: Message) -> Key:
    return _first(message), message.context or ""


def _first(message: Message) -> str:
    return message.id[0] if isinstance(message.id, (tuple, list)) else message.id
