"""Documents for people: typst sets them as tagged PDF/A, so that they archive and read aloud."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
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
_MOST_SHAPELESS = 100  # different characters in one document


def compile_pdf(template: Path, data: Mapping[str, object], *, at: datetime) -> bytes:
    """Return the PDF/A-2a (ISO 19005-2) of a template filled with JSON-able data.

    The template reads its data with ``json(bytes(sys.inputs.data))``. ``at`` is the time the
    document bears; the same template, data and time give the same bytes. A character that no font
    has is written as its number, ``[U+20BB7]``: rare names get their paper too, and nobody reads
    another name. Raises TypesettingError.
    """
    compiler = typst.Compiler(template, root=template.parent, font_paths=_fonts())
    shapeless: set[str] = set()
    while True:
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
            if not more or len(shapeless) > _MOST_SHAPELESS:
                raise TypesettingError(template, error.message) from error
            shapeless |= more
        else:
            if not isinstance(pdf, bytes):
                raise TypesettingError(template, "no single document came out")
            return pdf


def _named_in(words: str) -> set[str]:
    """Return the characters that typst says no font has."""
    found = _SHAPELESS.search(words)
    named = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), found[1]) if found else ""
    return {
        character for character in named if not (character.isascii() and character.isprintable())
    }


def _numbered(data: Any, shapeless: set[str]) -> Any:
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
