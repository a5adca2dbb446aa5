"""Keys as files: `<folder>/<purpose>/<key id>.pem`, and `current` naming the one that signs.

The folder is 0700 and its files 0600; `actions` makes them. Old keys stay, to verify what they
signed. Each file is read once per process; a rotation is noticed by looking at `current`.
"""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes

from yimen.keys import rules
from yimen.keys.loader.algorithms import ES256, Algorithm


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key with its name and algorithm."""

    key_id: str
    algorithm: Algorithm
    private: PrivateKeyTypes

    @property
    def public(self) -> PublicKeyTypes:
        """The half that anyone may have."""
        return self.private.public_key()


class KeyFolder:
    """The keys of one folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._keys: dict[str, SigningKey] = {}
        self._current: dict[str, tuple[tuple[int, int], str]] = {}
        self._secret: bytes | None = None

    @property
    def secret_path(self) -> Path:
        """Where the secret of keyed hashes lies."""
        return self.path / "hash.secret"

    def pointer_path(self, purpose: str) -> Path:
        """Where the name of the key lies that signs for this purpose now."""
        rules.check_purpose(purpose)
        return self.path / purpose / "current"

    def key_path(self, key_id: str) -> Path:
        """Where the key of this name lies."""
        rules.check_key_id(key_id)
        return self.path / rules.purpose_of(key_id) / f"{key_id}.pem"

    def secret(self) -> bytes:
        """Return the secret of keyed hashes.

        It is never made by a read: a second secret would make every stored hash unfindable, so a
        wrong folder must be noticed.
        """
        if self._secret is None:
            if not self.secret_path.exists():
                raise rules.KeysNotMade(str(self.path), "hash")
            self._secret = _read_private(self.secret_path)
        return self._secret

    def current(self, purpose: str) -> SigningKey:
        """Return the key that signs for this purpose now."""
        pointer = self.pointer_path(purpose)
        try:
            stat = pointer.stat()
        except FileNotFoundError:
            raise rules.KeysNotMade(str(self.path), purpose) from None
        seen = (stat.st_ino, stat.st_mtime_ns)
        if purpose not in self._current or self._current[purpose][0] != seen:
            self._current[purpose] = (seen, pointer.read_text().strip())
        return self.key(self._current[purpose][1])

    def key(self, key_id: str) -> SigningKey:
        """Return the key of this name, current or old."""
        if key_id not in self._keys:
            self._keys[key_id] = self._load(key_id)
        return self._keys[key_id]

    def key_ids(self, purpose: str) -> list[str]:
        """Return the names of all keys of a purpose, old ones too."""
        return sorted(path.stem for path in self.pointer_path(purpose).parent.glob("*.pem"))

    def _load(self, key_id: str) -> SigningKey:
        path = self.key_path(key_id)
        if not path.exists():
            raise rules.KeyUnknown(key_id)
        try:
            private = serialization.load_pem_private_key(_read_private(path), password=None)
        except ValueError:
            raise rules.KeyDamaged(str(path)) from None
        if name_of(private, rules.purpose_of(key_id)) != key_id:
            raise rules.KeyDamaged(str(path))
        return SigningKey(key_id, ES256, private)


@cache
def key_folder(path: Path) -> KeyFolder:
    """Return the keys of a folder, one object per process."""
    return KeyFolder(path)


def name_of(private: PrivateKeyTypes, purpose: str) -> str:
    """Return the name a key has when it serves this purpose."""
    public_der = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return rules.key_id(purpose, public_der)


def _read_private(path: Path) -> bytes:
    with path.open("rb") as file:
        rules.check_private_mode(str(path), os.fstat(file.fileno()).st_mode)
        return file.read()
