"""config/notices.toml: for whom each notice is, and its English words. Owns its spelling on disk.

The words returned here are source text with placeholders unfilled: `sources.legal` makes texts of them.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from webapp.core.model import (
    Act,
    CountryCode,
    EverywhereRule,
    LanguageRule,
    NoticeId,
    Rule,
    TerritoryId,
    TerritoryRule,
)
from webapp.core.tags import parse_tag
from webapp.errors import Problem
from webapp.sources.config import SITE, SiteConfig
from webapp.sources.parsing import Identifier, Strict, WebAddress, Words, parse_model, parse_toml, read_text
from webapp.sources.placeholders import PLACEHOLDER

NOTICES = "config/notices.toml"

SECTIONS = ("law", "acts", "penalties", "people", "since", "uncertain")
"""The parts of "find out more", in their order on the page."""


def act_segment(act: Act) -> str:
    """Return the name of the segment that says what an act may be treated as."""
    return f"act_{act.value}"


PLACEHOLDERS = frozenset({"publisher", "designated"})
"""The names that may stand in braces in the words of a notice."""


def _fillable(text: str) -> str:
    unknown = sorted(set(PLACEHOLDER.findall(text)) - PLACEHOLDERS)
    if unknown or re.search(r"[{}]", PLACEHOLDER.sub("", text)):
        raise ValueError("braces may only enclose publisher or designated")
    return text


_LegalWords = Annotated[Words, AfterValidator(_fillable)]


class _RuleModel(Strict):
    id: Identifier
    territory: Identifier | None = None
    languages: Annotated[list[str], Field(min_length=1)] | None = None
    regions: Annotated[list[Annotated[str, Field(pattern=r"^(?:[A-Z]{2}|[0-9]{3})$")]], Field(min_length=1)] | None = (
        None
    )
    everywhere: bool | None = None

    @model_validator(mode="after")
    def _one_condition(self) -> "_RuleModel":
        given = [self.territory is not None, self.languages is not None, self.everywhere is not None]
        if sum(given) != 1 or self.everywhere is False:
            raise ValueError("a rule has exactly one of: territory, languages, everywhere = true")
        if self.regions is not None and self.languages is None:
            raise ValueError("regions belong to a rule with languages")
        for name in self.languages or ():
            if parse_tag(name) is None:
                raise ValueError(f"{name!r} is not a language tag")
        return self


class _AboutModel(Strict):
    law: Annotated[list[_LegalWords], Field(min_length=1)]
    acts: Annotated[list[_LegalWords], Field(min_length=1)]
    penalties: Annotated[list[_LegalWords], Field(min_length=1)]
    people: Annotated[list[_LegalWords], Field(min_length=1)]
    since: Annotated[list[_LegalWords], Field(min_length=1)]
    uncertain: Annotated[list[_LegalWords], Field(min_length=1)]


class _WordsModel(Strict):
    heading: _LegalWords
    who: _LegalWords
    what: _LegalWords
    penalty: _LegalWords
    publisher: _LegalWords
    more: _LegalWords
    reminder: _LegalWords
    about_title: _LegalWords
    act_share: _LegalWords | None = None
    act_save: _LegalWords | None = None
    act_comment: _LegalWords | None = None
    act_contact: _LegalWords | None = None
    about: _AboutModel


class _NoticeModel(Strict):
    id: Identifier
    version: Annotated[int, Field(ge=1)]
    jurisdiction: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    acts: list[Annotated[Act, Field(strict=False)]]
    publisher: Words
    designated: date
    register_url: WebAddress
    reviewed_on: date | None = None
    reviewed_by_role: str = ""
    review_by: date
    rule: list[_RuleModel] = Field(alias="rules", min_length=1)
    words: _WordsModel

    @model_validator(mode="after")
    def _words_for_each_act(self) -> "_NoticeModel":
        missing = [name for act in self.acts if getattr(self.words, name := act_segment(act)) is None]
        if missing:
            raise ValueError(f"this notice guards acts that its words say nothing about: add {', '.join(missing)}")
        return self


class _NoticesModel(Strict):
    notice: list[_NoticeModel] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class NoticeSource:
    """A notice as an editor wrote it: rules, facts, and its English words by segment.

    `segments` maps a segment's name ("who", "about.law.1") to its English text, placeholders unfilled.
    """

    id: NoticeId
    version: int
    jurisdiction: CountryCode
    rules: tuple[Rule, ...]
    acts: tuple[Act, ...]
    publisher: str
    designated: date
    register_url: str
    reviewed_on: date | None
    review_by: date
    segments: Mapping[str, str]

    def context(self, segment: str) -> str:
        """Return the msgctxt of a segment in the domain `notices`."""
        return f"{self.id}/{self.version}/{segment}"


def load_notices(root: Path, aliases: Mapping[str, str]) -> tuple[NoticeSource, ...]:
    """Read config/notices.toml. Raises SourceError with every Problem."""
    model = parse_model(_NoticesModel, parse_toml(read_text(root / NOTICES, NOTICES), NOTICES), NOTICES)
    return tuple(_to_notice(notice, aliases) for notice in model.notice)


def _to_notice(model: _NoticeModel, aliases: Mapping[str, str]) -> NoticeSource:
    return NoticeSource(
        id=NoticeId(model.id),
        version=model.version,
        jurisdiction=CountryCode(model.jurisdiction),
        rules=tuple(_to_rule(rule, aliases) for rule in model.rule),
        acts=tuple(model.acts),
        publisher=model.publisher,
        designated=model.designated,
        register_url=model.register_url,
        reviewed_on=model.reviewed_on if model.reviewed_by_role else None,
        review_by=model.review_by,
        segments=_to_segments(model.words),
    )


def _to_rule(model: _RuleModel, aliases: Mapping[str, str]) -> Rule:
    if model.territory is not None:
        return TerritoryRule(model.id, TerritoryId(model.territory))
    if model.languages is not None:
        languages = tuple(parse_tag(name, aliases) or name for name in model.languages)
        return LanguageRule(model.id, languages, tuple(model.regions or ()))
    return EverywhereRule(model.id)


def _to_segments(words: _WordsModel) -> Mapping[str, str]:
    segments: dict[str, str] = words.model_dump(exclude={"about"}, exclude_none=True)
    for kind in SECTIONS:
        for number, paragraph in enumerate(getattr(words.about, kind), start=1):
            segments[f"about.{kind}.{number}"] = paragraph
    return segments


def check_listed(config: SiteConfig, sources: tuple[NoticeSource, ...]) -> Iterator[Problem]:
    """Hold config/site.toml's list of notices against those that are there: none may get lost, or come, unnoticed."""
    there = {source.id for source in sources}
    for lost in sorted(set(config.notices) - there):
        message = f"the notice {lost!r}, which config/site.toml lists, is not here"
        hint = f"Restore it. To end a notice on purpose, take it out of `notices` in {SITE} too."
        yield Problem("notice.lost", NOTICES, message, hint, key=lost)
    for new in sorted(there - set(config.notices)):
        message = f"the notice {new!r} of {NOTICES} is not listed"
        yield Problem("notice.unlisted", SITE, message, f"Add {new!r} to `notices`.", key="notices")
