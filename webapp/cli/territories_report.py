"""`webapp territories report` and `diff`: what a map believes, and what changes, for people and for programs."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from webapp.cli.progress import show_progress
from webapp.cli.territories_options import MAP, failing, need_compiler, root_option, root_or_setting
from webapp.errors import MapError, Problem, SourceError
from webapp.territories.definitions import Definitions, load_definitions
from webapp.territories.progress import Tell
from webapp.territories.provenance import Provenance, load_provenance

if TYPE_CHECKING:
    from webapp.territories.compare import Comparison
    from webapp.territories.content import Content
    from webapp.territories.reading import Input
    from webapp.territories.report import Sheet

_NARROW = 120
"""Columns of a table that goes into a file or a pipe."""


@click.command()
@root_option
@click.option(
    "--map", "map_path", type=click.Path(dir_okay=False, path_type=Path), help=f"The map in use; {MAP} unless given."
)
@click.option(
    "--candidate", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Report on this map instead, and on what it would change.",
)  # fmt: skip
@click.option(
    "--source", "sources", multiple=True, type=click.Path(exists=True, path_type=Path),
    help="A database, or a folder of them, whose places are drawn. Without any, only the areas are.",
)  # fmt: skip
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write the page (.html); pictures (.svg) go beside it. Without it, only the terminal.",
)  # fmt: skip
@click.option("--rows", default=12, show_default=True, type=click.IntRange(1, 100000), help="Rows of a table at most.")
def report(
    root: Path | None,
    map_path: Path | None,
    candidate: Path | None,
    sources: tuple[Path, ...],
    output: Path | None,
    rows: int,
) -> None:
    """Look at what the map believes: answers, doubts, agreement of its sources, a picture, changes."""
    with failing(), need_compiler():
        from webapp.territories.build import find_inputs
        from webapp.territories.compare import compare_contents
        from webapp.territories.content import load_content
        from webapp.territories.report import comparison_sheets, survey_sheets, write_page
        from webapp.territories.survey import survey

        site = root_or_setting(root)
        definitions = load_definitions(site)
        in_use = map_path or site / MAP
        inputs = find_inputs(definitions, sources) if sources else []
        content = load_content(candidate or in_use)
        sheets = list(survey_sheets(survey(content, tuple(definitions.territories)), definitions, rows))
        if candidate is not None:
            sheets = [*comparison_sheets(compare_contents(load_content(in_use), content), definitions, rows), *sheets]
        print_sheets(sheets)
        if output is None:
            return
        facts = _facts(candidate or in_use, candidate, in_use, inputs)
        with show_progress({f"draw {given.path.name}": given.path.stat().st_size for given in inputs}) as tell:
            pictures = _draw(definitions, content, inputs, dict(facts), tell)
        _write(output, write_page("What the territory map believes", facts, sheets, list(pictures.values())), pictures)


def _facts(shown: Path, candidate: Path | None, in_use: Path, inputs: Sequence["Input"]) -> list[tuple[str, str]]:
    facts = [("Map", str(shown))]
    try:
        provenance = load_provenance(shown)
    except MapError:
        facts.append(("Provenance", "none that can be read"))
    else:
        facts += [("SHA-256", provenance.map_sha256), ("Data of", provenance.data_date.isoformat())]
        facts += [("Source", _credit(provenance, index)) for index in range(len(provenance.sources))]
    if candidate is not None:
        facts.append(("Compared with", str(in_use)))
    facts.append(("Places from", ", ".join(given.path.name for given in inputs) or "no database was given"))
    return facts


def _credit(provenance: Provenance, index: int) -> str:
    source = provenance.sources[index]
    located = "located" if source.located else "registered"
    return f"{source.file}: {located}, {source.networks:,} networks; {source.name}, {source.url}, {source.licence}"


def _draw(
    definitions: Definitions, content: "Content", inputs: Sequence["Input"], facts: dict[str, str], tell: Tell
) -> dict[str, str]:
    """A picture for every territory that has areas, by the territory's id."""
    from webapp.territories.picture import choose_frame, draw_picture
    from webapp.territories.points import find_spots

    pictures = {}
    digest, day = facts.get("SHA-256", "")[:12] or "without provenance", facts.get("Data of", "an unknown day")
    caption = f"Map {digest}, data of {day}. Places from {facts['Places from']}."
    for definition in definitions.territories.values():
        frame = choose_frame(definition)
        if frame is not None:
            spots = find_spots(inputs, content, frame, tell)
            pictures[str(definition.id)] = draw_picture(
                definition, frame, spots, content.answers, definitions.near_km, caption
            )
    return pictures


