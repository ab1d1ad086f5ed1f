"""Every kind of page in every language of the site: it is there, it says its language, and it mixes none."""

import re
from functools import lru_cache

import pytest

from tests.markup import Element, read_page
from tests.samples import REPOSITORY
from tests.visits import edition_of, visit
from webapp.core.model import LocaleTag
from webapp.site.preview import kinds_of_page
from webapp.site.render import find_notice_texts
from webapp.sources.extraction import extract_messages

TAGS = list(edition_of().locales)


@lru_cache(maxsize=1)
def english() -> frozenset[str]:
    """The English words of the interface that could stand on a page alone, as they are."""
    words = {word.message for word in extract_messages(REPOSITORY) if not word.plural}
    return frozenset(" ".join(it.split()) for it in words if "{" not in it and len(it.split()) > 1)


def own_text(element: Element) -> str:
    """The words that stand directly in an element."""
    return " ".join("".join(it for it in element.children if isinstance(it, str)).split())


@pytest.mark.parametrize("tag", TAGS)
def test_every_kind_of_page(tag: str) -> None:
    """Status, language and direction of the page; no English word that passes for the page's language."""
    locale = edition_of().locales[LocaleTag(tag)]
    kinds = kinds_of_page(edition_of(), locale.tag)
    assert len(kinds) >= 10
    for kind, path in kinds.items():
        response = visit(path)
        assert response.status_code == (404 if kind == "not found" else 200), path
        assert response.headers["Content-Language"] == tag
        if response.mimetype != "text/html":
            continue
        page = read_page(response.get_data(as_text=True))
        html = page.find("html")
        assert (html.attributes["lang"], html.attributes["dir"]) == (tag, locale.direction), path
        for element in page.find("body").walk():
            words = own_text(element)
            if words in english() and element.tag not in {"style", "script"}:
                assert element.inherited("lang") == "en", f"{path}: {words!r}"
            assert not re.search(r"\{[a-z_]+\}|%\(", words), f"{path}: {words!r}"


@pytest.mark.parametrize("tag", TAGS)
def test_a_notice_is_in_one_language(tag: str) -> None:
    """Every word of a notice is in the language that it says it is in, and the text is that language's, whole."""
    edition = edition_of()
    locale = edition.locales[LocaleTag(tag)]
    slug = next(iter(edition.articles))
    page = read_page(visit(f"/{tag}/{slug}").get_data(as_text=True))
    for notice in edition.notices:
        (text,) = find_notice_texts(notice, locale, edition.site.default_locale)
        regions = page.find_all(attribute="data-notice", value=notice.id)
        assert len(regions) == 2
        for region in regions:
            told = [it for it in region.walk() if "told" in it.attributes.get("class", "").split()]
            for element in [region, *region.walk()]:
                if own_text(element) and not any(element.within(it) for it in told):
                    assert element.inherited("lang") == text.locale
                    assert element.inherited("dir") == text.direction
            assert {it.inherited("lang") for it in told} <= {tag}
        words = regions[0].text
        assert all(" ".join(it.split()) in words for it in (text.heading, text.who, text.what, text.penalty, text.more))


def test_a_locale_without_any_catalog_works() -> None:
    """The language that Babel lacks and nobody has translated is there all the same, from its fallbacks."""
    for tag in ("av", "udm", "crh"):
        assert visit(f"/{tag}/").status_code == 200
