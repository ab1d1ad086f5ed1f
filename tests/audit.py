"""`make audit`: licences, bandit over webapp/, and known faults of the locked packages. Passes only what it has seen.

audit.toml holds what may pass, with reasons. Exit codes: 0 clean, 1 something to mend, 2 nothing to mend was found, but
a part could not be looked at. What could not be looked at is never called clean.
"""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any, cast

from packaging.requirements import Requirement

REPOSITORY = Path(__file__).resolve().parents[1]
LOCKS = ("requirements.lock", "requirements-dev.lock")


@dataclass(slots=True)
class Audit:
    """What one part found: lines to print, faults to mend, what was not looked at, and entries that were needed."""

    told: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)


def load_allowed() -> Mapping[str, Any]:
    """Read audit.toml."""
    return tomllib.loads((REPOSITORY / "audit.toml").read_text("utf-8"))


# --- licences --------------------------------------------------------------------------------------------------


def locked(names: Iterable[str] = LOCKS) -> dict[str, Requirement]:
    """Return every requirement of the lock files that this platform and Python need, by name."""
    found = {}
    for lock in names:
        text = (REPOSITORY / lock).read_text("utf-8")
        for line in re.findall(r"^[a-z0-9].*?(?= \\$)", text, re.MULTILINE):
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate():
                found[requirement.name] = requirement
    return found


def audit_licences(allowed: Mapping[str, Any], packages: Iterable[str]) -> Audit:
    """Hold the licence of each package against those that may be used."""
    audit = Audit()
    for package in packages:
        try:
            said = licence_of(package, allowed)
        except PackageNotFoundError:
            audit.unseen.append(f"{package} is locked but not installed here, so nobody can say its licence")
            continue
        refused = [part for part in alternatives(said) if not set(part) <= set(allowed["licences"])]
        if len(refused) == len(alternatives(said)):
            audit.faults.append(f"{package}: {said or 'no licence named'}: not in [licences] of audit.toml")
        if package in allowed["unnamed"] and said == allowed["unnamed"][package][0]:
            audit.used.add(package)
        audit.told.append(f"{package:28} {said}")
    return audit


def licence_of(package: str, allowed: Mapping[str, Any]) -> str:
    """Return the SPDX expression of a package; empty when it names none. Raises PackageNotFoundError."""
    told = cast(Message, metadata(package))  # what it is; the type that the library promises lacks `get`
    classifiers = [it.rpartition(" :: ")[2] for it in told.get_all("Classifier") or () if it.startswith("License")]
    said = str(told.get("License-Expression") or "") or one_line(str(told.get("License") or ""))
    said = said or " AND ".join(allowed["spellings"].get(it, it) for it in classifiers)
    if not said and package in allowed["unnamed"]:
        return str(allowed["unnamed"][package][0])
    return str(allowed["spellings"].get(said, said))


def one_line(text: str) -> str:
    """Return a short name as it is, and of a whole licence's text nothing."""
    return text if "\n" not in text.strip() and len(text) < 60 else ""


def alternatives(expression: str) -> list[list[str]]:
    """Split an SPDX expression into its alternatives, each a list of licences. With brackets it stays one name."""
    if "(" in expression:
        return [[expression]]
    return [re.split(r" AND ", part) for part in re.split(r" OR ", expression)]


# --- bandit ----------------------------------------------------------------------------------------------------


