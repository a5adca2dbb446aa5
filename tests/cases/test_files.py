"""Files are judged by their content, never by their name."""

import struct
import zipfile
import zlib
from dataclasses import replace
from io import BytesIO

import pytest
from city_life import PDF, PNG
from PIL import Image

from yimen.base.text import Text
from yimen.cases.rules import files
from yimen.cases.rules.drafts import MOST_BYTES, check_room
from yimen.cases.rules.errors import FileProblem, FileRefused
from yimen.cases.rules.files import check_file, clean_name
from yimen.catalogue.definition import Material, Place

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MATERIAL = Material(
    "proof",
    Text.of({"zh": "证明", "en": "Proof"}),
    Place("service.toml", 1),
    media_types=("application/pdf", "image/png", "image/jpeg", DOCX, "text/csv"),
    max_bytes=500_000,
    max_files=2,
)


def refusal(
    name: str, content: bytes, count: int = 0, material: Material = MATERIAL
) -> FileProblem:
    with pytest.raises(FileRefused) as refused:
        check_file(material, count, name, content)
    assert refused.value.name == clean_name(name)
    return refused.value.problem


def archive(entries: dict[str, bytes], first: str = "[Content_Types].xml") -> bytes:
    """Return a Word document with these entries in it."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in {first: b"<x/>", "word/document.xml": b"<x/>", **entries}.items():
            packed.writestr(name, content)
    return target.getvalue()


def pdf(body: bytes) -> bytes:
    return b"%PDF-1.7\n" + body + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def object_stream(content: bytes, dictionary: bytes = b"/FlateDecode") -> bytes:
    packed = zlib.compress(content)
    return pdf(
        b"5 0 obj<</Type/ObjStm/N 1/First 4/Filter"
        + dictionary
        + b">>stream\n"
        + packed
        + b"\nendstream endobj"
    )


def test_a_pdf_is_taken_for_what_it_is() -> None:
    assert check_file(MATERIAL, 0, "lease.pdf", PDF) == ("application/pdf", "lease.pdf")


def test_a_picture_without_an_ending_gets_one() -> None:
    assert check_file(MATERIAL, 0, "scan", PNG) == ("image/png", "scan.png")


def test_one_kind_of_picture_called_another_is_a_slip_and_gets_its_ending() -> None:
    assert check_file(MATERIAL, 0, "photo.jpg", PNG) == ("image/png", "photo.png")


def test_a_jpeg_keeps_the_longer_ending() -> None:
    target = BytesIO()
    Image.new("RGB", (2, 2)).save(target, "JPEG")
    assert check_file(MATERIAL, 0, "a.jpeg", target.getvalue())[1] == "a.jpeg"


def test_a_pdf_called_a_picture_is_refused() -> None:
    assert refusal("photo.png", PDF) == FileProblem.NOT_WHAT_IT_SAYS


def test_a_program_called_pdf_is_refused() -> None:
    with pytest.raises(FileRefused) as refused:
        check_file(MATERIAL, 0, "lease.pdf", b"MZ\x90\x00" + bytes(600))
    assert refused.value.problem == FileProblem.WRONG_TYPE
    assert refused.value.found == "application/x-msdownload"
    assert "application/pdf" in refused.value.allowed


@pytest.mark.parametrize("content", [b"<html><script>alert(1)</script>", b"hello"])
def test_what_is_of_no_known_kind_is_refused(content: bytes) -> None:
    assert refusal("lease.pdf", content) == FileProblem.WRONG_TYPE


def test_an_empty_file_is_refused() -> None:
    assert refusal("lease.pdf", b"") == FileProblem.EMPTY


def test_a_file_above_the_limit_is_refused_with_the_limit() -> None:
    with pytest.raises(FileRefused) as refused:
        check_file(replace(MATERIAL, max_bytes=10), 0, "lease.pdf", PDF)
    assert (refused.value.problem, refused.value.limit) == (FileProblem.TOO_LARGE, 10)


def test_one_file_too_many_is_refused() -> None:
    assert refusal("lease.pdf", PDF, count=2) == FileProblem.TOO_MANY


@pytest.mark.parametrize("text", [b"a,b\n1,2\n", "姓名,年龄\n".encode("gb18030")])
def test_a_table_in_any_usual_encoding_is_text(text: bytes) -> None:
    assert check_file(MATERIAL, 0, "list.csv", text) == ("text/csv", "list.csv")


@pytest.mark.parametrize("content", [b"a\0b", b"\xff\xff\xff"])
def test_bytes_called_text_are_refused(content: bytes) -> None:
    assert refusal("list.csv", content) == FileProblem.WRONG_TYPE


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\w\\lease.pdf", "lease.pdf"),
        ("gnp\u202e.pdf", "gnp.pdf"),
        ("a\x00\nb.pdf", "ab.pdf"),
        ("", "file"),
    ],
)
def test_names_lose_paths_and_what_cannot_be_seen(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_long_names_are_cut_before_the_ending() -> None:
    _, name = check_file(MATERIAL, 0, "x" * 400, PDF)
    assert len(name) == 200 and name.endswith(".pdf")


def test_a_word_document_is_taken() -> None:
    assert check_file(MATERIAL, 0, "letter.docx", archive({})) == (DOCX, "letter.docx")


def test_a_zip_bomb_is_refused() -> None:
    assert refusal("letter.docx", archive({"word/big.xml": bytes(60_000_000)})) == FileProblem.BOMB


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    content = bytearray(archive({"word/big.xml": bytes(60_000_000)}))
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 10)
    assert refusal("letter.docx", bytes(content)) in (FileProblem.BOMB, FileProblem.DAMAGED)


def test_an_archive_of_thousands_of_files_is_refused() -> None:
    many = {f"word/{n}.xml": b"" for n in range(files.ARCHIVE_ENTRIES + 1)}
    assert refusal("letter.docx", archive(many)) == FileProblem.BOMB


def test_an_archive_in_an_archive_is_refused() -> None:
    assert refusal("letter.docx", archive({"word/inner.zip": b"PK"})) == FileProblem.BOMB


def test_macros_are_refused() -> None:
    assert refusal("letter.docx", archive({"word/vbaProject.bin": b"x"})) == FileProblem.ACTIVE


def test_a_damaged_archive_is_refused() -> None:
    assert refusal("letter.docx", archive({})[:-30]) == FileProblem.DAMAGED


def test_a_locked_archive_is_refused() -> None:
    content = bytearray(archive({}))
    at = content.rfind(b"PK\x01\x02")
    content[at + 8] |= 1
    assert refusal("letter.docx", bytes(content)) == FileProblem.LOCKED


def test_a_compression_that_is_not_known_is_refused() -> None:
    content = bytearray(archive({}))
    for mark, offset in ((b"PK\x01\x02", 10), (b"PK\x03\x04", 8)):
        at = content.rfind(mark)
        content[at + offset : at + offset + 2] = struct.pack("<H", 97)
    assert refusal("letter.docx", bytes(content)) == FileProblem.DAMAGED


@pytest.mark.parametrize(
    "body",
    [
        b"1 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj",
        b"1 0 obj<</S/J#61vaScript/JS(1)>>endobj",
        b"1 0 obj<</S /Launch/F(cmd.exe)>>endobj",
        b"1 0 obj<</Subtype/RichMedia>>endobj",
    ],
)
def test_a_pdf_that_runs_something_is_refused(body: bytes) -> None:
    assert refusal("lease.pdf", pdf(body)) == FileProblem.ACTIVE


def test_a_script_hidden_in_a_packed_object_is_found() -> None:
    content = object_stream(b"1 0 <</S/JavaScript/JS(1)>>")
    assert b"JavaScript" not in content
    assert refusal("lease.pdf", content) == FileProblem.ACTIVE


def test_a_pdf_with_harmless_packed_objects_is_taken() -> None:
    assert check_file(MATERIAL, 0, "a.pdf", object_stream(b"1 0 <</Type/Page>>"))


def test_a_pdf_whose_objects_cannot_be_looked_into_is_refused() -> None:
    assert refusal("a.pdf", object_stream(b"x", b"/LZWDecode")) == FileProblem.DAMAGED
    broken = object_stream(b"x").replace(zlib.compress(b"x"), b"nonsense")
    assert refusal("a.pdf", broken) == FileProblem.DAMAGED


def test_a_pdf_whose_objects_unpack_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "UNPACKED", 1000)
    assert refusal("a.pdf", object_stream(bytes(5000))) == FileProblem.BOMB


def test_a_locked_pdf_is_refused() -> None:
    assert refusal("a.pdf", pdf(b"1 0 obj<</Encrypt 2 0 R>>endobj")) == FileProblem.LOCKED


def test_a_pdf_that_breaks_off_is_refused() -> None:
    assert refusal("a.pdf", PDF.replace(b"%%EOF", b"")) == FileProblem.DAMAGED


def test_a_damaged_picture_is_refused() -> None:
    assert refusal("a.png", PNG[:20]) == FileProblem.DAMAGED


def _png(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + header
        + struct.pack(">I", zlib.crc32(header))
        + b"\0\0\0\0IDAT"
        + struct.pack(">I", 0)
    )


@pytest.mark.parametrize("side", [9_200, 40_000])
def test_a_picture_of_more_points_than_any_page_is_refused(side: int) -> None:
    assert refusal("a.png", _png(side, side)) == FileProblem.BOMB


def test_a_script_behind_a_disguised_object_stream_is_found() -> None:
    disguised = object_stream(b"<</S/JavaScript/JS(app.alert(1))>>").replace(
        b"/ObjStm", b"/Obj#53tm"
    )
    assert refusal("form.pdf", disguised) is FileProblem.ACTIVE
    far = object_stream(b"<</S/JavaScript>>", b"/FlateDecode/Note(" + b" " * 5_000 + b")")
    assert refusal("form.pdf", far) is FileProblem.ACTIVE


@pytest.mark.parametrize("filling", [b"<<", b"<</ObjStm", b"stream\n", b"<</ObjStm/FlateDecode"])
def test_a_pdf_made_to_keep_us_busy_is_looked_at_in_one_pass(filling: bytes) -> None:
    busy = pdf(filling * (400_000 // len(filling)))
    assert check_file(MATERIAL, 0, "busy.pdf", busy) == ("application/pdf", "busy.pdf")


def test_object_streams_that_unpack_to_nothing_are_counted_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(files, "UNPACKED", 200_000)
    block, last = b"\x00\x00\x00\xff\xff", b"\x01\x00\x00\xff\xff\x00\x00\x00\x01"
    nothing = b"<</Type/ObjStm/Filter/FlateDecode>>stream\n\x78\x9c" + block * 30_000 + last
    assert check_file(MATERIAL, 0, "one.pdf", pdf(nothing))[0] == "application/pdf"
    assert refusal("two.pdf", pdf(nothing * 2)) is FileProblem.BOMB


def test_the_files_of_a_draft_together_have_a_measure() -> None:
    check_room("last.pdf", 1, MOST_BYTES - 1)
    with pytest.raises(FileRefused) as refused:
        check_room("one-too-many.pdf", 2, MOST_BYTES - 1)
    assert refused.value.problem is FileProblem.TOO_MUCH
    assert refused.value.limit == MOST_BYTES
