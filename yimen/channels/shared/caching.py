"""Pages that look the same to everybody: an ETag, a short life in caches, and no second rendering."""

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from threading import Lock
from typing import Concatenate, ParamSpec
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.template.response import SimpleTemplateResponse
from django.templatetags.static import static
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language

from yimen import __version__
from yimen.base import clock
from yimen.catalogue.queries import current_city

Parameters = ParamSpec("Parameters")

SECONDS_IN_CACHES = 60
MOST_PAGES = 400


class RenderedPages:
    """The pages rendered last, by what they were rendered from. Safe to share between threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._pages: OrderedDict[str, tuple[bytes, str]] = OrderedDict()
        self._lock = Lock()

    def get(self, etag: str) -> tuple[bytes, str] | None:
        """Return the body and the media type, or None."""
        with self._lock:
            page = self._pages.get(etag)
            if page is not None:
                self._pages.move_to_end(etag)
            return page

    def keep(self, etag: str, body: bytes, media_type: str) -> None:
        """Keep a page, and forget the one that was not asked for the longest time."""
        with self._lock:
            self._pages[etag] = (body, media_type)
            if len(self._pages) > self._most:
                self._pages.popitem(last=False)

    def clear(self) -> None:
        """Forget all pages."""
        with self._lock:
            self._pages.clear()


rendered_pages = RenderedPages(MOST_PAGES)


def public_page(
    view: Callable[Concatenate[HttpRequest, Parameters], HttpResponse],
    *,
    edition: Callable[[], str] = str,
) -> Callable[Concatenate[HttpRequest, Parameters], HttpResponse]:
    """Render a page once for all visitors, and once for all who have signed in.

    The page must depend on the address, the language, the day and the applied city only, on what
    ``edition`` names (a text that changes whenever anything else that it shows does), and on
    whether the visitor has signed in, never on who it is. Caches on the way may keep it for those
    without a session; who has one asks here each time, so that signing out shows at once.
    """

    @wraps(view)
    def wrapped(
        request: HttpRequest, /, *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> HttpResponse:
        nobody = _is_nobody(request)
        etag = _etag(request, edition())
        if nobody and etag in parse_etags(request.headers.get("If-None-Match", "")):
            return _for_everybody(HttpResponseNotModified(), etag)
        name = etag if nobody or not request.user.is_authenticated else f"{etag} signed in"
        kept = rendered_pages.get(name)
        if kept is not None:
            response = HttpResponse(kept[0], content_type=kept[1])
        else:
            response = _rendered(view(request, *args, **kwargs))
            if _may_be_kept(request, response):
                rendered_pages.keep(name, response.content, response["Content-Type"])
        if not nobody:
            patch_cache_control(response, private=True, no_cache=True)
            return response
        is_found = response.status_code == HTTPStatus.OK
        return _for_everybody(response, etag) if is_found else response

    return wrapped


def _rendered(response: HttpResponse) -> HttpResponse:
    if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
        return response.render()
    return response


def _may_be_kept(request: HttpRequest, response: HttpResponse) -> bool:
    is_page = response.status_code == HTTPStatus.OK and not request.META.get("QUERY_STRING")
    return is_page and not settings.DEBUG


def _is_nobody(request: HttpRequest) -> bool:
    cookies = request.COOKIES
    return settings.SESSION_COOKIE_NAME not in cookies and "messages" not in cookies


def _etag(request: HttpRequest, edition: str) -> str:
    city = current_city()
    parts = (
        __version__,
        static("yimen/yimen.css"),
        city.files_hash,
        clock.today(ZoneInfo(city.time_zone)).isoformat(),
        edition,
        get_language() or "",
        request.get_full_path(),
    )
    digest = sha256(chr(0).join(parts).encode()).hexdigest()
    return f'"{digest[:32]}"'


def _for_everybody(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    patch_cache_control(response, public=True, max_age=SECONDS_IN_CACHES)
    patch_vary_headers(response, ["Cookie"])
    return response