def _write(output: Path, page: str, pictures: dict[str, str]) -> None:
    try:
        for territory, picture in pictures.items():
            path = output.with_name(f"{output.stem}-{territory}.svg")
            path.write_text(picture, encoding="utf-8")
            click.echo(path)
        output.write_text(page, encoding="utf-8")
        click.echo(output)
    except OSError as fault:
        message = f"the report cannot be written: {fault.strerror}"
        hint = "Make room, or give a folder that may be written."
        raise SourceError([Problem("territories.output", str(output), message, hint)]) from None


@click.command()
@root_option
@click.argument("old", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("new", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--tsv", "form", flag_value="tsv", help="Territory, before, after, IPv4 addresses, IPv6 /64 networks; a line each."
)
@click.option("--json", "form", flag_value="json", help="Changes and moves as JSON.")
def diff(root: Path | None, old: Path, new: Path, form: str | None) -> None:
    """What two maps answer differently: which addresses enter and leave each territory."""
    with failing(), need_compiler():
        from webapp.territories.compare import compare_maps

        comparison = compare_maps(old, new)
        if form == "json":
            click.echo(_to_json(comparison))
        elif form == "tsv":
            for change in comparison.changes:
                click.echo(f"{change.territory}\t{change.before}\t{change.after}\t{change.ipv4}\t{change.ipv6_64}")
        elif not comparison.changes:
            click.echo("The two maps answer alike for every address.")
        else:
            print_comparison(comparison, load_definitions(root_or_setting(root)))


def print_comparison(comparison: "Comparison", definitions: Definitions, stderr: bool = False) -> None:
    """Print what changes, as tables."""
    from webapp.territories.report import comparison_sheets

    print_sheets(comparison_sheets(comparison, definitions, 40), stderr)


def _to_json(comparison: "Comparison") -> str:
    from webapp.territories.moves import measure_moves

    changes = [
        {"territory": it.territory, "before": it.before, "after": it.after, "ipv4": it.ipv4, "ipv6_64": it.ipv6_64}
        for it in comparison.changes
    ]
    moves = [
        {
            "territory": it.territory,
            "percent_entering": round(it.percent_entering, 4),
            "percent_leaving": round(it.percent_leaving, 4),
            "entering": {"ipv4": it.entering.ipv4, "ipv6_64": it.entering.ipv6_64},
            "leaving": {"ipv4": it.leaving.ipv4, "ipv6_64": it.leaving.ipv6_64},
        }
        for it in measure_moves(comparison)
    ]
    return json.dumps({"changes": changes, "moves": moves}, ensure_ascii=False, indent=1)


def print_sheets(sheets: Sequence["Sheet"], stderr: bool = False) -> None:
    """Print tables for people."""
    from webapp.territories.report import NUMBERS

    console = Console(stderr=stderr)
    if not console.is_terminal:
        console = Console(stderr=stderr, width=_NARROW)
    for sheet in sheets:
        table = Table(title=escape(sheet.title), title_justify="left", title_style="bold", box=None, pad_edge=False)
        for place, column in enumerate(sheet.columns):
            number = len(sheet.columns) - place <= NUMBERS
            table.add_column(escape(column), justify="right" if number else "left", no_wrap=number, header_style="dim")
        for row in sheet.rows:
            table.add_row(*map(escape, row))
        console.print(table if sheet.rows else f"[bold]{escape(sheet.title)}[/]\nnone")
        if sheet.more:
            console.print(f"[dim]and {sheet.more} smaller ones[/]")
        console.print()
