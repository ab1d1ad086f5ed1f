"""`webapp i18n check, status, approve, diff`: what reviewers need. The group itself is in `webapp.cli.i18n`."""

import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from difflib import SequenceMatcher
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from webapp.cli.check import print_problems, to_json
from webapp.cli.languages import known_locale
from webapp.core.model import Locale
from webapp.errors import Severity, must_be_mended
from webapp.settings import load_settings
from webapp.sources.approvals import (
    Approval,
    Role,
    Standing,
    digest_source,
    digest_translation,
    find_approved_source,
    load_approvals,
    write_approval,
)
from webapp.sources.audit import audit_translations
from webapp.sources.catalogs import load_catalog
from webapp.sources.legal import is_whole
from webapp.sources.locales import SOURCE_LOCALE, language_aliases, load_locales
from webapp.sources.notices import NoticeSource, load_notices
from webapp.sources.status import LocaleStatus, NoticeStatus, find_status, segments_in

GOOD_FOR = timedelta(days=365)
"""How long an approval holds when nothing else is said."""
ROLES = click.Choice([role.value for role in Role])


@click.command()
@click.argument("tags", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Print the Problems as a JSON list.")
@click.option("--quiet", is_flag=True, help="Leave warnings out.")
@click.option("--strict", is_flag=True, help="Count warnings as faults.")
def check(tags: tuple[str, ...], as_json: bool, quiet: bool, strict: bool) -> None:
    """Check the translations into TAGS, or into every language: each finding with its line and how to mend it.

    A fault takes the word that it concerns off the site until it is mended. A warning is for your judgement.
    """
    root = load_settings().root
    locales = load_locales(root)
    problems = audit_translations(root, frozenset(known_locale(locales, tag).tag for tag in tags))
    shown = [it for it in problems if not quiet or it.severity is not Severity.WARNING]
    if as_json:
        click.echo(json.dumps([to_json(problem) for problem in shown], ensure_ascii=False, indent=1))
    else:
        print_problems(shown, Console(soft_wrap=True))
    sys.exit(1 if must_be_mended(problems) or (strict and problems) else 0)


@click.command()
def status() -> None:
    """Show how far each language has come: interface, legal texts with their approvals and age, articles."""
    today = datetime.now(UTC).date()
    found = find_status(load_settings().root, today)
    table = Table(title="Languages", caption="Void: the legal text or its source has changed")
    for heading in ("tag", "language", "state", "interface"):
        table.add_column(heading, justify="right" if heading == "interface" else "left")
    for notice in found[0].notices if found else ():
        table.add_column(notice.notice)
    table.add_column("articles", justify="right")
    for line in found:
        table.add_row(*_row(line, today))
    Console(width=None if sys.stdout.isatty() else 140).print(table)


def _row(line: LocaleStatus, today: date) -> list[str]:
    notices = [_legal(notice, today) for notice in line.notices]
    articles = f"{line.articles} of {line.of_articles}"
    return [line.locale.tag, escape(line.locale.endonym), line.locale.state, f"{line.percent} %", *notices, articles]


def _legal(notice: NoticeStatus, today: date) -> str:
    if not notice.whole:
        return f"[red]{notice.segments} of {notice.of}[/]"
    age = f", {(today - notice.approved_on).days} days" if notice.approved_on else ""
    words = {
        Standing.APPROVED: "[green]approved[/]",
        Standing.EXPIRED: "[yellow]expired[/]",
        Standing.SOURCE_CHANGED: "[yellow]void: source[/]",
        Standing.TEXT_CHANGED: "[yellow]void: text[/]",
        Standing.UNREVIEWED: "[yellow]unreviewed[/]",
    }
    return words[notice.standing] + age


@click.command()
@click.argument("notice")
@click.argument("tag")
@click.option("--as", "roles", multiple=True, type=ROLES, help="Who approves: two different roles.")
@click.option("--review-by", type=click.DateTime(["%Y-%m-%d"]), help="Until when it holds; in a year by default.")
def approve(notice: str, tag: str, roles: tuple[str, ...], review_by: datetime | None) -> None:
    """Record that two reviewers have read NOTICE in TAG as it stands now, word by word.

    Roles are written down, never names. Any later change of the text, or of its source, voids the approval.
    """
    root = load_settings().root
    source, locale = _find_source(root, notice), known_locale(load_locales(root), tag)
    if len(roles) != 2 or len(set(roles)) != 2:
        raise click.UsageError(f"Give two different roles, such as: --as {Role.LAWYER} --as {Role.NATIVE_SPEAKER}")
    segments = segments_in(source, locale.tag, load_catalog(root, locale, "notices")[0])
    if locale.tag != SOURCE_LOCALE and not is_whole(source, segments, locale):
        click.echo(f"{source.id} is not whole in {locale.tag}, or has faults: webapp i18n check {locale.tag}", err=True)
        sys.exit(1)
    today = datetime.now(UTC).date()
    until = review_by.date() if review_by else today + GOOD_FOR
    if until <= today:
        raise click.BadParameter("must lie in the future", param_hint="--review-by")
    named = tuple(Role(role) for role in roles)
    approval = Approval(digest_source(source), digest_translation(segments), named, today, until)
    load_approvals(root)  # a broken file is told, not overwritten
    write_approval(root, source, locale.tag, approval)
    click.echo(f"{source.id} in {locale.tag} is approved by {' and '.join(named)} until {until}.")


@click.command()
@click.argument("notice")
@click.argument("tag")
def diff(notice: str, tag: str) -> None:
    """Show what has changed in the English source of NOTICE since its text in TAG was approved, word by word."""
    root = load_settings().root
    source, locale = _find_source(root, notice), known_locale(load_locales(root), tag)
    approval = load_approvals(root).get((source.id, locale.tag))
    if approval is None:
        click.echo(f"Nobody has approved {source.id} in {locale.tag} yet.", err=True)
        sys.exit(1)
    before = find_approved_source(root, approval)
    if before is None:
        click.echo(f"The source approved on {approval.approved_on} was not kept in translations/approved/.", err=True)
        sys.exit(1)
    _print_diff(source, locale, approval, dict(before), root)


def _print_diff(source: NoticeSource, locale: Locale, approval: Approval, before: dict[str, str], root: Path) -> None:
    console = Console(soft_wrap=True)
    changed = [name for name in {**before, **source.segments} if before.get(name) != source.segments.get(name)]
    for name in changed:
        console.print(f"[bold]{name}[/]")
        console.print("  " + "".join(_word_diff(before.get(name, ""), source.segments.get(name, ""))))
    segments = segments_in(source, locale.tag, load_catalog(root, locale, "notices")[0])
    if approval.translation != digest_translation(segments):
        console.print(f"The text in {locale.tag} has changed too.")
    if not changed and approval.source != digest_source(source):
        console.print("The words are the same; version, publisher, date or register have changed.")
    console.print(f"{len(changed)} segments of the source changed since {approval.approved_on}.")


def _word_diff(before: str, after: str) -> Iterator[str]:
    old, new = re.findall(r"\s+|\S+", before), re.findall(r"\s+|\S+", after)
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield escape("".join(old[a:b]))
            continue
        if old[a:b]:
            yield f"[red]{escape('[-' + ''.join(old[a:b]) + '-]')}[/]"
        if new[c:d]:
            yield f"[green]{escape('{+' + ''.join(new[c:d]) + '+}')}[/]"


def _find_source(root: Path, notice: str) -> NoticeSource:
    sources = load_notices(root, language_aliases())
    found = next((source for source in sources if source.id == notice), None)
    if found is None:
        raise click.BadParameter(f"{notice!r} is not one of: {', '.join(source.id for source in sources)}")
    return found
