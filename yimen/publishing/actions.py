"""What changes the editors' pages: the first pages of a city, and the record of publications."""

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import transaction
from django.utils.translation import gettext, override
from wagtail.models import Locale, Page, Revision, Site

from yimen.base.actor import SYSTEM, Actor, ActorKind, Channel
from yimen.base.languages import page_tag, plain_tag
from yimen.catalogue.definition import City
from yimen.ledger.actions import append
from yimen.publishing.events import PagePublished, PageUnpublished
from yimen.publishing.loader import FIRST_ARTICLES, FirstArticle, first_text
from yimen.publishing.models import ArticleIndexPage, ArticlePage, HomePage


@transaction.atomic
def make_first_pages(city: City) -> None:
    """Make the home page and the first articles in the languages of the city, once.

    What stands already is left as its editors made it; a language that is missing is added.
    """
    codes = [page_tag(language) for language in city.languages]
    locales = [Locale.objects.get_or_create(language_code=code)[0] for code in codes]
    first, *others = locales
    home = HomePage.objects.filter(locale=first).first() or _make_home(first, city)
    for locale in others:
        if not HomePage.objects.filter(locale=locale).exists():
            _translate(home, locale, city)


@transaction.atomic
def follow_schedule() -> None:
    """Publish what editors have set a time for that is past, and take down what has expired.

    Wagtail's own command does it; its signals tell the ledger of each page, with its editor.
    """
    call_command("publish_scheduled")


def record_published(page: Page, revision: Revision | None) -> None:
    """Append to the ledger that a page went public."""
    event = PagePublished(
        page=page.pk,
        revision=revision.pk if revision else None,
        address=page.url_path,
        language=page.locale.language_code,
    )
    with transaction.atomic():
        append(event, actor=_editor(revision))


def record_unpublished(page: Page) -> None:
    """Append to the ledger that a page was taken down."""
    event = PageUnpublished(page=page.pk, address=page.url_path, language=page.locale.language_code)
    with transaction.atomic():
        append(event, actor=_editor(page.latest_revision))


def _editor(revision: Revision | None) -> Actor:
    if revision is None or revision.user_id is None:
        return SYSTEM
    return Actor(kind=ActorKind.STAFF, channel=Channel.DESK, account_id=revision.user_id)


def _make_home(locale: Locale, city: City) -> HomePage:
    root = Page.get_first_root_node()
    _remove_welcome_page(root)
    language = locale.language_code
    home: HomePage = root.add_child(
        instance=HomePage(title=city.title[language], slug="portal", locale=locale, live=False)
    )
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={
            "hostname": "localhost",
            "port": 80,
            "root_page": home,
            "site_name": city.title[language],
        },
    )
    with override(language):
        index = home.add_child(
            instance=ArticleIndexPage(
                title=gettext("Articles"), slug="articles", locale=locale, live=False
            )
        )
    added = (_add_article(index, article, locale, city) for article in FIRST_ARTICLES)
    articles = [page for page in added if page is not None]
    for page in (home, index, *articles):
        page.save_revision().publish()
    return home


def _remove_welcome_page(root: Page) -> None:
    """Remove the page that the software brings itself, if nobody has built on it."""
    plain = ContentType.objects.get_for_model(Page)
    for welcome in root.get_children().filter(content_type=plain, numchild=0):
        Site.objects.filter(root_page=welcome).delete()
        welcome.delete()


def _add_article(
    index: ArticleIndexPage, article: FirstArticle, locale: Locale, city: City
) -> ArticlePage | None:
    text = first_text(article, plain_tag(locale.language_code), city.articles)
    if text is None:
        return None
    page: ArticlePage = index.add_child(
        instance=ArticlePage(
            title=text.title,
            summary=text.summary,
            body=text.html,
            slug=article.slug,
            locale=locale,
            live=False,
        )
    )
    return page


def _translate(home: HomePage, locale: Locale, city: City) -> None:
    """Add the pages in another language, tied to the first so that a reader can switch."""
    language = locale.language_code
    new_home = home.copy_for_translation(locale)
    new_home.title = city.title[language]
    new_home.save_revision().publish()
    for index in ArticleIndexPage.objects.child_of(home):
        new_index = index.copy_for_translation(locale)
        with override(language):
            new_index.title = gettext("Articles")
        new_index.slug = index.slug
        new_index.save_revision().publish()
        for page in ArticlePage.objects.child_of(index):
            _translate_article(page, locale, city)


def _translate_article(page: ArticlePage, locale: Locale, city: City) -> None:
    """Add a first article in another language; articles of the editors wait for their writer."""
    first = next((a for a in FIRST_ARTICLES if a.slug == page.slug), None)
    if first is None:
        return
    text = first_text(first, plain_tag(locale.language_code), city.articles)
    if text is None:
        return
    translated = page.copy_for_translation(locale)
    translated.title, translated.summary, translated.body = text.title, text.summary, text.html
    translated.slug = page.slug
    translated.save_revision().publish()
