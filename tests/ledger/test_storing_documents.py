"""Stored documents: named by their content, whole or not there, never handed out damaged."""

import hashlib
import io
import multiprocessing
import os
import signal
import stat
import time
import tracemalloc
from pathlib import Path

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yimen.keys.actions import ensure_keys
from yimen.ledger import actions, queries, rules
from yimen.ledger.models import StoredDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def store(data_folder: Path) -> Path:
    ensure_keys()
    return data_folder / "documents"


def _files(store: Path) -> list[Path]:
    return [path for path in store.rglob("*") if path.is_file()]


@given(content=st.binary(max_size=5000))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_what_is_stored_is_read_back(store: Path, content: bytes) -> None:
    name = actions.store_document(content, "application/pdf")
    assert name == hashlib.sha256(content).hexdigest()
    with queries.open_document(name) as file:
        assert file.read() == content
        file.seek(0)
        assert file.read(3) == content[:3]


def test_a_document_is_known_with_its_size_and_type(store: Path) -> None:
    name = actions.store_document(io.BytesIO(b"abc"), "image/png")
    found = queries.document(name)
    assert found is not None
    assert (found.size, found.media_type) == (3, "image/png")
    assert queries.document("0" * 64) is None


def test_files_lie_two_levels_deep_and_are_private(store: Path) -> None:
    name = actions.store_document(b"abc", "text/plain")
    [path] = _files(store)
    assert path == store / name[:2] / name[2:4] / name
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.stat().st_mode) == 0o700


def test_the_same_content_is_stored_once(store: Path) -> None:
    first = actions.store_document(b"abc", "text/plain")
    [path] = _files(store)
    before = path.stat()
    assert actions.store_document(b"abc", "application/pdf") == first
    assert path.stat().st_ino == before.st_ino
    assert _files(store) == [path]
    assert StoredDocument.objects.get().media_type == "text/plain"


@pytest.mark.parametrize("harm", ["changed", "cut", "lost"])
def test_storing_again_heals_what_was_harmed(store: Path, harm: str) -> None:
    name = actions.store_document(b"abc", "text/plain")
    [path] = _files(store)
    if harm == "lost":
        path.unlink()
    else:
        path.write_bytes(b"abd" if harm == "changed" else b"ab")
    assert actions.store_document(b"abc", "text/plain") == name
    with queries.open_document(name) as file:
        assert file.read() == b"abc"


@pytest.mark.parametrize("harm", [b"abd", b"ab", b"abcd", b""])
def test_not_one_byte_of_a_damaged_file_is_handed_out(store: Path, harm: bytes) -> None:
    name = actions.store_document(b"abc", "text/plain")
    [path] = _files(store)
    path.write_bytes(harm)
    with pytest.raises(rules.DocumentDamaged) as refusal:
        queries.open_document(name)
    assert refusal.value.sha256 == name
    assert refusal.value.found == hashlib.sha256(harm).hexdigest()


def test_a_missing_file_is_told_apart_from_a_damaged_one(store: Path) -> None:
    with pytest.raises(rules.DocumentMissing):
        queries.open_document("a" * 64)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "/" * 64, "a" * 65])
def test_a_name_that_is_no_hash_never_becomes_a_path(store: Path, name: str) -> None:
    with pytest.raises(rules.BadDocumentName):
        queries.open_document(name)


def test_a_rolled_back_document_leaves_no_row(store: Path) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.store_document(b"abc", "text/plain")
        raise ZeroDivisionError
    assert not StoredDocument.objects.exists()


def test_a_reader_that_breaks_off_leaves_nothing_behind(store: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("the sender is gone")

    with pytest.raises(OSError, match="sender"):
        actions.store_document(Broken(), "text/plain")
    assert _files(store) == []


def test_a_large_file_is_not_loaded_into_memory(store: Path) -> None:
    class Large(io.RawIOBase):
        left = 200

        def read(self, size: int = -1) -> bytes:
            self.left -= 1
            return b"\0" * size if self.left >= 0 else b""

    tracemalloc.start()
    try:
        name = actions.store_document(Large(), "video/mp4")  # type: ignore[arg-type]  # reads suffice
        with queries.open_document(name):
            pass
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()
    found = queries.document(name)
    assert found and found.size == 200 << 20


def _store_for_ever() -> None:
    while True:
        actions.store_document(os.urandom(3_000_000), "application/octet-stream")


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_a_writer_killed_at_any_moment_leaves_no_half_document(store: Path) -> None:
    for pause in (0.05, 0.11, 0.17):
        connection.close()
        writer = multiprocessing.get_context("fork").Process(target=_store_for_ever)
        writer.start()
        time.sleep(pause)
        os.kill(writer.pid or 0, signal.SIGKILL)
        writer.join()
    for document in StoredDocument.objects.all():
        queries.open_document(document.sha256).close()
    for path in _files(store):
        if not path.name.startswith("."):
            queries.open_document(path.name).close()
