"""Papers are set whatever a name is written with; what cannot be set is said."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest

from yimen.base.typesetting import TypesettingError, compile_pdf

AT = datetime(2026, 10, 1, tzinfo=UTC)
TEMPLATE = """#set document(title: "Paper")
#set text(font: "Noto Sans SC")
#let data = json(bytes(sys.inputs.data))
#data.names.at(0).name
"""


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "paper.typ"
    path.write_text(TEMPLATE, "utf-8")
    return path


def paper(template: Path, name: str) -> bytes:
    return compile_pdf(template, {"names": [{"name": name}], "pages": 1}, at=AT)


@pytest.mark.parametrize("name", ["\U00020bb7野家", "ئەركىن", "བོད", "王\x08芳", "\ue000", "😀"])
def test_a_character_that_no_font_has_is_written_as_its_number(template: Path, name: str) -> None:
    with pikepdf.open(BytesIO(paper(template, name))) as opened:
        assert len(opened.pages) == 1


def test_the_number_stands_where_the_character_stood(template: Path) -> None:
    assert paper(template, "\U00020bb7野家") == paper(template, "[U+20BB7]野家")


def test_a_template_that_does_not_hold_is_said_by_its_name(template: Path) -> None:
    template.write_text("#nothing", "utf-8")
    with pytest.raises(
        TypesettingError, match=r"paper\.typ could not be typeset: unknown variable"
    ):
        paper(template, "王芳")


@pytest.mark.parametrize("count", [150, 1000])
def test_a_document_of_nothing_but_unknown_characters_is_set_with_their_numbers(
    template: Path, count: int
) -> None:
    name = "".join(chr(0xE000 + number) for number in range(count))
    with pikepdf.open(BytesIO(paper(template, name))) as opened:
        assert len(opened.pages) >= 1


def test_a_document_is_not_tried_for_ever(template: Path) -> None:
    template.write_text(
        TEMPLATE + "#str.from-unicode(57344 + data.names.at(0).name.len())\n", "utf-8"
    )
    with pytest.raises(TypesettingError, match=r"could not be displayed|codepoint|remain"):
        paper(template, "\ue000")
