"""Somebody at a browser: with a mouse or by keyboard alone, with or without scripts, at any size.

Every page that a journey comes to goes through `Visitor.look`, which demands what `checking` names.
"""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Locator,
    Page,
    Response,
    StorageState,
    expect,
)

from journeys import checking, sheets
from journeys.house import House
from journeys.words import sentence, written_by_people

_HEIGHT = 900
# While pages are made: a file that collects what is wrong, instead of ending the journey.
_COLLECTED = os.environ.get("JOURNEYS_COLLECT", "")
_MOST_TABS = 300
# What the browser itself reports about an answer that is an error: the journey expects its status.
_STATUS_NOTE = "Failed to load resource: the server responded with a status of"

_IS_FOCUSED = "e => document.activeElement === e"
_SAME_GROUP = (
    "e => document.activeElement.type === 'radio' && document.activeElement.name === e.name"
)
# A ring, an outline or a shadow, on the element or on what is drawn for it.
_SHOWS_FOCUS = """e => {
  const drawn = [[e, null], [e.nextElementSibling, '::before'], [e.closest('label, li, tr'), null]]
  return drawn.some(([at, part]) => {
    if (!at) return false
    const style = getComputedStyle(at, part)
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
      || style.boxShadow !== 'none'
  })
}"""


@dataclass(frozen=True)
class Way:
    """How somebody uses the product."""

    language: str = "zh"
    width: int = 1280
    text_size: int = 100  # per cent
    scripts: bool = True
    keyboard: bool = False

    @property
    def is_plain(self) -> bool:
        """Say whether pages look as they do for most: how somebody presses does not matter."""
        return self == Way(language=self.language, keyboard=self.keyboard)

    @property
    def word(self) -> str:
        """Return a word for an address or a name that only this way has."""
        return f"{self.language}{self.text_size}{'-keys' * self.keyboard}"

    def __str__(self) -> str:
        parts = [self.language]
        if self.width != 1280:
            parts.append(f"{self.width}px")
        if self.text_size != 100:
            parts.append(f"{self.text_size}%")
        if not self.scripts:
            parts.append("without scripts")
        if self.keyboard:
            parts.append("by keyboard")
        return " ".join(parts)


