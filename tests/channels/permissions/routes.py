"""Every address that the product answers, read from Django's own table of addresses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RegexPattern

OFFICE = "backoffice/"  # Wagtail's own pages, for editors
_CONVERTED = re.compile(r"<(?:\w+:)?(\w+)>")
_ANYTHING = re.compile(r"\.\*|\(\(\?:.*\)\*\)")
_GROUP = re.compile(r"\(\?P<(\w+)>[^()]*\)")


@dataclass(frozen=True, slots=True)
class Route:
    """One address with blanks: ``desk/cases/{number}/``, and its name (``desk:case``)."""

    name: str
    address: str

    @property
    def blanks(self) -> tuple[str, ...]:
        """Return the names of what has to be filled in."""
        return tuple(re.findall(r"\{(\w+)\}", self.address))

    @property
    def is_of_the_office(self) -> bool:
        return self.address.startswith(OFFICE)


def all_routes() -> tuple[Route, ...]:
    """Return every route once, in the order in which Django tries them."""
    found = _walk(get_resolver().url_patterns, "", "")
    return tuple(dict.fromkeys(found))


def _walk(patterns: list[URLPattern | URLResolver], before: str, space: str) -> Iterator[Route]:
    for each in patterns:
        address = before + _with_blanks(each.pattern)
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from _walk(each.url_patterns, address, inner)
        else:
            yield Route(f"{space}{each.name or address}", address)


def _with_blanks(pattern: object) -> str:
    if isinstance(pattern, LocalePrefixPattern):
        return ""  # Chinese, the first language, has no prefix
    text = str(pattern)
    if isinstance(pattern, RegexPattern):
        text = _GROUP.sub(r"{\1}", text).strip("^$").replace("\\", "")
        text = _ANYTHING.sub("{path}", text)
    return _CONVERTED.sub(r"{\1}", text)
