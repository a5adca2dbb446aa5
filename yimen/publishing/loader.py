"""The first articles, read from Markdown files."""

from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

_FOLDER = Path(__file__).parent / "templates/publishing/first_articles"


@dataclass(frozen=True, slots=True)
class FirstArticle:
    """An article that every new portal begins with."""

    slug: str


@dataclass(frozen=True, slots=True)
class ArticleText:
    """The words of an article in one language."""

    title: str
    summary: str
    html: str


FIRST_ARTICLES = (FirstArticle("about"), FirstArticle("data-protection"))


def first_text(article: FirstArticle, language_code: str) -> ArticleText:
    """Return the words of a first article: title, a paragraph as summary, then the text."""
    language = language_code.split("-")[0]
    source = (_FOLDER / f"{article.slug}.{language}.md").read_text(encoding="utf-8")
    title, summary, body = source.split("\n\n", 2)
    html = MarkdownIt("commonmark", {"html": False}).render(body)
    return ArticleText(title.removeprefix("# "), summary.strip(), html)
