"""`webapp territories`: build, look into and ask the territory map. Thin: the work is done in webapp/territories.

`update`, `report` and `diff` are in modules of their own.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import islice
from pathlib import Path
from socket import AF_INET, AF_INET6, inet_pton
from typing import TYPE_CHECKING

import click

from webapp.cli.progress import show_progress
from webapp.cli.territories_options import MAP, failing, need_compiler, root_option, root_or_setting
from webapp.cli.territories_report import diff, report
from webapp.cli.territories_update import update
from webapp.core.model import Address, KnownPlace, Place
from webapp.territories.definitions import load_definitions
from webapp.territories.map import TerritoryMap, load_map

if TYPE_CHECKING:
    from webapp.territories.reading import Input

_BATCH = 2000
_LONGEST_LINE = 4096

_map = click.option(
    "--map", "map_path", type=click.Path(dir_okay=False, path_type=Path), help=f"The map; {MAP} unless given."
)


@click.group()
def territories() -> None:
    """Where is "in Russia"? Compile, inspect and ask the territory map."""


for _command in (update, report, diff):
    territories.add_command(_command)


@territories.command()
@root_option
@click.option(
    "--source", "sources", multiple=True, required=True, type=click.Path(exists=True, path_type=Path),
    help="A database, or a folder of them. Again for each.",
)  # fmt: skip
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help=f"Where to write; {MAP} unless given.")
@click.option("--partial", is_flag=True, help="Build although a source of config/territories.toml has no file.")
def build(root: Path | None, sources: tuple[Path, ...], output: Path | None, partial: bool) -> None:
    """Compile databases and the editors' definitions into one map. A failed build changes nothing."""
    with failing(), need_compiler():
        from webapp.territories.build import check_whole, compile_map, find_inputs, save_map

        site = root_or_setting(root)
        target = output or site / MAP
        definitions = load_definitions(site)
        inputs = find_inputs(definitions, sources)
        if not partial:
            check_whole(definitions, inputs)
        with show_progress(weigh_build(inputs)) as tell:
            provenance = save_map(compile_map(definitions, inputs, tell), definitions, target, tell)
        click.echo(f"{target}: {target.stat().st_size} bytes, data of {provenance.data_date}")


def weigh_build(inputs: Iterable["Input"]) -> dict[str, float]:
    """How long each task takes, compared with the others: seconds of one machine, measured on the free databases."""
    sizes = {f"read {given.path.name}": given.path.stat().st_size / 5e6 for given in inputs}
    return {**sizes, "weigh": 0.05 * sum(sizes.values()), "write": 4.0, "check": 1.5}


@territories.command()
@root_option
@_map
@click.option("--json", "as_json", is_flag=True, help="The provenance as JSON.")
def info(root: Path | None, map_path: Path | None, as_json: bool) -> None:
    """Check the map as the site would, and say what it was made of."""
    territory_map = _load(root, map_path)
    provenance, facts = territory_map.provenance, territory_map.facts
    if as_json:
        click.echo(provenance.model_dump_json(indent=2))
        return
    click.echo(f"digest     {facts.digest}\ndata of    {facts.data_date}")
    click.echo(f"covers     {', '.join(sorted(facts.covers)) or 'no territory as it is defined now: build it again'}")
    for source in provenance.sources:
        located = "located" if source.located else "registered"
        click.echo(f"source     {source.source}: {source.file}, {source.type}, {located}, {source.networks} networks")
    for key, counts in sorted(provenance.addresses.items()):
        click.echo(f"{counts['ipv4']:>13,} IPv4 {counts['ipv6_64']:>25,} IPv6/64  {key}")


@territories.command()
@root_option
@_map
@click.argument("addresses", nargs=-1)
def lookup(root: Path | None, map_path: Path | None, addresses: tuple[str, ...]) -> None:
    """Ask for addresses, given as arguments or one per line on standard input.

    Prints TSV: address, known or unknown, country or -, territories or -. A territory with a question mark is
    uncertain. A line that is no address is reported on standard error; the exit code is then 1.
    """
    territory_map = _load(root, map_path)
    lines = iter(addresses) if addresses else _lines()
    bad = False
    while batch := list(islice(lines, _BATCH)):
        rows, faults = answer_lines(territory_map.find, batch)
        sys.stdout.write("".join(rows))
        sys.stderr.write("".join(faults))
        bad = bad or bool(faults)
    if bad:
        sys.exit(1)


def _lines() -> Iterator[str]:
    """Standard input, of which nobody promised that it is text, or that it has ends of lines."""
    while line := sys.stdin.buffer.readline(_LONGEST_LINE):
        yield line.decode("ascii", "backslashreplace")


def answer_lines(find: Callable[[Address], Place], lines: Iterable[str]) -> tuple[list[str], list[str]]:
    """A row for every line that is an address, and a fault for every other that is not blank."""
    rows, faults = [], []
    for line in lines:
        text = line.strip()
        if not text:
            continue
        try:
            address = _parse(text)
        except ValueError:
            faults.append(f"{text[:80]!r} is not an address\n")
            continue
        place = find(address)
        if type(place) is KnownPlace:
            rows.append(f"{text}\tknown\t{place.country or '-'}\t{_names(place.inside, place.uncertain)}\n")
        else:
            rows.append(f"{text}\tunknown\t-\t-\n")
    return rows, faults


def _parse(text: str) -> Address:
    """As `ip_address`, three times as fast for what has no zone. Raises ValueError."""
    try:
        if ":" in text:
            return IPv6Address(inet_pton(AF_INET6, text))
        return IPv4Address(inet_pton(AF_INET, text))
    except (OSError, ValueError):
        return ip_address(text)


@lru_cache(maxsize=256)
def _names(inside: frozenset[str], uncertain: frozenset[str]) -> str:
    return ",".join(sorted(inside) + [f"{name}?" for name in sorted(uncertain)]) or "-"


def _load(root: Path | None, map_path: Path | None) -> TerritoryMap:
    with failing():
        site = root_or_setting(root)
        return load_map(map_path or site / MAP, load_definitions(site))
