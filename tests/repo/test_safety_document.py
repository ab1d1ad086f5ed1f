"""docs/safety.md claims nothing that is not there: each test and each command that it names exists."""

import ast
import re
from importlib.util import find_spec
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
TEXT = (REPOSITORY / "docs" / "safety.md").read_text("utf-8")
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)))
BY_HAND = {"tests.drills.caches", "tests.drills.mutants"}
DRILLS = sorted(set(re.findall(r"python -m (tests\.drills\.\w+)", TEXT)))


def test_the_document_names_tests_and_drills() -> None:
    """A premise: there is something to look for, and every threat has a test."""
    assert len(TESTS) > 20
    assert len(DRILLS) > 3
    threats = TEXT.partition("## Threats")[2].partition("\n## ")[0]
    rows = [line for line in threats.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 10
    assert not [row for row in rows if "::test_" not in row]


@pytest.mark.parametrize(("file", "name"), TESTS)
def test_named_test_exists(file: str, name: str) -> None:
    """Whoever follows a name finds a test."""
    tree = ast.parse((REPOSITORY / file).read_text("utf-8"))
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("module", DRILLS)
def test_named_drill_exists(module: str) -> None:
    """Whoever copies a command starts a drill, and `make drills` or the document says when it runs."""
    assert find_spec(module) is not None
    assert f"-m {module}" in (REPOSITORY / "Makefile").read_text("utf-8") or module in BY_HAND


def test_security_leads_there() -> None:
    """SECURITY.md, where others look first, points to the document."""
    assert "](docs/safety.md)" in (REPOSITORY / "SECURITY.md").read_text("utf-8")
