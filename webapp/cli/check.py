"""`webapp check`: every Problem of the sources, for people or for programs."""

import json
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from webapp.errors import Problem, Severity, SourceError, must_be_mended
from webapp.settings import load_settings
from webapp.sources.load import load_edition


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the Problems as a JSON list.")
@click.option("--at", type=click.DateTime(["%Y-%m-%d"]), help="Check as if this were today (UTC).")
@click.option("--strict", is_flag=True, help="Count warnings as errors.")
def check(as_json: bool, at: datetime | None, strict: bool) -> None:
    """Check all sources and print every Problem, with its file, line or key, and the remedy."""
    settings = load_settings()
    today = at.date() if at else datetime.now(UTC).date()
    problems = find_problems(settings.root, today, settings.base_url)
    if as_json:
        click.echo(json.dumps([to_json(problem) for problem in problems], ensure_ascii=False, indent=1))
    else:
        print_problems(problems, Console(soft_wrap=True))
    sys.exit(1 if must_be_mended(problems) or (strict and problems) else 0)


def find_problems(root: Path, today: date, base_url: str | None) -> tuple[Problem, ...]:
    """Return every Problem of the sources in `root`, errors and warnings."""
    try:
        return load_edition(root, today, base_url, thorough=True).warnings
    except SourceError as fault:
        return fault.problems


def to_json(problem: Problem) -> dict[str, object]:
    """Return a Problem as JSON-ready values."""
    return {
        "severity": problem.severity.value,
        "code": problem.code,
        "path": problem.path,
        "line": problem.line,
        "key": problem.key,
        "message": problem.message,
        "hint": problem.hint,
    }


def print_faults(problems: Sequence[Problem]) -> None:
    """Print Problems to the standard error."""
    print_problems(problems, Console(stderr=True, soft_wrap=True))


def print_problems(problems: Sequence[Problem], console: Console) -> None:
    """Print Problems, the weightiest first, and a closing line that counts them."""
    weights = list(Severity)
    for problem in sorted(problems, key=lambda it: weights.index(it.severity)):
        colour = "yellow" if problem.severity is Severity.WARNING else "red"
        console.print(f"[bold {colour}]{problem.severity}[/] {escape(problem.where)}  [dim]{problem.code}[/]")
        console.print(f"    {escape(problem.message)}")
        console.print(f"    [dim]→[/] {escape(problem.hint)}")
    count = {weight: sum(problem.severity is weight for problem in problems) for weight in weights}
    faults = f"{count[Severity.FAULT]} faults, " if count[Severity.FAULT] else ""
    console.print(f"{count[Severity.ERROR]} errors, {faults}{count[Severity.WARNING]} warnings")
