"""config/site.toml: the newsroom and its authors. Owns its spelling on disk.

The words are still English here: `sources.catalogs` finds their translations.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from webapp.core.model import Author, Contact, ExpiredReview, LegalReview, LocaleTag, NoticeMode, Site
from webapp.core.tags import parse_tag
from webapp.errors import Problem, Severity
from webapp.sources.parsing import Identifier, Strict, WebAddress, Words, parse_model, parse_toml, read_text

SITE = "config/site.toml"


_ONION = re.compile(r"http://[a-z2-7]{56}\.onion(?:/[!-~]*)?\Z")
_SIGNAL = re.compile(r"https://signal\.me/#[!-~]+\Z")
_EMAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+\Z")
_FINGERPRINT = re.compile(r"[0-9A-F]{4}(?: ?[0-9A-F]{4}){9}\Z")


def _onion(text: str) -> str:
    if not _ONION.match(text):
        raise ValueError("write the whole address of an onion service of version 3: http://, 56 characters, .onion")
    return text


def _signal(text: str) -> str:
    if not _SIGNAL.match(text):
        raise ValueError("write the link that Signal gives for a user name: https://signal.me/#eu/…")
    return text


def _email(text: str) -> str:
    if not _EMAIL.match(text):
        raise ValueError("write one plain e-mail address, such as newsroom@news.example")
    return text


def _fingerprint(text: str) -> str:
    if not _FINGERPRINT.match(text):
        raise ValueError("write the whole fingerprint: 40 digits of 0–9 and A–F, in groups of four if you like")
    return text


def _with_slug(text: str) -> str:
    if text.count("{slug}") != 1 or re.search(r"[{}]", text.replace("{slug}", "")):
        raise ValueError("write {slug} once, where the article's slug belongs")
    return text


class _ContactModel(Strict):
    securedrop: Annotated[str, AfterValidator(_onion)] = ""
    signal: Annotated[str, AfterValidator(_signal)] = ""
    email: Annotated[str, AfterValidator(_email)] = ""
    pgp_fingerprint: Annotated[str, AfterValidator(_fingerprint)] = ""
    pgp_url: WebAddress | None = None

    @model_validator(mode="after")
    def _key_belongs_to_mail(self) -> "_ContactModel":
        if self.pgp_fingerprint and not self.email:
            raise ValueError("a PGP key is for e-mail: write email too")
        if self.pgp_url and not self.pgp_fingerprint:
            raise ValueError("readers can only trust a key whose pgp_fingerprint stands here")
        return self


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
    contact: _ContactModel = Field(default_factory=_ContactModel)
    comments: Annotated[WebAddress, AfterValidator(_with_slug)] | None = None
    legal_review: Annotated[LegalReview, Field(strict=False)] = LegalReview.ADVISE
    expired_review: Annotated[ExpiredReview, Field(strict=False)] = ExpiredReview.WARN
    notices: Annotated[list[Identifier], Field(min_length=1)]
    leave: dict[str, WebAddress] = Field(default_factory=dict)
    sample: bool = False
    authors: dict[Identifier, _AuthorModel] = Field(min_length=1)

    @model_validator(mode="after")
    def _languages_to_leave_in(self) -> "_SiteModel":
        for name in self.leave:
            if parse_tag(name) != name:
                raise ValueError(f"leave: {name!r} is not a language tag as config/locales.toml writes it")
        return self


@dataclass(frozen=True, slots=True)
class SiteConfig:
    """What config/site.toml says. `warnings` are worth an editor's look and keep nothing from being served.

    `notices` are the ids that config/notices.toml must have, so that none is lost unnoticed.
    """

    site: Site
    authors: Mapping[str, Author]
    notices: tuple[str, ...]
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
        contact=_to_contact(model.contact),
        comments=model.comments or "",
        leave={LocaleTag(name): address for name, address in model.leave.items()},
        legal_review=model.legal_review,
        expired_review=model.expired_review,
    )
    authors = {key: Author(key, it.name, it.description, it.picture) for key, it in model.authors.items()}
    warnings = (_sample_warning(SITE, "sample"),) if model.sample else ()
    return SiteConfig(site, authors, tuple(model.notices), warnings)


def _to_contact(model: _ContactModel) -> Contact:
    return Contact(model.securedrop, model.signal, model.email, model.pgp_fingerprint, model.pgp_url or "")


def _sample_warning(path: str, key: str) -> Problem:
    message = "these are the sample newsroom's values"
    hint = "Put your own name, addresses and designation dates in, then remove this line."
    return Problem("config.sample", path, message, hint, key=key, severity=Severity.WARNING)
