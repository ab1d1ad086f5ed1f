"""What the commands of `webapp territories` share: the site's folder, and how they fail. Owns no command."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from webapp.errors import MapError, SourceError
from webapp.settings import load_settings

MAP = Path("config/territories.mmdb")

root_option = click.option(
    "--root",
    type=click.Path(file_okay=False, path_type=Path),
    help="The site's folder; WEBAPP_ROOT, or the current folder, unless given.",
)


def root_or_setting(root: Path | None) -> Path:
    """The site's folder. Raises SettingsError."""
    return root or load_settings().root


@contextmanager
def failing() -> Iterator[None]:
    """Faults of the sources or the map end the command with their words and exit code 1."""
    try:
        yield
    except (SourceError, MapError) as fault:
        click.echo(str(fault), err=True)
        sys.exit(1)


@contextmanager
def need_compiler() -> Iterator[None]:
    """A server that only receives maps lacks the compiler; say so in words."""
    try:
        yield
    except ImportError as fault:
        click.echo(f"the map compiler is not installed ({fault.name}); install webapp[compile]", err=True)
        sys.exit(1)
