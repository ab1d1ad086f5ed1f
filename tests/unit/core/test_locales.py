"""Accept-Language headers: what is read, and which locale a reader gets."""

from dataclasses import replace

import pytest

from tests.strategies import ALIASES, make_edition
from webapp.core.locales import (
    MAX_HEADER,
    MAX_RANGES,
    find_locale,
    first_available,
    lookup,
    negotiate,
    parse_accept_language,
)
from webapp.core.model import AcceptedLanguages, Direction, Edition, Locale, LocaleState, LocaleTag

SITE = tuple(
    LocaleTag(tag)
    for tag in ("en", "ru", "uk", "be", "fa", "fa-AF", "ka", "ky", "tt", "uz", "sr", "sr-Latn", "sr-Latn-ME", "zh-Hant")
)


# --- parse_accept_language -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "ranges"),
    [
        pytest.param(None, (), id="missing"),
        pytest.param("", (), id="empty"),
        pytest.param("  \t ", (), id="blank"),
        pytest.param(",", (), id="one comma"),
        pytest.param(" , ,, ", (), id="commas and spaces"),
        pytest.param("en", (("en", 1.0),), id="one tag"),
        pytest.param("en-US,en;q=0.5", (("en-US", 1.0), ("en", 0.5)), id="Firefox"),
        pytest.param("en;q=0.5,ru", (("ru", 1.0), ("en", 0.5)), id="sorted by quality"),
        pytest.param("de,fr,en", (("de", 1.0), ("fr", 1.0), ("en", 1.0)), id="equals in the order given"),
        pytest.param("a;q=0.2,b;q=0.9,c;q=0.2", (("b", 0.9), ("a", 0.2), ("c", 0.2)), id="equals keep their order"),
        pytest.param("ru;q=0", (("ru", 0.0),), id="refused is named"),
        pytest.param("en, ru;q=0.000", (("en", 1.0), ("ru", 0.0)), id="refused with decimals"),
        pytest.param("*", (("*", 1.0),), id="wildcard"),
        pytest.param("*;q=0", (("*", 0.0),), id="wildcard refused"),
        pytest.param("en;q=1", (("en", 1.0),), id="one"),
        pytest.param("en;q=1.", (("en", 1.0),), id="one and a dot"),
        pytest.param("en;q=1.000", (("en", 1.0),), id="one with decimals"),
        pytest.param("en;q=0.", (("en", 0.0),), id="nought and a dot"),
        pytest.param("en;q=0.123", (("en", 0.123),), id="three decimals"),
        pytest.param("en;Q=0.5", (("en", 0.5),), id="capital Q"),
        pytest.param("en ; q=0.5", (("en", 0.5),), id="spaces around the semicolon"),
        pytest.param("en\t;\tq=0.5 ,\tru", (("ru", 1.0), ("en", 0.5)), id="tabs"),
        pytest.param(",en,,ru,", (("en", 1.0), ("ru", 1.0)), id="empty members"),
        pytest.param("EN_us", (("en-US", 1.0),), id="underscore"),
        pytest.param("sr-latn-me;q=0.7", (("sr-Latn-ME", 0.7),), id="script and region"),
    ],
)
def test_a_header_that_can_be_understood_is_readable(header: str | None, ranges: tuple[tuple[str, float], ...]) -> None:
    """Every language named is there with its quality, highest first."""
    assert parse_accept_language(header) == AcceptedLanguages(ranges, readable=True)


