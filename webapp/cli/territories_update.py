"""`webapp territories update`: fetch the configured databases, build aside, compare, and swap when all is well."""

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from webapp.cli.progress import show_progress
from webapp.cli.territories_options import MAP, failing, need_compiler, root_option, root_or_setting
from webapp.cli.territories_report import print_comparison
from webapp.errors import SourceError
from webapp.settings import load_settings
from webapp.territories.definitions import Definitions, load_definitions

if TYPE_CHECKING:
    from webapp.territories.candidate import Verdict
    from webapp.territories.update import Account

_FETCH_WEIGHT = 15.0
"""Seconds that fetching a file is thought to take, compared with the tasks of a build."""


@click.command()
@root_option
@click.option(
    "--source", "sources", multiple=True, type=click.Path(exists=True, path_type=Path),
    help="A database, or a folder of them, that is not to be downloaded. Again for each.",
)  # fmt: skip
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help=f"The map in use; {MAP} unless given.")
@click.option("--accept-moves", is_flag=True, help="Swap also when more addresses move than the settings allow.")
@click.option("--dry-run", is_flag=True, help="Do everything but the swap.")
@click.option("--timeout", default=900.0, show_default=True, type=click.FloatRange(0.1, 86400), help="Seconds a file.")
@click.option("--attempts", default=4, show_default=True, type=click.IntRange(1, 10), help="Attempts a file.")
def update(
    root: Path | None,
    sources: tuple[Path, ...],
    output: Path | None,
    accept_moves: bool,
    dry_run: bool,
    timeout: float,
    attempts: int,
) -> None:
    """Download the databases that config/territories.toml names, and put a new map in place of the one in use.

    Refuses what is not whole or not what its digest says, and a map that moves more addresses than the settings
    allow. A failed update changes nothing, says why, and ends with exit code 1.
    """
    with failing(), need_compiler():
        from webapp.territories.build import compile_map, find_inputs, save_map
        from webapp.territories.fetch import Limits
        from webapp.territories.update import fetch_orders, list_orders

        site = root_or_setting(root)
        target = output or site / MAP
        definitions = load_definitions(site)
        given = find_inputs(definitions, sources) if sources else []
        orders = list_orders(definitions, {it.path.name for it in given})
        limits = Limits(silence=min(30.0, timeout), whole=timeout, attempts=attempts)
        gate = _Gate(definitions, target, accept_moves, dry_run)
        try:
            with _workplace() as folder, show_progress({order.task: _FETCH_WEIGHT for order in orders}) as tell:
                paths = fetch_orders(orders, Path(folder), _account(), datetime.now(UTC).date(), limits, tell)
                inputs = find_inputs(definitions, [*paths, *(it.path for it in given)])
                provenance = save_map(compile_map(definitions, inputs, tell), definitions, target, tell, gate.approve)
        finally:
            gate.tell()
        if dry_run:
            click.echo(f"{target}: nothing was changed; the new map has data of {provenance.data_date}")
        else:
            click.echo(f"{target}: {target.stat().st_size} bytes, data of {provenance.data_date}")


class _Gate:
    """Lets a new map pass, or raises SourceError with what speaks against it."""

    def __init__(self, definitions: Definitions, target: Path, accept_moves: bool, dry_run: bool) -> None:
        self._definitions = definitions
        self._target = target
        self._accept_moves = accept_moves
        self._dry_run = dry_run
        self._verdict: Verdict | None = None

    def approve(self, aside: Path) -> bool:
        from webapp.territories.candidate import judge_candidate

        self._verdict = judge_candidate(self._target, aside, self._definitions)
        against = self._verdict.faults if self._accept_moves else (*self._verdict.faults, *self._verdict.moves)
        if against:
            raise SourceError(against)
        return not self._dry_run

    def tell(self) -> None:
        """Print what changes, once the bars are gone."""
        if self._verdict is None:
            return
        comparison = self._verdict.comparison
        if comparison is None:
            click.echo("There is no map in use that could be compared with.", err=True)
        elif comparison.changes:
            print_comparison(comparison, self._definitions, stderr=True)
        else:
            click.echo("The new map answers as the one in use does.", err=True)


def _workplace() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="webapp-territories-")


def _account() -> "Account | None":
    from webapp.territories.update import Account

    settings = load_settings()
    number, key = settings.maxmind_account_id, settings.maxmind_license_key
    return Account(number, key) if number and key else None
