"""A real server for each city, a real browser, and visitors who look at everything they meet.

While journeys are written: JOURNEYS_DATA names a folder to keep between runs, and JOURNEYS_PORT the
port of a `yimen run` that serves the folder `shanghai` in it already.
"""

import os
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from journeys import applying, sheets
from journeys.browsing import Visitor, Way
from journeys.house import House, clear_away, new_place
from tests.config.conftest import ROOT

_STATIC = Path(os.environ.get("YIMEN_STATIC") or ROOT / ".cache" / "static")
LANGUAGES = ("zh", "en")
# Each journey is walked by mouse, by keyboard alone, and with text that is twice as large.
WAYS = [
    pytest.param(Way("en"), id="en"),
    pytest.param(Way("zh", keyboard=True), id="zh, by keyboard alone"),
    pytest.param(Way("zh", text_size=200), id="zh, at twice the text size"),
]
Visit = Callable[..., Visitor]
_VISITORS = pytest.StashKey[list[Visitor]]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the journeys, so that they can be chosen."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failure what the visitors saw last."""
    report = yield
    if report.when == "call" and report.failed:
        for number, visitor in enumerate(item.stash.get(_VISITORS, [])):
            report.sections.append((f"visitor {number}", visitor.last_seen(item.name, number)))
    return report


@pytest.fixture(scope="package")
def place() -> Iterator[Path]:
    kept = os.environ.get("JOURNEYS_DATA")
    folder = Path(kept) if kept else new_place()
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    yield folder
    if not kept:
        clear_away(folder)


def _open(place: Path, city: str) -> Iterator[House]:
    house = House(place / city, _STATIC, city=ROOT / "cities" / city)
    try:
        yield house.start()
    finally:
        house.end()


@pytest.fixture(scope="package")
def shanghai(place: Path) -> Iterator[House]:
    """Shanghai, open for the public."""
    if "JOURNEYS_PORT" in os.environ:
        yield House(place / "shanghai", _STATIC, port=int(os.environ["JOURNEYS_PORT"]))
    else:
        yield from _open(place, "shanghai")


@pytest.fixture(scope="package")
def riverton(place: Path) -> Iterator[House]:
    """Riverton, open for the public."""
    yield from _open(place, "riverton")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. It ends with the last journey: its event loop would disturb other tests."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    sheets.begin()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_program(), args=arguments)
        yield browser
        browser.close()
    sheets.write_index()


def _program() -> str:
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    places = [Path(folder) / name for name in names for folder in os.get_exec_path()]
    return str(next(path for path in places if path.exists()))


@pytest.fixture
def visit(chromium: Browser, shanghai: House, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Let somebody open a browser; all of them are closed when the journey ends."""
    visitors = request.node.stash.setdefault(_VISITORS, [])

    def begin(
        language: str = "zh",
        *,
        house: House = shanghai,
        way: Way | None = None,
        username: str = "",
    ) -> Visitor:
        state = house.signed_in.get(username)
        visitor = Visitor(chromium, house, way or Way(language), state)
        visitors.append(visitor)
        if username and state is None:
            visitor.open("/account/login/")
            applying.sign_in(visitor, username)
            house.signed_in[username] = visitor.context.storage_state()
        return visitor

    yield begin
    for visitor in visitors:
        visitor.leave()


@pytest.fixture(scope="session")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photograph of a document, as somebody's telephone makes it."""
    path = tmp_path_factory.mktemp("files") / "病历 medical record.jpg"
    Image.effect_noise((600, 800), 40).convert("RGB").save(path, quality=60)
    return path
