"""Language tags: what is read, what falls under a range, what a tag names."""

from collections.abc import Mapping

import pytest

from tests.strategies import ALIASES, EXPLODING
from webapp.core.tags import MOST_TAGS, TagNames, find_primary, matches_range, parse_tag

# --- parse_tag -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("en", "en", id="language"),
        pytest.param("EN", "en", id="language in capitals"),
        pytest.param("en-gb", "en-GB", id="region in small letters"),
        pytest.param("EN_gb", "en-GB", id="underscore"),
        pytest.param("sr-latn", "sr-Latn", id="script"),
        pytest.param("SR-LATN-ME", "sr-Latn-ME", id="script and region in capitals"),
        pytest.param("zh-hant-tw", "zh-Hant-TW", id="traditional Chinese of Taiwan"),
        pytest.param("es-419", "es-419", id="region in digits"),
        pytest.param("de-CH-1996", "de-CH-1996", id="variant in digits is no script"),
        pytest.param("sl-ROZAJ-BISKE", "sl-rozaj-biske", id="variants in small letters"),
        pytest.param("en-U-CA-Gregory", "en-u-ca-gregory", id="nothing is a region after a singleton"),
        pytest.param("en-X-LATN-US", "en-x-latn-us", id="nothing is a script after a singleton"),
        pytest.param("X-RU", "x-ru", id="nothing is a region after a leading singleton"),
        pytest.param("i-klingon", "i-klingon", id="grandfathered"),
        pytest.param("abcdefgh", "abcdefgh", id="eight letters"),
        pytest.param("zh-yue-HK", "zh-yue-HK", id="extended language"),
        pytest.param(" en ", "en", id="spaces around"),
        pytest.param("en\t", "en", id="tab behind"),
        pytest.param("a" + "-abcdefg" * 7 + "-abcdef", "a" + "-abcdefg" * 7 + "-abcdef", id="64 characters"),
        pytest.param("a" + "-abcdefg" * 8, None, id="65 characters"),
        pytest.param("", None, id="nothing"),
        pytest.param(" ", None, id="a space"),
        pytest.param("*", None, id="wildcard"),
        pytest.param("en-*", None, id="extended range"),
        pytest.param("-en", None, id="leading hyphen"),
        pytest.param("en-", None, id="trailing hyphen"),
        pytest.param("en--US", None, id="empty subtag"),
        pytest.param("1en", None, id="digit first"),
        pytest.param("419", None, id="only digits"),
        pytest.param("ninechars", None, id="nine letters"),
        pytest.param("en-ninechars", None, id="nine letters in a later subtag"),
        pytest.param("en US", None, id="space inside"),
        pytest.param("en.UTF-8", None, id="POSIX locale"),
        pytest.param("en\n", None, id="newline behind"),
        pytest.param("\u00a0en", None, id="no-break space is no space"),
        pytest.param("ру", None, id="Cyrillic letters"),
        pytest.param("ｒｕ", None, id="full-width letters"),
        pytest.param("en-٣٣٣", None, id="Arabic digits"),
        pytest.param("../etc", None, id="path"),
    ],
)
def test_a_tag_is_read_in_canonical_case_or_not_at_all(text: str, expected: str | None) -> None:
    """Case and underscores are mended; whatever is no BCP 47 tag is None."""
    assert parse_tag(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("rus", "ru", id="three letters"),
        pytest.param("RUS-ru", "ru-RU", id="what follows stays"),
        pytest.param("rus_Cyrl_RU", "ru-Cyrl-RU", id="script and region stay"),
        pytest.param("prs", "fa-AF", id="to a language and a region"),
        pytest.param("prs-AF", "fa-AF", id="no region twice"),
        pytest.param("prs-af", "fa-AF", id="no region twice in another case"),
        pytest.param("prs-TJ", "fa-TJ", id="a region given replaces the one implied"),
        pytest.param("cnr", "sr-Latn-ME", id="to a script and a region"),
        pytest.param("cnr-ME", "sr-Latn-ME", id="region given"),
        pytest.param("cnr-Latn-ME", "sr-Latn-ME", id="both given"),
        pytest.param("cnr-Latn", "sr-Latn-ME", id="script given"),
        pytest.param("cnr-Cyrl", "sr-Cyrl-ME", id="another script given"),
        pytest.param("swc-Latn", "sw-Latn-CD", id="a script given goes before the region implied"),
        pytest.param("swc-Latn-KE", "sw-Latn-KE", id="script and region given"),
        pytest.param("swc-1996", "sw-CD-1996", id="a variant given is no script"),
        pytest.param("hbs-RS", "sr-Latn-RS", id="a region given goes behind the script implied"),
        pytest.param("iw-IL", "he-IL", id="deprecated code"),
        pytest.param("en-rus", "en-rus", id="only the first subtag"),
        pytest.param("russian", "russian", id="only a whole subtag"),
        pytest.param("de", "de", id="no alias"),
    ],
)
def test_an_alias_stands_for_the_first_subtag(text: str, expected: str) -> None:
    """Deprecated and three-letter codes become those in use; script stays before region (RFC 5646 §2.1)."""
    assert parse_tag(text, ALIASES) == expected


