"""Editions, notices and readers for tests: builders with safe defaults, and batches of random near-misses.

Everything here is safe unless told otherwise, so a test names only what it is about. Owns no expectation:
whether a notice may be left out is for `tests.oracle`, or for the test, to say.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from random import Random
from typing import Any, NoReturn

from webapp.core.locales import parse_accept_language
from webapp.core.model import (
    Act,
    CountryCode,
    Edition,
    EverywhereRule,
    KnownPlace,
    LanguageRule,
    LocaleTag,
    MapFacts,
    Notice,
    NoticeId,
    NoticeMode,
    Place,
    Reader,
    Rule,
    Site,
    Territory,
    TerritoryId,
    TerritoryRule,
    UnknownPlace,
    UnknownReason,
)

RUSSIA = TerritoryId("russia")
OCCUPIED = TerritoryId("occupied-ukraine")
BELARUS = TerritoryId("belarus")
TERRITORIES = (RUSSIA, OCCUPIED, BELARUS)

ALIASES: Mapping[str, str] = {
    "rus": "ru",
    "iw": "he",
    "mhr": "chm",
    "prs": "fa-AF",
    "swc": "sw-CD",
    "hbs": "sr-Latn",
    "cnr": "sr-Latn-ME",  # the others as in CLDR; there it is "sr-ME", and none implies two subtags
}
DATA_DATE = date(2026, 6, 1)
MAX_AGE_DAYS = 45
NOW = datetime(2026, 6, 10, 12, tzinfo=UTC)


# --- builders ------------------------------------------------------------------------------------------------


def make_rules(*territories: TerritoryId, languages: Iterable[str] = ()) -> tuple[Rule, ...]:
    """One territory rule for each of `territories`, then a language rule if there are `languages`."""
    rules: list[Rule] = [TerritoryRule(f"in-{territory}", territory) for territory in territories]
    listed = tuple(languages)
    if listed:
        rules.append(LanguageRule("reads", listed))
    return tuple(rules)


def make_notice(rules: tuple[Rule, ...] | None = None, id: str = "undesirable") -> Notice:
    """A notice for Russia and readers of Russian, unless `rules` say otherwise. It has no texts."""
    return Notice(
        id=NoticeId(id),
        version=1,
        jurisdiction=CountryCode("RU"),
        rules=make_rules(RUSSIA, languages=["ru"]) if rules is None else rules,
        acts=(Act.SHARE,),
        texts={},
        register_url="https://register.example/",
        reviewed_on=None,
        review_by=date(2027, 1, 1),
    )


def make_map(
    covers: Iterable[TerritoryId] = TERRITORIES, data_date: date = DATA_DATE, max_age_days: int = MAX_AGE_DAYS
) -> MapFacts:
    """A map that covers every territory and is fresh at `NOW`."""
    return MapFacts("map-digest", data_date, max_age_days, frozenset(covers))


def make_edition(
    *notices: Notice,
    facts: MapFacts | None = None,
    mapless: bool = False,
    mode: NoticeMode = NoticeMode.DECIDED,
    aliases: Mapping[str, str] = ALIASES,
) -> Edition:
    """An edition of `notices` (or of one usual notice) with a fresh map, unless it is `mapless`."""
    return Edition(
        digest="edition-digest",
        site=Site("Daylight", "News", "https://daylight.example", LocaleTag("en"), mode),
        locales={},
        territories={territory: Territory(territory, territory) for territory in TERRITORIES},
        notices=notices or (make_notice(),),
        articles={},
        catalogs={},
        language_aliases=aliases,
        map=None if mapless else facts or make_map(),
        finder=None,
    )


def make_place(
    inside: Iterable[TerritoryId] = (),
    uncertain: Iterable[TerritoryId] = (),
    outside: Iterable[TerritoryId] = TERRITORIES,
    reasons: tuple[str, ...] = (),
) -> KnownPlace:
    """A known place outside every territory; one named as inside or uncertain is taken out of `outside`."""
    within, doubtful = frozenset(inside), frozenset(uncertain)
    beyond = frozenset(outside) - within - doubtful
    return KnownPlace("192.0.2.0/24", CountryCode("DE"), within, doubtful, beyond, reasons=reasons)


def make_reader(
    place: Place | None = None,
    page: Iterable[str] = ("en",),
    accept_language: str | None = "en",
    aliases: Mapping[str, str] | None = None,
) -> Reader:
    """A reader in Germany on an English page, unless told otherwise. `accept_language` is the raw header."""
    accepted = parse_accept_language(accept_language, aliases)
    return Reader(place or make_place(), tuple(LocaleTag(tag) for tag in page), accepted)


class Exploding:
    """Stands where a set or a mapping belongs and raises at every touch: a fault in the middle of a decision."""

    def _raise(self, *_: object) -> NoReturn:
        raise RuntimeError("boom")

    __contains__ = __iter__ = __len__ = __getitem__ = __bool__ = get = items = keys = _raise


EXPLODING: Any = Exploding()


# --- random near-misses --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Case:
    """One decision to make. `broken` names what was done to it for the worse; nothing there means all is safe.

    What is broken is broken for `target`; for other notices of the edition it may be harmless.
    """

    edition: Edition
    target: Notice
    reader: Reader
    header: str | None
    at: datetime
    broken: tuple[str, ...]


@dataclass(slots=True)
class _Draft:
    """A case in the making: safe at first, then broken on purpose."""

    random: Random
    edition: Edition
    target: Notice
    place: Place
    page: tuple[str, ...]
    members: list[str]
    header: str | None
    at: datetime

    @property
    def territories(self) -> list[TerritoryId]:
        """The territories of the target, in a stable order."""
        return sorted(self.target.territories)

    @property
    def languages(self) -> list[str]:
        """The languages that the target lists."""
        return [name for rule in self.target.rules if isinstance(rule, LanguageRule) for name in rule.languages]


AT_RISK = (
    "ru",
    "tt",
    "ba",
    "ce",
    "RU",
    "ru-RU",
    "fa-AF",
    "fa",
    "sr-Latn",
    "sr-Latn-ME",
    "he",
    "chm",
    "sw-CD",
    "zh-Hant-TW",
)
LISTED_BY_ALIAS = ("rus", "mhr", "prs", "iw", "*")
HARMLESS = (
    *("en", "en-US", "EN_gb", "de", "de-CH-1996", "fr-CH", "uk", "uk-UA", "es-419", "ast", "pt-BR", "zh-Hans-CN"),
    *("rue", "rup", "ruru", "tts", "baa", "cel", "x-ru", "i-ru", "en-RU", "uk-RU", "und", "und-RU", "en-u-ca-ru"),
    *("fas", "srn", "hek", "zh-Hant-HK", "zh", "a", "abcdefgh-12345678"),
)
WEIGHTS = ("", "", "", ";q=0", ";q=0.0", ";q=0.5", ";q=1", ";q=1.", ";q=0.001", ";Q=0.9", " ; q=0.3", "\t;\tq=1.000")
MALFORMED = (
    *("ru-", "-en", "e n", "en;q=2", "en;q=0.1234", "en;q", "en;", "en;q=1;q=1", "en;level=1", "*-CH", "12", "en--US"),
    *("ninechars", "en-ninechars", "ру", "en\xa0", "\xa0", "en\x0b", "en\n", "en;q=-1", "en;q=1.001", "en;q=.5"),
    *("en;q= 0.5", "en;q =0.5", "en;q=nan", "en;q=1e0", "en;q=0,5", "\x00", "%", "**"),
    *("*;q=2", "en;q=0.5;", "ŕu", "ｒｕ", "en\x85", "en\u2028", "\u3000en"),
    *("en;\xa0q=1", "e", "q=1", ";q=1", "en/us", "en-é", "en-U S", "'en'", "en;q=٠", "en-٣", "en;q=1.0000", "en.UTF-8"),
)
FUZZ = "ruRUen-_,;*=qQ01.5 \t\xa0"


def make_cases(seed: int, number: int) -> Iterator[Case]:
    """`number` cases for one random edition: a third of them safe, half broken in one way, the rest in several."""
    random = Random(seed)
    edition, spoiled = _make_world(random)
    for _ in range(number):
        draft = _make_safe_draft(random, edition)
        broken = list(spoiled)
        if "*" in draft.languages:
            broken.append("lists-every-language")
        for label in _draw_breaks(random):
            if BREAKS[label](draft):
                broken.append(label)
        header = draft.header
        if header is None and draft.members:
            header = _join(random, draft.members)
        aliases = edition.language_aliases if random.random() < 0.5 and "aliases" not in broken else None
        reader = make_reader(draft.place, draft.page, header, aliases)
        yield Case(draft.edition, draft.target, reader, header, draft.at, tuple(broken))


def _draw_breaks(random: Random) -> list[str]:
    """A few things to break, but never two in the header: the second would undo the first."""
    drawn = random.sample(tuple(BREAKS), random.choices((0, 1, 2, 3), (35, 45, 15, 5))[0])
    in_header = [label for label in drawn if label in HEADER_BREAKS]
    return [label for label in drawn if label not in in_header[1:]]


def _make_world(random: Random) -> tuple[Edition, list[str]]:
    notices = [make_notice(_draw_rules(random), id=f"notice-{number}") for number in range(random.randint(1, 3))]
    data_date = date(2026, 1, 1) + timedelta(days=random.randrange(700))
    facts = make_map(data_date=data_date, max_age_days=random.choice((0, 1, 7, 45, 400)))
    edition = make_edition(*notices, facts=facts)
    if random.random() < 0.8:
        return edition, []
    label = random.choice(tuple(SPOILS))
    return SPOILS[label](edition), [label]


def _draw_rules(random: Random) -> tuple[Rule, ...]:
    territories = random.sample(TERRITORIES, random.randint(0, 3))
    pool = AT_RISK + (LISTED_BY_ALIAS if random.random() < 0.1 else ())
    languages = random.sample(pool, random.randint(0 if territories else 1, 4))
    rules = list(make_rules(*territories, languages=languages))
    random.shuffle(rules)
    return tuple(rules)


def _make_safe_draft(random: Random, edition: Edition) -> _Draft:
    target = random.choice(edition.notices)
    listed = {
        name
        for notice in edition.notices
        for rule in notice.rules
        if isinstance(rule, LanguageRule)
        for name in rule.languages
    }
    members = [random.choice(HARMLESS) + random.choice(WEIGHTS) for _ in range(random.choice((0, 1, 1, 2, 3, 6)))]
    if random.random() < 0.2:
        members.insert(random.randint(0, len(members)), random.choice(("*", "*;q=0", "*;q=0.1", "", " ")))
    page = ("en", *random.sample(("en", "uk", "de", "pt-BR"), random.randint(0, 1)))
    if "*" in listed:
        members, page = ["*"], ("en",)
    header = None if members else random.choice((None, "", " ", ",", " , ,\t"))
    return _Draft(random, edition, target, make_place(), page, members, header, _draw_time(random, edition.map))


def _draw_time(random: Random, facts: MapFacts | None) -> datetime:
    """A moment at which the map may be believed, often the first or the last one, in any zone."""
    known = facts or make_map()
    start = known.data_date - timedelta(days=2)
    days = 2 + _age_to_reach(known)
    day = start + timedelta(days=random.choice((0, days, random.randint(0, days))))
    moment = datetime.combine(day, random.choice((time.min, time.max, time(12))), UTC)
    return moment.astimezone(timezone(timedelta(minutes=random.randrange(-14 * 60, 14 * 60 + 1, 15))))


def _age_to_reach(facts: MapFacts) -> int:
    return min(max(facts.max_age_days, 0), 1000)


def _join(random: Random, members: list[str]) -> str:
    return random.choice((",", ", ", " ,\t", ",,")).join(members)


def _spell(random: Random, name: str) -> str:
    """Some way in which a browser may name the language `name`, or one below it."""
    spellings = [name] + [alias for alias, meaning in ALIASES.items() if meaning.lower().startswith(name.lower())]
    spelled = random.choice(spellings if name != "*" else ["en"])
    below = random.choice(("", "", "-RU", "_RU", "-Latn", "-Cyrl-UA", "-DE", "-x-ru"))
    return random.choice((str, str.upper, str.lower, str.swapcase))(spelled + below)


# What can be broken in one case. Each says whether it found something to break.


def _name_at_risk_in_page(draft: _Draft) -> bool:
    if draft.languages:
        named = _spell(draft.random, draft.random.choice(draft.languages))
        draft.page = (*draft.page, named) if draft.random.random() < 0.5 else (named, *draft.page)
    return bool(draft.languages)


def _name_at_risk_in_header(draft: _Draft) -> bool:
    if draft.languages:
        named = _spell(draft.random, draft.random.choice(draft.languages)) + draft.random.choice(WEIGHTS)
        draft.members.insert(draft.random.randint(0, len(draft.members)), named)
        draft.header = None
    return bool(draft.languages)


def _garble_header(draft: _Draft) -> bool:
    draft.members.insert(draft.random.randint(0, len(draft.members)), draft.random.choice(MALFORMED))
    draft.header = None
    return False  # some of it is readable after all: "en;q=0,5" is "en;q=0" and "5", "e" is a range


def _fuzz_header(draft: _Draft) -> bool:
    draft.header = "".join(draft.random.choices(FUZZ, k=draft.random.randint(1, 14)))
    return False


def _lengthen_header(draft: _Draft) -> bool:
    length = draft.random.choice((4095, 4096, 4097, 5000))
    draft.header = draft.random.choice(("en" + " " * (length - 2), " " * length, "," * length))
    return length > 4096


def _multiply_header(draft: _Draft) -> bool:
    number = draft.random.choice((63, 64, 65, 70))
    draft.header = draft.random.choice((",", ",,")).join(["en"] * number)
    return number > 64


def _lengthen_tag(draft: _Draft) -> bool:
    length = draft.random.choice((62, 63, 64, 65, 66))
    draft.header = ("en" + "-abcdefg" * 8)[:length].rstrip("-").ljust(length, "h")
    return length > 64


def _lose_page(draft: _Draft) -> bool:
    draft.page = ()
    return bool(draft.languages)


def _lose_place(draft: _Draft) -> bool:
    draft.place = UnknownPlace(draft.random.choice(tuple(UnknownReason)), "for a test")
    return True


def _move_territory(draft: _Draft) -> bool:
    if not draft.territories or not isinstance(draft.place, KnownPlace) or _has_exploding_set(draft.place):
        return False
    moved = frozenset({draft.random.choice(draft.territories)})
    place = draft.place
    draft.place = draft.random.choice(
        (
            place._replace(inside=place.inside | moved, outside=place.outside - moved),
            place._replace(uncertain=place.uncertain | moved, outside=place.outside - moved),
            place._replace(outside=place.outside - moved),
            place._replace(inside=place.inside | moved),  # contradicts itself
            place._replace(uncertain=place.uncertain | moved),  # contradicts itself
        )
    )
    return True


def _has_exploding_set(place: KnownPlace) -> bool:
    sets: tuple[object, ...] = (place.inside, place.uncertain, place.outside)
    return any(one is EXPLODING for one in sets)


def _break_record(draft: _Draft) -> bool:
    if draft.territories and isinstance(draft.place, KnownPlace):
        fault: Any = {draft.random.choice(("inside", "uncertain", "outside")): EXPLODING}
        draft.place = draft.place._replace(**fault)
    return bool(draft.territories)


def _let_map_age(draft: _Draft) -> bool:
    if draft.edition.map is None:
        return False
    late = timedelta(days=_age_to_reach(draft.edition.map) + draft.random.choice((1, 1, 2, 500)))
    draft.at = datetime.combine(draft.edition.map.data_date + late, draft.random.choice((time.min, time.max)), UTC)
    return True


def _set_clock_back(draft: _Draft) -> bool:
    if draft.edition.map is None:
        return False
    early = timedelta(days=draft.random.choice((3, 3, 4, 500)))
    draft.at = datetime.combine(draft.edition.map.data_date - early, draft.random.choice((time.min, time.max)), UTC)
    return True


def _drop_zone(draft: _Draft) -> bool:
    draft.at = draft.at.replace(tzinfo=None)
    return True


BREAKS: Mapping[str, Callable[[_Draft], bool]] = {
    "page-language": _name_at_risk_in_page,
    "browser-language": _name_at_risk_in_header,
    "garbled": _garble_header,
    "fuzzed": _fuzz_header,
    "long-header": _lengthen_header,
    "many-members": _multiply_header,
    "long-tag": _lengthen_tag,
    "no-page": _lose_page,
    "no-place": _lose_place,
    "territory": _move_territory,
    "broken-record": _break_record,
    "old-map": _let_map_age,
    "slow-clock": _set_clock_back,
    "zoneless-clock": _drop_zone,
}


HEADER_BREAKS = frozenset({"browser-language", "garbled", "fuzzed", "long-header", "many-members", "long-tag"})
# "garbled" and "fuzzed" never count as broken: the oracle alone can tell which of them may be read.


def _with_rules(edition: Edition, change: Callable[[Notice], tuple[Any, ...]]) -> Edition:
    return replace(edition, notices=tuple(replace(notice, rules=change(notice)) for notice in edition.notices))


def _aged(edition: Edition, days: int) -> Edition:
    return replace(edition, map=replace(edition.map or make_map(), max_age_days=days))


def _covering(edition: Edition, covers: Any) -> Edition:
    everywhere_named = _with_rules(edition, lambda notice: (*notice.rules, TerritoryRule("also", OCCUPIED)))
    return replace(everywhere_named, map=replace(edition.map or make_map(), covers=covers))


# What can be wrong with a whole edition, for each of its notices.
SPOILS: Mapping[str, Callable[[Edition], Edition]] = {
    "always": lambda edition: replace(edition, site=replace(edition.site, notice_mode=NoticeMode.ALWAYS)),
    "no-map": lambda edition: replace(edition, map=None),
    "not-covered": lambda edition: _covering(edition, frozenset({RUSSIA, BELARUS})),
    "covers-breaks": lambda edition: _covering(edition, EXPLODING),
    "no-rules": lambda edition: _with_rules(edition, lambda notice: ()),
    "everywhere": lambda edition: _with_rules(edition, lambda notice: (*notice.rules, EverywhereRule("all"))),
    "unknown-rule": lambda edition: _with_rules(edition, lambda notice: (object(), *notice.rules)),
    "aliases": lambda edition: replace(
        _with_rules(edition, lambda notice: (*notice.rules, LanguageRule("more", ("ru",)))),
        language_aliases=EXPLODING,
    ),
    "endless-age": lambda edition: _aged(edition, 10**10),
    "negative-age": lambda edition: _aged(edition, -3),
}
