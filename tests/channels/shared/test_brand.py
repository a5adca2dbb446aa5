"""A city brings its name, its emblem and two colours; the rest of the design is one."""

import pytest
from applied_city import _applied, city
from bs4 import BeautifulSoup
from django.test import Client

from yimen.channels.shared.brand import colour_rules

__all__ = ["_applied", "city"]


@pytest.mark.usefixtures("city")
def test_the_colours_of_the_city_come_as_a_style_sheet(client: Client) -> None:
    response = client.get("/city.css")
    assert response["Content-Type"] == "text/css"
    assert "--city-accent:#A8321F" in response.content.decode()


@pytest.mark.usefixtures("city")
def test_the_emblem_of_the_city_stands_in_the_header(client: Client) -> None:
    page = BeautifulSoup(client.get("/services/").content, "html.parser")
    drawing = client.get(page.select_one("img.y-emblem")["src"])
    assert drawing["Content-Type"] == "image/svg+xml"
    assert drawing.content.startswith(b"<svg")


def test_what_is_no_colour_never_reaches_the_style_sheet() -> None:
    assert colour_rules({"accent": "red;}body{display:none", "action": "#0B6B50"}) == (
        ":root{--city-action:#0B6B50;--city-action-deep:#08503c;}\n"
    )
