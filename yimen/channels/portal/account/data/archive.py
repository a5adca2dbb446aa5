"""All that is kept of somebody, packed into one file."""

import shutil
from contextlib import ExitStack
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from django.utils.timezone import localtime

from yimen.base.actor import Actor
from yimen.base.typesetting import compile_pdf
from yimen.catalogue.queries import current_city
from yimen.channels.portal.account.data.gathering import FileKept, files_of, gather
from yimen.channels.portal.account.data.machine import document
from yimen.channels.portal.account.data.readable import TEMPLATE, words_of
from yimen.keys.rules import KeyUnknown
from yimen.ledger.queries import open_document
from yimen.ledger.rules import DocumentDamaged, DocumentMissing


def make_archive(actor: Actor) -> IO[bytes]:
    """Return a ZIP with data.json, data.pdf and files/, open at its start.

    It lies in a temporary file without a name: when that is closed, or the process ends, nothing of
    it remains. A file that the store has lost stops nothing; its path in data.json is null.
    """
    found, city = gather(actor), current_city()
    at = localtime(found.made_at)
    paths: dict[UUID, str] = {}
    with ExitStack() as until_whole:
        packed: IO[bytes] = until_whole.enter_context(TemporaryFile())
        with ZipFile(packed, "w") as archive:
            for file in files_of(found):
                if _pack(archive, file, at):
                    paths[file.of] = file.path
            words = words_of(found, paths, city, actor.language)
            archive.writestr(_entry("data.json", at), document(found, paths, city))
            archive.writestr(_entry("data.pdf", at), compile_pdf(TEMPLATE, words, at=found.made_at))
        packed.seek(0)
        until_whole.pop_all()
    return packed


def _pack(archive: ZipFile, file: FileKept, at: datetime) -> bool:
    """Copy a file from the store, piece by piece; say whether it is there."""
    try:
        content = open_document(file.sha256)
    except (DocumentMissing, DocumentDamaged, KeyUnknown):
        return False
    entry = _entry(file.path, at)
    entry.compress_type = ZIP_STORED  # photos and PDFs are compressed already
    with content, archive.open(entry, "w", force_zip64=True) as target:
        shutil.copyfileobj(content, target, 1 << 20)
    return True


def _entry(path: str, at: datetime) -> ZipInfo:
    entry = ZipInfo(path, (at.year, at.month, at.day, at.hour, at.minute, at.second))
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry
