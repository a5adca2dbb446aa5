"""All settings. Values that differ between places come from the environment.

`yimen` (the command) sets DATABASE_URL and YIMEN_DATA before Django reads this file.
"""

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF

from yimen.base.languages import OTHERS, own_name
from yimen.config.sign_in import *  # noqa: F403  settings are one namespace

ROOT = Path(__file__).resolve().parents[2]
DATA_FOLDER = Path(os.environ.get("YIMEN_DATA", ROOT / "data")).absolute()
CITY_FOLDER = Path(os.environ.get("YIMEN_CITY", ROOT / "cities" / "shanghai")).absolute()
DEBUG = os.environ.get("YIMEN_DEBUG") == "1"
SECRET_KEY = os.environ.get("YIMEN_SECRET_KEY") or "only-for-commands-that-serve-nobody"
SITE_URL = os.environ.get("YIMEN_SITE_URL", "http://127.0.0.1:8000")
SECURE = SITE_URL.startswith("https://")
ALLOWED_HOSTS = os.environ.get("YIMEN_HOSTS", "127.0.0.1,localhost,testserver").split(",")
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "yimen.channels.shared",
    "yimen.channels.portal",
    "yimen.channels.desk",
    "yimen.channels.paper",
    "yimen.channels.api",
    "yimen.publishing",
    "yimen.cases",
    "yimen.mailbox",
    "yimen.people",
    "yimen.accounts",
    "yimen.catalogue",
    "yimen.ledger",
    "yimen.keys",
    "procrastinate.contrib.django",
    "wagtail.contrib.redirects",
    "wagtail.contrib.simple_translation",
    "wagtail.users",
    "wagtail.sites",
    "wagtail.locales",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "yimen.config.health.Health",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "yimen.channels.shared.language.CityLanguages",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "yimen.channels.shared.uploads.RequestLimit",
    "allauth.account.middleware.AccountMiddleware",
    "yimen.accounts.adapters.SignInDoor",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "yimen.config.urls"
WSGI_APPLICATION = "yimen.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "yimen.channels.shared.context.page",
            ],
        },
    },
]

# Each thread of the web server keeps its connection; one that the database dropped is replaced
# before a request uses it.
DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("DATABASE_URL", "postgresql:///yimen"),
        engine="yimen.config.postgresql",
        conn_max_age=600,
        conn_health_checks=True,
        # Behind a pooler a transaction's connection is another's in the next: no cursor outlives it.
        disable_server_side_cursors=os.environ.get("YIMEN_POOLED") == "1",
    )
}
if "YIMEN_TEST_DATABASE" in os.environ:
    DATABASES["default"]["TEST"] = {"NAME": os.environ["YIMEN_TEST_DATABASE"]}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"  # pages and days are in the zone of the city that is applied
LANGUAGE_CODE = "zh-hans"
# A city may add any other language in its folder; pages in one that it does not speak lead to one
# that it does. Of variants (pt-br) only the plain tags are taken, as folders write them.
LANGUAGES = [
    ("zh-hans", "中文"),
    ("en", "English"),
    *((tag, own_name(tag)) for tag in OTHERS),
]
WAGTAIL_I18N_ENABLED = True
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("YIMEN_STATIC", ROOT / ".cache" / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_FOLDER / "media"
DOCUMENT_STORE = DATA_FOLDER / "documents"
KEY_FOLDER = DATA_FOLDER / "keys"
# A security module for new keys: its PKCS#11 library, the token's label, a file with the user's PIN.
PKCS11_MODULE = os.environ.get("YIMEN_PKCS11_MODULE", "")
PKCS11_TOKEN = os.environ.get("YIMEN_PKCS11_TOKEN", "yimen")
PKCS11_PIN_FILE = os.environ.get("YIMEN_PKCS11_PIN_FILE", str(DATA_FOLDER / "pkcs11-pin"))
LARGEST_REQUEST = 64_000_000  # bytes of one form with its files
WAGTAIL_SITE_NAME = "Yimen"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = WAGTAIL_PASSWORD_RESET_ENABLED = False  # allauth's matter
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None  # the editors' office asks nothing of anybody outside
WAGTAIL_ENABLE_UPDATE_CHECK = WAGTAIL_ENABLE_WHATS_NEW_BANNER = False

# YIMEN_SMTP = smtp://name:password@host:587 (STARTTLS) or smtps://host:465; else files in a folder.
SMTP = urlsplit(os.environ.get("YIMEN_SMTP", ""))
if SMTP.hostname:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = SMTP.hostname
    EMAIL_PORT = SMTP.port or (465 if SMTP.scheme == "smtps" else 587)
    EMAIL_HOST_USER = unquote(SMTP.username or "")
    EMAIL_HOST_PASSWORD = unquote(SMTP.password or "")
    EMAIL_USE_SSL = SMTP.scheme == "smtps"
    EMAIL_USE_TLS = not EMAIL_USE_SSL
    EMAIL_TIMEOUT = 20
else:
    EMAIL_BACKEND = "yimen.mailbox.gateways.email.FileBackend"
    EMAIL_FILE_PATH = DATA_FOLDER / "email"
# YIMEN_SMS = https://gateway.example/messages; else one JSON line a message in a file.
SMS_GATEWAY = os.environ.get("YIMEN_SMS", "")
SMS_TOKEN = os.environ.get("YIMEN_SMS_TOKEN", "")
SMS_TIMEOUT = 10.0  # seconds that a gateway may be silent
SMS_FOLDER = DATA_FOLDER / "sms"
LETTER_FOLDER = DATA_FOLDER / "letters"
DEFAULT_FROM_EMAIL = os.environ.get("YIMEN_EMAIL_FROM", "noreply@yimen.invalid")

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
CSRF_FAILURE_VIEW = "yimen.channels.shared.errors.form_expired"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
if SECURE:  # TLS ends at the proxy in front, which says so and strips what visitors claim
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# Limits of attempts count by the visitor's own address: the one that our outermost proxy has seen,
# never what a visitor says. Without this all visitors behind a proxy would share one limit.
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("YIMEN_PROXIES", "1" if SECURE else "0"))
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = [
    "security.W019",  # the office of the editors previews our own pages in a frame
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [SELF],
        "form-action": [SELF],
    }
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "yimen.base.journal.JsonLines"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json"},
        "nowhere": {"class": "logging.NullHandler"},  # without any, Python prints the message
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
        # Each answer of the kind is written down with a number (`channels.shared.error_record`).
        "django.request": {"handlers": ["nowhere"], "propagate": False},
        "procrastinate": {"level": "WARNING"},
        "yimen": {"level": "INFO"},
    },
}