def audit_code(allowed: Mapping[str, Any]) -> Audit:
    """Run bandit over webapp/."""
    run = subprocess.run(
        [sys.executable, "-m", "bandit", "-q", "-r", "webapp", "-f", "json"],
        cwd=REPOSITORY,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    try:
        report = json.loads(run.stdout)
    except ValueError:
        return Audit(unseen=[f"bandit gave no report: {run.stderr.strip()[-300:]}"])
    return judge_findings(report, allowed["accepted"])


def judge_findings(report: Mapping[str, Any], accepted: Sequence[Mapping[str, str]]) -> Audit:
    """Tell the accepted findings of a report of bandit from others."""
    lines = report["metrics"]["_totals"]["loc"]
    audit = Audit(told=[f"{lines} lines read, {len(report['results'])} findings"])
    audit.unseen += [f"bandit could not read {it['filename']}: {it['reason']}" for it in report["errors"]]
    for finding in report["results"]:
        entry = next((it for it in accepted if _is_about(it, finding)), None)
        place = f"{finding['test_id']} {finding['filename']}:{finding['line_number']}"
        if entry:
            audit.used.add(name_of(entry))
            audit.told.append(f"{place}: accepted: {entry['reason']}")
        else:
            audit.faults.append(f"{place}: {finding['issue_text']}")
    return audit


def _is_about(entry: Mapping[str, str], finding: Mapping[str, Any]) -> bool:
    line = next((it for it in finding["code"].splitlines() if it.startswith(f"{finding['line_number']} ")), "")
    return (entry["test"], entry["file"]) == (finding["test_id"], finding["filename"]) and entry["code"] in line


def name_of(entry: Mapping[str, str]) -> str:
    """Return what tells an accepted finding from another."""
    return f"{entry['test']} {entry['file']} {entry['code']}"


# --- known faults of packages ----------------------------------------------------------------------------------


def audit_packages(allowed: Mapping[str, Any]) -> Audit:
    """Have pip-audit look up every locked package."""
    command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes", "--progress-spinner", "off"]
    command += ["-f", "json", *(part for lock in LOCKS for part in ("-r", lock))]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=False)
    try:
        report = json.loads(run.stdout)
    except ValueError:
        reason = (run.stderr.strip().splitlines() or ["no output"])[-1]
        return Audit(unseen=[f"the database of known faults gave no answer: {reason}"])
    return judge_packages(report, allowed.get("vulnerability", ()))


def judge_packages(report: Mapping[str, Any], accepted: Sequence[Mapping[str, str]]) -> Audit:
    """Judge a report of pip-audit. A package that it skipped has not been looked at."""
    audit = Audit()
    packages = {it["name"]: it for it in report["dependencies"]}
    skipped = sorted(name for name, it in packages.items() if "skip_reason" in it)
    if skipped:
        audit.unseen.append(f"{len(skipped)} of {len(packages)} packages are not in the database that was reached")
    if not packages:
        audit.unseen.append("pip-audit looked at no package")
    audit.told.append(f"{len(packages) - len(skipped)} packages looked up")
    for name, package in packages.items():
        for known in package.get("vulns", ()):
            entry = next((it for it in accepted if (it["id"], it["package"]) == (known["id"], name)), None)
            if entry:
                audit.used.add(f"{name} {known['id']}")
                audit.told.append(f"{name} {known['id']}: accepted: {entry['reason']}")
            else:
                mended = ", ".join(known["fix_versions"]) or "no version yet"
                audit.faults.append(f"{name} {package['version']}: {known['id']}, mended in {mended}")
    return audit


def find_stale(allowed: Mapping[str, Any], licences: Audit, code: Audit, packages: Audit | None) -> Iterator[str]:
    """Return the exceptions of audit.toml that nothing needed. `packages`: None where not all could be looked up."""
    needed = licences.used | code.used | (packages.used if packages else set())
    entries = [*allowed["unnamed"], *map(name_of, allowed["accepted"])]
    if packages:
        entries += [f"{it['package']} {it['id']}" for it in allowed.get("vulnerability", ())]
    yield from (f"audit.toml: nothing needs {entry!r} any more" for entry in entries if entry not in needed)


def main() -> int:
    """Run all three parts, print what they say, and return the exit code."""
    allowed = load_allowed()
    parts = {
        "Licences": audit_licences(allowed, sorted(locked())),
        "bandit": audit_code(allowed),
        "pip-audit": audit_packages(allowed),
    }
    for title, audit in parts.items():
        print(f"\n{title}", *audit.told, sep="\n  ")
    seen = None if parts["pip-audit"].unseen else parts["pip-audit"]
    faults = [it for audit in parts.values() for it in audit.faults]
    faults += find_stale(allowed, parts["Licences"], parts["bandit"], seen)
    unseen = [f"{title}: {it}" for title, audit in parts.items() for it in audit.unseen]
    print("", *(f"To mend: {it}" for it in faults), *(f"NOT LOOKED AT: {it}" for it in unseen), sep="\n")
    print("To mend." if faults else "Not whole: the above is unknown, not clean." if unseen else "Clean.")
    return 1 if faults else 2 if unseen else 0


if __name__ == "__main__":
    sys.exit(main())
