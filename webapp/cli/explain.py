"""`webapp explain`: what one reader would see, and why, by the very code that answers live requests."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import unquote

import click
from rich.console import Console
from rich.markup import escape

from webapp.core.decide import Decision, Omitted, Shown, decide
from webapp.core.locales import find_locale
from webapp.core.model import Edition, KnownPlace, Locale, LocaleTag, Place, Slug
from webapp.settings import load_settings
from webapp.site.address import Resolved
from webapp.site.reader import Headers, read_reader
from webapp.site.render import find_article_text, find_notice_text
from webapp.sources.load import load_edition


@dataclass(frozen=True, slots=True)
class Explained:
    """Everything that led to a decision."""

    resolved: Resolved
    place: Place
    languages: tuple[LocaleTag, ...]
    decision: Decision
    edition: Edition
    locale: Locale


@click.command()
@click.option("--ip", help="The address the connection comes from: a reader's own, unless --peer is given.")
@click.option("--peer", help="The address of the proxy that connects; --ip is then put into X-Forwarded-For.")
@click.option("--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="A request header; repeatable.")
@click.option("--accept-language", help="The Accept-Language header.")
@click.option("--path", default="/", help="The path asked for, such as /ru/some-article.")
@click.option("--at", type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]), help="Decide as at this time (UTC).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def explain(
    ip: str | None,
    peer: str | None,
    headers: tuple[str, ...],
    accept_language: str | None,
    path: str,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Explain which notices a reader sees, and why. Proxies are those of TRUSTED_PROXIES."""
    if ip is None and peer is None:
        raise click.UsageError("Give the reader's address with --ip, or the proxy's with --peer.")
    settings = load_settings()
    moment = at.replace(tzinfo=UTC) if at else datetime.now(UTC)
    edition = load_edition(settings.root, moment.date(), settings.base_url).edition
    given = _headers(headers, accept_language, ip if peer else None)
    languages, locale = _languages(edition, path)
    reader, resolved = read_reader(edition, peer or ip, given, settings.trusted_proxies, languages, settings.cdn)
    decision = decide(edition, reader, moment)
    explained = Explained(resolved, reader.place, languages, decision, edition, locale)
    if as_json:
        click.echo(json.dumps(to_json(explained), ensure_ascii=False, indent=1))
    else:
        _print(explained, Console(soft_wrap=True))


def _headers(given: tuple[str, ...], accept_language: str | None, forwarded: str | None) -> Headers:
    headers: dict[str, list[str]] = {}
    for line in given:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise click.BadParameter(f"{line!r} is not 'Name: value'", param_hint="--header")
        headers.setdefault(name.strip().lower().replace("_", "-"), []).append(value.strip())
    if accept_language is not None:
        headers["accept-language"] = [accept_language]
    if forwarded is not None:
        headers.setdefault("x-forwarded-for", []).append(forwarded)
    return headers


def _languages(edition: Edition, path: str) -> tuple[tuple[LocaleTag, ...], Locale]:
    _, _, rest = unquote(path.partition("?")[0]).partition("/")
    first, _, slug = rest.partition("/")
    slug = slug.strip("/").lower()
    locale = find_locale(edition, first)
    if locale is None:
        if first:
            known = ", ".join(edition.locales)
            raise click.BadParameter(
                f"{path!r} does not begin with a language of the site: {known}", param_hint="--path"
            )
        locale = edition.locales[edition.site.default_locale]
    if not slug:
        texts = [find_article_text(it, locale) for it in edition.articles.values()]
        return (locale.tag, *dict.fromkeys(text.locale for text in texts if text)), locale
    article = edition.articles.get(Slug(slug))
    text = find_article_text(article, locale) if article else None
    if slug and not article and "/" not in slug and slug not in {"search", "feed.xml"}:
        click.echo(f"There is no article {slug!r}; deciding for a page in {locale.tag}.", err=True)
    return ((locale.tag, text.locale) if text else (locale.tag,)), locale


