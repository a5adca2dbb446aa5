"""The languages of a city: how pages, HTML and readers name them.

The software brings its interface in Chinese and English. Any other language comes with a city's
folder (`catalogue.queries` lays its texts over what the libraries bring).
"""

from babel import Locale, UnknownLocaleError

BUILT_IN = ("zh", "en")
# Those for which Django, which serves the pages, and Babel, which writes days and numbers, have
# words of their own; a test compares.
OTHERS = (
    "af", "ar", "ast", "az", "bg", "be", "bn", "br", "bs", "ca", "ckb", "cs", "cy", "da",
    "de", "dsb", "el", "eo", "es", "et", "eu", "fa", "fi", "fr", "fy", "ga", "gd", "gl",
    "he", "hi", "hr", "hsb", "hu", "hy", "ia", "id", "ig", "io", "is", "it", "ja", "ka",
    "kab", "kk", "km", "kn", "ko", "ky", "lb", "lt", "lv", "mk", "ml", "mn", "mr", "ms",
    "my", "nb", "ne", "nl", "nn", "os", "pa", "pl", "pt", "ro", "ru", "sk", "sl", "sq",
    "sr", "sv", "sw", "ta", "te", "tg", "th", "tk", "tr", "tt", "ug", "uk", "ur", "uz",
    "vi",
)  # fmt: skip
_PAGE_TAGS = {"zh": "zh-hans"}
_HTML_TAGS = {"zh": "zh-Hans"}
_OWN_NAMES = {"zh": "中文"}


def plain_tag(language: str) -> str:
    """Return the tag of the city's folder for a page language: ``zh-hans`` becomes ``zh``."""
    return language.split("-")[0].lower()


def page_tag(tag: str) -> str:
    """Return the language of pages for a tag of the city's folder: ``zh`` becomes ``zh-hans``."""
    return _PAGE_TAGS.get(tag, tag)


def html_tag(tag: str) -> str:
    """Return the language as HTML names it (BCP 47)."""
    return _HTML_TAGS.get(tag, tag)


def own_name(tag: str) -> str:
    """Return a language as its own readers call it: ``中文``, ``English``, ``Français``."""
    if tag in _OWN_NAMES:
        return _OWN_NAMES[tag]
    locale = _locale(tag)
    name = str(locale.get_display_name(tag) or tag) if locale is not None else tag
    return name[:1].upper() + name[1:]


def is_right_to_left(tag: str) -> bool:
    """Say whether a language is written from right to left."""
    locale = _locale(tag)
    return locale is not None and locale.character_order == "right-to-left"


def is_known(tag: str) -> bool:
    """Say whether pages can be asked for in this language: dates and numbers can be written."""
    return tag in BUILT_IN or tag in OTHERS


def _locale(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag)
    except (UnknownLocaleError, ValueError):
        return None
