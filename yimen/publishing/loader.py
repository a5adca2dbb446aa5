"""The first articles, read from Markdown files."""

from collections.abc import Mapping
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


def first_text(article: FirstArticle, language: str, own: Mapping[str, str]) -> ArticleText | None:
    """Return the words of a first article: title, a paragraph as summary, then the text.

    ``own`` are the city's own words (`City.articles`), which go before ours. None where there are
    neither: a third language whose city has not written them.
    """
    name = f"{article.slug}.{language}"
    shipped = _FOLDER / f"{name}.md"
    source = own.get(name) or (shipped.read_text("utf-8") if shipped.is_file() else "")
    if not source:
        return None
    title, summary, body = source.split("\n\n", 2)
    html = MarkdownIt("commonmark", {"html": False}).render(body)
    return ArticleText(title.removeprefix("# "), summary.strip(), html)
