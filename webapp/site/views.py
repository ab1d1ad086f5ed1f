"""What templates are given, as frozen values. A template reads these and the words functions, and nothing else.

Every text that can be in another language than the page carries its own `lang` and `direction`.
"""

from dataclasses import dataclass
from datetime import date, datetime

from markupsafe import Markup

from webapp.core.model import Attribution, Direction, Locale, LocaleTag, NoticeId, NoticeText
from webapp.site.styles import Styles


@dataclass(frozen=True, slots=True)
class LanguageLink:
    """An entry of the language menu. `exists`: this very page has its own text in that language."""

    tag: LocaleTag
    endonym: str
    direction: Direction
    url: str
    current: bool
    exists: bool
    draft: bool


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice that this reader sees. `foreign`: its text is in another language than the page.

    `anchor` tells the texts of one notice apart, where the built-in one is shown in several languages.

    `what` is what may be punished: on the page of an act, what that act may be treated as.
    """

    id: NoticeId
    anchor: str
    text: NoticeText
    what: str
    about_url: str
    foreign: bool
    language: str


@dataclass(frozen=True, slots=True)
class AboutLink:
    """A footer link to "find out more" about a notice, for everybody."""

    title: str
    lang: LocaleTag
    direction: Direction
    url: str


@dataclass(frozen=True, slots=True)
class Alternate:
    """A `link rel=alternate`: `hreflang` is a tag or "x-default"; `url` is absolute."""

    hreflang: str
    url: str


@dataclass(frozen=True, slots=True)
class PictureView:
    """A picture with its words. `url` is on this site."""

    url: str
    width: int
    height: int
    alt: str
    caption: str


@dataclass(frozen=True, slots=True)
class AuthorView:
    """The author box. `name` and `description` are msgids for `t`, with the msgctxt `config`."""

    name: str
    description: str
    picture_url: str


@dataclass(frozen=True, slots=True)
class TeaserView:
    """An article in a list, in `lang`. `snippet` is set in search results only."""

    url: str
    title: str
    standfirst: str
    lang: LocaleTag
    direction: Direction
    foreign: bool
    language: str
    published: datetime
    breaking: bool
    picture: PictureView | None
    snippet: Markup | None = None


@dataclass(frozen=True, slots=True)
class ArticleView:
    """A whole article, in `lang`. `foreign`: that is not the language of the page, whose name is `language`."""

    slug: str
    url: str
    text_url: str
    title: str
    standfirst: str
    html: Markup
    lang: LocaleTag
    direction: Direction
    foreign: bool
    language: str
    published: datetime
    updated: datetime
    breaking: bool
    agencies: tuple[str, ...]
    author: AuthorView
    picture: PictureView | None


@dataclass(frozen=True, slots=True)
class AboutView:
    """The "find out more" page of a notice. `reviewed_on` is None while no lawyer has reviewed the text."""

    text: NoticeText
    foreign: bool
    language: str
    register_url: str
    reviewed_on: date | None
    review_by: date


@dataclass(frozen=True, slots=True)
class PageView:
    """What every page has. `title` is plain text; `canonical` is absolute, or empty on pages without one.

    `notices` are those this reader sees on this page; pages that carry no article text have none.
    """

    locale: Locale
    title: str
    description: str
    site_name: str
    tagline: str
    home_url: str
    search_url: str
    feed_url: str
    canonical: str
    alternates: tuple[Alternate, ...]
    languages: tuple[LanguageLink, ...]
    notices: tuple[NoticeView, ...]
    abouts: tuple[AboutLink, ...]
    attributions: tuple[Attribution, ...]
    css: Styles
    leave_url: str
    leaving_url: str
    contact_url: str
    robots: str = ""

    @property
    def own(self) -> tuple[LanguageLink, ...]:
        """The languages that have this very page."""
        return tuple(link for link in self.languages if link.exists)

    @property
    def lacking(self) -> tuple[LanguageLink, ...]:
        """The languages whose readers get this page in another one."""
        return tuple(link for link in self.languages if not link.exists)

    @property
    def draft(self) -> bool:
        """Whether the interface is a draft in the page's language."""
        return any(link.draft for link in self.languages if link.current)