class Visitor:
    """Somebody at a browser of their own."""

    examined: set[str] = set()  # pages that somebody has examined already, in each width

    def __init__(
        self, browser: Browser, house: House, way: Way, state: StorageState | None = None
    ) -> None:
        self.browser = browser
        self.house = house
        self.way = way
        self.context: BrowserContext = browser.new_context(
            viewport={"width": way.width, "height": _HEIGHT},
            java_script_enabled=way.scripts,
            locale="zh-CN" if way.language == "zh" else "en-GB",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            storage_state=state,
            accept_downloads=True,
        )
        self.context.set_default_timeout(15_000)
        self.wrong: list[str] = []
        self.page: Page = self.context.new_page()
        self._settle(self.page)

    # Going places

    def open(self, path: str, status: int = 200, name: str = "") -> None:
        """Type an address; paths are those of the Chinese pages."""
        for words in parse_qs(urlsplit(path).query).values():
            self.house.written.update(words)
        if not path.startswith("http"):
            path = self.house.url + ("/en" if self.way.language == "en" else "") + path
        self._arrived(self.page.goto(path, wait_until="load"), status, name)

    def press(self, english: str, status: int = 200, name: str = "") -> None:
        """Press a button or follow a link that leads to another page."""
        self.follow(self.control(english), status, name)

    def follow(self, target: Locator, status: int = 200, name: str = "") -> None:
        """Press something that leads to another page."""
        with self.page.expect_navigation(wait_until="load") as going:
            self.activate(target)
        self._arrived(going.value, status, name)

    def reload(self) -> None:
        """Load the page anew."""
        self._arrived(self.page.reload(wait_until="load"), 200, "")

    def wait_until_it_says(self, english: str, **values: object) -> None:
        """Load the page anew until it says something that others have to do first."""
        pattern = sentence(english, self.way.language, **values)
        self.wait_until(lambda: self.page.get_by_text(pattern).first.is_visible())

    def wait_until(self, holds: Callable[[], bool], times: int = 100) -> None:
        """Load the page anew until something holds."""
        for _ in range(times):
            if holds():
                self.look()
                return
            self.page.wait_for_timeout(250)
            self.page.reload(wait_until="load")
        raise AssertionError(f"it never came true: {self.page.inner_text('body')}")

    def fetch(self, link: Locator, target: Path) -> Path:
        """Save what is behind a link."""
        answer = self.context.request.get(urljoin(self.page.url, link.get_attribute("href") or ""))
        assert answer.ok, answer.status
        target.write_bytes(answer.body())
        return target

    # Finding and using what is on the page

    def text(self, english: str, **values: object) -> re.Pattern[str]:
        """Return a sentence of the interface in the language of this visitor."""
        return sentence(english, self.way.language, **values)

    def control(self, english: str, **values: object) -> Locator:
        """Return the first button or link with these words, the content's before the header's."""
        name = self.text(english, **values)
        for place in (self.page.get_by_role("main"), self.page.locator("body")):
            found = place.get_by_role("button", name=name).or_(place.get_by_role("link", name=name))
            if found.count():
                break
        return found.first

    def sees(self, english: str, **values: object) -> None:
        """Demand a sentence of the interface."""
        pattern = sentence(english, self.way.language, whole=False, **values)
        expect(self.page.get_by_text(pattern).first).to_be_visible()

    def reads(self, words: str | re.Pattern[str]) -> None:
        """Demand words of the city or of people."""
        expect(self.page.get_by_text(words).first).to_be_visible()

    def heading_is(self, english: str, **values: object) -> None:
        """Demand the heading of the page."""
        expect(self.page.locator("h1")).to_have_text(self.text(english, **values))

    def write(self, target: str | Locator, words: str) -> None:
        """Write into a field, by its label in English or itself, over what it says."""
        field = self.field(target) if isinstance(target, str) else target
        self.house.written.update(line for line in words.splitlines() if len(line) > 1)
        if not self.way.keyboard:
            field.fill(words)
            return
        self._tab_to(field)
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(words)

    def field(self, english: str) -> Locator:
        """Return a field by its label."""
        return self.page.get_by_label(self.text(english)).first

    def choose(self, target: Locator) -> None:
        """Choose one of several, or tick a box."""
        if not self.way.keyboard:
            target.check()
        elif target.get_attribute("type") == "radio":
            self._tab_to(target, by=_SAME_GROUP)
            for _ in range(50):
                if self.page.evaluate(_IS_FOCUSED, target.element_handle()):
                    break
                self.page.keyboard.press("ArrowDown")
            if not target.is_checked():
                self.page.keyboard.press("Space")
        elif not target.is_checked():
            self._tab_to(target)
            self.page.keyboard.press("Space")
        expect(target).to_be_checked()

    def pick(self, target: Locator, value: str) -> None:
        """Pick a value from a list that unfolds."""
        if self.way.keyboard:
            self._tab_to(target)
            values = target.locator("option").evaluate_all("all => all.map(e => e.value)")
            self.page.keyboard.press("Home")
            for _ in range(values.index(value)):
                self.page.keyboard.press("ArrowDown")
        else:
            target.select_option(value)
        expect(target).to_have_value(value)

    def attach(self, target: Locator, *files: Path) -> None:
        """Choose files for a field."""
        self.house.written.update(file.name for file in files)
        if not self.way.keyboard:
            target.set_input_files(files)
            return
        # With scripts, a button stands in for the field, which is hidden behind it.
        key = (target.get_attribute("id") or "").removesuffix("-input")
        drawn = self.page.locator(f'button[id="{key}"]')
        button = drawn if drawn.count() else target
        self._tab_to(button)
        with self.page.expect_file_chooser() as asked:
            self.page.keyboard.press("Enter")
        asked.value.set_files(files)

    def unfold(self, summary: Locator) -> None:
        """Open what is folded away."""
        self.activate(summary)

    def activate(self, target: Locator) -> None:
        """Press something."""
        if self.way.keyboard:
            self._tab_to(target)
            self.page.keyboard.press("Enter")
        else:
            target.click()

    # Looking

    def look(self, name: str = "") -> None:
        """Demand of this page what is demanded of every page.

        What depends on the words is looked at on each; barriers once for each build of a page.
        """
        self._demand_nothing_wrong()
        self._demand_room()
        if self.way.text_size == 100:
            known = written_by_people(self.house.city) | self.house.written
            foreign = checking.foreign_words(self.page, self.way.language, known)
            self._demand_none(foreign, f"words of the other language: {self._where}")
            new = self._is_new(checking.build(self.page), self.way.width)
            if new:
                self._demand_no_barriers()
                sheets.take(self.page, name, self.way.language, plain=self.way.is_plain)
            if self.way.width != checking.NARROW:
                with self._narrow():
                    self._demand_room()
                    if new:
                        self._demand_no_barriers()
        self._demand_nothing_wrong()

    @property
    def _where(self) -> str:
        width = (self.page.viewport_size or {}).get("width", 0)
        return f"{self.page.url} at {width} px ({self.way})"

    def _demand_room(self) -> None:
        self._demand_none(checking.beyond_the_edge(self.page), f"too wide: {self._where}")
        self._demand_none(checking.cut_off(self.page), f"cut off: {self._where}")

    def _demand_no_barriers(self) -> None:
        with self._page_for_axe() as page:
            self._demand_none(checking.barriers(page), f"axe: {self._where}")

    @contextmanager
    def _page_for_axe(self) -> Iterator[Page]:
        """Return the page, or where scripts are off, which axe is one of, a likeness of it."""
        if self.way.scripts:
            yield self.page
            return
        context = self.browser.new_context(viewport=self.page.viewport_size)
        likeness, content = context.new_page(), self.page.content()
        likeness.route("**/*.js", lambda route: route.abort())
        likeness.route(
            self.page.url, lambda route: route.fulfill(body=content, content_type="text/html")
        )
        likeness.goto(self.page.url, wait_until="load")
        try:
            yield likeness
        finally:
            context.close()

    def _is_new(self, build: str, width: int) -> bool:
        """Say whether nobody has examined a page of this build in this width, and take note."""
        mark = sha256(f"{self.way.language} {width} {build}".encode()).hexdigest()
        if mark in Visitor.examined or "JOURNEYS_QUICK" in os.environ:
            return False
        Visitor.examined.add(mark)
        return True

    @contextmanager
    def _narrow(self) -> Iterator[None]:
        self.page.set_viewport_size({"width": checking.NARROW, "height": _HEIGHT})
        try:
            yield
        finally:
            self.page.set_viewport_size({"width": self.way.width, "height": _HEIGHT})

    def last_seen(self, test: str, number: int) -> str:
        """Keep a picture of the page as it stands, and return what it says."""
        folder = sheets.FOLDER / "failed"
        folder.mkdir(parents=True, exist_ok=True)
        picture = folder / f"{re.sub(r'[^A-Za-z0-9]+', '-', test)}-{number}.png"
        self.page.screenshot(path=picture, full_page=True)
        return f"{self.page.url} ({self.way}), {picture}\n{self.page.inner_text('body')[:1500]}"

    def leave(self, name: str = "") -> None:
        """Close the browser; nothing may have gone wrong in it."""
        self.context.close()
        self._demand_nothing_wrong()

    def _arrived(self, response: Response | None, status: int, name: str) -> None:
        assert response is not None
        assert response.status == status, (
            f"{response.status} instead of {status} at {response.url}:"
            f" {self.page.inner_text('body')[:2000]}"
        )
        self.look(name)

    def _demand_none(self, found: list[str], what: str) -> None:
        said = f"{what}\n  " + "\n  ".join(found)
        if found and _COLLECTED:
            with Path(_COLLECTED).open("a", encoding="utf-8") as collected:
                collected.write(said + "\n")
            found.clear()
        assert not found, said

    def _demand_nothing_wrong(self) -> None:
        self._demand_none(self.wrong, f"in the browser ({self.way})")

    def _settle(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        page.on("dialog", self._interrupted)
        page.on("response", self._answered)
        page.on(
            "filechooser", lambda _asked: None
        )  # from the start, or a slow browser opens its own
        if self.way.text_size != 100:
            sizes = {
                "standard": 16 * self.way.text_size // 100,
                "fixed": 13 * self.way.text_size // 100,
            }
            session = self.context.new_cdp_session(page)
            session.send("Page.enable")
            session.send("Page.setFontSizes", {"fontSizes": sizes})

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(_STATUS_NOTE):
            self.wrong.append(f"console at {self.page.url}: {message.text}")

    def _interrupted(self, dialog: Dialog) -> None:
        self.wrong.append(f"dialog at {self.page.url}: {dialog.message}")
        dialog.dismiss()

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.wrong.append(f"{response.status} at {response.url}")
        address = urlsplit(response.url)
        if address.scheme in ("http", "https") and address.port != self.house.port:
            self.wrong.append(f"something from elsewhere: {response.url}")

    def _tab_to(self, target: Locator, by: str = _IS_FOCUSED) -> None:
        """Press Tab until the target has the focus, and demand that one sees it."""
        element = target.element_handle()
        for _ in range(_MOST_TABS):
            if self.page.evaluate(by, element):
                break
            self.page.keyboard.press("Tab")
        else:
            raise AssertionError(f"Tab does not lead to {target} on {self.page.url}")
        focused = self.page.evaluate_handle("document.activeElement").as_element()
        shown = self.page.evaluate(_SHOWS_FOCUS, focused)
        assert shown, f"the focus does not show on {target} at {self.page.url}"
