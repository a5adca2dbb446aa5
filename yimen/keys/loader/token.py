"""Keys that live in a security module (PKCS#11): used there, never taken out.

The settings name the module's library, the token's label and a file with the PIN. The folder keeps
for each such key its id in the token and its public half, so that verifying needs no module.
"""

import json
from functools import cache
from typing import Any, NoReturn, Protocol

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.conf import settings
from django.utils.module_loading import import_string


class TokenKey(ec.EllipticCurvePrivateKey):
    """A P-256 key in the token: to all who sign with it, a private key like any other."""

    def __init__(self, place: bytes, public: ec.EllipticCurvePublicKey) -> None:
        self.place = place  # the key's CKA_ID
        self._public = public

    @classmethod
    def read(cls, content: bytes) -> "TokenKey":
        """Return the key of a `.token` file; raises ValueError when it is not one."""
        try:
            told = json.loads(content)
            place = bytes.fromhex(told["id"])
            public = serialization.load_pem_public_key(told["public"].encode())
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not what was written of a key") from error
        if not isinstance(public, ec.EllipticCurvePublicKey):
            raise ValueError("not a key on a curve")
        return cls(place, public)

    def written(self) -> bytes:
        """Return what the folder keeps of the key."""
        pem = self._public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return json.dumps({"id": self.place.hex(), "public": pem.decode("ascii")}).encode()

    def sign(self, data: Any, signature_algorithm: ec.EllipticCurveSignatureAlgorithm) -> bytes:
        """Let the token sign what is hashed here with SHA-256; raises TokenUnavailable."""
        digest = hashes.Hash(hashes.SHA256())
        digest.update(data)
        value = token().sign(self.place, digest.finalize())
        half = len(value) // 2
        return encode_dss_signature(
            int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big")
        )

    def public_key(self) -> ec.EllipticCurvePublicKey:
        """Return the half that anyone may have."""
        return self._public

    @property
    def curve(self) -> ec.EllipticCurve:
        """The curve, P-256."""
        return self._public.curve

    @property
    def key_size(self) -> int:
        """The size in bits."""
        return self._public.key_size

    def exchange(self, algorithm: ec.ECDH, peer_public_key: ec.EllipticCurvePublicKey) -> NoReturn:
        """Refuse: these keys sign."""
        raise NotImplementedError

    def private_numbers(self) -> NoReturn:
        """Refuse: the token does not tell."""
        raise NotImplementedError

    def private_bytes(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse: the token does not tell."""
        raise NotImplementedError

    def __copy__(self) -> "TokenKey":
        return self

    def __deepcopy__(self, memo: Any) -> "TokenKey":
        return self


class Token(Protocol):
    """One session with a token, shared by the threads of a process. Raises TokenUnavailable."""

    def make_key(self, purpose: str) -> TokenKey:
        """Let the token make a P-256 key that it never gives away."""

    def sign(self, place: bytes, digest: bytes) -> bytes:
        """Return r and s of the ECDSA signature of a digest."""


def has_token() -> bool:
    """Say whether new keys are made in a security module."""
    return bool(settings.PKCS11_MODULE)


def token() -> Token:
    """Return the token of the settings."""
    return _token_of(settings.PKCS11_MODULE, settings.PKCS11_TOKEN, settings.PKCS11_PIN_FILE)


@cache
def _token_of(module: str, label: str, pin_file: str) -> Token:
    session: Token = import_string("yimen.keys.loader.module.Session")(module, label, pin_file)
    return session
