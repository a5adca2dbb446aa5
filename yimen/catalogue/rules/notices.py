"""What declared notices may say: their placeholders, and how long a short message is."""

import re
from collections.abc import Mapping

from yimen.base.text import Text
from yimen.catalogue.types import NoticeKind

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

_ALWAYS = frozenset({"city", "service", "number"})
_MORE: Mapping[NoticeKind, frozenset[str]] = {
    NoticeKind.RECEIVED: frozenset({"day"}),
    NoticeKind.DUE_CHANGED: frozenset({"day", "before"}),
    NoticeKind.CORRECTION: frozenset({"items"}),
    NoticeKind.EXTENDED: frozenset({"reason", "due"}),
    NoticeKind.LATE: frozenset({"before", "reason", "due"}),
    NoticeKind.VOIDED: frozenset({"reason"}),
    NoticeKind.REVOKED: frozenset({"reason"}),
    NoticeKind.CORRECTED_APPROVED: frozenset({"reason"}),
    NoticeKind.CORRECTED_REFUSED: frozenset({"reason"}),
    NoticeKind.RECHECK_ASKED: frozenset({"day"}),
    NoticeKind.RECHECK_ANSWERED: frozenset({"reason"}),
}

# Nothing personal: short messages pass through foreign hands, and a service can say a lot.
IN_SMS = frozenset({"city", "number", "address"})
LONGEST_IN_SMS = {"number": 16, "address": 40}  # characters that a filled-in word may have

MOST_PARTS = 2  # messages that one text is sent as; each costs

# The letters of GSM 03.38 that take one place, and those that take two. With any other the whole
# message is sent as UTF-16 and holds less.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_TWICE = frozenset("^{}\\[~]|€")
_ROOM_GSM = (160, 153)  # in a message alone, in each of several
_ROOM_UTF16 = (70, 67)


def in_body(kind: NoticeKind) -> frozenset[str]:
    """Return the words that the subject and the body of a notice may fill in."""
    return _ALWAYS | _MORE.get(kind, frozenset())


def sms_parts(text: str) -> int:
    """Return how many messages a short message is sent as (3GPP TS 23.038 and 23.040)."""
    if all(letter in _GSM or letter in _GSM_TWICE for letter in text):
        size = len(text) + sum(letter in _GSM_TWICE for letter in text)
        alone, joined = _ROOM_GSM
    else:
        size = len(text.encode("utf-16-le")) // 2
        alone, joined = _ROOM_UTF16
    return 1 if size <= alone else -(-size // joined)


def filled_in(text: Text, words: Mapping[str, Mapping[str, str]]) -> Text:
    """Return a text with its placeholders filled: ``words[language][placeholder]``.

    Nothing in a word is read as a placeholder again.
    """

    def fill(said: str, known: Mapping[str, str]) -> str:
        return PLACEHOLDER.sub(lambda found: known.get(found[1], ""), said)

    return Text.of({language: fill(said, words[language]) for language, said in text.by_language})
