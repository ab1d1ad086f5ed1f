"""`webapp i18n check`: what reviewers need. The group itself is in `webapp.cli.i18n`."""

import json
import sys

import click
from rich.console import Console

from webapp.cli.check import print_problems, to_json
from webapp.cli.languages import known_locale
from webapp.errors import Severity, must_be_mended
from webapp.settings import load_settings
from webapp.sources.audit import audit_translations
from webapp.sources.locales import load_locales


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
