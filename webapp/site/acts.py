"""The acts that a law may punish: which of them are guarded for a reader, and the plain links that perform them.

An act is guarded as long as a notice that names it is not proven needless. No link here loads anything, names
who follows it, or carries more than the article's own address.
"""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from webapp.core.decide import Decision
from webapp.core.model import Act, Edition, LocaleTag, Site
from webapp.site import urls

_SERVICES = (
    ("Telegram", "https://t.me/share/url?url={}"),
    ("WhatsApp", "https://wa.me/?text={}"),
    ("X", "https://x.com/intent/post?url={}"),
    ("Facebook", "https://www.facebook.com/sharer/sharer.php?u={}"),
)
"""Where each service takes an address to share, as a link: no service's script or picture is ever on a page."""


@dataclass(frozen=True, slots=True)
class ActLink:
    """One act offered on an article's page. `share` is set where sharing is done on the spot, unguarded."""

    act: Act
    url: str
    guarded: bool
    share: "ShareView | None" = None


@dataclass(frozen=True, slots=True)
class Service:
    """A place to share in, by its proper name."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class ShareView:
    """The address of an article, and the links that hand it on."""

    url: str
    services: tuple[Service, ...]
    mail_url: str


@dataclass(frozen=True, slots=True)
class CommentsView:
    """Where the comments on an article are: the site's name as readers know it, and the whole address."""

    site: str
    url: str


def guarded_acts(edition: Edition, decision: Decision | None) -> frozenset[Act]:
    """Return the acts that some notice guards for this reader: each notice without a Proof guards all of its own."""
    unproven = (it for it in edition.notices if decision is None or decision.find_proof(it.id) is None)
    return frozenset(act for notice in unproven for act in notice.acts)


def offered_acts(site: Site) -> tuple[Act, ...]:
    """Return the acts that a page offers: commenting and writing only where the newsroom has named a place for it."""
    available = {Act.SHARE: True, Act.SAVE: True, Act.COMMENT: bool(site.comments), Act.CONTACT: bool(site.contact)}
    return tuple(act for act, there in available.items() if there)


def act_links(
    edition: Edition, decision: Decision | None, locale: LocaleTag, slug: str, address: str
) -> tuple[ActLink, ...]:
    """Return what an article's page offers. `address` is the article's own, absolute."""
    guarded = guarded_acts(edition, decision)
    return tuple(
        ActLink(act, urls.act(locale, slug, act), True)
        if act in guarded
        else _direct(edition.site, act, locale, slug, address)
        for act in offered_acts(edition.site)
    )


def _direct(site: Site, act: Act, locale: LocaleTag, slug: str, address: str) -> ActLink:
    if act is Act.COMMENT:
        return ActLink(act, comments(site, slug).url, False)
    share = share_view(address) if act is Act.SHARE else None
    return ActLink(act, urls.act_go(locale, slug, act), False, share)


def share_view(address: str) -> ShareView:
    """Return the links that hand an absolute address on."""
    quoted = quote(address, safe="")
    services = tuple(Service(name, template.format(quoted)) for name, template in _SERVICES)
    return ShareView(address, services, f"mailto:?body={quoted}")


def comments(site: Site, slug: str) -> CommentsView:
    """Return where the comments on an article are. Only for a site that names a place."""
    url = site.comments.replace("{slug}", slug)
    return CommentsView(urlsplit(url).hostname or "", url)
