"""The languages of this release are whole: every word, every notice, and the articles that were promised."""

import re
from functools import lru_cache

import pytest

from tests.samples import NOW, REPOSITORY
from webapp.core.model import Edition, LocaleTag, Notice
from webapp.sources.catalogs import load_catalog
from webapp.sources.extraction import DOMAINS, extract_messages, extract_notices, to_pot
from webapp.sources.load import load_edition
from webapp.sources.locales import load_locales

# Every word and every legal text. Chechen, which belongs to them, lacks both: docs/translators.md says why.
WHOLE = (
    "ru",
    "uk",
    "fa",
    "fa-AF",
    "ps",
    "az",
    "bs",
    "sr-Latn-ME",
    "hu",
    "uz",
    "crh",
    "ro",
    "sq",
    "ba",
    "be",
    "bg",
    "ky",
    "kk",
    "mk",
    "sr",
    "tt",
    "tg",
    "tk",
    "hy",
    "ka",
)
PLACEHOLDER = re.compile(r"\{[a-z_]+\}")
EXTRACT = {"messages": extract_messages, "notices": extract_notices}


@lru_cache(maxsize=1)
def edition() -> Edition:
    """The edition of the repository's own sources."""
    return load_edition(REPOSITORY, NOW.date()).edition


@pytest.mark.parametrize("domain", DOMAINS)
def test_template_of_words_is_current(domain: str) -> None:
    """The .pot holds exactly the words of templates, code and configuration."""
    path = REPOSITORY / "translations" / f"{domain}.pot"
    assert path.read_text("utf-8") == to_pot(EXTRACT[domain](REPOSITORY)), "run: webapp i18n extract"


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("tag", WHOLE)
def test_every_word_is_translated(tag: str, domain: str) -> None:
    """No word of a whole language is missing, fuzzy or unusable."""
    catalog, problems = load_catalog(REPOSITORY, load_locales(REPOSITORY)[LocaleTag(tag)], domain)
    words = EXTRACT[domain](REPOSITORY)
    assert len(words) > 20
    missing = [
        word.message
        for word in words
        if not (
            all(catalog.find_plural(word.context, word.message, word.plural, number) for number in (0, 1, 2, 5, 21))
            if word.plural
            else catalog.find(word.context, word.message)
        )
    ]
    assert missing == []
    assert [str(problem) for problem in problems] == []


@pytest.mark.parametrize("tag", WHOLE)
def test_placeholders_are_those_of_the_source(tag: str) -> None:
    """A translation fills in what its source fills in, and nothing else."""
    catalog, _ = load_catalog(REPOSITORY, load_locales(REPOSITORY)[LocaleTag(tag)], "messages")
    for word in extract_messages(REPOSITORY):
        found = None if word.plural else catalog.find(word.context, word.message)
        if found:
            assert sorted(PLACEHOLDER.findall(found)) == sorted(PLACEHOLDER.findall(word.message)), word.message


@pytest.mark.parametrize("notice", [pytest.param(it, id=it.id) for it in edition().notices])
@pytest.mark.parametrize("tag", ["en", *WHOLE])
def test_every_notice_has_a_text(notice: Notice, tag: str) -> None:
    """Every notice can be shown whole in every language of this release."""
    text = notice.texts[LocaleTag(tag)]
    assert all((text.heading, text.who, text.what, text.penalty, text.publisher, text.more, text.reminder))
    assert all(section.paragraphs for section in text.sections)


def test_articles_of_this_release() -> None:
    """At least four articles, each in English, Russian and Ukrainian, and one of them in ten languages or more."""
    articles = edition().articles.values()
    assert len(articles) >= 4
    for article in articles:
        assert {"en", "ru", "uk"} <= set(article.texts)
        assert article.picture is not None
    assert max(len(article.texts) for article in articles) >= 10
