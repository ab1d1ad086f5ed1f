"""translations/approvals.toml: which legal texts reviewers have approved, and whether that still holds.

An approval names the SHA-256 of the source and of the translation that were read. A later change of either, even of
one letter, voids it. Reviewers are named by their role, never by a name: an approval must not endanger anybody.
The source that was read is kept in translations/approved/, so that a reviewer can see what has changed since.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import tomlkit
from pydantic import Field, field_validator

from webapp.core.model import LocaleTag, NoticeId
from webapp.errors import Problem, SourceError
from webapp.sources.notices import NoticeSource
from webapp.sources.parsing import Strict, parse_model, parse_toml, read_text
from webapp.sources.writing import write_whole

APPROVALS = "translations/approvals.toml"
KEPT = "translations/approved"


class Role(StrEnum):
    """Who may approve a legal text. Closed on purpose: a personal name cannot be written down."""

    LAWYER = "lawyer"
    NATIVE_SPEAKER = "native-speaker"
    TRANSLATOR = "translator"
    EDITOR = "editor"


class Standing(StrEnum):
    """What the reviewers' word on a text is worth today."""

    APPROVED = "approved"
    EXPIRED = "expired"
    SOURCE_CHANGED = "source-changed"
    TEXT_CHANGED = "text-changed"
    UNREVIEWED = "unreviewed"


class _ApprovalModel(Strict):
    source: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    translation: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    approved_by: Annotated[tuple[Annotated[Role, Field(strict=False)], ...], Field(strict=False)]
    approved_on: date
    review_by: date

    @field_validator("approved_by")
    @classmethod
    def _two_roles(cls, value: tuple[Role, ...]) -> tuple[Role, ...]:
        if len(value) != 2 or len(set(value)) != 2:
            raise ValueError(f"two different roles are needed, of: {', '.join(Role)}")
        return value


@dataclass(frozen=True, slots=True)
class Approval:
    """Two roles' word, on a day, for one text of one notice. `source` and `translation` are SHA-256 in hexadecimal."""

    source: str
    translation: str
    approved_by: tuple[Role, ...]
    approved_on: date
    review_by: date


Approvals = Mapping[tuple[NoticeId, LocaleTag], Approval]


def load_approvals(root: Path) -> Approvals:
    """Read translations/approvals.toml; a missing file approves nothing. Raises SourceError with every Problem."""
    if not (root / APPROVALS).exists():
        return {}
    found: dict[tuple[NoticeId, LocaleTag], Approval] = {}
    problems: list[Problem] = []
    for notice, tables in parse_toml(read_text(root / APPROVALS, APPROVALS), APPROVALS).items():
        for tag, table in tables.items() if isinstance(tables, dict) else [("", tables)]:
            key = f"{notice}.{tag}".rstrip(".")
            try:
                if not isinstance(table, dict):
                    hint = "Remove it, and approve with: webapp i18n approve"
                    raise SourceError([Problem("config.value", APPROVALS, "should be a table", hint, key=key)])
                model = parse_model(_ApprovalModel, table, APPROVALS, prefix=key)
            except SourceError as fault:
                problems += fault.problems
                continue
            found[NoticeId(notice), LocaleTag(tag)] = Approval(**model.model_dump())
    if problems:
        raise SourceError(problems)
    return found


def digest_source(source: NoticeSource) -> str:
    """Return the SHA-256 of everything that a reviewer reads in the source: words, and the facts put into them."""
    facts = [source.id, source.version, source.jurisdiction, source.publisher, source.designated.isoformat()]
    return _digest([*facts, source.register_url, dict(source.segments)])


def digest_translation(segments: Mapping[str, str]) -> str:
    """Return the SHA-256 of a text's segments."""
    return _digest(dict(segments))


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def judge(approval: Approval | None, source: NoticeSource, segments: Mapping[str, str], today: date) -> Standing:
    """Tell what an approval is worth today for these segments."""
    if approval is None:
        return Standing.UNREVIEWED
    if approval.source != digest_source(source):
        return Standing.SOURCE_CHANGED
    if approval.translation != digest_translation(segments):
        return Standing.TEXT_CHANGED
    return Standing.EXPIRED if approval.review_by < today else Standing.APPROVED


def write_approval(root: Path, notice: NoticeSource, tag: LocaleTag, approval: Approval) -> None:
    """Put an approval into translations/approvals.toml, and keep the source that was read."""
    path = root / APPROVALS
    document = tomlkit.parse(read_text(path, APPROVALS)) if path.exists() else tomlkit.document()
    if not path.exists():
        document.add(tomlkit.comment("Written by webapp i18n approve. Any change of a text or its source voids it."))
    table = tomlkit.table()
    table["source"] = approval.source
    table["translation"] = approval.translation
    table["approved_by"] = [role.value for role in approval.approved_by]
    table["approved_on"] = approval.approved_on
    table["review_by"] = approval.review_by
    if notice.id not in document:
        document[notice.id] = tomlkit.table(is_super_table=True)
    document[notice.id][tag] = table
    kept = tomlkit.document()
    for name, text in notice.segments.items():
        kept[name] = text
    write_whole(root / KEPT / f"{approval.source}.toml", tomlkit.dumps(kept))
    write_whole(path, tomlkit.dumps(document))


def find_approved_source(root: Path, approval: Approval) -> Mapping[str, str] | None:
    """Return the segments of the source that was approved, or None when they were not kept."""
    shown = f"{KEPT}/{approval.source}.toml"
    if not (root / shown).exists():
        return None
    return {name: str(text) for name, text in parse_toml(read_text(root / shown, shown), shown).items()}