@pytest.mark.parametrize(
    "member",
    [
        pytest.param("en-", id="bad tag"),
        pytest.param("*-CH", id="extended range"),
        pytest.param("12", id="digits"),
        pytest.param("ру", id="Cyrillic letters"),
        pytest.param("en US", id="space in a tag"),
        pytest.param("e\x00n", id="NUL"),
        pytest.param("en\xa0", id="no-break space"),
        pytest.param("en\x0b", id="vertical tab"),
        pytest.param("en\n", id="newline"),
        pytest.param("en\x85", id="next line, Latin-1"),
        pytest.param("\xa0", id="only a no-break space"),
        pytest.param("en;", id="empty parameter"),
        pytest.param("en;q", id="quality without a value"),
        pytest.param("en;q=", id="quality with an empty value"),
        pytest.param("en;q=2", id="quality over one"),
        pytest.param("en;q=1.001", id="quality just over one"),
        pytest.param("en;q=1.0000", id="one with four decimals"),
        pytest.param("en;q=-1", id="negative quality"),
        pytest.param("en;q=0.1234", id="four decimals"),
        pytest.param("en;q=.5", id="no leading nought"),
        pytest.param("en;q=00", id="two noughts"),
        pytest.param("en;q=0,5", id="decimal comma, which leaves the member 5"),
        pytest.param("en;q=nan", id="not a number"),
        pytest.param("en;q=1e0", id="exponent"),
        pytest.param("en;q=٠", id="Arabic nought"),
        pytest.param("en;q= 0.5", id="space after the equals sign"),
        pytest.param("en;q =0.5", id="space before the equals sign"),
        pytest.param("en;\xa0q=0.5", id="no-break space before the quality"),
        pytest.param("en;q=0.5\x0b", id="vertical tab after the quality"),
        pytest.param("en;q=0.5\n", id="newline after the quality"),
        pytest.param("en;level=1", id="another parameter"),
        pytest.param("en;xq=1", id="a parameter that ends in q"),
        pytest.param("en;q=0.5;q=0.5", id="two parameters"),
        pytest.param("en;q=0.5;", id="a second, empty parameter"),
        pytest.param("*;q=2", id="wildcard with a bad quality"),
        pytest.param(";q=1", id="quality without a tag"),
    ],
)
@pytest.mark.parametrize("place", ["{}", "{}, de", "de, {}", "de,{},fr;q=0.3"])
def test_one_malformed_member_makes_the_header_unreadable(member: str, place: str) -> None:
    """Wherever it stands, nobody can say any more which languages the browser names; the rest is still read."""
    accepted = parse_accept_language(place.format(member))
    assert not accepted.readable
    assert ("de" in dict(accepted.ranges)) is ("de" in place)


@pytest.mark.parametrize(
    ("header", "readable"),
    [
        pytest.param("en" + " " * (MAX_HEADER - 2), True, id="as long as is read"),
        pytest.param("en" + " " * (MAX_HEADER - 1), False, id="one character longer"),
        pytest.param(" " * MAX_HEADER, True, id="blank, as long as is read"),
        pytest.param(" " * (MAX_HEADER + 1), False, id="blank, one character longer"),
        pytest.param("," * (MAX_HEADER + 1), False, id="commas, one character longer"),
        pytest.param(",".join(["en"] * MAX_RANGES), True, id="as many ranges as are read"),
        pytest.param(",".join(["en"] * (MAX_RANGES + 1)), False, id="one range more"),
        pytest.param(",,".join(["en"] * MAX_RANGES) + ",,,", True, id="empty members do not count"),
    ],
)
def test_a_header_is_read_up_to_a_size(header: str, readable: bool) -> None:
    """4096 characters and 64 ranges are read, and one more of either is not."""
    assert (MAX_HEADER, MAX_RANGES) == (4096, 64)
    assert parse_accept_language(header).readable is readable


def test_a_header_too_long_is_not_looked_into() -> None:
    """Nothing is taken from a header of more than 4096 characters."""
    assert parse_accept_language("ru," * 2000) == AcceptedLanguages((), readable=False)


def test_of_too_many_ranges_the_first_64_are_kept() -> None:
    """A locale can still be chosen from a header that names too many languages."""
    accepted = parse_accept_language(",".join(["de"] * MAX_RANGES + ["ru"]))
    assert accepted.ranges == (("de", 1.0),) * MAX_RANGES


