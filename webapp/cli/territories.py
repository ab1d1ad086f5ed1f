"""`webapp territories`: build, look into and ask the territory map. Thin: the work is done in webapp/territories."""

import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Address, ip_address
from itertools import islice
from pathlib import Path
from typing import NoReturn

import click

from webapp.core.model import KnownPlace
from webapp.errors import MapError, SourceError
from webapp.territories.definitions import Definitions, load_definitions
from webapp.territories.map import TerritoryMap, load_map

MAP = Path("config/territories.mmdb")
_BATCH = 2000

_root = click.option(
    "--root", type=click.Path(file_okay=False, path_type=Path), default=Path(), help="The site's folder."
)
_map = click.option(
    "--map", "map_path", type=click.Path(dir_okay=False, path_type=Path), help=f"The map; {MAP} unless given."
)


@click.group()
def territories() -> None:
    """Where is "in Russia"? Compile, inspect and ask the territory map."""


@territories.command()
@_root
@click.option(
    "--source", "sources", multiple=True, required=True, type=click.Path(exists=True, path_type=Path),
    help="A database, or a folder of them. Again for each.",
)  # fmt: skip
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help=f"Where to write; {MAP} unless given.")
def build(root: Path, sources: tuple[Path, ...], output: Path | None) -> None:
    """Compile databases and the editors' definitions into one map. A failed build changes nothing."""
    try:
        from webapp.territories.build import compile_map, find_inputs, save_map
    except ImportError as fault:
        _fail(f"the map compiler is not installed ({fault.name}); install webapp[compile]")
    try:
        definitions = load_definitions(root)
        compiled = compile_map(definitions, find_inputs(definitions, sources), lambda step: click.echo(step, err=True))
        click.echo("writing", err=True)
        target = output or root / MAP
        provenance = save_map(compiled, definitions, target)
    except (SourceError, MapError) as fault:
        _fail(str(fault))
    click.echo(f"{target}: {target.stat().st_size} bytes, data of {provenance.data_date}")


@territories.command()
@_root
@_map
@click.option("--json", "as_json", is_flag=True, help="The provenance as JSON.")
def info(root: Path, map_path: Path | None, as_json: bool) -> None:
    """Check the map as the site would, and say what it was made of."""
    _, territory_map = _load(root, map_path)
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
@_root
@_map
@click.argument("addresses", nargs=-1)
def lookup(root: Path, map_path: Path | None, addresses: tuple[str, ...]) -> None:
    """Ask for addresses, given as arguments or one per line on standard input.

    Prints TSV: address, known or unknown, country or -, territories or -. A territory with a question mark is
    uncertain. A line that is no address is reported on standard error; the exit code is then 1.
    """
    _, territory_map = _load(root, map_path)
    lines: Iterable[str] = addresses or sys.stdin
    bad = 0
    rows = _rows(territory_map, lines)
    while batch := list(islice(rows, _BATCH)):
        good = [text for text, fault in batch if not fault]
        bad += len(batch) - len(good)
        sys.stdout.write("".join(good))
        sys.stderr.write("".join(text for text, fault in batch if fault))
    if bad:
        sys.exit(1)


@territories.command()
@click.argument("old", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("new", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def diff(old: Path, new: Path) -> None:
    """What two maps answer differently, as TSV: territory, before, after, IPv4 addresses, IPv6 /64 networks."""
    try:
        from webapp.territories.compare import compare_maps
    except ImportError as fault:
        _fail(f"the map compiler is not installed ({fault.name}); install webapp[compile]")
    try:
        changes = compare_maps(old, new)
    except MapError as fault:
        _fail(str(fault))
    for change in changes:
        click.echo(f"{change.territory}\t{change.before}\t{change.after}\t{change.ipv4}\t{change.ipv6_64}")


def _rows(territory_map: TerritoryMap, lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """A row for every line that is not blank, and whether it is a fault."""
    find = territory_map.find
    for line in lines:
        text = line.strip()
        if not text:
            continue
        try:
            address = ip_address(text) if ":" in text else IPv4Address(text)
        except ValueError:
            yield f"{text[:80]!r} is not an address\n", True
            continue
        place = find(address)
        if type(place) is KnownPlace:
            yield f"{text}\tknown\t{place.country or '-'}\t{_names(place.inside, place.uncertain)}\n", False
        else:
            yield f"{text}\tunknown\t-\t-\n", False


@lru_cache(maxsize=256)
def _names(inside: frozenset[str], uncertain: frozenset[str]) -> str:
    return ",".join(sorted(inside) + [f"{name}?" for name in sorted(uncertain)]) or "-"


def _load(root: Path, map_path: Path | None) -> tuple[Definitions, TerritoryMap]:
    try:
        definitions = load_definitions(root)
        return definitions, load_map(map_path or root / MAP, definitions)
    except (SourceError, MapError) as fault:
        _fail(str(fault))


def _fail(message: str) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(1)
