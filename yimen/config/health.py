"""What machines ask a web server: does it live, can it serve, how is it.

It answers before anything else of the house, so that neither a database that is away nor the
redirect to https keeps a probe from its answer. Nothing personal is in any of it.
"""

import hmac
import ipaddress
import os
from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse

from yimen.config.doctor.signs import Schema, Signs, measure, schema

_GONE = {"status": "the database does not answer"}
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_FORWARDED_PROTO")


class Health:
    """Middleware, the outermost: answers /health/live, /health/ready and /metrics."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self._pages = {"/health/live": live, "/health/ready": ready, "/metrics": metrics}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer what is asked of the server, pass on what is asked of the city."""
        page = self._pages.get(request.path)
        if page is None or request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        response = page(request)
        response["Cache-Control"] = "no-store"
        return response


def live(_request: HttpRequest) -> HttpResponse:
    """Answer 200: this process serves requests. It asks nobody else."""
    return JsonResponse({"status": "live"})


def ready(_request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database can be served from, else 503 and why."""
    try:
        found = schema()
    except Error:
        return JsonResponse(_GONE, status=503)
    if found.missing:
        return JsonResponse({"status": "tables are not up to date"}, status=503)
    if not found.serves:
        return JsonResponse({"status": "no city is applied"}, status=503)
    return JsonResponse({"status": "ready"})


def metrics(request: HttpRequest) -> HttpResponse:
    """Answer what is measured, as Prometheus reads it; for others there is no such page."""
    if not _may_read(request):
        return HttpResponse("There is no such page.\n", content_type="text/plain", status=404)
    try:
        found = measure()
    except Error:
        return JsonResponse(_GONE, status=503)
    return HttpResponse(exposition(found), content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_read(request: HttpRequest) -> bool:
    """Let in who has the token, and this machine itself, but not who comes through its proxy."""
    token = os.environ.get("YIMEN_METRICS_TOKEN", "")
    said = request.headers.get("Authorization", "")
    if token and hmac.compare_digest(said.encode(), f"Bearer {token}".encode()):
        return True
    if any(name in request.META for name in _FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def exposition(found: Signs | Schema) -> str:
    """Return the measures in Prometheus' text format; what is not known is left out."""
    schema_found = found if isinstance(found, Schema) else found.schema
    rows: list[tuple[str, str, float | None]] = [
        ("migrations_missing", "Changes of the tables that are not made", schema_found.missing),
        ("city_applied", "1 when a city is applied", schema_found.city_applied),
    ]
    if isinstance(found, Signs):
        rows += [
            (
                "clock_ahead_seconds",
                "This machine's clock before the database's",
                found.clock_ahead,
            ),
            ("worker_silent_seconds", "Since a worker's last sign of life", found.worker_silent),
            ("jobs_waiting", "Jobs that are due", found.jobs_waiting),
            ("jobs_oldest_seconds", "Age of the oldest job that is due", found.oldest_job),
            ("jobs_failed_day", "Jobs that failed in the last day", found.jobs_failed),
            ("ledger_unsealed", "Events without a seal", found.events_unsealed),
            ("ledger_unsealed_seconds", "Age of the oldest of them", found.oldest_unsealed),
            ("disk_free_bytes", "Free where the data folder is", found.disk_free),
            ("disk_size_bytes", "Size of that disk", found.disk_size),
            (
                "certificate_seconds",
                "Until a certificate in use ends",
                found.first_certificate_ends,
            ),
            ("deliveries_late", "Deliveries due for over 15 minutes", found.deliveries_late),
            ("emails_given_up_day", "E-mails given up in the last day", found.given_up["email"]),
            ("sms_given_up_day", "Short messages given up in the last day", found.given_up["sms"]),
            ("backup_age_seconds", "Since the last moment that a backup knows", found.backup_age),
        ]
    lines = []
    for name, explained, value in rows:
        if value is not None:
            lines.append(f"# HELP yimen_{name} {explained}.")
            lines.append(f"# TYPE yimen_{name} gauge")
            lines.append(f"yimen_{name} {float(value):.15g}")
    return "\n".join(lines) + "\n"
