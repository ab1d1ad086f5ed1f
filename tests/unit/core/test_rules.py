"""One rule against one reader: the verdict, and the reason that an editor reads."""

from collections.abc import Iterable, Mapping

import pytest

from tests.strategies import ALIASES, BELARUS, OCCUPIED, RUSSIA, make_edition, make_map, make_place, make_reader
from webapp.core.model import (
    EverywhereRule,
    LanguageRule,
    MapFacts,
    Place,
    Reader,
    Rule,
    TerritoryRule,
    UnknownPlace,
    UnknownReason,
)
from webapp.core.rules import Finding, Verdict, describe, evaluate

IN_RUSSIA = TerritoryRule("in-russia", RUSSIA)
NOWHERE = UnknownPlace(UnknownReason.TUNNEL, "arrives through a tunnel")
MAP = make_map()


def _judge(rule: Rule, reader: Reader, facts: MapFacts | None = MAP, aliases: Mapping[str, str] = ALIASES) -> Finding:
    return evaluate(rule, reader, make_edition(facts=facts, mapless=facts is None, aliases=aliases))


def _tell(finding: Finding) -> tuple[str, str, Verdict, str]:
    return finding.rule, finding.asks, finding.verdict, finding.because


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        pytest.param(IN_RUSSIA, "the reader is in russia, or may be", id="territory"),
        pytest.param(LanguageRule("l", ("ru",)), "the reader reads one of: ru", id="one language"),
        pytest.param(LanguageRule("l", ("ru", "tt")), "the reader reads one of: ru, tt", id="two languages"),
        pytest.param(
            LanguageRule("l", ("ru",), ("RU",)), "the reader reads one of: ru, or any language of RU", id="a region"
        ),
        pytest.param(
            LanguageRule("l", ("ru",), ("RU", "BY")),
            "the reader reads one of: ru, or any language of RU, BY",
            id="two regions",
        ),
        pytest.param(EverywhereRule("e"), "anybody", id="everywhere"),
    ],
)
def test_a_rule_says_whom_it_is_for(rule: Rule, words: str) -> None:
    """The words name the territory or the languages."""
    assert describe(rule) == words


@pytest.mark.parametrize(
    ("place", "facts", "verdict", "because"),
    [
        pytest.param(
            make_place(), make_map(), Verdict.EXCLUDED, "192.0.2.0/24 is outside russia", id="outside, and covered"
        ),
        pytest.param(
            make_place(inside=[RUSSIA]), make_map(), Verdict.MATCHED, "192.0.2.0/24 is inside russia", id="inside"
        ),
        pytest.param(
            make_place(uncertain=[RUSSIA]),
            make_map(),
            Verdict.UNPROVEN,
            "192.0.2.0/24 may be inside russia: the sources of the map disagree or are too coarse",
            id="uncertain, no reason given",
        ),
        pytest.param(
            make_place(uncertain=[RUSSIA], reasons=("dbip says RU", "whois says UA")),
            make_map(),
            Verdict.UNPROVEN,
            "192.0.2.0/24 may be inside russia: dbip says RU; whois says UA",
            id="uncertain, with the reasons",
        ),
        pytest.param(
            make_place(outside=[OCCUPIED, BELARUS]),
            make_map(),
            Verdict.UNPROVEN,
            "the map says nothing about russia",
            id="in none of the sets",
        ),
        pytest.param(
            make_place(),
            make_map(covers=[OCCUPIED, BELARUS]),
            Verdict.UNPROVEN,
            "the map was compiled from another definition of russia",
            id="outside, by another definition",
        ),
        pytest.param(
            make_place(),
            None,
            Verdict.UNPROVEN,
            "the map was compiled from another definition of russia",
            id="outside, and no map",
        ),
        pytest.param(
            NOWHERE, make_map(), Verdict.UNPROVEN, "the place is unknown: arrives through a tunnel", id="unknown place"
        ),
        pytest.param(
            make_place(inside=[OCCUPIED], uncertain=[BELARUS]),
            make_map(),
            Verdict.EXCLUDED,
            "192.0.2.0/24 is outside russia",
            id="inside another territory",
        ),
    ],
)
def test_a_territory_rule_excludes_only_who_is_proven_outside(
    place: Place, facts: MapFacts | None, verdict: Verdict, because: str
) -> None:
    """Outside, by a map compiled from the present definition; everything else keeps the notice."""
    finding = _judge(IN_RUSSIA, make_reader(place), facts)
    assert _tell(finding) == ("in-russia", "the reader is in russia, or may be", verdict, because)