# --- lookup --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param(None, "en", id="curl sends none"),
        pytest.param("", "en", id="empty"),
        pytest.param(",,", "en", id="commas"),
        pytest.param("*", "en", id="wget, any language"),
        pytest.param("*;q=0", "en", id="no language at all"),
        pytest.param("*;q=0.5", "en", id="any language, half-heartedly"),
        pytest.param("en-US,en;q=0.9", "en", id="Chrome, American"),
        pytest.param("en-US,en;q=0.5", "en", id="Firefox, American"),
        pytest.param("en-GB,en-US;q=0.9,en;q=0.8", "en", id="Chrome, British"),
        pytest.param("en-US", "en", id="one-tag Chrome, American"),
        pytest.param("ru", "ru", id="one-tag Chrome, Russian"),
        pytest.param("ru-RU", "ru", id="one-tag Safari, Russian"),
        pytest.param("uk-UA", "uk", id="one-tag Safari, Ukrainian"),
        pytest.param("ka-GE", "ka", id="one-tag Safari, Georgian"),
        pytest.param("ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7", "ru", id="Chrome, Russian"),
        pytest.param("ru-RU,ru;q=0.8,en-US;q=0.5,en;q=0.3", "ru", id="Firefox, Russian"),
        pytest.param("uk-UA,uk;q=0.9,ru;q=0.8,en-US;q=0.7,en;q=0.6", "uk", id="Chrome, Ukrainian"),
        pytest.param("uk,ru;q=0.8,en-US;q=0.5,en;q=0.3", "uk", id="Firefox, Ukrainian"),
        pytest.param("be-BY,be;q=0.9,ru;q=0.8", "be", id="Belarusian"),
        pytest.param("ru-BY,ru;q=0.9,be;q=0.8", "ru", id="Russian of Belarus"),
        pytest.param("tt-RU,tt;q=0.9,ru;q=0.8", "tt", id="Tatar"),
        pytest.param("tt-Latn", "tt", id="Tatar in Latin script, script dropped"),
        pytest.param("ky-KG,ky;q=0.9,ru;q=0.5", "ky", id="Kyrgyz"),
        pytest.param("uz-Latn-UZ,uz;q=0.9", "uz", id="Uzbek in Latin script"),
        pytest.param("uz-Cyrl-UZ", "uz", id="Uzbek in Cyrillic, script dropped"),
        pytest.param("fa-IR,fa;q=0.9,en;q=0.8", "fa", id="Persian of Iran"),
        pytest.param("fa-AF,fa;q=0.9", "fa-AF", id="Dari"),
        pytest.param("fa-AF-x-kabul", "fa-AF", id="Dari, private use dropped with its singleton"),
        pytest.param("prs", "fa-AF", id="Dari by its own code"),
        pytest.param("prs-AF,ps;q=0.9,en;q=0.5", "fa-AF", id="Dari of Afghanistan by its own code"),
        pytest.param("sr", "sr", id="Serbian, no script"),
        pytest.param("sr-RS,sr;q=0.9", "sr", id="Serbian of Serbia"),
        pytest.param("sr-Cyrl-RS", "sr", id="Serbian in Cyrillic"),
        pytest.param("sr-Latn", "sr-Latn", id="Serbian in Latin script"),
        pytest.param("sr-Latn-RS", "sr-Latn", id="Serbian of Serbia in Latin script keeps the script"),
        pytest.param("sr-Latn-ME", "sr-Latn-ME", id="Serbian of Montenegro in Latin script"),
        pytest.param("SR_LATN_ME", "sr-Latn-ME", id="the same in capitals with underscores"),
        pytest.param("cnr", "sr-Latn-ME", id="Montenegrin"),
        pytest.param("cnr-ME", "sr-Latn-ME", id="Montenegrin of Montenegro"),
        pytest.param("cnr-Latn", "sr-Latn-ME", id="Montenegrin in Latin script"),
        pytest.param("cnr-Cyrl-ME", "sr", id="Montenegrin in Cyrillic is not given in Latin"),
        pytest.param("sr-ME", "sr", id="Serbian of Montenegro, no script skipped"),
        pytest.param("zh-TW,zh;q=0.9,en-US;q=0.8", "en", id="Chinese of Taiwan has no script to match"),
        pytest.param("zh-Hant-TW", "zh-Hant", id="Chinese in traditional script"),
        pytest.param("zh-Hant-HK,zh-Hant;q=0.9", "zh-Hant", id="Chinese of Hong Kong"),
        pytest.param("zh-Hans-CN,zh;q=0.9", "en", id="simplified is not given as traditional"),
        pytest.param("zh", "en", id="a language never reaches a longer tag"),
        pytest.param("de", "en", id="a language that is not here"),
        pytest.param("de-DE,de;q=0.9,en;q=0.8", "en", id="German, then English"),
        pytest.param("de-DE,de;q=0.9,ru;q=0.1", "ru", id="German, then a little Russian"),
        pytest.param("de;q=0.9,uk;q=0.8,ru;q=0.7", "uk", id="the second of three"),
        pytest.param("ru;q=0.1,uk;q=0.9", "uk", id="quality before order"),
        pytest.param("ru,uk", "ru", id="order among equals"),
        pytest.param("uk,ru", "uk", id="order among equals, the other way"),
        pytest.param("ru;q=0.001", "ru", id="the least quality that is one"),
        pytest.param("ru;q=0,uk;q=0.5", "uk", id="Russian refused"),
        pytest.param("ru;q=0,ru-RU", "en", id="what is refused is refused below too"),
        pytest.param("sr-Latn;q=0,sr-Latn-ME,uk;q=0.2", "sr", id="a script refused with all below, its language not"),
        pytest.param("sr-Latn-ME;q=0,sr-Latn-ME-x-a", "sr-Latn", id="a region refused, its script not"),
        pytest.param("en;q=0,*", "en", id="the default, when nothing else is left"),
        pytest.param("en;q=0,*,uk;q=0.3", "uk", id="a refused default gives way"),
        pytest.param("de,*;q=0.5,uk;q=0.3", "en", id="the wildcard before a lesser range"),
        pytest.param("ru;q=0", "en", id="only a refusal"),
        pytest.param("en;q=0", "en", id="the default refused and nothing else asked for"),
        pytest.param("*;q=0,uk;q=0.3", "uk", id="a refused wildcard refuses no language by name"),
        pytest.param("ab-CD;q=0.8,x-ru", "en", id="private use is not Russian"),
        pytest.param("i-klingon", "en", id="grandfathered"),
        pytest.param("rue-UA", "en", id="Rusyn is not Russian"),
        pytest.param("uk-u-nu-latn", "uk", id="Ukrainian with an extension"),
        pytest.param("en-ru", "en", id="English of Russia"),
        pytest.param("rus,eng;q=0.5", "ru", id="three-letter codes"),
        pytest.param("RUS-Cyrl-RU", "ru", id="three-letter code with script and region"),
        pytest.param("uk;q=banana,ru;q=0.5", "ru", id="an unreadable member is passed over"),
        pytest.param("<script>,ka;q=0.4", "ka", id="markup is passed over"),
        pytest.param("uk;q=0.5;q=1,ka;q=0.4", "ka", id="a member with two parameters is passed over"),
        pytest.param("\x00,\x01", "en", id="control characters"),
        pytest.param("ru," * 2000, "en", id="far too long"),
    ],
)
def test_a_reader_gets_the_locale_they_asked_for(header: str | None, expected: str) -> None:
    """RFC 4647 lookup over real and hostile headers; no language ever stands in for another."""
    assert lookup(parse_accept_language(header, ALIASES), SITE, LocaleTag("en")) == expected


