"""Text in the languages of a city."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """One text, written for the readers of each language.

    Languages are the tags of the city's folder (``zh``, ``en``). A page language such as
    ``zh-hans`` reads the text of ``zh``.
    """

    by_language: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> "Text":
        """Make a text from ``{"zh": ..., "en": ...}``; the first language is the fallback."""
        return cls(tuple(texts.items()))

    def __getitem__(self, language: str) -> str:
        """Return the text for a page language, or the first language's when it has none."""
        wanted = language.split("-")[0].lower()
        for tag, text in self.by_language:
            if tag == wanted:
                return text
        return self.by_language[0][1] if self.by_language else ""

    def __iter__(self) -> Iterator[str]:
        return (tag for tag, _ in self.by_language)

    def __bool__(self) -> bool:
        return any(text for _, text in self.by_language)

    def as_dict(self) -> dict[str, str]:
        """Return ``{language: text}``."""
        return dict(self.by_language)
