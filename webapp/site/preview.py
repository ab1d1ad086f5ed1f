"""The translators' preview: a page with every kind of page in every language, and the legal coverage.

Answers on loopback only, and to nobody who comes through a proxy or under another host's name. Its links lead to the
ordinary pages, which pass the gate like everybody's; nothing here carries article text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from webapp.core.model import Act, Edition, Locale, LocaleTag
from webapp.errors import SettingsError
from webapp.settings import Settings
from webapp.site import urls
from webapp.site.acts import offered_acts
from webapp.site.answers import without_article
from webapp.site.coverage import find_coverage
from webapp.site.render import environment
from webapp.site.state import current_edition, state
from webapp.sources.status import find_status

preview = Blueprint("preview", __name__)

PREVIEW = "/_preview/"
PREVIEW_CSS = (
    ".preview main{max-width:none}.preview table{border-collapse:collapse;font-size:.8rem}"
    ".preview td,.preview th{border:1px solid;padding:.3em;text-align:start;vertical-align:top}"
    "span[lang]{outline:2px dashed #c026d3;outline-offset:1px}"
)
"""Marks every word that comes from another language than the page's."""

_FORWARDING = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via")


@dataclass(frozen=True, slots=True)
class Row:
    """One language: how much of its interface is translated, and a link for each kind of page."""

    locale: Locale
    percent: int
    urls: tuple[str, ...]


def check_preview(settings: Settings) -> None:
    """Raise SettingsError unless the site listens to this machine alone."""
    if not is_loopback(settings.host):
        raise SettingsError(f"HOST={settings.host!r}: the preview is for this machine alone; use HOST=127.0.0.1.")
    if settings.trusted_proxies:
        raise SettingsError("TRUSTED_PROXIES: the preview never stands behind a proxy; leave it empty.")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: `localhost`, or a loopback address."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


@preview.before_app_request
def only_here() -> None:
    """Turn away every request that does not come straight from this machine, to any page."""
    host = request.host.rpartition(":")[0] if request.host.rpartition(":")[2].isdigit() else request.host
    forwarded = any(name in request.headers for name in _FORWARDING)
    if forwarded or not is_loopback(request.remote_addr or "") or not is_loopback(host):
        raise NotFound


@preview.route(PREVIEW)
def index() -> BaseResponse:
    """List every kind of page in every language, and the legal coverage."""
    edition, now = current_edition(), state().clock.now()
    percents = {it.locale.tag: it.percent for it in find_status(state().settings.root, now.date())}
    kinds = tuple(kinds_of_page(edition, edition.site.default_locale))
    rows = tuple(
        Row(locale, percents.get(tag, 100), tuple(kinds_of_page(edition, tag).values()))
        for tag, locale in edition.locales.items()
    )
    body = environment().get_template("preview.html").render(
        css=state().css.other, kinds=kinds, rows=rows, coverage=find_coverage(edition, now), today=now.date()
    )  # fmt: skip
    return without_article(Response(body, content_type="text/html; charset=utf-8"))


def kinds_of_page(edition: Edition, tag: LocaleTag) -> Mapping[str, str]:
    """Return a path of every kind of page in a language, by the name of the kind."""
    return dict(_kinds_of_page(edition, tag))


def _kinds_of_page(edition: Edition, tag: LocaleTag) -> Iterator[tuple[str, str]]:
    yield "front page", urls.front(tag)
    for slug in list(edition.articles)[:1]:
        yield "article", urls.article(tag, slug)
        yield "text only", urls.text_only(tag, slug)
        for act in offered_acts(edition.site):
            yield f"before: {act.value}", urls.act(tag, slug, act)
            yield f"go on: {act.value}", urls.act_go(tag, slug, act)
    for notice in edition.notices:
        yield f"about {notice.id}", urls.about(tag, notice.id)
    yield "search", urls.search(tag)
    yield "found", f"{urls.search(tag)}?q=a"
    if Act.CONTACT in offered_acts(edition.site):
        yield "contact", urls.contact(tag)
    yield "leaving", urls.leaving(tag)
    yield "feed", urls.feed(tag)
    yield "not found", f"/{tag}/no-such-page"
