"""The doctor's words: every finding weighs something, says what is wrong and how to mend it, and stands in the docs."""

import re
import string

import pytest

from tests.samples import REPOSITORY
from webapp.doctor.findings import Finding, Report, Weight, sort_findings
from webapp.doctor.words import WORDS, found

DOCUMENT = (REPOSITORY / "docs" / "operators.md").read_text("utf-8")
CODE = "".join(path.read_text("utf-8") for path in (REPOSITORY / "webapp" / "doctor").glob("*.py"))


@pytest.mark.parametrize("code", WORDS)
def test_finding_is_whole(code: str) -> None:
    """A fault or warning has a remedy, whole sentences, and a line in docs/operators.md."""
    weight, what, mend = WORDS[code]
    assert re.search(r"[.?]\Z|\{who\}\Z", what)
    assert weight is Weight.NOTE or mend.endswith((".", ";"))
    assert f"`{code}`" in DOCUMENT


@pytest.mark.parametrize("code", WORDS)
def test_finding_is_used(code: str) -> None:
    """No words lie about that nobody says."""
    assert len(re.findall(rf'"{code}"', CODE)) >= 2


def test_docs_name_no_other() -> None:
    """The table of docs/operators.md holds no code that the doctor does not know."""
    table = DOCUMENT.partition("| the doctor says |")[2].partition("\n\n")[0]
    named = {
        code for cell in re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE) for code in re.findall(r"`([^`]+)`", cell)
    }
    assert named == set(WORDS)


@pytest.mark.parametrize("code", WORDS)
def test_words_are_filled(code: str) -> None:
    """The values that a finding is made with stand in its words; no brace is left."""
    names = {name for text in WORDS[code][1:] for _, name, _, _ in string.Formatter().parse(text) if name}
    finding = found(code, **dict.fromkeys(names, 7))
    assert "{" not in finding.what + finding.mend


def finding(weight: Weight) -> Finding:
    return Finding("x", weight, "x")


@pytest.mark.parametrize(
    ("weights", "code"),
    [
        pytest.param([], 0, id="nothing"),
        pytest.param([Weight.NOTE], 0, id="a note"),
        pytest.param([Weight.WARNING, Weight.NOTE], 1, id="a warning"),
        pytest.param([Weight.WARNING, Weight.FAULT], 2, id="a fault"),
    ],
)
def test_exit_code(weights: list[Weight], code: int) -> None:
    """The heaviest finding decides."""
    assert Report("", tuple(map(finding, weights)), (), 0).exit_code == code


def test_sorting() -> None:
    """The heaviest comes first, and what is said twice is said once."""
    found_ = sort_findings([finding(Weight.NOTE), finding(Weight.FAULT), finding(Weight.NOTE)])
    assert [it.weight for it in found_] == [Weight.FAULT, Weight.NOTE]
