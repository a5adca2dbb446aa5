"""A session with a security module, by its PKCS#11 library.

Imported when a key of a token is used for the first time: who has none pays nothing for it.
"""

import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pkcs11
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters

from yimen.keys import rules
from yimen.keys.loader.token import TokenKey

_P256 = "1.2.840.10045.3.1.7"


class Session:
    """One session with the token of the settings, shared by the threads of a process."""

    def __init__(self, module: str, label: str, pin_file: str) -> None:
        self._module, self._label, self._pin_file = module, label, pin_file
        self._lock = threading.Lock()
        self._session: pkcs11.Session | None = None
        self._held: dict[bytes, pkcs11.SignMixin] = {}

    def make_key(self, purpose: str) -> TokenKey:
        """Let the token make a P-256 key that it never gives away."""
        place = secrets.token_bytes(16)
        with self._in_session() as session:
            curve = {Attribute.EC_PARAMS: encode_named_curve_parameters(_P256)}
            parameters = session.create_domain_parameters(KeyType.EC, curve, local=True)
            public, _private = parameters.generate_keypair(
                mechanism=Mechanism.EC_KEY_PAIR_GEN,
                store=True,
                id=place,
                label=purpose,
                private_template={
                    Attribute.SENSITIVE: True,
                    Attribute.EXTRACTABLE: False,
                },
            )
            der = encode_ec_public_key(public)
        loaded = serialization.load_der_public_key(der)
        assert isinstance(loaded, ec.EllipticCurvePublicKey)
        return TokenKey(place, loaded)

    def sign(self, place: bytes, digest: bytes) -> bytes:
        """Return r and s of the ECDSA signature of a digest."""
        with self._in_session() as session:
            if place not in self._held:
                found = session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=place)
                assert isinstance(found, pkcs11.SignMixin)
                self._held[place] = found
            return bytes(self._held[place].sign(digest, mechanism=Mechanism.ECDSA))

    @contextmanager
    def _in_session(self) -> Iterator[pkcs11.Session]:
        """Give the session, one thread at a time; after trouble the next one opens another."""
        with self._lock:
            try:
                if self._session is None:
                    self._session = self._open()
                yield self._session
            except (pkcs11.PKCS11Error, RuntimeError, OSError) as error:
                self._close()
                says = str(error) or type(error).__name__
                raise rules.TokenUnavailable(self._module, self._label, says) from None

    def _open(self) -> pkcs11.Session:
        with Path(self._pin_file).open("rb") as file:
            rules.check_private_mode(self._pin_file, os.fstat(file.fileno()).st_mode)
            pin = file.read().decode().strip()
        found = pkcs11.lib(self._module).get_token(token_label=self._label)
        try:
            return found.open(rw=True, user_pin=pin)
        except pkcs11.UserAlreadyLoggedIn:  # a login is the whole process's, not the session's
            return found.open(rw=True)

    def _close(self) -> None:
        session, self._session = self._session, None
        self._held.clear()
        if session is not None:
            with suppress(pkcs11.PKCS11Error):  # it may be the session that had gone
                session.close()
