"""Which language a browser gets: some three hundred Accept-Language headers against the registry of this site."""

from dataclasses import replace
from functools import lru_cache

import pytest

from tests.samples import REPOSITORY
from tests.strategies import make_edition
from webapp.core.locales import negotiate, parse_accept_language
from webapp.core.model import Edition
from webapp.sources.locales import language_aliases, load_locales

TABLE = REPOSITORY / "tests" / "unit" / "sources" / "accept_language.tsv"
ROWS = [line.split("\t") for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#")]


@lru_cache(maxsize=1)
def edition() -> Edition:
    """An edition with the languages of this site."""
    return replace(make_edition(), locales=load_locales(REPOSITORY), language_aliases=language_aliases())


def test_the_table_is_long_enough() -> None:
    """A premise: two hundred headers and more, and every language of the site is expected by some."""
    assert len(ROWS) >= 200
    assert {expected for expected, *_ in ROWS} == set(load_locales(REPOSITORY))


@pytest.mark.parametrize(("expected", "header"), [pytest.param(*row[:2], id=f"{row[2]}: {row[1]}") for row in ROWS])
def test_header_gets_its_language(expected: str, header: str) -> None:
    """RFC 4647 lookup, with the exceptions that the registry writes down."""
    accepted = parse_accept_language(header.replace("\\t", "\t"), edition().language_aliases)
    assert negotiate(edition(), accepted) == expected


@pytest.mark.parametrize("tag", ["uk", "crh"])
def test_ukrainian_and_crimean_tatar_never_lead_to_russian(tag: str) -> None:
    """Neither a chain of the registry nor an answered range takes these readers to Russian."""
    locales = load_locales(REPOSITORY)
    locale = next(it for it in locales.values() if it.tag == tag)
    assert "ru" not in {*locale.ui_fallback, *locale.legal_fallback, *locale.article_fallback}
    russian = next(it for it in locales.values() if it.tag == "ru")
    assert not {name.partition("-")[0] for name in russian.also} & {"uk", "crh"}
