"""Stored files are encrypted: read back whole, from any place, and never when somebody touched them."""

import io
import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner

from yimen.keys import actions, commands, queries, rules
from yimen.keys.loader.encrypted import PIECE

SIZES = [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 5]


@pytest.fixture
def folder(data_folder: Path) -> Path:
    actions.ensure_keys()
    return data_folder


def encrypted(path: Path, content: bytes) -> Path:
    with path.open("wb") as file:
        writing = queries.encrypting(file)
        for start in range(0, len(content), 300_000):
            writing.write(content[start : start + 300_000])
        writing.finish()
    return path


def read(path: Path) -> bytes:
    with queries.decrypting(path.open("rb")) as content:
        return content.read()


@pytest.mark.parametrize("size", SIZES)
def test_content_of_any_size_is_read_back_and_nothing_of_it_lies_in_plain(
    folder: Path, size: int
) -> None:
    content = os.urandom(size)
    path = encrypted(folder / "file", content)
    assert read(path) == content
    assert size < 16 or content[:16] not in path.read_bytes()


def test_a_file_is_read_from_any_place(folder: Path) -> None:
    content = os.urandom(2 * PIECE + 5)
    with queries.decrypting(encrypted(folder / "file", content).open("rb")) as file:
        for place in (PIECE - 2, 0, 2 * PIECE, len(content)):
            file.seek(place)
            assert file.tell() == place
            assert file.read(4) == content[place : place + 4]
        assert file.seek(0, io.SEEK_END) == len(content)
        file.seek(5)
        file.seek(3, io.SEEK_CUR)
        assert file.read(2) == content[8:10]


def test_a_plain_file_is_read_as_it_is(folder: Path) -> None:
    for content in (b"", b"%PDF-1.7", b"\x89YIMEN1\n"):
        (folder / "file").write_bytes(content)
        assert read(folder / "file") == content
        with (folder / "file").open("rb") as file:
            assert queries.key_of_file(file) == ""


@pytest.mark.parametrize("place", [20, 34, 60, PIECE + 100, -1])
def test_a_changed_byte_is_found(folder: Path, place: int) -> None:
    path = encrypted(folder / "file", bytes(PIECE + 1000))
    written = bytearray(path.read_bytes())
    written[place] ^= 1
    path.write_bytes(written)
    with pytest.raises((rules.ContentDamaged, rules.KeyUnknown)):
        read(path)


@pytest.mark.parametrize("left", [10, 40, 60, PIECE, PIECE + 65, 2 * PIECE])
def test_a_file_that_was_cut_is_found(folder: Path, left: int) -> None:
    path = encrypted(folder / "file", bytes(2 * PIECE + 9))
    path.write_bytes(path.read_bytes()[:left])
    with pytest.raises(rules.ContentDamaged):
        read(path)


def test_pieces_that_changed_places_are_found(folder: Path) -> None:
    path = encrypted(folder / "file", os.urandom(2 * PIECE + 9))
    written = path.read_bytes()
    header, piece = len(written) - (2 * PIECE + 9) - 3 * 16, PIECE + 16
    first, second = header + piece, header + 2 * piece
    path.write_bytes(
        written[:header] + written[first:second] + written[header:first] + written[second:]
    )
    with pytest.raises(rules.ContentDamaged):
        read(path)


def test_the_same_content_is_never_the_same_file(folder: Path) -> None:
    one, two = (encrypted(folder / name, b"abc").read_bytes() for name in ("one", "two"))
    assert one != two


def test_a_new_key_encrypts_and_the_old_one_still_reads(folder: Path) -> None:
    old_key = queries.storage_key_id()
    old = encrypted(folder / "old", b"before")
    new_key = actions.rotate_storage()
    assert new_key == queries.storage_key_id() != old_key
    new = encrypted(folder / "new", b"after")
    assert (read(old), read(new)) == (b"before", b"after")
    for path, key_id in ((old, old_key), (new, new_key)):
        with path.open("rb") as file:
            assert queries.key_of_file(file) == key_id


def test_keys_are_private_made_once_and_checked(folder: Path) -> None:
    key_id = queries.storage_key_id()
    path = folder / "keys" / "storage" / f"{key_id}.key"
    assert (len(path.read_bytes()), stat.S_IMODE(path.stat().st_mode)) == (32, 0o600)
    actions.ensure_keys()
    assert queries.storage_key_id() == key_id
    actions.rotate_storage()
    other = folder / "keys" / "storage" / "storage-0000000000000000.key"
    other.write_bytes(bytes(32))
    other.chmod(0o600)
    file = encrypted(folder / "file", b"abc")
    written = file.read_bytes()
    file.write_bytes(written.replace(queries.storage_key_id().encode(), other.stem.encode()))
    with pytest.raises(rules.KeyDamaged):
        read(file)


def test_a_file_of_a_key_that_is_not_held_is_not_called_damaged(folder: Path) -> None:
    path = encrypted(folder / "file", b"abc")
    key_id = queries.storage_key_id().encode()
    path.write_bytes(path.read_bytes().replace(key_id, b"storage-ffffffffffffffff"))
    with pytest.raises(rules.KeyUnknown):
        read(path)


def test_what_encrypts_signs_nothing(folder: Path) -> None:
    with pytest.raises(rules.NotForSigning):
        queries.sign("storage", b"x")
    with pytest.raises(rules.NotForSigning):
        actions.rotate("storage")
    said = CliRunner().invoke(commands.command, ["rotate", "storage"])
    assert (said.exit_code, "rotate --storage" in said.output) == (1, True)


def test_the_command_gives_storage_a_new_key(folder: Path) -> None:
    said = CliRunner().invoke(commands.command, ["rotate", "--storage"])
    assert queries.storage_key_id() in said.stdout
    assert (
        '"storage"'
        in CliRunner().invoke(commands.command, ["rotate", "--storage", "--json"]).stdout
    )
    for words in (["rotate"], ["rotate", "ledger", "--storage"]):
        assert CliRunner().invoke(commands.command, words).exit_code == 2
