"""What nothing names any more leaves the store, and nothing else does."""

import os
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Event as Signal

import pytest
import time_machine
from django.apps import apps
from django.db import connection, transaction

from yimen.base.clock import now
from yimen.keys.actions import ensure_keys
from yimen.ledger import actions, queries, tasks
from yimen.ledger.models import Event, StoredDocument

pytestmark = pytest.mark.django_db

NAMED: set[str] = set()


def names(documents: Collection[str]) -> set[str]:
    return NAMED.intersection(documents)


@pytest.fixture
def store(data_folder: Path) -> Iterator[Path]:
    """A store of which one app names what is in ``NAMED``."""
    ensure_keys()
    queries.extend_naming(names)
    yield data_folder / "documents"
    queries._namings.remove(names)
    NAMED.clear()


def stored(content: bytes, *, days: float = 2) -> str:
    """Store a document some days ago."""
    with time_machine.travel(now() - timedelta(days=days), tick=False):
        name = actions.store_document(content, "text/plain")
    aged(queries.document_path(name), days=days)
    return name


def aged(path: Path, *, days: float) -> Path:
    then = now().timestamp() - days * 24 * 3600
    os.utime(path, (then, then))
    return path


def left(store: Path) -> set[str]:
    return {path.name for path in store.rglob("*") if path.is_file()}


def test_what_nothing_names_for_a_day_is_deleted_with_its_file_and_counted(store: Path) -> None:
    stored(b"one")
    stored(b"two")
    named, fresh = stored(b"named"), stored(b"fresh", days=0.5)
    NAMED.add(named)
    assert tasks.delete_unnamed_documents() == 2
    assert left(store) == {named, fresh}
    assert {*StoredDocument.objects.values_list("sha256", flat=True)} == {named, fresh}
    assert Event.objects.get(kind="ledger.documents_deleted").payload == {"count": 2}
    assert tasks.delete_unnamed_documents() == 0
    assert Event.objects.count() == 1


def test_files_that_a_failed_transaction_left_are_deleted(store: Path) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        actions.store_document(b"abc", "text/plain")
        raise ZeroDivisionError
    [path] = [path for path in store.rglob("*") if path.is_file()]
    half = store / ".half-copied"
    half.touch()
    strange = path.with_name("not-one-of-ours")
    strange.touch()
    assert tasks.delete_unnamed_documents() == 0
    assert half.exists()
    for old in (path, half, strange):
        aged(old, days=2)
    assert tasks.delete_unnamed_documents() == 1
    assert left(store) == {"not-one-of-ours"}


def test_what_was_stored_again_or_named_in_the_meantime_stays(store: Path) -> None:
    again, named, gone = stored(b"again"), stored(b"named"), stored(b"gone")
    before = now() - timedelta(days=1)
    found = list(queries.unnamed_documents(before))
    assert {*found} == {again, named, gone}
    actions.store_document(b"again", "text/plain")
    NAMED.add(named)
    with transaction.atomic():
        assert actions.delete_documents(tasks.SYSTEM, found, before) == 1
    assert left(store) == {again, named}


@pytest.mark.django_db(transaction=True)
def test_what_somebody_stores_again_at_that_moment_stays(store: Path) -> None:
    name = stored(b"abc")
    storing, done = Signal(), Signal()

    def store_again() -> None:
        with transaction.atomic():
            actions.store_document(b"abc", "text/plain")
            storing.set()
            done.wait(10)
            NAMED.add(name)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(store_again)
        assert storing.wait(10)
        assert tasks.delete_unnamed_documents() == 0
        done.set()
        other.result(10)
    assert left(store) == {name}
    assert tasks.delete_unnamed_documents() == 0


@pytest.mark.django_db(transaction=True)
def test_who_stores_what_is_being_deleted_waits_and_stores_it_anew(store: Path) -> None:
    name = stored(b"abc")
    before = now() - timedelta(days=1)

    def store_again() -> str:
        try:
            return actions.store_document(b"abc", "text/plain")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert actions.delete_documents(tasks.SYSTEM, [name], before) == 1
            other = pool.submit(store_again)
        assert other.result(10) == name
    assert left(store) == {name}
    assert StoredDocument.objects.get().sha256 == name


def test_every_column_that_names_a_document_is_asked(store: Path) -> None:
    columns = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.name.endswith("sha256") and model._meta.label.split(".")[0] != "catalogue"
    }
    assert columns == {
        "ledger.StoredDocument.sha256",
        # Each of these has its part in a `named_documents` of its app.
        "cases.DraftFile.sha256",
        "cases.CaseFile.sha256",
        "cases.IssuedDocument.sha256",
        "mailbox.Message.document_sha256",
    }
