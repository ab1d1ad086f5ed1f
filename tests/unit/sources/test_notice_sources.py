"""config/notices.toml: for whom a notice is, and its English words by segment."""

from datetime import date
from pathlib import Path

import pytest

from tests.unit.sources.damage import faults
from webapp.core.model import Act, EverywhereRule, LanguageRule, TerritoryRule
from webapp.sources.locales import language_aliases
from webapp.sources.notices import NoticeSource, load_notices

GOOD = """
[[notice]]
id = "closed-press"
version = 2
jurisdiction = "XA"
acts = ["share", "save"]
publisher = "Lantern"
designated = 2025-01-31
register_url = "https://register.example/7"
review_by = 2027-03-01

[[notice.rules]]
id = "there"
territory = "coast"

[[notice.rules]]
id = "reads"
languages = ["rus", "sr_latn", "mhr"]

[notice.words]
heading = "First"
who = "If you are there."
what = "Sharing may be punished."
penalty = "A fine of 5,000."
publisher = "{publisher} was listed on {designated}."
more = "More"
reminder = "Remember."
about_title = "The law"
act_share = "If you share."
act_save = "If you save."

[notice.words.about]
law = ["Law one.", "Law two."]
acts = ["Acts."]
penalties = ["Penalties."]
people = ["People."]
since = ["Since {designated}."]
uncertain = ["Uncertain."]
"""


def load(root: Path, text: str) -> tuple[NoticeSource, ...]:
    (root / "config").mkdir(exist_ok=True)
    (root / "config/notices.toml").write_text(text, "utf-8")
    return load_notices(root, language_aliases())


def test_good_notice(tmp_path: Path) -> None:
    """Rules, facts and words arrive as values; languages are written as they will be compared."""
    (notice,) = load(tmp_path, GOOD)
    assert notice.rules == (TerritoryRule("there", "coast"), LanguageRule("reads", ("ru", "sr-Latn", "chm")))  # type: ignore[arg-type]  # a plain string is a TerritoryId here
    assert notice.acts == (Act.SHARE, Act.SAVE)
    assert (notice.designated, notice.review_by) == (date(2025, 1, 31), date(2027, 3, 1))
    assert notice.segments["about.law.2"] == "Law two."
    assert len(notice.segments) == 17
    assert notice.context("who") == "closed-press/2/who"


def test_regions(tmp_path: Path) -> None:
    """Beside its languages a rule can name regions."""
    (notice,) = load(tmp_path, GOOD.replace('"mhr"]', '"mhr"]\nregions = ["RU", "419"]'))
    assert notice.rules[1] == LanguageRule("reads", ("ru", "sr-Latn", "chm"), ("RU", "419"))


def test_everywhere(tmp_path: Path) -> None:
    """A rule can be for everybody."""
    (notice,) = load(tmp_path, GOOD.replace('territory = "coast"', "everywhere = true"))
    assert notice.rules[0] == EverywhereRule("there")


@pytest.mark.parametrize(
    ("extra", "reviewed"),
    [
        pytest.param("", None, id="no review"),
        pytest.param("reviewed_on = 2026-01-01", None, id="a date, and nobody who did it"),
        pytest.param('reviewed_by_role = "lawyer"', None, id="somebody, and no date"),
        pytest.param('reviewed_on = 2026-01-01\nreviewed_by_role = "lawyer"', date(2026, 1, 1), id="both"),
    ],
)
def test_review_needs_somebody(tmp_path: Path, extra: str, reviewed: date | None) -> None:
    """A review counts only when the file says when and by whom."""
    (notice,) = load(tmp_path, GOOD.replace("version = 2", f"version = 2\n{extra}"))
    assert notice.reviewed_on == reviewed


