"""The words by which a text is found: pairs of Chinese characters, plain forms of English words."""

import math
import re
from collections.abc import Iterable, Mapping
from unicodedata import normalize

from yimen.catalogue.definition import Service

_WEIGHTS = (("title", 5.0), ("keywords", 4.0), ("summary", 2.0))

# Words that stand in every English question and say nothing of what is wanted.
_IDLE = frozenset(
    [
        "a",
        "about",
        "all",
        "am",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "can",
        "could",
        "did",
        "do",
        "does",
        "for",
        "from",
        "get",
        "give",
        "got",
        "had",
        "has",
        "have",
        "he",
        "help",
        "her",
        "his",
        "how",
        "i",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "just",
        "like",
        "make",
        "may",
        "me",
        "must",
        "my",
        "need",
        "needs",
        "no",
        "not",
        "of",
        "on",
        "one",
        "or",
        "our",
        "please",
        "she",
        "should",
        "so",
        "some",
        "that",
        "the",
        "their",
        "them",
        "they",
        "this",
        "to",
        "up",
        "us",
        "want",
        "wants",
        "was",
        "we",
        "what",
        "when",
        "where",
        "which",
        "who",
        "will",
        "with",
        "would",
        "you",
        "your",
    ]
)
_RUN = re.compile(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+")
_MARKS = re.compile(r"[\u0300-\u036f]")


def search_words(text: str) -> list[str]:
    """Return the words to index, or to look for, in their order.

    Chinese has no blanks: a run of characters gives each pair of neighbours, so that 低保 is found
    in 怎么申请低保金; a single character stands for itself. Letters are compared without their marks,
    as people leave them out: é is e.
    """
    words: list[str] = []
    plain = _MARKS.sub("", normalize("NFKD", text.casefold()))
    for run in _RUN.findall(plain):
        if run in _IDLE:
            continue
        if run[0] < "\u3400":
            words.append(_plain(run))
        elif len(run) == 1:
            words.append(run)
        else:
            words.extend(run[at : at + 2] for at in range(len(run) - 1))
    return words


def _plain(word: str) -> str:
    """Return an English word without the ending of its plural."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def words_index(services: Iterable[Service], language: str) -> dict[str, dict[str, float]]:
    """Return by word how much each service is about it."""
    index: dict[str, dict[str, float]] = {}
    for service in services:
        for attribute, weight in _WEIGHTS:
            text = getattr(service, attribute)[language]
            for word in {*search_words(text), *(c for c in text if c >= "\u3400")}:
                found = index.setdefault(word, {})
                found[service.code] = max(found.get(service.code, 0.0), weight)
    return index


def best_first(words: str, index: Mapping[str, Mapping[str, float]], services: int) -> list[str]:
    """Return the codes of what these words speak of, best first; a rare word counts more."""
    scores: dict[str, float] = {}
    for word in set(search_words(words)):
        found = index.get(word, {})
        rarity = math.log(1 + services / max(len(found), 1))
        for code, weight in found.items():
            scores[code] = scores.get(code, 0.0) + weight * rarity
    return sorted(scores, key=lambda code: (-scores[code], code))
