"""Every kind of page in every language of the site: it is there, it says its language, and it mixes none."""

import re
from collections.abc import Iterator
from functools import lru_cache

import pytest
from werkzeug.wrappers import Response

from tests.markup import Element, read_page
from tests.samples import REPOSITORY
from tests.visits import edition_of, the_site, visit
from webapp.core.model import Act, Locale, LocaleTag
from webapp.site import urls
from webapp.site.answers import error_page
from webapp.site.preview import kinds_of_page
from webapp.site.render import find_notice_texts
from webapp.sources.extraction import extract_messages
from webapp.sources.locales import SOURCE_LOCALE

TAGS = list(edition_of().locales)
NO_PAGES = {"leaving.leave", "site.locale_without_slash", "site.older"}
"""What only leads elsewhere, and the further pages of a list, which a site of four articles has not."""


def paths_of(tag: LocaleTag) -> Iterator[str]:
    """The paths of every kind of page, and of every article, in a language."""
    yield from kinds_of_page(edition_of(), tag).values()
    for slug in edition_of().articles:
        yield from (urls.article(tag, slug), urls.text_only(tag, slug))
    yield from (urls.contact_go(tag), urls.blank(tag), f"{urls.search(tag)}?q=no-such-word")


@lru_cache(maxsize=64)
def words_of(tag: LocaleTag) -> frozenset[str]:
    """The words of a language's own interface that could stand on a page alone, as they are."""
    catalog = edition_of().catalogs.get(tag)
    asked = [it for it in extract_messages(REPOSITORY) if not it.plural and "{" not in it.message]
    own = [it.message if tag == SOURCE_LOCALE else catalog and catalog.find(it.context, it.message) for it in asked]
    return frozenset(" ".join(it.split()) for it in own if it and len(it.split()) > 1)


def own_text(element: Element) -> str:
    """The words that stand directly in an element."""
    return " ".join("".join(it for it in element.children if isinstance(it, str)).split())


def check_page(response: Response, locale: Locale, path: str) -> None:
    """Language and direction of a page; no words of another language that pass for the page's; no placeholder."""
    assert response.headers["Content-Language"] == locale.tag, path
    page = read_page(response.get_data(as_text=True))
    html = page.find("html")
    assert (html.attributes["lang"], html.attributes["dir"]) == (locale.tag, locale.direction), path
    others = {it: words_of(it) - words_of(locale.tag) for it in {*locale.ui_fallback, SOURCE_LOCALE} - {locale.tag}}
    for element in page.find("body").walk():
        words = own_text(element)
        if element.tag not in {"style", "script"}:
            tongues = {tag for tag, known in others.items() if words in known}
            assert not tongues or element.inherited("lang") in tongues, f"{path}: {words!r}"
        assert not re.search(r"\{[a-z_]+\}|%\(", words), f"{path}: {words!r}"


def test_no_kind_of_page_is_forgotten() -> None:
    """Whatever the site answers in a language is among the pages that are looked at here."""
    routes = the_site().url_map
    answered = {it.endpoint for it in routes.iter_rules() if "locale_text" in it.arguments}
    asked = {routes.bind("").match(path.partition("?")[0])[0] for path in paths_of(SOURCE_LOCALE)}
    assert answered - asked == NO_PAGES


@pytest.mark.parametrize("tag", TAGS)
def test_every_kind_of_page(tag: LocaleTag) -> None:
    """Status, language and direction of the page; no word of another language that passes for the page's."""
    paths = list(paths_of(tag))
    assert len(paths) >= 20
    for path in paths:
        response = visit(path)
        assert response.status_code == (404 if "no-such-page" in path else 200), path
        if response.mimetype == "text/html":
            check_page(response, edition_of().locales[tag], path)
        else:
            assert response.headers["Content-Language"] == tag
            assert read_page(response.get_data(as_text=True)).find("feed").attributes["xml:lang"] == tag


@pytest.mark.parametrize("tag", TAGS)
def test_every_page_of_an_error(tag: LocaleTag) -> None:
    """What is missing, not allowed, faulty or refused is said in the language of the path."""
    locale = edition_of().locales[tag]
    pages: list[Response] = [visit(f"/{tag}/no-such-page"), visit(f"/{tag}/", method="POST")]
    for status in (500, 503):
        with the_site().test_request_context(f"/{tag}/"):
            the_site().preprocess_request()
            pages.append(error_page(status, locale))
    assert [it.status_code for it in pages] == [404, 405, 500, 503]
    for page in pages:
        check_page(page, locale, f"/{tag}/: {page.status}")


@pytest.mark.parametrize("tag", TAGS)
def test_a_notice_is_in_one_language(tag: LocaleTag) -> None:
    """Every word of a notice is in the language that it says it is in, and the text is that language's, whole."""
    edition = edition_of()
    locale = edition.locales[tag]
    act_pages = [urls.act(tag, next(iter(edition.articles)), it) for it in (Act.SHARE, Act.SAVE, Act.CONTACT)]
    articles = [path for slug in edition.articles for path in (urls.article(tag, slug), urls.text_only(tag, slug))]
    for path in [*articles, *act_pages]:
        page = read_page(visit(path).get_data(as_text=True))
        for notice in edition.notices:
            (text,) = find_notice_texts(notice, locale, edition.site.default_locale)
            regions = page.find_all(attribute="data-notice", value=notice.id)
            assert len(regions) == (1 if path in act_pages else 2), path
            for region in regions:
                told = [it for it in region.walk() if "told" in it.attributes.get("class", "").split()]
                for element in [region, *region.walk()]:
                    if own_text(element) and not any(element.within(it) for it in told):
                        assert element.inherited("lang") == text.locale, path
                        assert element.inherited("dir") == text.direction, path
                assert {it.inherited("lang") for it in told} <= {tag}
            words = regions[0].text
            expected = [text.heading, text.who, text.penalty, text.more]
            expected += [] if path in act_pages else [text.what]
            assert all(" ".join(it.split()) in words for it in expected), path


@pytest.mark.parametrize("tag", TAGS)
def test_the_page_about_a_notice_is_in_one_language(tag: LocaleTag) -> None:
    """Every paragraph of the law stands there in the language of the notice, and says so."""
    edition = edition_of()
    for notice in edition.notices:
        (text,) = find_notice_texts(notice, edition.locales[tag], edition.site.default_locale)
        page = read_page(visit(urls.about(tag, notice.id)).get_data(as_text=True))
        found = {own_text(it): it for it in page.find("main").walk()}
        for paragraph in [text.about_title, text.who, *(it for part in text.sections for it in part.paragraphs)]:
            assert found[" ".join(paragraph.split())].inherited("lang") == text.locale


def test_a_locale_without_any_catalog_works() -> None:
    """The language that Babel lacks and nobody has translated is there all the same, from its fallbacks."""
    for tag in ("av", "udm", "crh"):
        assert visit(f"/{tag}/").status_code == 200
