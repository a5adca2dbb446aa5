"""What the safety of sign-in rests on is set, and no test's short cut is in force in earnest."""

import yimen.config.sign_in as sign_in


def test_passwords_are_hashed_slowly_and_passkeys_ask_for_their_holder() -> None:
    assert sign_in.PASSWORD_HASHERS == ["django.contrib.auth.hashers.ScryptPasswordHasher"]
    assert sign_in.MFA_WEBAUTHN_USER_VERIFICATION == "required"


def test_attempts_are_counted_where_all_web_workers_see_them() -> None:
    assert sign_in.CACHES["default"]["BACKEND"].endswith("DatabaseCache")


def test_there_is_one_way_to_sign_in() -> None:
    assert sign_in.AUTHENTICATION_BACKENDS == [
        "allauth.account.auth_backends.AuthenticationBackend"
    ]
    assert sign_in.ACCOUNT_PREVENT_ENUMERATION is True