def test_an_alias_may_be_written_with_an_underscore() -> None:
    """An alias copied from a list in POSIX spelling gives a BCP 47 tag all the same."""
    assert parse_tag("prs", {"prs": "fa_AF"}) == "fa-AF"


@pytest.mark.parametrize("aliases", [pytest.param(None, id="none"), pytest.param({}, id="empty")])
def test_without_aliases_nothing_is_replaced(aliases: Mapping[str, str] | None) -> None:
    """A three-letter code is a tag of its own."""
    assert parse_tag("rus", aliases) == "rus"


# --- matches_range -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language_range", "tag", "expected"),
    [
        pytest.param("ru", "ru", True, id="the same"),
        pytest.param("ru", "ru-RU", True, id="a region below"),
        pytest.param("ru", "ru-Cyrl-RU", True, id="script and region below"),
        pytest.param("ru-RU", "ru-RU-x-moscow", True, id="private use below"),
        pytest.param("RU", "ru-ru", True, id="without regard to case of the range"),
        pytest.param("ru", "RU-RU", True, id="without regard to case of the tag"),
        pytest.param("ru", "ru_RU", True, id="underscore in the tag"),
        pytest.param("ru_RU", "ru-RU", True, id="underscore in the range"),
        pytest.param("*", "en", True, id="the wildcard matches every tag (RFC 4647 §3.3.1)"),
        pytest.param("ru", "rue", False, id="Rusyn is not Russian"),
        pytest.param("ru", "r", False, id="a shorter tag"),
        pytest.param("ru-RU", "ru", False, id="the language alone is not below its region"),
        pytest.param("ru-RU", "ru-UA", False, id="another region"),
        pytest.param("ru-R", "ru-RU", False, id="part of a subtag"),
        pytest.param("ru", "uk-RU", False, id="a region of the same letters"),
        pytest.param("ru", "en-x-ru", False, id="later subtags do not count"),
        pytest.param("sr-ME", "sr-Latn-ME", False, id="basic filtering skips no subtag"),
        pytest.param("sr-Latn", "sr-Latn-ME", True, id="script"),
        pytest.param("sr-Latn", "sr-Cyrl-ME", False, id="another script"),
        pytest.param("ru", "*", False, id="the wildcard is no tag"),
        pytest.param("", "en", False, id="an empty range"),
    ],
)
def test_a_range_matches_by_whole_subtags(language_range: str, tag: str, expected: bool) -> None:
    """Basic filtering of RFC 4647 §3.3.1, in any case and spelling."""
    assert matches_range(language_range, tag) is expected


# --- TagNames ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tag", "named"),
    [
        pytest.param("ru", {"*", "ru"}, id="language"),
        pytest.param("EN_ru", {"*", "en", "en-ru", "@ru"}, id="region, in any case"),
        pytest.param("rus", {"*", "rus", "ru"}, id="older code"),
        pytest.param("prs-TJ", {"*", "prs", "prs-tj", "@tj", "fa", "fa-tj", "fa-af", "@af"}, id="by every reading"),
        pytest.param("en-u-ca-ru", {"*", "en", "en-u", "en-u-ca", "en-u-ca-ru"}, id="an extension is no region"),
        pytest.param("*", {"*"}, id="wildcard"),
        pytest.param("xx-!!", {"*", "xx", "xx-!!", "@!!"}, id="no tag at all"),
    ],
)
def test_a_tag_names_every_range_and_region_that_it_falls_under(tag: str, named: set[str]) -> None:
    """Under each name that its language has; the second answer is the first."""
    names = TagNames(ALIASES)
    assert names[tag] == named
    assert names[tag] is names[tag]


def test_aliases_are_those_of_the_names() -> None:
    """Another list of aliases is another list of names, and one that fails is no answer, however often it is asked."""
    assert "ru" not in TagNames({})["rus"]
    broken = TagNames(EXPLODING)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            broken["en"]
    assert not broken


def test_a_flood_of_tags_is_forgotten() -> None:
    """What is remembered is bounded, and the answers stay right."""
    names = TagNames(ALIASES)
    for number in range(MOST_TAGS + 5):
        assert f"x-{number}" in names[f"x-{number}"]
        assert len(names) <= MOST_TAGS
    assert names["rus"] == {"*", "rus", "ru"}


@pytest.mark.parametrize(("tag", "primary"), [("ru", "ru"), ("\tRU_ru ", "ru"), ("sr-Latn", "sr"), ("", "")])
def test_the_primary_subtag_names_the_language(tag: str, primary: str) -> None:
    """In small letters, whatever is around and behind."""
    assert find_primary(tag) == primary
