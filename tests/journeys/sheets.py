"""The contact sheet: every page that a journey comes to, in three widths, for a person to look at.

`make pictures` walks all journeys, fills tests/journeys/sheets/ and writes an index.html; then it
copies the pictures of the README, made small, to docs/screenshots/.
"""

import html
import os
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from journeys.checking import page_kind

FOLDER = Path(__file__).resolve().parent / "sheets"
SCREENSHOTS = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
WIDTHS = (320, 768, 1280)
WANTED = os.environ.get("YIMEN_SHEETS") == "1"
_LONGEST = 6_000  # pixels; a page that is longer is cut

# name in docs/screenshots: picture of the sheet, and how much of its height is shown
CHOSEN = {
    "home-zh": ("home.zh.1280.png", 1000),
    "guide-zh": ("services-minimum-living-allowance.zh.1280.png", 1000),
    "question-zh": ("drafts-N-questions-full-name.zh.1280.png", 1000),
    "status-en": ("status-your-turn.en.1280.png", 1000),
    "desk-en": ("desk-file.en.1280.png", 900),
}
_MOST_BYTES = 150_000


def take(page: Page, name: str, language: str, *, plain: bool) -> None:
    """Take pictures of a page in three widths, once for each kind of page and language."""
    kind = name or page_kind(page.url)
    if not WANTED or not plain or _path(kind, language, WIDTHS[0]).exists():
        return
    FOLDER.mkdir(exist_ok=True)
    before = page.viewport_size
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        height = min(int(page.evaluate("document.documentElement.scrollHeight")), _LONGEST)
        page.screenshot(
            path=_path(kind, language, width),
            full_page=True,
            clip={"x": 0, "y": 0, "width": width, "height": height},
        )
    if before is not None:
        page.set_viewport_size(before)


def begin() -> None:
    """Throw away the pictures of the last time."""
    if WANTED:
        for picture in FOLDER.glob("*.png"):
            picture.unlink()


def write_index() -> None:
    """Write the page that shows all pictures side by side."""
    if not WANTED:
        return
    kinds = sorted({picture.name.rsplit(".", 3)[0] for picture in FOLDER.glob("*.png")})
    rows = "\n".join(_row(kind) for kind in kinds)
    (FOLDER / "index.html").write_text(
        "<!DOCTYPE html><meta charset='utf-8'><title>Contact sheet</title>"
        "<style>body{font:14px sans-serif}section{display:flex;gap:8px;overflow-x:auto;"
        "align-items:start}img{border:1px solid #999;height:700px;object-fit:cover;"
        f"object-position:top}}</style>{rows}\n",
        encoding="utf-8",
    )


def _row(kind: str) -> str:
    pictures = [
        f"<a href='{path.name}'><img loading='lazy' src='{path.name}' alt='{width} px'></a>"
        for language in ("zh", "en")
        for width in WIDTHS
        if (path := _path(kind, language, width)).exists()
    ]
    return f"<h2>{html.escape(kind)}</h2><section>{''.join(pictures)}</section>"


def _path(kind: str, language: str, width: int) -> Path:
    return FOLDER / f"{kind}.{language}.{width}.png"


def copy_chosen() -> None:
    """Copy the pictures of the README, with few enough colours to stay small."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for name, (picture, height) in CHOSEN.items():
        image = Image.open(FOLDER / picture).convert("RGB")
        image = image.crop((0, 0, image.width, min(height, image.height)))
        target = SCREENSHOTS / f"{name}.png"
        for colours in (256, 128, 64, 32):
            image.quantize(colours, dither=Image.Dither.NONE).save(target, optimize=True)
            if target.stat().st_size <= _MOST_BYTES:
                break


if __name__ == "__main__":
    copy_chosen()