def test_montenegrin_is_given_in_its_script_by_the_aliases_of_cldr() -> None:
    """CLDR has "sr-ME" for "cnr": "cnr-Latn" is then sr-Latn-ME, never the misspelt sr-ME-Latn."""
    accepted = parse_accept_language("cnr-Latn", {"cnr": "sr-ME"})
    assert lookup(accepted, (LocaleTag("sr"), LocaleTag("sr-Latn")), LocaleTag("en")) == "sr-Latn"


def test_ukrainian_never_becomes_russian_by_itself() -> None:
    """A site in Russian and English gives a Ukrainian reader English, unless they ask for Russian."""
    locales = (LocaleTag("ru"), LocaleTag("en"))
    assert lookup(parse_accept_language("uk-UA,uk;q=0.9"), locales, LocaleTag("en")) == "en"
    assert lookup(parse_accept_language("uk-UA,ru;q=0.9"), locales, LocaleTag("en")) == "ru"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("sr-Latn-RS", "sr-Latn-ME", id="Latin script is kept though the region differs"),
        pytest.param("sr-Latn", "sr-Latn-ME", id="the range itself"),
        pytest.param("SR_latn", "sr-Latn-ME", id="in another case"),
        pytest.param("sr-RS", "sr", id="no script, no exception"),
        pytest.param("mhr", "ru", id="a language that another answers"),
        pytest.param("mhr-RU,en;q=0.9", "ru", id="with a region"),
        pytest.param("mhr;q=0.5,uk", "uk", id="quality before answers"),
        pytest.param("mhr,ru;q=0", "en", id="the answering language refused"),
        pytest.param("uk-UA,mhr;q=0.1", "uk", id="Ukrainian stays Ukrainian"),
        pytest.param("mhrx", "en", id="only whole subtags"),
    ],
)
def test_a_locale_answers_the_ranges_written_down_for_it(header: str, expected: str) -> None:
    """What the registry says a locale answers counts as a tag of the site, nothing else does."""
    offered = tuple(LocaleTag(tag) for tag in ("en", "ru", "uk", "sr", "sr-Latn-ME"))
    also = {"sr-Latn": LocaleTag("sr-Latn-ME"), "mhr": LocaleTag("ru")}
    assert lookup(parse_accept_language(header), offered, LocaleTag("en"), also) == expected


