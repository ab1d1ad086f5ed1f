"""The words of this product as frozen values. Owns the shapes; refuses behaviour beyond looking things up.

Longer than 300 lines, because these words explain one another and are looked up in one place.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import NamedTuple, NewType, Protocol

from webapp.core.tags import LocaleTag as LocaleTag
from webapp.core.tags import TagNames, find_primary

CountryCode = NewType("CountryCode", str)
"""ISO 3166-1 alpha-2, upper case."""
TerritoryId = NewType("TerritoryId", str)
NoticeId = NewType("NoticeId", str)
Slug = NewType("Slug", str)

Address = IPv4Address | IPv6Address

RegionAnswers = Mapping[str, tuple[tuple[TerritoryId, str], ...]]
"""What editors say of a region: "UA-43", or "UA" for those not listed, to (territory, "inside" | "uncertain") pairs."""


class Direction(StrEnum):
    """Writing direction, as HTML's `dir` spells it."""

    LTR = "ltr"
    RTL = "rtl"


class LocaleState(StrEnum):
    """How far a language has come. `draft`: machine or learner's work that no native speaker has reviewed."""

    DRAFT = "draft"
    INTERFACE = "interface"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Locale:
    """One language of the interface. `plural_forms` is a gettext header value.

    The three chains hold the locales to try after this one, nearest first, never this one itself.
    `formatting` is a Babel identifier, or empty where Babel lacks the language; `date_pattern`, when given, has
    {day}, {month} and {year}, and `months` the twelve names for it. `digits` are the ten digits of its dates, zero
    first. `also` holds language ranges that this locale answers besides its own tag.
    """

    tag: LocaleTag
    endonym: str
    script: str
    direction: Direction
    catalog: str
    formatting: str
    plural_forms: str
    state: LocaleState
    digits: str = "0123456789"
    date_pattern: str = ""
    months: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    ui_fallback: tuple[LocaleTag, ...] = ()
    legal_fallback: tuple[LocaleTag, ...] = ()
    article_fallback: tuple[LocaleTag, ...] = ()

    @property
    def own_names(self) -> tuple[str, ...]:
        """Its tag, and what it answers besides of the same language: another script or spelling."""
        language = find_primary(self.tag)
        return (self.tag, *(name for name in self.also if find_primary(name) == language))


# --- where a reader is -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Vote:
    """What one source said of a network when the map was compiled: ("dbip", "RU/Crimea")."""

    source: str
    said: str


Block = tuple[int, int, int]
"""A CIDR block: the IP version, the number of its first address, the length of its prefix."""


