"""Documents for people: typst sets them as tagged PDF/A, so that they archive and read aloud."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

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


def compile_pdf(template: Path, data: Mapping[str, object], *, at: datetime) -> bytes:
    """Return the PDF/A-2a (ISO 19005-2) of a template filled with JSON-able data.

    The template reads its data with ``json(bytes(sys.inputs.data))``. ``at`` is the time the
    document bears; the same template, data and time give the same bytes. Raises TypesettingError.
    """
    compiler = typst.Compiler(template, root=template.parent, font_paths=_fonts())
    try:
        pdf = compiler.compile(
            format="pdf",
            sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True)},
            pdf_standards=["a-2a"],
            timestamp=at,
        )
    except typst.TypstError as error:
        raise TypesettingError(template, error.message) from error
    if not isinstance(pdf, bytes):
        raise TypesettingError(template, "no single document came out")
    return pdf
