"""`webapp notices`: what editors and lawyers want to see of the legal notices as a whole."""

from datetime import UTC, datetime
from pathlib import Path

import click

from webapp.settings import load_settings
from webapp.site.coverage import find_coverage, to_markdown
from webapp.site.render import environment
from webapp.sources.load import load_edition
from webapp.sources.writing import write_whole


@click.group()
def notices() -> None:
    """The legal notices as a whole."""


@notices.command()
@click.option("--to", type=click.Path(path_type=Path), default=Path("artefacts"), help="Folder; artefacts/ by default.")
def matrix(to: Path) -> None:
    """Write which notice readers see by place and language, how old and approved or not, as HTML and Markdown."""
    settings = load_settings()
    now = datetime.now(UTC)
    edition = load_edition(settings.root, now.date(), settings.base_url).edition
    coverage = find_coverage(edition, now)
    html = environment().get_template("coverage.html").render(coverage=coverage, today=now.date())
    for name, text in (("notices.html", html), ("notices.md", to_markdown(coverage, now.date()))):
        write_whole(to / name, text)
        click.echo(f"wrote {to / name}")
    click.echo(f"{len(coverage.rows)} languages, {len(coverage.places)} places")