def test_a_locale_is_found_whatever_the_case_of_the_tags_offered() -> None:
    """The tag is returned as the site spells it."""
    assert lookup(parse_accept_language("sr-latn"), (LocaleTag("SR-Latn"),), LocaleTag("en")) == "SR-Latn"


def test_a_tag_is_cut_together_with_the_singleton_before_it() -> None:
    """Cutting "fa-x-kabul" never asks for "fa-x" (RFC 4647 §3.4)."""
    offered = (LocaleTag("fa-x"), LocaleTag("fa"))
    assert lookup(parse_accept_language("fa-x-kabul"), offered, LocaleTag("en")) == "fa"
    assert lookup(parse_accept_language("x-kabul"), (LocaleTag("x"),), LocaleTag("en")) == "en"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("ru-RU", "ru", id="a shorter tag"),
        pytest.param("MHR-Cyrl", "ru", id="a range that another locale answers"),
        pytest.param("mhr;q=0.5, kk;q=0.4", "ru", id="the better one"),
        pytest.param("mhr, ru;q=0", "en", id="a range whose locale is refused"),
        pytest.param("sr-ME", "sr-Latn", id="the longer range"),
        pytest.param("sr", "en", id="a language never reaches a longer tag"),
        pytest.param("de", "en", id="none that is there"),
        pytest.param(None, "en", id="no header"),
    ],
)
def test_an_edition_answers_the_ranges_of_its_registry(header: str | None, expected: str) -> None:
    """Whatever the edition has for the header, and its default locale where it has nothing."""
    edition = _edition_in("en", "sr-Latn", "ru", "kk")
    assert negotiate(edition, parse_accept_language(header, edition.language_aliases)) == expected


# --- find_locale, first_available ----------------------------------------------------------------------------


def _edition_in(*tags: str) -> Edition:
    locales = {
        LocaleTag(tag): Locale(LocaleTag(tag), tag, "Latn", Direction.LTR, tag, tag, "nplurals=1;", LocaleState.FULL)
        for tag in tags
    }
    also = {"ru": ("mhr",), "sr-Latn": ("sr-ME",)}
    locales = {tag: replace(locale, also=also.get(tag, ())) for tag, locale in locales.items()}
    return replace(make_edition(), language_aliases=ALIASES, locales=locales)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("en", "en", id="as it is"),
        pytest.param("SR-latn", "sr-Latn", id="in another case"),
        pytest.param("sr_Latn", "sr-Latn", id="with an underscore"),
        pytest.param("sr", None, id="a shorter tag is another locale"),
        pytest.param("en-US", None, id="a longer tag is another locale"),
        pytest.param("rus", "ru", id="an alias"),
        pytest.param("mhr", None, id="a language that another answers has no address"),
        pytest.param("sr-ME", "sr-Latn", id="another name of the same language"),
        pytest.param("", None, id="nothing"),
        pytest.param("../en", None, id="path"),
        pytest.param("en\x00", None, id="NUL"),
        pytest.param(" RUS\t", "ru", id="an alias in capitals with white space around"),
        pytest.param("rus-RU", None, id="an alias with more"),
        pytest.param("prs", None, id="an alias of a locale that is not here"),
        pytest.param("rus!", None, id="more than an alias"),
        pytest.param("kk", "kk", id="Kazakh"),
        pytest.param("\u212a\u212a", None, id="letters outside ASCII whose small ones are in it"),
    ],
)
def test_a_locale_is_found_by_its_tag(text: str, expected: str | None) -> None:
    """Text from a URL names a locale of the edition, in any case, or nothing."""
    found = find_locale(_edition_in("en", "sr-Latn", "ru", "kk"), text)
    assert (found.tag if found else None) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        pytest.param(("uk", "en"), "Ukrainian", id="the first"),
        pytest.param(("tt", "en"), "English", id="the first is missing"),
        pytest.param(("tt", "ba"), None, id="none is there"),
        pytest.param((), None, id="none is asked for"),
        pytest.param(("xx", "en"), "", id="an empty text is a text"),
    ],
)
def test_the_first_text_of_a_chain_is_taken(tags: tuple[str, ...], expected: str | None) -> None:
    """A fallback chain ends at the first language in which there is something."""
    texts = {LocaleTag("en"): "English", LocaleTag("uk"): "Ukrainian", LocaleTag("xx"): ""}
    assert first_available((LocaleTag(tag) for tag in tags), texts) == expected
