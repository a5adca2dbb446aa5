"""What the safety of sign-in rests on is set, and no test's short cut is in force in earnest."""

import runpy
from pathlib import Path
from typing import Any

import pytest
from allauth.core.internal.httpkit import get_client_ip
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory, override_settings

import yimen.config.sign_in as sign_in

CONFIG = Path(sign_in.__file__).parent


def settings_at(site: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setenv("YIMEN_SITE_URL", site)
    return runpy.run_path(str(CONFIG / "settings.py"))


def test_attempts_count_by_the_address_that_the_proxy_saw(monkeypatch: pytest.MonkeyPatch) -> None:
    claims = {"headers": {"X-Forwarded-For": "10.9.9.9, 203.0.113.7"}, "REMOTE_ADDR": "10.0.0.1"}
    seen = {}
    for site in ("https://city.example", "http://127.0.0.1:8000"):
        read = settings_at(site, monkeypatch)
        with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=read["ALLAUTH_TRUSTED_PROXY_COUNT"]):
            seen[site] = get_client_ip(RequestFactory().get("/", **claims))
    assert list(seen.values()) == ["203.0.113.7", "10.0.0.1"]


def test_nobody_is_served_without_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YIMEN_SECRET_KEY", raising=False)
    with pytest.raises(ImproperlyConfigured, match="YIMEN_SECRET_KEY"):
        runpy.run_path(str(CONFIG / "wsgi.py"))


def test_passwords_are_hashed_slowly_and_passkeys_ask_for_their_holder() -> None:
    assert sign_in.PASSWORD_HASHERS == ["django.contrib.auth.hashers.ScryptPasswordHasher"]
    assert sign_in.MFA_WEBAUTHN_USER_VERIFICATION == "required"


def test_attempts_are_counted_where_all_web_workers_see_them() -> None:
    assert sign_in.CACHES["default"]["BACKEND"].endswith("DatabaseCache")


def test_there_is_one_way_to_sign_in() -> None:
    assert sign_in.AUTHENTICATION_BACKENDS == ["yimen.accounts.adapters.sign_ins.Backend"]
    assert sign_in.ACCOUNT_PREVENT_ENUMERATION is True
