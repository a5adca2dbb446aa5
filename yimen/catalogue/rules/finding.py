"""The words by which a text is found: pairs of Chinese characters, plain forms of English words."""

import re
from unicodedata import normalize

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
