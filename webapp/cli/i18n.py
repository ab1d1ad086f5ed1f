"""`webapp i18n`: what translators need: templates, catalogs brought up to date, new languages, compiled copies."""

import sys
from pathlib import Path

import click
import polib

from webapp.cli.i18n_review import approve, check, diff, status
from webapp.cli.languages import known_locale
from webapp.core.model import Locale
from webapp.core.tags import parse_tag
from webapp.settings import load_settings
from webapp.sources.catalogs import load_catalog, parse_po, po_path
from webapp.sources.extraction import DOMAINS, to_pot
from webapp.sources.locales import LOCALES, SOURCE_LOCALE, language_aliases, load_locales, parse_plural_forms
from webapp.sources.merging import merge_catalog, new_catalog
from webapp.sources.new_locale import Wishes, add_locale
from webapp.sources.parsing import read_text
from webapp.sources.writing import write_bytes_whole, write_whole


@click.group()
def i18n() -> None:
    """Words and their translations."""


@i18n.command("extract")
@click.option("--check", "only_check", is_flag=True, help="Change nothing; exit with 1 when a .pot is out of date.")
def extract_words(only_check: bool) -> None:
    """Write translations/messages.pot and translations/notices.pot from templates, code and configuration."""
    root = load_settings().root
    stale = []
    for domain, extract in DOMAINS.items():
        path = root / "translations" / f"{domain}.pot"
        text = to_pot(extract(root))
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale.append(path.name)
        if not only_check:
            write_whole(path, text)
            click.echo(f"wrote translations/{path.name}")
    if only_check and stale:
        click.echo(f"Out of date: {', '.join(stale)}. Run: webapp i18n extract", err=True)
        sys.exit(1)


@i18n.command()
@click.argument("tags", nargs=-1)
def update(tags: tuple[str, ...]) -> None:
    """Bring catalogs up to date with the words of the site: those of TAGS, or every one there is.

    A legal text is matched exactly or not at all. In the interface a changed word keeps its old translation as a
    suggestion, marked fuzzy and not used until you have checked it.
    """
    root = load_settings().root
    locales = load_locales(root)
    chosen = [known_locale(locales, tag) for tag in tags] or [
        it for it in locales.values() if any((root / po_path(it, domain)).exists() for domain in DOMAINS)
    ]
    for locale in chosen:
        if locale.tag != SOURCE_LOCALE:
            _update_catalogs(root, locale)


def _update_catalogs(root: Path, locale: Locale) -> None:
    for domain, extract in DOMAINS.items():
        shown = po_path(locale, domain)
        path = root / shown
        template = polib.pofile(to_pot(extract(root)))
        if path.exists():
            catalog = merge_catalog(parse_po(read_text(path, shown), shown), template, locale, domain == "messages")
        else:
            catalog = new_catalog(template, locale)
        write_whole(path, str(catalog))
        click.echo(f"{shown}: {len(catalog.translated_entries())} of {len(template)} translated")


@i18n.command()
@click.argument("tag")
@click.option("--endonym", default="", help="The language's name in itself; CLDR's when it has one.")
@click.option("--script", default="", help="ISO 15924, such as Cyrl; CLDR's likely one by default.")
@click.option("--plural-forms", default="", help='A gettext rule; CLDR\'s, or "nplurals=2; plural=(n != 1);".')
@click.option("--fallback", multiple=True, help="A language for all three chains; repeatable, nearest first.")
def add(tag: str, endonym: str, script: str, plural_forms: str, fallback: tuple[str, ...]) -> None:
    """Add a language: a table in config/locales.toml, and two catalogs to fill. A running site shows it at once."""
    root = load_settings().root
    canonical = parse_tag(tag, language_aliases())
    if canonical is None:
        raise click.BadParameter(f"{tag!r} is not a BCP 47 tag, such as kv or sr-Latn", param_hint="TAG")
    locales = load_locales(root)
    if canonical in locales:
        click.echo(f"{canonical} is in {LOCALES} already.")
    else:
        chain = tuple(known_locale(locales, it).tag for it in fallback) or (SOURCE_LOCALE,)
        if plural_forms:
            _check_plural_forms(plural_forms)
        write_whole(root / LOCALES, add_locale(root, canonical, Wishes(endonym, script, plural_forms, chain)))
        click.echo(f"wrote a table for {canonical} at the end of {LOCALES}: check every line of it.")
    _update_catalogs(root, load_locales(root)[canonical])


def _check_plural_forms(text: str) -> None:
    try:
        parse_plural_forms(text)
    except ValueError as fault:
        raise click.BadParameter(str(fault), param_hint="--plural-forms") from None


@i18n.command("compile")
@click.argument("tags", nargs=-1)
@click.option("--to", type=click.Path(path_type=Path), help="Folder to write into; beside each .po by default.")
def compile_catalogs(tags: tuple[str, ...], to: Path | None) -> None:
    """Write .mo files of the words that pass every check, for programs other than this site.

    The site itself never reads a .mo: it reads the .po files, and judges each word when it loads an edition.
    """
    root = load_settings().root
    locales = load_locales(root)
    for locale in [known_locale(locales, tag) for tag in tags] or list(locales.values()):
        for domain in DOMAINS:
            shown = po_path(locale, domain)
            if locale.tag == SOURCE_LOCALE or not (root / shown).exists():
                continue
            passing = _passing_entries(root, locale, domain)
            target = (to / locale.catalog / "LC_MESSAGES" if to else (root / shown).parent) / f"{domain}.mo"
            write_bytes_whole(target, passing.to_binary())
            click.echo(f"{target}: {len(passing)} words")


def _passing_entries(root: Path, locale: Locale, domain: str) -> polib.POFile:
    usable, _ = load_catalog(root, locale, domain)
    passing = polib.POFile()
    passing.metadata = {
        "Language": locale.tag,
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": locale.plural_forms,
    }
    passing.extend(polib.POEntry(msgctxt=key[0], msgid=key[1], msgstr=text) for key, text in usable.words.items())
    passing.extend(
        polib.POEntry(msgctxt=key[0], msgid=key[1], msgid_plural=key[1], msgstr_plural=dict(enumerate(forms)))
        for key, forms in usable.plurals.items()
    )
    return passing


for _command in (status, check, approve, diff):
    i18n.add_command(_command)
