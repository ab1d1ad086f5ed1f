"""config/site.toml: the newsroom and its authors. Owns its spelling on disk.

The words are still English here: `sources.catalogs` finds their translations.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from webapp.core.model import Author, LocaleTag, NoticeMode, Site
from webapp.errors import Problem, Severity
from webapp.sources.parsing import Identifier, Strict, WebAddress, Words, parse_model, parse_toml, read_text

SITE = "config/site.toml"


class _AuthorModel(Strict):
    name: Words
    description: Words
    picture: str


class _SiteModel(Strict):
    name: Words
    tagline: Words
    base_url: WebAddress
    default_locale: str
    notice_mode: Annotated[NoticeMode, Field(strict=False)] = NoticeMode.DECIDED
    source_url: WebAddress | None = None
    contact_email: str = ""
    sample: bool = False
    authors: dict[Identifier, _AuthorModel] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """What config/site.toml says. `warnings` are worth an editor's look and keep nothing from being served."""

    site: Site
    authors: Mapping[str, Author]
    warnings: tuple[Problem, ...]


def load_site(root: Path) -> SiteConfig:
    """Read config/site.toml. Raises SourceError with every Problem."""
    model = parse_model(_SiteModel, parse_toml(read_text(root / SITE, SITE), SITE), SITE)
    site = Site(
        name=model.name,
        tagline=model.tagline,
        base_url=model.base_url,
        default_locale=LocaleTag(model.default_locale),
        notice_mode=model.notice_mode,
        source_url=model.source_url or "",
        contact_email=model.contact_email,
    )
    authors = {key: Author(key, it.name, it.description, it.picture) for key, it in model.authors.items()}
    warnings = (_sample_warning(SITE, "sample"),) if model.sample else ()
    return SiteConfig(site, authors, warnings)


def _sample_warning(path: str, key: str) -> Problem:
    message = "these are the sample newsroom's values"
    hint = "Put your own name, addresses and designation dates in, then remove this line."
    return Problem("config.sample", path, message, hint, key=key, severity=Severity.WARNING)
