"""Files that nobody reads without a data key of the city: AES-256-GCM, piece by piece.

A file begins with a header: eight bytes that name the format, the length of the key's name, the name,
16 random bytes. From these and the data key each file gets a key of its own (HKDF, RFC 5869), so that
the numbers of the pieces may serve as nonces. Then come the pieces: a MiB of content each (the last
one may be shorter, or empty), each followed by its tag of 16 bytes. The nonce is the number of the
piece and whether it is the last (the construction STREAM of Hoang, Reyhanitabar, Rogaway and Vizar,
2015): a piece that was changed, moved, left out or cut off is found; the header is authenticated with
every piece. AES-256-GCM, because processors of servers do that by themselves.
"""

import io
import os
import secrets
import struct
from collections.abc import Callable
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from yimen.keys import rules

MAGIC = b"\x89YIMEN1\n"
PIECE = 1 << 20  # bytes of content
_TAG = 16
_SALT = 16
_BUFFER = 1 << 16


def key_id_of(file: IO[bytes]) -> str:
    """Return the name of the data key of a file, "" for a plain one; the file is read from its start."""
    header = _read_header(file)
    return header[0] if header is not None else ""


def _read_header(file: IO[bytes]) -> tuple[str, bytes] | None:
    """Return the name of the key and the whole header; None for a plain file."""
    file.seek(0)
    begins = file.read(len(MAGIC) + 1)
    if len(begins) <= len(MAGIC) or not begins.startswith(MAGIC):
        return None
    length = begins[-1]
    rest = file.read(length + _SALT)
    name = rest[:length].decode("ascii", "replace")
    if len(rest) != length + _SALT:
        raise rules.ContentDamaged
    return name, begins + rest


def _cipher(key: bytes, header: bytes) -> AESGCM:
    own = HKDF(SHA256(), length=32, salt=header[-_SALT:], info=header[:-_SALT]).derive(key)
    return AESGCM(own)


def _nonce(number: int, *, last: bool) -> bytes:
    return struct.pack(">3xQB", number, last)


class Encrypting:
    """Writes content to a file, encrypted; nothing of it is whole before `finish`."""

    def __init__(self, target: IO[bytes], key_id: str, key: bytes) -> None:
        name = key_id.encode("ascii")
        self._header = MAGIC + bytes([len(name)]) + name + secrets.token_bytes(_SALT)
        self._cipher = _cipher(key, self._header)
        self._target = target
        self._waiting = bytearray()
        self._number = 0
        target.write(self._header)

    def write(self, content: bytes) -> None:
        """Take the next bytes of the content."""
        self._waiting += content
        while len(self._waiting) > PIECE:  # the last piece is known as such only at the end
            self._put(bytes(self._waiting[:PIECE]), last=False)
            del self._waiting[:PIECE]

    def finish(self) -> None:
        """Write the last piece."""
        self._put(bytes(self._waiting), last=True)

    def _put(self, piece: bytes, *, last: bool) -> None:
        nonce = _nonce(self._number, last=last)
        self._target.write(self._cipher.encrypt(nonce, piece, self._header))
        self._number += 1


class _Decrypted(io.RawIOBase):
    """The content of an encrypted file, readable from any place; holds one piece in memory."""

    def __init__(self, file: IO[bytes], header: bytes, key: bytes) -> None:
        self._file = file
        self._header = header
        self._cipher = _cipher(key, header)
        whole = os.fstat(file.fileno()).st_size - len(header)
        self._pieces = max(-(-whole // (PIECE + _TAG)), 1)
        self._size = whole - self._pieces * _TAG
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")
        if self._size < 0:
            raise rules.ContentDamaged

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer from the piece in which the reading stands. Raises ContentDamaged."""
        number, within = divmod(self._at, PIECE)
        if self._at >= self._size and self._size:
            return 0
        content = self._piece(number)[within : within + len(buffer)]
        buffer[: len(content)] = content
        self._at += len(content)
        return len(content)

    def _piece(self, number: int) -> bytes:
        if self._held[0] != number:
            self._file.seek(len(self._header) + number * (PIECE + _TAG))
            nonce = _nonce(number, last=number == self._pieces - 1)
            try:
                piece = self._cipher.decrypt(nonce, self._file.read(PIECE + _TAG), self._header)
            except InvalidTag:
                raise rules.ContentDamaged from None
            self._held = (number, piece)
        return self._held[1]

    def close(self) -> None:
        self._file.close()
        super().close()


def decrypted(file: IO[bytes], key_named: Callable[[str], bytes]) -> IO[bytes]:
    """Return the content of a file: the file itself, at its start, when it is plain.

    ``key_named`` gives the data key of a name. Raises ContentDamaged, now or while reading, and
    what ``key_named`` raises; closing what is returned closes the file.
    """
    header = _read_header(file)
    if header is None:
        file.seek(0)
        return file
    name, whole = header
    return io.BufferedReader(_Decrypted(file, whole, key_named(name)), _BUFFER)