def to_json(explained: Explained) -> dict[str, object]:
    """Return an explanation as JSON-ready values."""
    place = explained.place
    known = isinstance(place, KnownPlace)
    return {
        "address": {
            "value": str(explained.resolved.address) if explained.resolved.address else None,
            "steps": list(explained.resolved.steps),
        },
        "place": {
            "known": known,
            **(_known(place) if isinstance(place, KnownPlace) else {"reason": place.reason, "detail": place.detail}),
        },
        "page_languages": list(explained.languages),
        "notices": [_outcome(explained, outcome) for outcome in explained.decision.outcomes],
    }


def _known(place: KnownPlace) -> dict[str, object]:
    return {
        "network": place.network,
        "country": place.country,
        "inside": sorted(place.inside),
        "uncertain": sorted(place.uncertain),
        "outside": sorted(place.outside),
        "votes": {vote.source: vote.said for vote in place.votes},
        "reasons": list(place.reasons),
    }


def _outcome(explained: Explained, outcome: Shown | Omitted) -> dict[str, object]:
    findings = outcome.proof.findings if isinstance(outcome, Omitted) else outcome.findings
    locale, why = _text_locale(explained, outcome)
    return {
        "notice": outcome.notice,
        "shown": isinstance(outcome, Shown),
        "because": outcome.because if isinstance(outcome, Shown) else "every rule is excluded: this is the proof",
        "rules": [
            {"rule": it.rule, "asks": it.asks, "verdict": it.verdict.value, "because": it.because} for it in findings
        ],
        "text_locale": locale,
        "text_because": why,
    }


def _text_locale(explained: Explained, outcome: Shown | Omitted) -> tuple[str | None, str]:
    edition, locale = explained.edition, explained.locale
    notice = next(it for it in edition.notices if it.id == outcome.notice)
    text = find_notice_text(notice, locale, edition.site.default_locale)
    if text is None:
        return None, "there is no text that may be shown, so that the built-in one is, in every language it has"
    if text.locale == locale.tag:
        return text.locale, "it is the language of the page"
    return text.locale, f"there is no whole text in {locale.tag}, and this is next in its legal_fallback"


def _print(explained: Explained, console: Console) -> None:
    console.print("[bold]Address[/]")
    for step in explained.resolved.steps:
        console.print(f"  {escape(step)}")
    console.print("[bold]Place[/]")
    place = explained.place
    if isinstance(place, KnownPlace):
        console.print(f"  {place.network}, country {place.country or 'not known'}")
        for name, territories in (("inside", place.inside), ("uncertain", place.uncertain), ("outside", place.outside)):
            console.print(f"  {name}: {', '.join(sorted(territories)) or '-'}")
        for vote in place.votes:
            console.print(f"  {escape(vote.source)} says {escape(vote.said)}")
        for reason in place.reasons:
            console.print(f"  {escape(reason)}")
    else:
        console.print(f"  unknown: {escape(place.detail)}")
    console.print(f"[bold]Page[/]\n  in {', '.join(dict.fromkeys(explained.languages))}")
    for outcome in explained.decision.outcomes:
        _print_outcome(explained, outcome, console)


def _print_outcome(explained: Explained, outcome: Shown | Omitted, console: Console) -> None:
    data = _outcome(explained, outcome)
    colour, word = ("yellow", "SHOWN") if data["shown"] else ("green", "LEFT OUT")
    console.print(f"[bold]Notice {outcome.notice}: [{colour}]{word}[/][/]")
    console.print(f"  because {escape(str(data['because']))}")
    findings = outcome.proof.findings if isinstance(outcome, Omitted) else outcome.findings
    for finding in findings:
        asks = finding.asks if len(finding.asks) < 80 else f"{finding.asks[:77]}…"
        console.print(f"  rule {finding.rule} ({escape(asks)})")
        console.print(f"    {finding.verdict}: {escape(finding.because)}")
    if data["shown"]:
        console.print(f"  its text is in {data['text_locale']}: {data['text_because']}")
