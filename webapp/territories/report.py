"""What an editor reads of a map: tables of words and figures, and a page that shows them with the pictures.

Owns the words of a report. The terminal and the page show the same tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from webapp.territories.compare import HELD, Comparison
from webapp.territories.definitions import Definitions
from webapp.territories.moves import measure_moves
from webapp.territories.statistics import Size
from webapp.territories.survey import Row, Survey

TEMPLATES = Path(__file__).parent.parent / "templates"
TEMPLATE = "territory_report.html"
ALL = 10_000
NUMBERS = 2
"""Every table ends in so many columns of figures."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table. Its last `NUMBERS` columns hold figures. `more` counts the rows that were left out."""

    title: str
    note: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int = 0


def survey_sheets(survey: Survey, definitions: Definitions, most: int) -> tuple[Sheet, ...]:
    """The tables of one map, each of `most` rows at most (per territory where it has one)."""
    sources = survey.sources
    return (
        _sheet(
            "Answers", "Inside and uncertain readers are warned; so are those of whom there is no record.",
            ("territory", "answer"), survey.answers, ALL,
        ),
        _sheet("Kinds of doubt", "Why networks are uncertain.", ("territory", "because"), survey.kinds, ALL),
        _sheet(
            "Agreement", "Wherever any territory is inside or uncertain: do the sources name the same country?",
            ("what the sources do",), survey.agreement, most,
        ),
        _sheet(
            "Who says which country", "The same address space, source by source. A dash: it names none.",
            sources, survey.countries, most,
        ),
        *(
            _sheet(
                f"Who says what about {definition.name}", "In the sources' own words.", sources,
                [Row(row.words[1:], row.size) for row in survey.places if row.words[0] == territory], most,
            )
            for territory, definition in definitions.territories.items()
        ),
    )  # fmt: skip


def comparison_sheets(comparison: Comparison, definitions: Definitions, most: int) -> tuple[Sheet, ...]:
    """What changes from one map to another."""
    moves = []
    for move in measure_moves(comparison):
        known = move.territory in definitions.territories
        limit = f"{definitions.most_moved(move.territory):g} %" if known else "-"
        before, after = comparison.before[move.territory], comparison.after[move.territory]
        moves += [
            ((move.territory, "held before", "", ""), before),
            ((move.territory, "leave", f"{move.percent_leaving:.2f} %", limit), move.leaving),
            ((move.territory, "enter", f"{move.percent_entering:.2f} %", limit), move.entering),
            ((move.territory, "held after", "", ""), after),
        ]
    changes = [
        Row((it.territory, it.before, it.after, _effect(it.before, it.after)), Size(it.ipv4, it.ipv6_64))
        for it in comparison.changes
    ]
    return (
        _sheet(
            "Entering and leaving", "Inside and uncertain count as held. An update that moves more than its limit "
            "is refused; the share is the greater of IPv4's and IPv6's.",
            ("territory", "addresses", "share", "limit"), [Row(*move) for move in moves], ALL,
        ),
        _sheet(
            "Changes", "Every change of an answer.", ("territory", "before", "after", "effect"), changes, most,
        ),
    )  # fmt: skip


def _effect(before: str, after: str) -> str:
    """What a reader there notices."""
    if before in HELD and after not in HELD:
        return "leaves: loses the notice" if after == "outside" else "leaves; still warned, for want of a record"
    if before not in HELD and after in HELD:
        return "enters: gains the notice" if before == "outside" else "enters; was warned for want of a record"
    if before in HELD:
        return "warned before and after"
    return "loses the notice that came for want of a record" if after == "outside" else "is warned for want of a record"


def _sheet(title: str, note: str, columns: Sequence[str], rows: Sequence[Row], most: int) -> Sheet:
    shown = tuple((*row.words, f"{row.size.ipv4:,}", f"{row.size.ipv6_64:,}") for row in rows[:most])
    return Sheet(title, note, (*columns, "IPv4 addresses", "IPv6 /64 networks"), shown, max(0, len(rows) - most))


def write_page(title: str, facts: Sequence[tuple[str, str]], sheets: Sequence[Sheet], pictures: Sequence[str]) -> str:
    """The report as one HTML page that loads nothing. `pictures` are SVG texts of our own drawing."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template(TEMPLATE).render(
        title=title,
        facts=facts,
        sheets=sheets,
        pictures=[Markup(picture) for picture in pictures],  # noqa: S704 - drawn by `picture`, which escapes every text
        numbers=NUMBERS,
    )
