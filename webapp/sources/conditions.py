"""What an article depends on beside the files in its own folder: the authors, and the languages of the site."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from webapp.core.model import Author
from webapp.errors import SourceError
from webapp.sources.collecting import Collector
from webapp.sources.config import SiteConfig, load_site
from webapp.sources.keeping import Conditions
from webapp.sources.locales import load_locales
from webapp.sources.pictures import load_portrait


def load_authors(root: Path, config: SiteConfig | None, collect: Collector) -> Mapping[str, Author]:
    """Give each author the picture as it was checked; no other content of that file is ever served."""
    authors = {}
    for author in config.authors.values() if config else ():
        portrait = collect.read(partial(load_portrait, root, author.picture, f"authors.{author.id}.picture"))
        authors[author.id] = replace(author, portrait=portrait)
    return authors


def load_conditions(root: Path) -> Conditions:
    """Read what articles depend on, for texts that are not parsed at once. Raises SourceError."""
    collect = Collector()
    authors = load_authors(root, load_site(root), collect)
    if collect.problems:
        raise SourceError(collect.problems)
    return authors, frozenset(load_locales(root)), False
