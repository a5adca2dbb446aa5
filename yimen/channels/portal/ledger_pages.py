"""The public ledger: each day's signed root, for anybody to keep and to check against."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from yimen.ledger.queries import published_roots

DAYS_ON_THE_PAGE = 31


@require_safe
@cache_control(public=True, max_age=60)
def roots(request: HttpRequest) -> HttpResponse:
    """Show the newest roots, and how to check them."""
    published: Any = published_roots()
    days = [_readable(day) for day in published["days"]]
    days.reverse()
    context = {
        "days": days[:DAYS_ON_THE_PAGE],
        "all_days": len(days),
        "head": _readable(published["head"]) if published["head"] else None,
        "checker_url": static("ledger/check_ledger.py"),
    }
    return render(request, "portal/ledger.html", context)


@require_safe
@cache_control(public=True, max_age=60)
def roots_file(request: HttpRequest) -> HttpResponse:
    """Answer all roots with signatures and public keys, as a file to keep."""
    response = JsonResponse(published_roots(), json_dumps_params={"indent": 1})
    response["Content-Disposition"] = 'attachment; filename="ledger-roots.json"'
    return response


def _readable(published: dict[str, str]) -> dict[str, object]:
    """Return what was signed, read from the very text that was signed."""
    return {**json.loads(published["signed"]), "key": published["key"]}