@pytest.mark.parametrize("other", ["inside", "uncertain"])
def test_a_record_that_contradicts_itself_proves_nothing(other: str) -> None:
    """A territory in two sets at once is never excluded."""
    sound = make_place()
    sets = {"inside": sound.inside, "uncertain": sound.uncertain, other: frozenset({RUSSIA})}
    place = type(sound)(sound.network, sound.country, sets["inside"], sets["uncertain"], sound.outside)
    assert RUSSIA in place.outside
    assert _judge(IN_RUSSIA, make_reader(place)).verdict is not Verdict.EXCLUDED


@pytest.mark.parametrize(
    ("languages", "page", "header", "verdict", "because"),
    [
        pytest.param(
            ["ru"],
            ["en"],
            "en",
            Verdict.EXCLUDED,
            "neither the page nor the browser names one of these languages",
            id="neither names it",
        ),
        pytest.param(["ru"], ["ru"], "en", Verdict.MATCHED, "the page is in ru", id="page"),
        pytest.param(
            ["ru"], ["en", "ru"], "en", Verdict.MATCHED, "the page is in ru", id="second language of the page"
        ),
        pytest.param(["ru"], ["en"], "ru-RU", Verdict.MATCHED, "the browser names ru-RU", id="browser"),
        pytest.param(["ru"], ["en"], "en, ru;q=0", Verdict.MATCHED, "the browser names ru", id="browser refuses it"),
        pytest.param(["tt", "ru"], ["en"], "de,ru", Verdict.MATCHED, "the browser names ru", id="the second listed"),
        pytest.param(["ru"], ["ru"], "ru", Verdict.MATCHED, "the page is in ru", id="page before browser"),
        pytest.param(
            ["ru"], ["en"], "!!", Verdict.UNPROVEN, "the languages of the browser could not be read", id="unreadable"
        ),
        pytest.param(["ru"], ["en"], "!!, ru", Verdict.MATCHED, "the browser names ru", id="unreadable but named"),
        pytest.param(
            ["ru"], ["ru"], "!!", Verdict.MATCHED, "the page is in ru", id="unreadable, and the page names it"
        ),
        pytest.param(
            ["ru"], [], "en", Verdict.UNPROVEN, "the language of the page is not known", id="no page language"
        ),
    ],
)
def test_a_language_rule_excludes_only_who_names_none_of_its_languages(
    languages: list[str], page: list[str], header: str, verdict: Verdict, because: str
) -> None:
    """The page and the browser both count, refused languages too; the reason says which one it was."""
    rule = LanguageRule("reads", tuple(languages))
    finding = _judge(rule, make_reader(page=page, accept_language=header))
    assert _tell(finding) == ("reads", f"the reader reads one of: {', '.join(languages)}", verdict, because)


