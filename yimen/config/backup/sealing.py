"""Streams of a backup: packed (tar, gzip), encrypted for one recipient (age), summed (SHA-256).

All three are open formats: `age --decrypt -i IDENTITY FILE | tar xz` reads a backup without Yimen.
"""

import io
import os
import shutil
import tarfile
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path, PurePosixPath

import pyrage

from yimen.config.refusal import Refusal

_AT_ONCE = 1 << 20  # bytes
_GZIP = 31  # what zlib calls the gzip format


@dataclass(frozen=True, slots=True)
class Sum:
    """What a written file must still be when it is read."""

    sha256: str
    bytes: int


def new_identity() -> tuple[str, str]:
    """Return a new identity, which opens backups, and its recipient, which only makes them."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def checked_recipient(text: str) -> str:
    """Return a recipient as it is written; refuse what is none."""
    try:
        return str(pyrage.x25519.Recipient.from_str(text.strip()))
    except pyrage.RecipientError as error:
        raise Refusal(f"'{text.strip()}' is not a recipient of age (age1...).") from error


def read_identity(path: Path) -> pyrage.x25519.Identity:
    """Return the identity in a file as age writes it: one line AGE-SECRET-KEY-1..., comments by #."""
    try:
        lines = path.read_text(encoding="ascii").split()
        [line] = [line for line in lines if line.startswith("AGE-SECRET-KEY-1")]
        return pyrage.x25519.Identity.from_str(line)
    except (OSError, ValueError, pyrage.IdentityError) as error:
        raise Refusal(
            f"{path} holds no identity. It must have the one line AGE-SECRET-KEY-1... that the"
            " first `yimen backup` printed."
        ) from error


def seal(chunks: Iterable[bytes], path: Path, recipient: str) -> Sum:
    """Compress and encrypt a stream into a new file that is on disk when this returns."""
    with path.open("xb") as file:
        sink = _Summing(file)
        reader = _Reader(_gzip(chunks))
        try:
            pyrage.encrypt_io(
                io.BufferedReader(reader, _AT_ONCE),
                sink,
                [pyrage.x25519.Recipient.from_str(recipient)],
            )
        except pyrage.EncryptError as error:
            raise reader.failure or sink.failure or error from None
        file.flush()
        os.fsync(file.fileno())
    return sink.sum()


def sum_of(path: Path) -> Sum:
    """Read a file from disk and return its sum."""
    with path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):  # what the disk says, not what memory remembers
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return Sum(file_digest(file, "sha256").hexdigest(), path.stat().st_size)


def unseal(
    path: Path, identity: pyrage.x25519.Identity, folder: Path | None, *, durable: bool = False
) -> None:
    """Unpack a sealed file below a folder, or only read all of it.

    What is ``durable`` is on disk when this returns; PostgreSQL sees to its own files itself.
    """
    reading, writing = os.pipe()
    failure: list[Exception] = []

    def decrypt() -> None:
        with open(writing, "wb", buffering=_AT_ONCE) as out, path.open("rb") as sealed:  # noqa: PTH123 - a pipe
            try:
                pyrage.decrypt_io(sealed, out, [identity])
            except (pyrage.DecryptError, OSError) as error:
                failure.append(error)

    thread = threading.Thread(target=_quietly(decrypt), name="decrypting")
    thread.start()
    try:
        with (
            open(reading, "rb", buffering=_AT_ONCE) as plain,  # noqa: PTH123 - a pipe
            tarfile.open(fileobj=plain, mode="r|gz") as tar,
        ):
            for member in tar:
                if folder is not None:
                    _extract(tar, member, folder, durable=durable)
    except (tarfile.TarError, EOFError, zlib.error) as error:
        failure.append(error)
    finally:
        thread.join()
    if failure:
        raise Refusal(_why_closed(path, failure[0]))


def _extract(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path, *, durable: bool) -> None:
    """Write one file or folder, for its owner only; nothing may point out of the folder."""
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts or not (member.isfile() or member.isdir()):
        raise tarfile.ReadError(f"'{name}' does not belong into a backup")
    target = folder / name
    if member.isdir():
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        return
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    source = tar.extractfile(member)
    assert source is not None
    with target.open("wb") as file:
        shutil.copyfileobj(source, file, _AT_ONCE)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    target.chmod(0o600)


def tar_of(files: Iterable[tuple[str, Path]]) -> Iterator[bytes]:
    """Return the bytes of a tar with these files. One that goes away meanwhile is left out."""
    for name, path in files:
        try:
            file = path.open("rb")
        except FileNotFoundError:
            continue
        with file:
            status = os.fstat(file.fileno())
            info = tarfile.TarInfo(name)
            info.size, info.mtime, info.mode = status.st_size, int(status.st_mtime), 0o600
            yield info.tobuf(tarfile.PAX_FORMAT)
            left = info.size
            while left:
                chunk = file.read(min(left, _AT_ONCE))
                if not chunk:
                    raise Refusal(f"{path} became shorter while it was read. Try again.")
                left -= len(chunk)
                yield chunk
        yield b"\0" * (-info.size % tarfile.BLOCKSIZE)
    yield b"\0" * (2 * tarfile.BLOCKSIZE)


def _gzip(chunks: Iterable[bytes]) -> Iterator[bytes]:
    packer = zlib.compressobj(level=1, wbits=_GZIP)
    for chunk in chunks:
        yield packer.compress(chunk)
    yield packer.flush()


class _Reader(io.RawIOBase):
    """Reads from an iterator of chunks, and remembers what went wrong in it."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")
        self.failure: BaseException | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        target = memoryview(buffer)  # type: ignore[arg-type]
        try:
            while not self._rest:
                self._rest = memoryview(next(self._chunks))
        except StopIteration:
            return 0
        except BaseException as error:
            self.failure = error
            raise
        count = min(len(target), len(self._rest))
        target[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count


class _Summing:
    """Writes to a file and sums what it writes."""

    def __init__(self, file: io.BufferedWriter) -> None:
        self._file = file
        self._digest = sha256()
        self._count = 0
        self.failure: OSError | None = None

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        self._count += len(data)
        try:
            return self._file.write(data)
        except OSError as error:  # a full disk, mostly
            self.failure = error
            raise

    def flush(self) -> None:
        self._file.flush()

    def sum(self) -> Sum:
        return Sum(self._digest.hexdigest(), self._count)


def _quietly(function: Callable[[], None]) -> Callable[[], None]:
    """Let a thread end without a word when the reader of its pipe has gone."""

    def run() -> None:
        try:
            function()
        except BrokenPipeError:
            return

    return run


def _why_closed(path: Path, error: Exception) -> str:
    if isinstance(error, pyrage.DecryptError):
        return f"{path} was encrypted for another identity. Name the one it was made for."
    return f"{path} cannot be unpacked: {error}. It is not a whole backup."