@pytest.mark.parametrize(
    ("old", "new", "code", "key"),
    [
        pytest.param('id = "closed-press"', 'id = "Closed Press"', "config.value", "notice[0].id", id="a bad id"),
        pytest.param("version = 2", "version = 0", "config.value", "notice[0].version", id="version zero"),
        pytest.param('"XA"', '"xa"', "config.value", "notice[0].jurisdiction", id="a country in small letters"),
        pytest.param('"save"', '"read"', "config.value", "notice[0].acts[1]", id="an unknown act"),
        pytest.param(
            "2027-03-01", '"2027-03-01"', "config.value", "notice[0].review_by", id="a date in quotation marks"
        ),
        pytest.param(
            "2027-03-01", "2027-03-01T00:00:00Z", "config.value", "notice[0].review_by", id="a time for a date"
        ),
        pytest.param("https://register", "register", "config.value", "notice[0].register_url", id="half an address"),
        pytest.param("heading =", "headline =", "config.unknown-key", "notice[0].words.headline", id="an unknown key"),
        pytest.param('act_save = "If you save."\n', "", "config.value", "notice[0]", id="an act without its sentence"),
        pytest.param('["Acts."]', "[]", "config.value", "notice[0].words.about.acts", id="an empty section"),
        pytest.param('"Law two."', '""', "config.value", "notice[0].words.about.law[1]", id="an empty paragraph"),
        pytest.param(
            "{publisher}", "{editor}", "config.value", "notice[0].words.publisher", id="an unknown placeholder"
        ),
        pytest.param("Since {d", "Since {{d", "config.value", "notice[0].words.about.since[0]", id="a stray brace"),
        pytest.param(
            "Remember.", "Remember {0}", "config.value", "notice[0].words.reminder", id="a numbered placeholder"
        ),
        pytest.param('territory = "coast"', "", "config.value", "notice[0].rules[0]", id="a rule without condition"),
        pytest.param(
            'territory = "coast"', "everywhere = false", "config.value", "notice[0].rules[0]", id="a rule for nobody"
        ),
        pytest.param(
            'territory = "coast"',
            'territory = "coast"\neverywhere = true',
            "config.value",
            "notice[0].rules[0]",
            id="two conditions",
        ),
        pytest.param(
            '"mhr"]', '"mhr"]\nregions = ["ru"]', "config.value", "notice[0].rules[1].regions[0]", id="a small region"
        ),
        pytest.param('"mhr"]', '"mhr"]\nregions = []', "config.value", "notice[0].rules[1].regions", id="no region"),
        pytest.param(
            'territory = "coast"',
            'territory = "coast"\nregions = ["RU"]',
            "config.value",
            "notice[0].rules[0]",
            id="regions beside a territory",
        ),
        pytest.param('"mhr"', '"m hr"', "config.value", "notice[0].rules[1]", id="no language tag"),
        pytest.param(
            '["rus", "sr_latn", "mhr"]', "[]", "config.value", "notice[0].rules[1].languages", id="no language"
        ),
        pytest.param(
            "territory =", "teritory =", "config.unknown-key", "notice[0].rules[0].teritory", id="a misspelt rule"
        ),
    ],
)
def test_faults(tmp_path: Path, old: str, new: str, code: str, key: str) -> None:
    """Each slip is found under its own key; none of them can make a notice for nobody."""
    problems = faults(lambda: load(tmp_path, GOOD.replace(old, new, 1)))
    assert (code, key) in {(problem.code, problem.key) for problem in problems}
    assert {problem.path for problem in problems} == {"config/notices.toml"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="an empty file"),
        pytest.param("notice = []", id="no notice"),
        pytest.param("[notice]", id="a table"),
    ],
)
def test_no_notice(tmp_path: Path, text: str) -> None:
    """A site that would warn nobody is refused."""
    assert faults(lambda: load(tmp_path, text))[0].key == "notice"


def test_a_notice_without_rules(tmp_path: Path) -> None:
    """A notice has to say whom it is for."""
    before, _, after = GOOD.partition("[[notice.rules]]")
    words = after[after.index("[notice.words]") :]
    problems = faults(lambda: load(tmp_path, before + words))
    assert [problem.key for problem in problems] == ["notice[0].rules"]