NAMED = [
    pytest.param("ru", "RU", True, id="in capitals"),
    pytest.param("RU", "ru-ru", True, id="listed in capitals"),
    pytest.param("ru", "ru_RU", True, id="underscore"),
    pytest.param("ru-RU", "ru_RU_!", True, id="underscores in what is no tag"),
    pytest.param("ru_RU", "ru-RU", True, id="listed with an underscore"),
    pytest.param("ru", "rus", True, id="three-letter code"),
    pytest.param("ru", "rus-Cyrl-RU", True, id="three-letter code with more"),
    pytest.param("rus", "rus", True, id="listed by the very code named"),
    pytest.param("mhr", "mhr-RU", True, id="Meadow Mari listed by the very code named"),
    pytest.param("chm", "mhr", True, id="Meadow Mari listed as Mari"),
    pytest.param("fa", "prs", True, id="Dari is a Persian"),
    pytest.param("fa-AF", "prs", True, id="Dari"),
    pytest.param("fa-AF", "prs-DE", True, id="Dari in Germany"),
    pytest.param("fa-AF", "PRS_de", True, id="Dari in Germany in capitals with an underscore"),
    pytest.param("fa-TJ", "prs-TJ", True, id="Dari in Tajikistan is Persian of Tajikistan"),
    pytest.param("sr-Latn", "cnr-Latn", True, id="Montenegrin in Latin script"),
    pytest.param("sr-Latn-ME", "cnr-Latn", True, id="Montenegrin in Latin script, listed with its region"),
    pytest.param("sr-Cyrl", "cnr-Cyrl", True, id="Montenegrin in Cyrillic"),
    pytest.param("sw-CD", "swc-KE", True, id="Congo Swahili in Kenya"),
    pytest.param("sw-Latn", "swc-Latn", True, id="Congo Swahili in Latin script"),
    pytest.param("sr-Latn", "hbs-RS", True, id="Serbo-Croatian of Serbia"),
    pytest.param("*", "en", True, id="every language listed"),
    pytest.param("ru", "rue", False, id="Rusyn"),
    pytest.param("ru", "en-RU", False, id="English of Russia"),
    pytest.param("ru-RU", "ru", False, id="a region listed, the language named"),
    pytest.param("fa-AF", "fa-IR", False, id="Persian of Iran is not Dari"),
    pytest.param("sr-Latn", "sr-Cyrl", False, id="another script"),
]


@pytest.mark.parametrize(("listed", "named", "at_risk"), NAMED)
def test_a_language_counts_by_any_of_its_names_on_the_page(listed: str, named: str, at_risk: bool) -> None:
    """Case, spelling and older or longer codes make no difference to what the page is in."""
    finding = _judge(LanguageRule("reads", (listed,)), make_reader(page=["en-x-page", named]))
    assert (finding.verdict is Verdict.MATCHED) is at_risk


@pytest.mark.parametrize("aliases", [pytest.param(ALIASES, id="resolved"), pytest.param(None, id="as sent")])
@pytest.mark.parametrize(("listed", "named", "at_risk"), NAMED)
def test_a_language_counts_by_any_of_its_names_in_the_browser(
    listed: str, named: str, at_risk: bool, aliases: dict[str, str] | None
) -> None:
    """The same holds for the browser, whether or not aliases were resolved while its header was read."""
    reader = make_reader(page=["de"], accept_language=f"de, {named};q=0.1", aliases=aliases)
    finding = _judge(LanguageRule("reads", (listed,)), reader)
    assert (finding.verdict is not Verdict.EXCLUDED) is at_risk


REGIONS = [
    pytest.param("en-RU", True, id="English of Russia"),
    pytest.param("EN_ru", True, id="in any case, with an underscore"),
    pytest.param("uk-Cyrl-RU", True, id="behind a script"),
    pytest.param("zh-yue-RU", True, id="behind an extended language"),
    pytest.param("de-RU-1996", True, id="before a variant"),
    pytest.param("en-RU-u-hc-h23", True, id="before an extension"),
    pytest.param("und-RU", True, id="of no language"),
    pytest.param("eng-RU", True, id="a longer code of the language"),
    pytest.param("en-BY", True, id="the second region"),
    pytest.param("ru-DE", True, id="a language listed, of another region"),
    pytest.param("en-US", False, id="another region"),
    pytest.param("en", False, id="no region"),
    pytest.param("by", False, id="a language spelled like the region"),
    pytest.param("en-u-ca-ru", False, id="within an extension"),
    pytest.param("en-x-ru", False, id="within private use"),
    pytest.param("x-ru", False, id="private use alone"),
    pytest.param("en-rus", False, id="longer than the region"),
]


