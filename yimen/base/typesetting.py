"""Documents for people: typst sets them as tagged PDF/A, so that they archive and read aloud."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import typst

FONT_FOLDER = Path(__file__).with_name("fonts")  # Noto Sans SC, laid there by the front-end build


class TypesettingError(RuntimeError):
    """A document could not be set: the template and typst's own words."""

    def __init__(self, template: Path, words: str) -> None:
        super().__init__(f"{template.name} could not be typeset: {words}")


@cache
def _fonts() -> typst.Fonts:
    # Loading takes some 100 ms, setting a page about one: once per process. Only our own fonts,
    # so that a document looks the same on every machine.
    if not any(FONT_FOLDER.glob("*.[ot]tf")):
        raise FileNotFoundError(
            f"no fonts in {FONT_FOLDER}; build the front-end with 'make front-end'"
        )
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONT_FOLDER)])


_SHAPELESS = re.compile(r'(?:the text|contains the codepoint) `"(.+?)"`', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
# What the font of our papers has for certain: no need to ask for each of them.
_COMMON = re.compile(r"[ -~\u00a0-\u00ff\u3000-\u3029\u4e00-\u9fa5\uff01-\uff5e]+")
_MOST_ASKED = 400  # characters beyond the common ones; asking for one takes about 5 ms
_ROUNDS = 20
_ONE_CHARACTER = Path(__file__).with_name("one_character.typ")


def compile_pdf(template: Path, data: Mapping[str, object], *, at: datetime) -> bytes:
    """Return the PDF/A-2a (ISO 19005-2) of a template filled with JSON-able data.

    The template reads its data with ``json(bytes(sys.inputs.data))``. ``at`` is the time the
    document bears; the same template, data and time give the same bytes. A character that no font
    has is written as its number, ``[U+20BB7]``: rare names get their paper too, and nobody reads
    another name. Raises TypesettingError.
    """
    compiler = typst.Compiler(template, root=template.parent, font_paths=_fonts())
    shapeless: frozenset[str] = frozenset()
    for _round in range(_ROUNDS):
        written = json.dumps(_numbered(data, shapeless), ensure_ascii=False, sort_keys=True)
        try:
            pdf = compiler.compile(
                format="pdf",
                sys_inputs={"data": written},
                pdf_standards=["a-2a"],
                timestamp=at,
            )
        except typst.TypstError as error:
            more = _named_in(error.message) - shapeless
            if not more:
                raise TypesettingError(template, error.message) from error
            # One message names one of them: the others are found before the whole is set again.
            shapeless |= more if shapeless else more | _shapeless_of(written)
        else:
            if not isinstance(pdf, bytes):
                raise TypesettingError(template, "no single document came out")
            return pdf
    raise TypesettingError(template, "characters without a shape remain")


def _shapeless_of(written: str) -> frozenset[str]:
    """Return the characters of a document that no font has.

    Where very many are rare, all of those count as such: a paper with numbers in it is better than
    none, and nobody keeps a process busy with a list of all characters.
    """
    rare = frozenset(_COMMON.sub("", written))
    if len(rare) > _MOST_ASKED:
        return rare
    return frozenset(character for character in rare if not _has_shape(character))


@lru_cache(maxsize=4096)
def _has_shape(character: str) -> bool:
    try:
        typst.compile(
            _ONE_CHARACTER,
            root=_ONE_CHARACTER.parent,
            font_paths=_fonts(),
            format="pdf",
            sys_inputs={"character": character},
            pdf_standards=["a-2a"],
        )
    except typst.TypstError:
        return False
    return True


def _named_in(words: str) -> frozenset[str]:
    """Return the characters that typst says no font has."""
    found = _SHAPELESS.search(words)
    named = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), found[1]) if found else ""
    return frozenset(c for c in named if not (c.isascii() and c.isprintable()))


def _numbered(data: Any, shapeless: frozenset[str]) -> Any:
    """Return the data with these characters written as their numbers."""
    match data:
        case str():
            return "".join(f"[U+{ord(c):04X}]" if c in shapeless else c for c in data)
        case Mapping():
            return {key: _numbered(value, shapeless) for key, value in data.items()}
        case list() | tuple():
            return [_numbered(value, shapeless) for value in data]
        case _:
            return data
