"""Settings of sign-in: passwords, second factor, limits, sessions. Part of `settings`.

Counters of attempts live in the default cache, which is a table of the database, so that a lock-out
holds over all web workers and survives a restart.
"""

import os

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["yimen.accounts.adapters.sign_ins.Backend"]
SESSION_ENGINE = "yimen.accounts.adapters.sign_ins"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "first_name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:mine"
ACCOUNT_SIGNUP_REDIRECT_URL = "account_home"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "yimen.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "yimen.accounts.adapters.SignUpName"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 900
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
# An office of two hundred people may sign in from one address, so limits by address are wide and
# limits by account narrow: five wrong passwords close the account's sign-in for a quarter of an hour.
# The same for what visitors leave behind without signing in: a library or an office may be one address,
# and says with the two variables how much comes from it in an hour.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "100/10m/ip,5/15m/key",
    "signup": "60/h/ip",
    "reset_password": "60/h/ip,5/h/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "manage_email": "10/m/user",
    "own_data": "10/h/user",
    # Codes of the portal: to see a status, to go on with a draft elsewhere.
    "status_code": "30/h/ip",
    "status_try": "60/h/ip",
    "resume_code": "60/h/ip",
    "begin_form": f"{os.environ.get('YIMEN_FORMS_PER_HOUR', '120')}/h/ip",
    "add_file": f"{os.environ.get('YIMEN_FILES_PER_HOUR', '400')}/h/ip",
}

MFA_ADAPTER = "yimen.accounts.adapters.SecondFactorAdapter"
MFA_FORMS = {
    "add_webauthn": "yimen.accounts.adapters.passkeys.AddPasskey",
    "login_webauthn": "yimen.accounts.adapters.passkeys.SignInWithPasskey",
    "authenticate_webauthn": "yimen.accounts.adapters.passkeys.PasskeyAfterPassword",
    "reauthenticate_webauthn": "yimen.accounts.adapters.passkeys.PasskeyAgain",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "Yimen"
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RECOVERY_CODES_SHOW_ONCE = True

# A visitor's cookie lasts two weeks, so that a draft begun without signing in is found again; a
# sign-in ends much earlier (accounts.rules.has_expired).
SESSION_COOKIE_AGE = 14 * 24 * 3600

# Sign-in is one door: the office of the editors has no sign-in of its own.
WAGTAILADMIN_LOGIN_URL = "account_login"
WAGTAIL_FRONTEND_LOGIN_URL = "/account/login/"
WAGTAILUSERS_PASSWORD_ENABLED = False
# Pages below these open to staff with a second factor, and to nobody else (accounts.adapters). What
# is named beside a path is a permission of Django's that is needed too.
STAFF_PATHS = {
    "/desk/": "",
    "/backoffice/": "wagtailadmin.access_admin",
    "/office/": "wagtailadmin.access_admin",
}
