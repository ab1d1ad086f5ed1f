"""Approvals of legal texts: what they are worth, what voids them, and what they let readers see."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.unit.sources.damage import faults
from tests.unit.sources.test_legal_texts import EN, LOCALES, RU, SEGMENTS, SOURCE, catalog
from webapp.core.model import ExpiredReview, LegalReview, LocaleTag
from webapp.sources.approvals import (
    APPROVALS,
    Approval,
    Role,
    Standing,
    digest_source,
    digest_translation,
    find_approved_source,
    judge,
    load_approvals,
    write_approval,
)
from webapp.sources.legal import Review, to_notice

TODAY = date(2026, 11, 24)
ROLES = (Role.LAWYER, Role.NATIVE_SPEAKER)


def approval(segments: Mapping[str, str] = SEGMENTS, review_by: date = date(2027, 11, 24)) -> Approval:
    """An approval of these segments, as a translation of the usual source."""
    return Approval(digest_source(SOURCE), digest_translation(segments), ROLES, date(2026, 11, 1), review_by)


def test_an_approval_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Both digests, roles and dates come back; a second one stands beside the first; the source is kept."""
    write_approval(tmp_path, SOURCE, RU, approval())
    write_approval(tmp_path, SOURCE, EN, approval())
    write_approval(tmp_path, SOURCE, RU, approval(review_by=date(2028, 1, 1)))
    found = load_approvals(tmp_path)
    assert found == {(SOURCE.id, RU): approval(review_by=date(2028, 1, 1)), (SOURCE.id, EN): approval()}
    assert find_approved_source(tmp_path, approval()) == dict(SEGMENTS)
    assert find_approved_source(tmp_path, replace(approval(), source="0" * 64)) is None


def test_no_file_approves_nothing(tmp_path: Path) -> None:
    """Without approvals.toml nobody has approved anything."""
    assert load_approvals(tmp_path) == {}


GOOD = (
    f'source = "{"a" * 64}"\ntranslation = "{"b" * 64}"\napproved_by = ["lawyer", "editor"]\n'
    "approved_on = 2026-11-01\nreview_by = 2027-11-01\n"
)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        pytest.param("[n.ru]\n" + GOOD.replace('"lawyer", "editor"', '"Ann Other", "editor"'), "n.ru", id="a name"),
        pytest.param("[n.ru]\n" + GOOD.replace('"lawyer", "editor"', '"lawyer"'), "n.ru", id="one role"),
        pytest.param(
            "[n.ru]\n" + GOOD.replace('"lawyer", "editor"', '"lawyer", "lawyer"'), "n.ru", id="one role twice"
        ),
        pytest.param("[n.ru]\n" + GOOD.replace("a" * 64, "a" * 63), "n.ru.source", id="a short digest"),
        pytest.param("[n.ru]\n" + GOOD + "by = 1\n", "n.ru.by", id="an unknown key"),
        pytest.param("[n]\nru = 1\n", "n.ru", id="no table"),
        pytest.param("n = 1\n", "n", id="no notice"),
    ],
)
def test_a_broken_approval_is_none(tmp_path: Path, text: str, key: str) -> None:
    """What is not wholly right approves nothing, and says so."""
    (tmp_path / "translations").mkdir()
    (tmp_path / APPROVALS).write_text(text, "utf-8")
    problems = faults(lambda: load_approvals(tmp_path))
    assert any((problem.key or "").startswith(key) for problem in problems)


@pytest.mark.parametrize(
    ("source", "segments", "until", "standing"),
    [
        pytest.param(SOURCE, SEGMENTS, date(2027, 1, 1), Standing.APPROVED, id="as it was read"),
        pytest.param(SOURCE, SEGMENTS, TODAY, Standing.APPROVED, id="on its last day"),
        pytest.param(SOURCE, SEGMENTS, date(2026, 11, 23), Standing.EXPIRED, id="a day later"),
        pytest.param(SOURCE, {**SEGMENTS, "who": "x"}, date(2027, 1, 1), Standing.TEXT_CHANGED, id="another word"),
        pytest.param(SOURCE, dict(list(SEGMENTS.items())[:-1]), date(2027, 1, 1), Standing.TEXT_CHANGED, id="one less"),
        pytest.param(replace(SOURCE, version=4), SEGMENTS, date(2027, 1, 1), Standing.SOURCE_CHANGED, id="a version"),
        pytest.param(
            replace(SOURCE, designated=date(2024, 2, 21)),
            SEGMENTS,
            date(2027, 1, 1),
            Standing.SOURCE_CHANGED,
            id="a date",
        ),
        pytest.param(
            replace(SOURCE, segments={**SEGMENTS, "who": "x"}),
            SEGMENTS,
            date(2027, 1, 1),
            Standing.SOURCE_CHANGED,
            id="a word of the source",
        ),
    ],
)
def test_any_change_voids(source: object, segments: Mapping[str, str], until: date, standing: Standing) -> None:
    """An approval is worth something for exactly what was read, and until its day."""
    assert judge(approval(review_by=until), source, segments, TODAY) is standing  # type: ignore[arg-type]  # a NoticeSource


@pytest.mark.parametrize(
    ("mode", "expired", "given", "shown"),
    [
        pytest.param("advise", "warn", None, True, id="advise, nobody has read it"),
        pytest.param("require", "warn", None, False, id="require, nobody has read it"),
        pytest.param("require", "warn", approval(), True, id="require, approved"),
        pytest.param("require", "warn", approval({**SEGMENTS, "who": "x"}), False, id="require, void"),
        pytest.param("advise", "warn", approval({**SEGMENTS, "who": "x"}), True, id="advise, void"),
        pytest.param("require", "warn", approval(review_by=date(2026, 11, 2)), True, id="require, expired, warn"),
        pytest.param("require", "withdraw", approval(review_by=date(2026, 11, 2)), False, id="require, withdraw"),
        pytest.param("advise", "withdraw", approval(review_by=date(2026, 11, 2)), False, id="advise, withdraw"),
        pytest.param("advise", "withdraw", approval(), True, id="advise, approved"),
    ],
)
def test_what_readers_see(mode: str, expired: str, given: Approval | None, shown: bool) -> None:
    """Only approved text where that is required; an overdue one as the editors decided; each gap is told."""
    approvals = {(SOURCE.id, RU): given} if given else {}
    review = Review(TODAY, LegalReview(mode), ExpiredReview(expired), approvals)
    locales = {tag: LOCALES[tag] for tag in (EN, RU)}
    notice, problems = to_notice(SOURCE, locales, {RU: catalog()}, EN, review)
    assert (RU in notice.texts) is shown
    told = [it for it in problems if it.key == f"{SOURCE.id}.ru"]
    approved = given == approval()
    assert bool(told) is not approved
    if shown:
        assert notice.texts[RU].approved is approved
    assert (EN in notice.texts) is (mode == "advise")


def test_roles_are_closed() -> None:
    """No role can hold a personal name."""
    assert {role.value for role in Role} == {"lawyer", "native-speaker", "translator", "editor"}
    assert LocaleTag("ru") == RU