class KnownPlace(NamedTuple):
    """The map has a record for the address.

    Every territory that the map was compiled with is in exactly one of the three sets. A territory in
    none of them is one the map never heard of: nothing is proven about it. `reasons` says, in words, why
    a territory is uncertain. `block` is the one that the record covers, or words for it.

    A named tuple, because a lookup makes one in a third of the time that a frozen dataclass takes.
    """

    block: Block | str
    country: CountryCode | None
    inside: frozenset[TerritoryId]
    uncertain: frozenset[TerritoryId]
    outside: frozenset[TerritoryId]
    votes: tuple[Vote, ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def network(self) -> str:
        """Its block as CIDR text, written when somebody reads it."""
        if isinstance(self.block, str):
            return self.block
        version, first, length = self.block
        return str(IPv4Network((first, length)) if version == 4 else IPv6Network((first, length)))

    @property
    def doubt(self) -> str:
        """Why a territory is uncertain, in one sentence."""
        return "; ".join(self.reasons) or "the sources of the map disagree or are too coarse"


class UnknownReason(StrEnum):
    """Why an address tells us nothing."""

    NO_ADDRESS = "no-address"
    MALFORMED = "malformed"
    UNTRUSTED_CHAIN = "untrusted-chain"
    NOT_GLOBAL = "not-global"
    TUNNEL = "tunnel"
    NO_RECORD = "no-record"
    NO_MAP = "no-map"
    MAP_ERROR = "map-error"


@dataclass(frozen=True, slots=True)
class UnknownPlace:
    """The address proves nothing; `detail` says why in words."""

    reason: UnknownReason
    detail: str


Place = KnownPlace | UnknownPlace


class TerritoryFinder(Protocol):
    """What `core` needs of a territory map: lookups that never raise for a valid address."""

    def find(self, address: Address) -> Place:
        """Say where an address is, in which network, and why."""

    def find_alike(self, address: Address) -> Place:
        """Say the same without network, votes and reasons: quicker, and nobody's address can be told from it."""


@dataclass(frozen=True, slots=True)
class Attribution:
    """A credit that a data licence asks for, shown in the footer."""

    name: str
    url: str
    licence: str


@dataclass(frozen=True, slots=True)
class MapFacts:
    """What is known about the map in use. `data_date` is the date of its oldest located source.

    `covers` holds the territories whose present definition is the one that the map was compiled from. `last_day` is
    the last one on which the map is not too old, None when no calendar has that day.
    """

    digest: str
    data_date: date
    max_age_days: int
    covers: frozenset[TerritoryId]
    attributions: tuple[Attribution, ...] = ()
    last_day: date | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        days_left = (date.max - self.data_date).days
        last_day = self.data_date + timedelta(self.max_age_days) if self.max_age_days <= days_left else None
        object.__setattr__(self, "last_day", last_day)


@dataclass(frozen=True, slots=True)
class Territory:
    """A named area in which a law can reach a reader. `name` is for editors, in English."""

    id: TerritoryId
    name: str


# --- what we tell them -------------------------------------------------------------------------------------


class Act(StrEnum):
    """What the laws in question punish, and a page therefore guards."""

    SHARE = "share"
    SAVE = "save"
    COMMENT = "comment"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class TerritoryRule:
    """Shows the notice to whoever is not proven to be outside `territory`."""

    id: str
    territory: TerritoryId


@dataclass(frozen=True, slots=True)
class LanguageRule:
    """Shows the notice to whoever reads, or asks for, one of `languages` (basic language ranges, RFC 4647 §2.1), or any
    language whatever as it is used in one of `regions` (region subtags, RFC 5646 §2.2.4: "en-RU" names RU).

    `sought` is all of it, spelled as `TagNames` spells what a tag names.
    """

    id: str
    languages: tuple[str, ...]
    regions: tuple[str, ...] = ()
    sought: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ranges = (language.lower().replace("_", "-") for language in self.languages)
        sought = frozenset((*ranges, *(f"@{region.lower()}" for region in self.regions)))
        object.__setattr__(self, "sought", sought)


@dataclass(frozen=True, slots=True)
class EverywhereRule:
    """Shows the notice to everybody."""

    id: str


Rule = TerritoryRule | LanguageRule | EverywhereRule


@dataclass(frozen=True, slots=True)
class Section:
    """A part of "find out more": its heading is interface text named by `kind`, its paragraphs are legal text."""

    kind: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NoticeText:
    """The whole text of one notice in one language, every placeholder filled. Never mixed, never partial.

    `approved`: two reviewers' word on exactly this text holds today; `approved_on` is when they gave it.
    `built_in`: the text is that of the package, because no catalog gives one that may be shown.
    `acts` holds, for each act that the notice guards, what that act may be treated as.
    """

    locale: LocaleTag
    direction: Direction
    heading: str
    who: str
    what: str
    penalty: str
    publisher: str
    more: str
    reminder: str
    about_title: str
    sections: tuple[Section, ...]
    approved: bool = False
    approved_on: date | None = None
    built_in: bool = False
    acts: Mapping[Act, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    """What we tell a reader about a legal risk, and whom. `texts` holds only texts fit to be shown."""

    id: NoticeId
    version: int
    jurisdiction: CountryCode
    rules: tuple[Rule, ...]
    acts: tuple[Act, ...]
    texts: Mapping[LocaleTag, NoticeText]
    register_url: str
    reviewed_on: date | None
    review_by: date

    @property
    def territories(self) -> frozenset[TerritoryId]:
        """Every territory that a rule of this notice names."""
        return frozenset(rule.territory for rule in self.rules if isinstance(rule, TerritoryRule))


# --- what they read ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture beside an article's sources: `file` is its name there, sizes are CSS pixels.

    `sha256` names the content that was checked, in hexadecimal; no other content of that file is ever served.
    """

    file: str
    width: int
    height: int
    media_type: str
    sha256: str = ""


class Body(Protocol):
    """The text of an article in one language, which need not lie in memory as it is shown."""

    @property
    def html(self) -> str:
        """Sanitised HTML."""

    @property
    def plain(self) -> str:
        """Its words alone."""

    @property
    def words(self) -> str:
        """About the same, quickly, with any white space between them."""


@dataclass(frozen=True, slots=True)
class WrittenBody:
    """A body that is at hand as it is shown."""

    html: str
    plain: str

    @property
    def words(self) -> str:
        """The same as `plain`."""
        return self.plain


@dataclass(frozen=True, slots=True)
class ArticleText:
    """An article in one language. `html` is sanitised; every other string is plain text."""

    locale: LocaleTag
    title: str
    standfirst: str
    body: Body
    picture_alt: str
    picture_caption: str

    @property
    def html(self) -> str:
        """The body as sanitised HTML."""
        return self.body.html

    @property
    def plain(self) -> str:
        """The words of the body."""
        return self.body.plain


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote it. `name` and `description` are English msgids of the domain `messages`.

    `picture` is a file's name; `portrait` is that file as it was checked.
    """

    id: str
    name: str
    description: str
    picture: str
    portrait: Picture | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """An article in every language it exists in. Times are aware (UTC)."""

    slug: Slug
    published: datetime
    updated: datetime
    breaking: bool
    author: Author
    agencies: tuple[str, ...]
    picture: Picture | None
    texts: Mapping[LocaleTag, ArticleText]


# --- the whole ---------------------------------------------------------------------------------------------


class LegalReview(StrEnum):
    """`advise`: a legal text that nobody has approved is shown, and listed. `require`: only approved text is shown."""

    ADVISE = "advise"
    REQUIRE = "require"


class ExpiredReview(StrEnum):
    """What becomes of a text whose review is overdue: it is listed and shown, or shown no more."""

    WARN = "warn"
    WITHDRAW = "withdraw"


class NoticeMode(StrEnum):
    """`decided`: left out with a Proof. `always`: every reader gets every notice."""

    DECIDED = "decided"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Contact:
    """The ways to write to the newsroom; an empty text is a way that there is not."""

    securedrop: str = ""
    signal: str = ""
    email: str = ""
    pgp_fingerprint: str = ""
    pgp_url: str = ""

    def __bool__(self) -> bool:
        return bool(self.securedrop or self.signal or self.email)


@dataclass(frozen=True, slots=True)
class Site:
    """The newsroom. `name` is a proper name and is not translated; `tagline` is a msgid.

    `comments` is the address of the comments on an article, with `{slug}` for its slug, or empty. `leave` says
    by language where "Leave now" leads; a language that is not there gets a plain page of our own.
    """

    name: str
    tagline: str
    base_url: str
    default_locale: LocaleTag
    notice_mode: NoticeMode
    source_url: str = ""
    contact: Contact = field(default_factory=Contact)
    comments: str = ""
    leave: Mapping[LocaleTag, str] = field(default_factory=dict)
    legal_review: LegalReview = LegalReview.ADVISE
    expired_review: ExpiredReview = ExpiredReview.WARN


class Catalog(Protocol):
    """Interface words of one locale. None means: not translated here, ask the next in the chain."""

    def find(self, context: str | None, message: str) -> str | None: ...

    def find_plural(self, context: str | None, one: str, many: str, number: int) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Edition:
    """Everything the site says at one moment. Immutable, named by the digest of its sources, swapped whole.

    `articles` is sorted, newest first. `map` is None when no territory map can be believed; then nothing is
    ever proven and every reader gets every notice. `regions` is for the hints of a CDN.

    The last three follow from the others, found out once. `answers`: the locale that answers each language range, by
    its own tag or by `also`; `spellings`: the locale that each name of a language leads to, both in lower case.
    `names`: what language tags name here.
    """

    digest: str
    site: Site
    locales: Mapping[LocaleTag, Locale]
    territories: Mapping[TerritoryId, Territory]
    notices: tuple[Notice, ...]
    articles: Mapping[Slug, Article]
    catalogs: Mapping[LocaleTag, Catalog]
    language_aliases: Mapping[str, str]
    map: MapFacts | None
    finder: TerritoryFinder | None
    regions: RegionAnswers = field(default_factory=dict)
    authors: Mapping[str, Author] = field(default_factory=dict)
    answers: Mapping[str, LocaleTag] = field(init=False, repr=False, compare=False)
    spellings: Mapping[str, Locale] = field(init=False, repr=False, compare=False)
    names: TagNames = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        locales = self.locales.values()
        also = {named.lower(): locale.tag for locale in locales for named in locale.also}
        object.__setattr__(self, "answers", {**also, **{tag.lower(): tag for tag in self.locales}})
        spellings = [(name.lower(), locale) for locale in locales for name in locale.own_names]
        object.__setattr__(self, "spellings", dict(reversed(spellings)))
        object.__setattr__(self, "names", TagNames(self.language_aliases))


@dataclass(frozen=True, slots=True)
class AcceptedLanguages:
    """The Accept-Language header, parsed. `readable` is False when it could not be understood whole,
    so that nobody is proven to read no language at risk. `ranges` keeps every range that was named,
    those with q=0 too, in falling order of quality."""

    ranges: tuple[tuple[str, float], ...] = ()
    readable: bool = True


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is asking, for the length of one request. Never stored, never logged.

    `page_languages` are the languages on the page asked for: that of the interface and that of the article.
    """

    place: Place
    page_languages: tuple[LocaleTag, ...]
    accepted: AcceptedLanguages
