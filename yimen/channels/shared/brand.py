"""The city's two colours and its emblem."""

import re
from collections.abc import Mapping

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from yimen.catalogue.queries import current_city, current_emblem
from yimen.channels.shared.caching import public_page

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@require_safe
@public_page
def city_css(request: HttpRequest) -> HttpResponse:
    """Answer the style sheet that carries the colours of ``city.toml``."""
    return HttpResponse(colour_rules(current_city().colours), content_type="text/css")


@require_safe
@public_page
def emblem(request: HttpRequest) -> HttpResponse:
    """Answer the city's own emblem."""
    drawing = current_emblem()
    if not drawing:
        raise Http404
    return HttpResponse(drawing, content_type="image/svg+xml")


def colour_rules(colours: Mapping[str, str]) -> str:
    """Return the CSS variables of a city's colours; what is no colour is left out."""
    rules = []
    for name in ("accent", "action"):
        value = colours.get(name, "")
        if _COLOUR.fullmatch(value):
            rules.append(f"--city-{name}:{value};")
            if name == "action":
                rules.append(f"--city-action-deep:{_darker(value)};")
    return f":root{{{''.join(rules)}}}\n"


def _darker(colour: str) -> str:
    channels = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{int(channel * 0.75):02x}" for channel in channels)
