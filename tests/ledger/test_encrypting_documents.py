"""Stored documents are encrypted, also those of former times, while everything goes on."""

import hashlib
import json
import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import connection

from yimen.keys.actions import ensure_keys, rotate_storage
from yimen.keys.queries import storage_key_id
from yimen.keys.rules import KeyUnknown
from yimen.ledger import actions, commands, queries, rules, tasks
from yimen.ledger.models import StoredDocument

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def store(data_folder: Path) -> Path:
    ensure_keys()
    return data_folder / "documents"


def stored_in_plain(content: bytes) -> str:
    """Store a document as it was done before files were encrypted."""
    name = actions.store_document(content, "text/plain")
    queries.document_path(name).write_bytes(content)
    StoredDocument.objects.filter(sha256=name).update(key_id="")
    return name


def content_of(name: str) -> bytes:
    with queries.open_document(name) as file:
        return file.read()


def key_of(name: str) -> str:
    return StoredDocument.objects.get(sha256=name).key_id


def test_a_document_does_not_lie_in_plain_and_keeps_the_name_of_its_content(store: Path) -> None:
    content = b"the medical record of Wang Fang" * 100
    name = actions.store_document(content, "text/plain")
    assert name == hashlib.sha256(content).hexdigest()
    assert b"Wang Fang" not in queries.document_path(name).read_bytes()
    assert content_of(name) == content
    assert key_of(name) == storage_key_id()


def test_documents_of_former_times_are_read_and_encrypted_in_the_background() -> None:
    name = stored_in_plain(b"Wang Fang")
    assert content_of(name) == b"Wang Fang"
    tasks.encrypt_old(0)
    assert b"Wang Fang" not in queries.document_path(name).read_bytes()
    assert (content_of(name), key_of(name)) == (b"Wang Fang", storage_key_id())


def test_after_a_rotation_nothing_needs_the_old_key(store: Path) -> None:
    names = [actions.store_document(b"%d" % number, "text/plain") for number in range(25)]
    old = storage_key_id()
    rotate_storage()
    assert {key_of(name) for name in names} == {old}
    tasks.encrypt_old(0)
    (store.parent / "keys" / "storage" / f"{old}.key").unlink()
    assert [content_of(name) for name in names] == [b"%d" % number for number in range(25)]
    assert queries.documents_by_key() == {storage_key_id(): 25}
    assert not list(store.glob(".*"))


def test_without_work_it_costs_one_statement(django_assert_num_queries) -> None:
    actions.store_document(b"abc", "text/plain")
    with django_assert_num_queries(1):
        tasks.encrypt_old(0)


def test_who_reads_meanwhile_reads_on() -> None:
    name = stored_in_plain(b"abc")
    with queries.open_document(name) as file:
        assert actions.encrypt_anew(name)
        assert file.read() == b"abc"


def test_a_file_that_was_encrypted_before_a_crash_is_not_encrypted_again() -> None:
    name = actions.store_document(b"abc", "text/plain")
    before = queries.document_path(name).stat().st_ino
    StoredDocument.objects.filter(sha256=name).update(key_id="storage-0000000000000000")
    tasks.encrypt_old(0)
    assert queries.document_path(name).stat().st_ino == before
    assert key_of(name) == storage_key_id()


@pytest.mark.parametrize("harm", ["lost", "damaged"])
def test_what_is_lost_or_damaged_does_not_stop_the_others_and_is_healed(harm: str) -> None:
    bad, good = stored_in_plain(b"bad"), stored_in_plain(b"good")
    path = queries.document_path(bad)
    path.unlink() if harm == "lost" else path.write_bytes(b"bat")
    tasks.encrypt_old(0)
    assert (key_of(bad), key_of(good)) == (rules.UNREADABLE, storage_key_id())
    said = CliRunner().invoke(commands.command, ["storage"]).stdout
    assert "Lost or damaged: 1 document." in said
    actions.store_document(b"bad", "text/plain")
    assert (content_of(bad), key_of(bad)) == (b"bad", storage_key_id())


def test_damage_to_an_encrypted_file_is_told_before_a_byte_goes_out() -> None:
    name = actions.store_document(b"abc", "text/plain")
    path = queries.document_path(name)
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(rules.DocumentDamaged):
        queries.open_document(name)


def test_a_key_that_is_not_held_stops_the_work_and_names_nothing_done(store: Path) -> None:
    name = actions.store_document(b"abc", "text/plain")
    old = storage_key_id()
    rotate_storage()
    path = queries.document_path(name)
    path.write_bytes(path.read_bytes().replace(old.encode(), b"storage-ffffffffffffffff"))
    with pytest.raises(KeyUnknown):
        queries.open_document(name)
    with pytest.raises(KeyUnknown):
        tasks.encrypt_old(0)
    assert key_of(name) == old
    actions.store_document(b"abc", "text/plain")  # who has the content heals it
    assert content_of(name) == b"abc"


def test_the_command_says_what_still_needs_an_old_key() -> None:
    actions.store_document(b"abc", "text/plain")
    old = storage_key_id()
    rotate_storage()
    stored_in_plain(b"def")
    said = CliRunner().invoke(commands.command, ["storage"]).stdout
    assert f"{old}: 1 document wait to be encrypted." in said
    assert "Plain: 1 document wait" in said
    tasks.encrypt_old(0)
    assert "Nothing needs an older key" in CliRunner().invoke(commands.command, ["storage"]).stdout
    told = json.loads(CliRunner().invoke(commands.command, ["storage", "--json"]).stdout)
    assert told == {"key": storage_key_id(), "documents": {storage_key_id(): 2}}


def _rotate_for_ever() -> None:
    while True:
        rotate_storage()
        tasks.encrypt_old(0)


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_killed_at_any_moment_every_document_stays_whole(store: Path) -> None:
    names = [actions.store_document(os.urandom(1_500_000), "image/png") for _ in range(4)]
    for pause in (0.05, 0.11, 0.17):
        connection.close()
        worker = multiprocessing.get_context("fork").Process(target=_rotate_for_ever)
        worker.start()
        time.sleep(pause)
        os.kill(worker.pid or 0, signal.SIGKILL)
        worker.join()
        for name in names:
            assert hashlib.sha256(content_of(name)).hexdigest() == name
    tasks.encrypt_old(0)
    assert {key_of(name) for name in names} == {storage_key_id()}
