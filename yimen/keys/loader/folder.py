"""Keys as files: `<folder>/<purpose>/<key id>.pem`, and `current` naming the one that signs.

The folder is 0700 and its files 0600; `actions` makes them. Old keys stay, to verify what they
signed. Each file is read once per process; a rotation is noticed by looking at `current`.

A key that lives in a security module has a `.token` in the place of its `.pem`. Beside the key of a
seal lies its certificate, `.crt`, beside one that was revoked `.revoked`, and beside the key of
the city's root the list of what was revoked, `.crl`. Keys that encrypt are 32 bytes in a `.key`.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes

from yimen.keys import rules
from yimen.keys.loader.algorithms import ES256, Algorithm
from yimen.keys.loader.token import TokenKey, has_token, token


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


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made, and what the folder shall keep of it."""

    private: PrivateKeyTypes
    kept: bytes
    in_token: bool


class KeyFolder:
    """The keys of one folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._keys: dict[str, SigningKey] = {}
        self._certificates: dict[str, x509.Certificate] = {}
        self._current: dict[str, tuple[tuple[int, int], str]] = {}
        self._data_keys: dict[str, bytes] = {}
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
        return self._beside(key_id, ".pem")

    def data_key_path(self, key_id: str) -> Path:
        """Where the key of this name lies that encrypts."""
        return self._beside(key_id, ".key")

    def token_path(self, key_id: str) -> Path:
        """Where it is written that the key of this name lives in a security module."""
        return self._beside(key_id, ".token")

    def certificate_path(self, key_id: str) -> Path:
        """Where the certificate of a key lies."""
        return self._beside(key_id, ".crt")

    def revoked_path(self, key_id: str) -> Path:
        """Where it is written when and why the certificate of a key was revoked."""
        return self._beside(key_id, ".revoked")

    def revocations_path(self, root_id: str) -> Path:
        """Where the newest list of revoked certificates of a root lies."""
        return self._beside(root_id, ".crl")

    def _beside(self, key_id: str, ending: str) -> Path:
        rules.check_key_id(key_id)
        return self.path / rules.purpose_of(key_id) / f"{key_id}{ending}"

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
        rules.check_signs(purpose)
        return self.key(self.current_id(purpose))

    def current_data_key(self) -> tuple[str, bytes]:
        """Return the key that encrypts stored files now, with its name."""
        key_id = self.current_id(rules.STORAGE)
        return key_id, self.data_key(key_id)

    def current_id(self, purpose: str) -> str:
        """Return the name of the key that serves this purpose now; its file stays closed."""
        pointer = self.pointer_path(purpose)
        try:
            stat = pointer.stat()
        except FileNotFoundError:
            raise rules.KeysNotMade(str(self.path), purpose) from None
        seen = (stat.st_ino, stat.st_mtime_ns)
        if purpose not in self._current or self._current[purpose][0] != seen:
            self._current[purpose] = (seen, pointer.read_text().strip())
        return self._current[purpose][1]

    def data_key(self, key_id: str) -> bytes:
        """Return the key of this name that encrypts, current or old."""
        if key_id not in self._data_keys:
            path = self.data_key_path(key_id)
            if not path.exists():
                raise rules.KeyUnknown(key_id)
            key = _read_private(path)
            if rules.data_key_id(key) != key_id:
                raise rules.KeyDamaged(str(path))
            self._data_keys[key_id] = key
        return self._data_keys[key_id]

    def key(self, key_id: str) -> SigningKey:
        """Return the key of this name, current or old."""
        if key_id not in self._keys:
            self._keys[key_id] = self._load(key_id)
        return self._keys[key_id]

    def key_ids(self, purpose: str) -> list[str]:
        """Return the names of all keys of a purpose, old ones too."""
        folder = self.pointer_path(purpose).parent
        return sorted(path.stem for path in folder.glob("*") if path.suffix in (".pem", ".token"))

    def purposes(self) -> list[str]:
        """Return what there are keys for."""
        return sorted(path.parent.name for path in self.path.glob("*/current"))

    def is_certified(self, key_id: str) -> bool:
        """Say whether a key has its certificate; one without was left by a crash, and is not used."""
        return self.certificate_path(key_id).exists()

    def certificate(self, key_id: str) -> x509.Certificate:
        """Return the certificate of a key; it never changes."""
        if key_id not in self._certificates:
            path = self.certificate_path(key_id)
            try:
                content = path.read_bytes()
            except FileNotFoundError:
                raise rules.NoCertificate(key_id) from None
            try:
                self._certificates[key_id] = x509.load_pem_x509_certificate(content)
            except ValueError:
                raise rules.KeyDamaged(str(path)) from None
        return self._certificates[key_id]

    def revoked(self, key_id: str) -> tuple[datetime, str] | None:
        """Return when and why the certificate of a key was revoked, if it was."""
        path = self.revoked_path(key_id)
        if not path.exists():
            return None
        told = json.loads(path.read_text("utf-8"))
        return datetime.fromisoformat(told["at"]), told["why"]

    def revocations(self, root_id: str) -> x509.CertificateRevocationList | None:
        """Return the newest list of revoked certificates of a root, if there is one."""
        try:
            content = self.revocations_path(root_id).read_bytes()
        except FileNotFoundError:
            return None
        return x509.load_der_x509_crl(content)

    def _load(self, key_id: str) -> SigningKey:
        path, in_token = self.key_path(key_id), self.token_path(key_id)
        private: PrivateKeyTypes
        try:
            if in_token.exists():
                path = in_token
                private = TokenKey.read(_read_private(path))
            elif path.exists():
                private = serialization.load_pem_private_key(_read_private(path), password=None)
            else:
                raise rules.KeyUnknown(key_id)
        except ValueError:
            raise rules.KeyDamaged(str(path)) from None
        if name_of(private, rules.purpose_of(key_id)) != key_id:
            raise rules.KeyDamaged(str(path))
        return SigningKey(key_id, ES256, private)


def new_key(purpose: str) -> NewKey:
    """Make a key, in the security module when the settings name one; nothing is written yet."""
    if has_token():
        held = token().make_key(purpose)
        return NewKey(held, held.written(), in_token=True)
    private = ES256.generate()
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return NewKey(private, pem, in_token=False)


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
