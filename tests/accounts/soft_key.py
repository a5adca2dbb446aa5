"""A passkey in software: it signs as a phone would, so that the whole way is tried for real."""

import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

FLAG = AuthenticatorData.FLAG


@dataclass
class SoftKey:
    """One passkey for one site."""

    site: str = "testserver"
    verifies_its_holder: bool = True
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    user_handle: str = ""

    def register(self, options: dict) -> str:
        """Answer what a page asks when a passkey is added."""
        self.user_handle = options["publicKey"]["user"]["id"]
        public = ES256.from_cryptography_key(self.key.public_key())
        held = AttestedCredentialData.create(bytes(16), self.credential_id, public)
        data = AuthenticatorData.create(self._site_hash(), self._flags() | FLAG.AT, 0, held)
        client = self._client("webauthn.create", options)
        response = {
            "clientDataJSON": websafe_encode(client),
            "attestationObject": websafe_encode(AttestationObject.create("none", data, {})),
        }
        return self._answer(response)

    def sign(self, options: dict) -> str:
        """Answer what a page asks when somebody signs in."""
        data = AuthenticatorData.create(self._site_hash(), self._flags(), 1)
        client = self._client("webauthn.get", options)
        signed = self.key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": websafe_encode(client),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signed),
            "userHandle": self.user_handle,
        }
        return self._answer(response)

    def _flags(self) -> int:
        return FLAG.UP | (FLAG.UV if self.verifies_its_holder else 0)

    def _site_hash(self) -> bytes:
        return sha256(self.site.encode()).digest()

    def _client(self, kind: str, options: dict) -> bytes:
        challenge = options["publicKey"]["challenge"]
        return CollectedClientData.create(kind, challenge, f"https://{self.site}")

    def _answer(self, response: dict) -> str:
        name = websafe_encode(self.credential_id)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": response,
                "authenticatorAttachment": "platform",
                "clientExtensionResults": {"credProps": {"rk": True}},
            }
        )
