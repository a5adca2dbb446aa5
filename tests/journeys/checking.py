"""What must hold on every page: no barrier that axe sees, nothing beyond the right edge, no error of
the browser, no word of the other language."""

import re
from collections.abc import Set
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
NARROW = 320

_RUN_AXE = """async () => {
  const found = await axe.run(document, {
    resultTypes: ['violations'],
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
  })
  return found.violations.map(v => v.id + ' (' + v.impact + '): ' + v.help + '\\n    ' +
    v.nodes.map(n => n.target.join(' ') + ': ' + n.failureSummary).join('\\n    '))
}"""

# Elements that reach beyond the right edge of the page, the innermost ones.
_TOO_WIDE = """() => {
  const page = document.documentElement
  if (page.scrollWidth <= page.clientWidth) return []
  const wide = [...document.body.querySelectorAll('*')].filter(
    e => e.getBoundingClientRect().right > page.clientWidth + 1)
  const inner = wide.filter(e => ![...e.children].some(c => wide.includes(c)))
  return ['page ' + page.scrollWidth + ' > ' + page.clientWidth].concat(
    inner.slice(0, 5).map(e => e.tagName + '.' + e.className + ': ' + e.textContent.slice(0, 60)))
}"""

# Words that are cut off: text wider or higher than a box that hides what does not fit.
_CUT_OFF = """() => [...document.body.querySelectorAll('*')].filter(e => {
  const style = getComputedStyle(e)
  if (!e.innerText || !e.innerText.trim() || style.visibility === 'hidden') return false
  if (e.clientWidth < 3 || e.clientHeight < 3) return false
  const hides = v => v === 'hidden' || v === 'clip'
  return (hides(style.overflowX) && e.scrollWidth > e.clientWidth + 1)
    || (hides(style.overflowY) && e.scrollHeight > e.clientHeight + 1)
}).slice(0, 5).map(e => e.tagName + '.' + e.className + ': ' + e.innerText.slice(0, 60))"""

# Visible texts in the page's own language, without what people wrote or are called.
_TEXTS = """() => {
  const texts = []
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (walk.nextNode()) {
    const node = walk.currentNode, at = node.parentElement
    if (!node.data.trim() || at.closest('script, style, template, textarea')) continue
    if (at.closest('[lang]') !== document.documentElement) continue
    if (at.closest('[data-written], .y-written')) continue
    if (!at.checkVisibility()) continue
    texts.push(node.data.trim())
  }
  return texts
}"""
_HAN = re.compile(r"[㐀-鿿]")
_ENGLISH = re.compile(r"[a-z]{2,}(?:[\s,;:’']+[a-z]{2,}){3,}", re.IGNORECASE)


@cache
def _axe() -> str:
    return (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def barriers(page: Page) -> list[str]:
    """Return what axe finds on the page as it stands."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    return list(page.evaluate(_RUN_AXE))


def beyond_the_edge(page: Page) -> list[str]:
    """Return what makes the page scroll sideways."""
    return list(page.evaluate(_TOO_WIDE))


def cut_off(page: Page) -> list[str]:
    """Return words that a box hides."""
    return list(page.evaluate(_CUT_OFF))


def foreign_words(page: Page, language: str, known: Set[str]) -> list[str]:
    """Return words of the other language that no attribute marks as such and nobody wrote."""
    texts: list[str] = page.evaluate(_TEXTS)
    foreign = _HAN if language == "en" else _ENGLISH
    return [
        text
        for text in texts
        if foreign.search(text) and not any(word in text for word in known if word)
    ]


# How a page is built: its elements one inside the other, with all that a rule of axe asks about,
# the texts apart. What is repeated, such as the lines of a list, counts once.
_BUILD = """() => {
  const told = new Set(['role', 'type', 'lang', 'href', 'open', 'hidden', 'disabled', 'class'])
  const found = new Set()
  const walk = (element, path) => {
    const parts = [...element.attributes]
      .filter(a => !a.name.startsWith('data-'))
      .map(a => a.name === 'href' || !told.has(a.name) ? a.name : a.name + '=' + a.value)
    const says = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim())
    const here = path + '>' + element.tagName + '[' + parts.sort().join(' ') + ']' + (says ? '!' : '')
    found.add(here)
    for (const child of element.children) walk(child, here)
  }
  walk(document.documentElement, '')
  return [...found].sort().join(' ')
}"""


def build(page: Page) -> str:
    """Return how the page is built: two pages of one build have the same barriers."""
    return str(page.evaluate(_BUILD))


_CHANGING = (
    re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    re.compile(r"\d{6}-[0-9A-Z]{4}-[0-9A-Z]{4}"),
)


def page_kind(address: str) -> str:
    """Return the kind of page at an address: the path without numbers and codes."""
    path = re.sub(r"^https?://[^/]+", "", address).split("?")[0]
    path = re.sub(r"^/en/", "/", path)
    for pattern in _CHANGING:
        path = pattern.sub("N", path)
    return re.sub(r"[^a-z0-9N]+", "-", path.strip("/"), flags=re.IGNORECASE) or "home"
