"""`webapp i18n`: what translators need: the .pot files, and catalogs brought up to date with them."""

import os
import sys
import tempfile
from pathlib import Path

import click
import polib

from webapp.settings import load_settings
from webapp.sources.catalogs import parse_po, po_path
from webapp.sources.extraction import DOMAINS, to_pot
from webapp.sources.load import SOURCE_LOCALE
from webapp.sources.locales import load_locales
from webapp.sources.parsing import read_text


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
def update() -> None:
    """Bring every catalog up to date with the .pot files. Nothing is matched by likeness: a changed word is new."""
    root = load_settings().root
    for tag, locale in load_locales(root).items():
        for domain in () if tag == SOURCE_LOCALE else DOMAINS:
            path = root / po_path(locale, domain)
            template = polib.pofile(to_pot(DOMAINS[domain](root)))
            shown = po_path(locale, domain)
            catalog = parse_po(read_text(path, shown), shown) if path.exists() else polib.POFile()
            catalog.wrapwidth = 100
            if not path.exists():
                catalog.metadata = {**template.metadata, "Language": tag, "Plural-Forms": locale.plural_forms}
            catalog.merge(template)
            write_whole(path, str(catalog))
            click.echo(f"{po_path(locale, domain)}: {len(catalog.translated_entries())} of {len(template)} translated")


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