@pytest.mark.parametrize("aliases", [pytest.param(ALIASES, id="resolved"), pytest.param(None, id="as sent")])
@pytest.mark.parametrize(("named", "at_risk"), REGIONS)
def test_a_region_counts_with_any_language(named: str, at_risk: bool, aliases: dict[str, str] | None) -> None:
    """A browser set to a language as it is used in Russia belongs to a reader of Russia, whatever the language."""
    rule = LanguageRule("reads", ("ru",), ("RU", "BY"))
    browser = _judge(rule, make_reader(accept_language=f"de, {named};q=0", aliases=aliases))
    page = _judge(rule, make_reader(page=["de", named]))
    expected = Verdict.MATCHED if at_risk else Verdict.EXCLUDED
    assert (browser.verdict, page.verdict) == (expected, expected)
    if not at_risk:
        assert browser.because == "neither the page nor the browser names one of these languages or regions"


def test_a_region_that_an_older_code_implies() -> None:
    """Dari is the Persian of Afghanistan, and so a language of that region."""
    rule = LanguageRule("reads", ("ps",), ("AF",))
    assert _judge(rule, make_reader(accept_language="prs")).verdict is Verdict.MATCHED
    assert _judge(rule, make_reader(accept_language="fa")).verdict is Verdict.EXCLUDED


@pytest.mark.parametrize("header", [None, "", ",", "*", "*;q=0", "*, en"])
def test_a_browser_that_names_no_language_is_excluded(header: str | None) -> None:
    """A missing header and the wildcard name no language at risk."""
    rule = LanguageRule("reads", ("ru", "tt"))
    assert _judge(rule, make_reader(accept_language=header)).verdict is Verdict.EXCLUDED


@pytest.mark.parametrize("page", [["xx-!!"], ["en", "xx-!!"]])
def test_a_page_language_that_is_no_tag_is_compared_as_it_is(page: list[str]) -> None:
    """It falls under the range that it spells, and under no other."""
    assert _judge(LanguageRule("r", ("xx",)), make_reader(page=page), None, {}).verdict is Verdict.MATCHED
    assert _judge(LanguageRule("r", ("ru",)), make_reader(page=page), None, {}).verdict is Verdict.EXCLUDED


@pytest.mark.parametrize("place", [make_place(), NOWHERE], ids=["known", "unknown"])
def test_a_rule_for_everybody_matches_everybody(place: Place) -> None:
    """No place and no language excludes anybody."""
    finding = _judge(EverywhereRule("all"), make_reader(place))
    assert _tell(finding) == ("all", "anybody", Verdict.MATCHED, "this rule is for everybody")


def test_a_verdict_is_spelled_as_editors_read_it() -> None:
    """The words are part of what `explain` prints."""
    spelled: Iterable[str] = Verdict
    assert list(spelled) == ["matched", "unproven", "excluded"]


@pytest.mark.parametrize("words", ["{place.network}", "{0}", "{about}", "{", "%s"])
def test_words_from_elsewhere_are_told_as_they_are(words: str) -> None:
    """Braces in a reason of the map, a place or a tag mean nothing."""
    uncertain = _judge(IN_RUSSIA, make_reader(make_place(uncertain=[RUSSIA], reasons=(words,))))
    assert uncertain.because == f"192.0.2.0/24 may be inside russia: {words}"
    unknown = _judge(IN_RUSSIA, make_reader(UnknownPlace(UnknownReason.TUNNEL, words)))
    assert unknown.because == f"the place is unknown: {words}"
    page = _judge(LanguageRule("r", (words,)), make_reader(page=[words]))
    assert (page.verdict, page.because) == (Verdict.MATCHED, f"the page is in {words}")
    assert (page.rule, page.asks) == ("r", f"the reader reads one of: {words}")


def test_a_kind_of_rule_that_is_not_known_is_an_error() -> None:
    """It has neither verdict nor words, not even by accident."""
    with pytest.raises(AssertionError):
        _judge(object(), make_reader())  # type: ignore[arg-type]
    with pytest.raises(AssertionError):
        describe(object())  # type: ignore[arg-type]


def test_a_finding_is_frozen() -> None:
    """Nobody downstream can turn one verdict into another."""
    finding = _judge(IN_RUSSIA, make_reader())
    for name in ("asked", "verdict", "reason", "about", "rule", "asks", "because", "more"):
        with pytest.raises(AttributeError):
            setattr(finding, name, "other")
    assert "__dict__" not in dir(finding)
