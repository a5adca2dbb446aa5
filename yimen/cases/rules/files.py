"""Which files people may attach: judged by content, never by name or by what a browser says."""

import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath, PureWindowsPath

import filetype
from PIL import Image

from yimen.cases.rules.errors import FileProblem, FileRefused
from yimen.catalogue.definition import Material

ARCHIVE_ENTRIES = 2_000
ARCHIVE_RATIO = 100  # unpacked to packed, above which an archive is a bomb
UNPACKED = 200_000_000
PIXELS = 80_000_000  # twice a page of A4 at 600 dots per inch
LONGEST_NAME = 200
_TEXT_TYPES = {"text/plain": (".txt", ".text", ".md"), "text/csv": (".csv",)}
_PACKED_IN_ARCHIVE = (".zip", ".jar", ".7z", ".rar", ".gz", ".xz", ".bz2")
_MACROS = ("vbaproject.bin", "vbadata.xml", "basic/script-lc.xml")


def check_file(material: Material, count: int, name: str, content: bytes) -> tuple[str, str]:
    """Return the media type and the cleaned name of a file, or refuse it.

    ``count`` is how many files the material has already. ``content`` may be cut off at
    ``material.max_bytes + 1`` bytes. The extension is set to that of the content.
    """
    name = clean_name(name)
    if count >= material.max_files:
        raise FileRefused(FileProblem.TOO_MANY, name, limit=material.max_files)
    if not content:
        raise FileRefused(FileProblem.EMPTY, name)
    if len(content) > material.max_bytes:
        raise FileRefused(FileProblem.TOO_LARGE, name, limit=material.max_bytes)
    media_type, extension = media_type_of(content, name)
    if media_type not in material.media_types:
        raise FileRefused(
            FileProblem.WRONG_TYPE, name, found=media_type, allowed=material.media_types
        )
    _check_called_what_it_is(name, media_type, extension)
    _check_inside(media_type, name, content)
    return media_type, _with_extension(name, extension)


def clean_name(name: str) -> str:
    """Return the last part of a path without control characters and marks of direction."""
    last = PureWindowsPath(PurePosixPath(name).name).name
    kept = "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    return " ".join(kept.split()) or "file"


def media_type_of(content: bytes, name: str) -> tuple[str, str]:
    """Return the media type by content and its usual extension; "" when it is of no known kind."""
    kind = filetype.guess(content[:8192])
    if kind is not None:
        return str(kind.mime), f".{kind.extension}"
    extension = _extension(name)
    for media_type, extensions in _TEXT_TYPES.items():
        if extension in extensions and _is_text(content):
            return media_type, extension
    return "", ""


