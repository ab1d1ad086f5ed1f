"""Judges whether a new map may replace the map in use without anybody having looked. Pure; compares values only.

A vendor's slip, or a poisoned mirror, shows as many addresses that move at once. Whoever leaves a territory loses a
notice, so an update that moves more than editors expect is refused until somebody says that it is right.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from webapp.core.model import TerritoryId
from webapp.errors import Problem
from webapp.territories.compare import Comparison
from webapp.territories.definitions import FILE, Definitions
from webapp.territories.provenance import Provenance
from webapp.territories.statistics import Size

ACCEPT = "--accept-moves"


@dataclass(frozen=True, slots=True)
class Move:
    """How many addresses enter and leave a territory, and what share that is, in per cent.

    Leaving is measured against what the territory held before, entering against what it holds now; IPv4 addresses and
    IPv6 /64 networks each for themselves.
    """

    territory: TerritoryId
    entering: Size
    leaving: Size
    percent_entering: float
    percent_leaving: float

    @property
    def percent(self) -> float:
        """The greater share."""
        return max(self.percent_entering, self.percent_leaving)


def measure_moves(comparison: Comparison) -> tuple[Move, ...]:
    """One Move for every territory that either map names."""
    moves = []
    for name in comparison.before:
        entering, leaving = Size(), Size()
        for change in comparison.changes:
            if change.territory == name and change.enters:
                entering += Size(change.ipv4, change.ipv6_64)
            elif change.territory == name and change.leaves:
                leaving += Size(change.ipv4, change.ipv6_64)
        before, after = comparison.before[name], comparison.after[name]
        shares = _percent(entering, after), _percent(leaving, before)
        moves.append(Move(TerritoryId(name), entering, leaving, *shares))
    return tuple(moves)


def _percent(part: Size, whole: Size) -> float:
    """The greater of IPv4's and IPv6's share; of nothing, anything is all."""
    pairs = (part.ipv4, whole.ipv4), (part.ipv6_64, whole.ipv6_64)
    return max(100 * some / total if total else 100.0 if some else 0.0 for some, total in pairs)


def check_moves(moves: tuple[Move, ...], definitions: Definitions, known: set[str]) -> Iterator[Problem]:
    """A Problem for every territory that moves too much. `known`: those that the map in use was compiled with."""
    for move in moves:
        if move.territory not in definitions.territories or move.territory not in known:
            continue  # new to the map: nothing to measure against
        most = definitions.most_moved(move.territory)
        if move.percent > most:
            message = (
                f"{move.percent:.1f} % of its addresses move, more than {most:g} %: "
                f"{_words(move.leaving)} leave, {_words(move.entering)} enter"
            )
            hint = f"Look at `webapp territories report`; if it is right, run the update again with {ACCEPT}."
            yield Problem("territories.moves", FILE, message, hint, key=f"territories.{move.territory}")


def _words(size: Size) -> str:
    return f"{size.ipv4:,} IPv4 addresses and {size.ipv6_64:,} IPv6 /64 networks"


def check_descent(old: Provenance, new: Provenance, definitions: Definitions) -> Iterator[Problem]:
    """A Problem when the new map knows less than the one in use: older data, or without one of its sources."""
    if new.data_date < old.data_date:
        message = f"its data is of {new.data_date}, older than that of the map in use ({old.data_date})"
        hint = "The publisher went back; wait, or compile these files on purpose with `webapp territories build`."
        yield Problem("territories.older", FILE, message, hint)
    had = {(it.source, it.file) for it in old.sources} - {(it.source, it.file) for it in new.sources}
    for source, file in sorted(had):
        if source in definitions.sources and file in definitions.sources[source].files:
            message = f"the map in use was compiled from {file} too; this update does not have it"
            hint = "Give it with --source, give it a download, or take it out of the source's `files`."
            yield Problem("territories.lost-source", FILE, message, hint, key=f"sources.{source}")
