"""The forms that take a passkey's answer, refusing what is no such answer with a sentence.

allauth reads the answer as it came; what lacks a part of it would end in an error of the server.
"""

import struct

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms

_MALFORMED = (AttributeError, LookupError, OverflowError, TypeError, ValueError, struct.error)


class AddPasskey(forms.AddWebAuthnForm):  # type: ignore[misc]  # allauth has no types
    """Adds a passkey."""

    def clean(self) -> dict[str, object]:
        """Check what the device has made."""
        try:
            cleaned: dict[str, object] = super().clean()
        except _MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error
        return cleaned


class _Checked:
    def clean_credential(self) -> Authenticator:
        """Check what the device has signed."""
        try:
            return super().clean_credential()  # type: ignore[misc]  # of the form beside it
        except _MALFORMED as error:
            raise get_adapter().validation_error("incorrect_code") from error


class SignInWithPasskey(_Checked, forms.LoginWebAuthnForm):  # type: ignore[misc]  # no types
    """Signs in with a passkey alone."""


class PasskeyAfterPassword(_Checked, forms.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """Takes a passkey as the second factor."""


class PasskeyAgain(_Checked, forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """Takes a passkey as the proof that it is still the same person."""