def _extension(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def _is_text(content: bytes) -> bool:
    if b"\0" in content:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _check_called_what_it_is(name: str, media_type: str, extension: str) -> None:
    """Refuse a PDF called photo.jpg; one kind of picture called another is a common slip."""
    called = filetype.get_type(ext=_extension(name)[1:])
    if called is None or called.mime == media_type or f".{called.extension}" == extension:
        return
    if called.mime.split("/")[0] != media_type.split("/")[0]:
        raise FileRefused(FileProblem.NOT_WHAT_IT_SAYS, name, found=media_type)


def _with_extension(name: str, extension: str) -> str:
    known = _extension(name)
    same = known == extension or (known, extension) == (".jpeg", ".jpg")
    stem = name if same or filetype.get_type(ext=known[1:]) is None else name[: -len(known)]
    suffix = "" if same else extension
    return stem[: LONGEST_NAME - len(suffix)] + suffix


def _check_inside(media_type: str, name: str, content: bytes) -> None:
    if media_type == "application/pdf":
        _check_pdf(name, content)
    elif media_type.startswith("image/"):
        _check_image(name, content)
    elif content.startswith(b"PK"):
        _check_archive(name, content)


def _check_image(name: str, content: bytes) -> None:
    try:
        with Image.open(BytesIO(content)) as image:
            width, height = image.size
    except Image.DecompressionBombError as error:
        raise FileRefused(FileProblem.BOMB, name) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise FileRefused(FileProblem.DAMAGED, name) from error
    if width * height > PIXELS:
        raise FileRefused(FileProblem.BOMB, name)


def _check_archive(name: str, content: bytes) -> None:
    """Refuse archives that unpack to far more than they are, and documents with macros.

    Sizes are those that unpacking gives, not those that the archive says of itself.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check_entries(name, archive, len(content))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise FileRefused(FileProblem.DAMAGED, name) from error
    except NotImplementedError as error:  # a compression that Python does not know
        raise FileRefused(FileProblem.DAMAGED, name) from error


def _check_entries(name: str, archive: zipfile.ZipFile, size: int) -> None:
    entries = archive.infolist()
    if len(entries) > ARCHIVE_ENTRIES:
        raise FileRefused(FileProblem.BOMB, name)
    left = min(UNPACKED, size * ARCHIVE_RATIO)
    for entry in entries:
        if entry.flag_bits & 1:
            raise FileRefused(FileProblem.LOCKED, name)
        inner = entry.filename.lower()
        if inner.endswith(_MACROS):
            raise FileRefused(FileProblem.ACTIVE, name)
        if inner.endswith(_PACKED_IN_ARCHIVE):
            raise FileRefused(FileProblem.BOMB, name)
        with archive.open(entry) as stream:
            while block := stream.read(1 << 20):
                left -= len(block)
                if left < 0:
                    raise FileRefused(FileProblem.BOMB, name)


_ESCAPED = re.compile(rb"#([0-9a-fA-F]{2})")
_STREAM = re.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")
_PIECE = 1 << 13
# /JS alone may stand in compressed bytes by chance; an action that runs needs the whole word.
_ACTIVE_WORDS = (b"/JavaScript", b"/Launch", b"/RichMedia")


def _check_pdf(name: str, content: bytes) -> None:
    """Refuse a PDF that is locked, runs something, or whose parts cannot be looked into."""
    words = _unescaped(content)
    if b"%%EOF" not in content[-2048:]:
        raise FileRefused(FileProblem.DAMAGED, name)
    if re.search(rb"/Encrypt\b", words):
        raise FileRefused(FileProblem.LOCKED, name)
    for part in (words, *_object_streams(name, content)):
        if any(word in part for word in _ACTIVE_WORDS):
            raise FileRefused(FileProblem.ACTIVE, name)


def _unescaped(content: bytes) -> bytes:
    """Return the bytes with names written plainly: /J#61vaScript is /JavaScript."""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)


def _object_streams(name: str, content: bytes) -> Iterator[bytes]:
    """Unpack the streams in which PDF 1.5 and newer keeps its objects.

    What stands between two streams is looked at once, and what is read and unpacked is counted over
    all of them, so that the time taken follows the size of the file, however it is built.
    """
    left, before = UNPACKED, 0
    for found in _STREAM.finditer(content):
        described = _unescaped(content[before : found.start()])
        before = found.end()
        if b"/ObjStm" not in described:
            continue
        if b"/FlateDecode" not in described:
            raise FileRefused(FileProblem.DAMAGED, name)
        part, spent = _inflated(name, content, found.end(), left)
        left -= spent
        yield _unescaped(part)


def _inflated(name: str, content: bytes, start: int, left: int) -> tuple[bytes, int]:
    """Unpack one stream; return it, and how many bytes were read and made."""
    unpacker, parts, spent = zlib.decompressobj(), [], 0
    while start < len(content) and not unpacker.eof:
        piece = content[start : start + _PIECE]
        start += len(piece)
        try:
            parts.append(unpacker.decompress(piece, left - spent))
        except zlib.error as error:
            raise FileRefused(FileProblem.DAMAGED, name) from error
        spent += len(piece) + len(parts[-1])
        if spent >= left:
            raise FileRefused(FileProblem.BOMB, name)
    return b"".join(parts), spent
