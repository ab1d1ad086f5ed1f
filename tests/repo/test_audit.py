"""The audit passes only what it has looked at, and what it passes has a reason."""

from typing import Any

import pytest

from tests.audit import (
    alternatives,
    audit_code,
    audit_licences,
    find_stale,
    judge_findings,
    judge_packages,
    licence_of,
    load_allowed,
    locked,
)

ALLOWED = load_allowed()
FINDING = {
    "test_id": "B105",
    "filename": "webapp/x.py",
    "line_number": 7,
    "issue_text": "Possible password",
    "code": "6 a = 1\n7 TOKEN = 'x'\n8 b = 1\n",
}
ENTRY = {"test": "B105", "file": "webapp/x.py", "code": "TOKEN", "reason": "a name"}


def report(*findings: dict[str, Any], errors: tuple[dict[str, str], ...] = ()) -> dict[str, Any]:
    return {"metrics": {"_totals": {"loc": 10}}, "results": findings, "errors": errors}


def test_lock_files_are_read() -> None:
    """A premise: what is served with and what it is built with are both there, and what this platform lacks is not."""
    assert {"flask", "granian", "bandit", "pip-audit", "setuptools"} <= set(locked())
    assert "bandit" not in locked(["requirements.lock"])


def test_licences_are_compatible() -> None:
    """Every locked package has a licence that may stand beside ours."""
    audit = audit_licences(ALLOWED, locked())
    assert audit.faults == []
    assert audit.unseen == []
    assert len(audit.told) == len(locked())


def test_code_is_clean_or_explained() -> None:
    """bandit finds nothing in webapp/ that audit.toml does not explain, and every exception is needed."""
    code, licences = audit_code(ALLOWED), audit_licences(ALLOWED, locked())
    assert code.faults == []
    assert code.unseen == []
    assert list(find_stale(ALLOWED, licences, code, None)) == []


def test_every_entry_has_its_reason() -> None:
    """No exception without a sentence."""
    entries = [*ALLOWED["accepted"], *ALLOWED.get("vulnerability", ())]
    reasons = [*ALLOWED["licences"].values(), *(it[1] for it in ALLOWED["unnamed"].values())]
    assert all(len(reason) > 8 for reason in [*reasons, *(it["reason"] for it in entries)])


@pytest.mark.parametrize(
    ("licences", "packages"),
    [
        pytest.param({"MIT": "permissive"}, ["flask"], id="another licence"),
        pytest.param({"PSF-2.0": "permissive"}, ["greenlet"], id="one of two that both hold"),
        pytest.param({}, ["axe-playwright-python"], id="none allowed"),
    ],
)
def test_licence_that_is_not_allowed(licences: dict[str, str], packages: list[str]) -> None:
    """A licence outside the list is a fault, also as a part of an expression."""
    audit = audit_licences({**ALLOWED, "licences": licences}, packages)
    assert len(audit.faults) == 1


def test_licence_that_nobody_names() -> None:
    """A package that names none is a fault until somebody has looked."""
    assert licence_of("axe-playwright-python", {**ALLOWED, "unnamed": {}}) == ""
    assert audit_licences({**ALLOWED, "unnamed": {}}, ["axe-playwright-python"]).faults


def test_package_that_is_not_installed() -> None:
    """What is not here has not been looked at, and is no pass."""
    audit = audit_licences(ALLOWED, ["no-such-package"])
    assert (len(audit.unseen), audit.told) == (1, [])


@pytest.mark.parametrize(
    ("expression", "parts"),
    [
        ("MIT", [["MIT"]]),
        ("MIT AND PSF-2.0", [["MIT", "PSF-2.0"]]),
        ("GPL-2.0-only OR MIT AND 0BSD", [["GPL-2.0-only"], ["MIT", "0BSD"]]),
        ("(MIT OR X) AND Y", [["(MIT OR X) AND Y"]]),
        ("", [[""]]),
    ],
)
def test_expressions(expression: str, parts: list[list[str]]) -> None:
    """OR gives a choice, AND binds; what has brackets is a name that no list holds."""
    assert alternatives(expression) == parts


def test_findings_of_bandit() -> None:
    """A finding is accepted by test, file and line together, and by nothing less."""
    assert judge_findings(report(FINDING), [ENTRY]).faults == []
    for change in ({"test": "B104"}, {"file": "webapp/y.py"}, {"code": "a = 1"}):
        assert len(judge_findings(report(FINDING), [{**ENTRY, **change}]).faults) == 1
    assert judge_findings(report(errors=({"filename": "webapp/x.py", "reason": "syntax"},)), []).unseen


def test_known_faults_of_packages() -> None:
    """A known fault is named with the version that mends it; an exception is for one fault of one package."""
    known = {"id": "X-1", "fix_versions": ["2.0"]}
    found = {"dependencies": [{"name": "a", "version": "1.0", "vulns": [known]}]}
    assert judge_packages(found, []).faults == ["a 1.0: X-1, mended in 2.0"]
    accepted = {"id": "X-1", "package": "a", "reason": "we never call it"}
    assert judge_packages(found, [accepted]).faults == []
    assert judge_packages(found, [{**accepted, "package": "b"}]).faults


@pytest.mark.parametrize(
    "dependencies",
    [
        pytest.param([], id="nothing"),
        pytest.param([{"name": "a", "skip_reason": "not found"}], id="skipped"),
        pytest.param(
            [{"name": "a", "skip_reason": "not found"}, {"name": "b", "version": "1", "vulns": []}], id="partly"
        ),
    ],
)
def test_what_was_not_looked_up_is_no_pass(dependencies: list[dict[str, Any]]) -> None:
    """pip-audit ends well when its database knows none of the packages. The audit does not."""
    assert judge_packages({"dependencies": dependencies}, []).unseen
    assert not judge_packages({"dependencies": [{"name": "b", "version": "1", "vulns": []}]}, []).unseen


def test_exceptions_end() -> None:
    """An exception that nothing needs any more is named."""
    stale = {**ALLOWED, "accepted": [*ALLOWED["accepted"], ENTRY]}
    told = list(find_stale(stale, audit_licences(ALLOWED, locked()), audit_code(ALLOWED), None))
    assert told == ["audit.toml: nothing needs 'B105 webapp/x.py TOKEN' any more"]
