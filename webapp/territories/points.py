"""Finds where sources put networks on the globe, within a frame, and what a map answers for those. Owns no drawing.

A compiled map keeps no coordinates: they would double its size, and no reader's answer needs them. So a picture is
drawn from the databases themselves, as they are now, with the answers of the map that is looked at.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from webapp.errors import Problem, SourceError
from webapp.territories.content import Content
from webapp.territories.progress import Tell, count_off, say_nothing
from webapp.territories.reading import SAMPLE, Input, is_mmdb, open_decoded, refusing
from webapp.territories.records import Record
from webapp.territories.sharing import share_out
from webapp.territories.spans import Steps, overlay, step_networks
from webapp.territories.statistics import Size, sum_sizes
from webapp.territories.vendors import find_parser

GRID = 20
"""Points are gathered in cells of 1/20 of a degree, about 4 by 5 km: finer than any database is right."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A part of the globe, in degrees."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, latitude: float, longitude: float) -> bool:
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north


@dataclass(frozen=True, slots=True)
class Spot:
    """Networks that a source puts at one place, for which the map has one answer. `answer` counts in `Content.answers`.

    An `answer` of -1 is no record.
    """

    latitude: float
    longitude: float
    answer: int
    size: Size


def find_spots(inputs: Sequence[Input], content: Content, frame: Frame, tell: Tell = say_nothing) -> tuple[Spot, ...]:
    """Every spot of every located source, in a steady order. Raises SourceError that names the file."""
    sizes: dict[tuple[tuple[int, int], int], Size] = defaultdict(Size)
    located = [given for given in inputs if given.table.located and is_mmdb(given.path)]
    problems: list[Problem] = []
    for result in share_out(read_places, "draw", located, frame, tell):
        if isinstance(result, Places):
            for place, answer, size in _meet(result.steps, content):
                sizes[result.cells[place], answer] += size
        else:
            problems += result
    if problems:
        raise SourceError(problems)
    return tuple(
        Spot(latitude / GRID, longitude / GRID, answer, size)
        for ((latitude, longitude), answer), size in sorted(sizes.items())
    )


@dataclass(frozen=True, slots=True)
class Places:
    """Where one file puts networks: `steps` hold indexes into `cells` of the grid."""

    steps: Steps
    cells: tuple[tuple[int, int], ...]


def read_places(given: Input, frame: Frame, tell: Tell) -> Places:
    """The places of one file. Raises SourceError that names the file."""
    numbers: dict[tuple[int, int], int] = {}
    with refusing(given), open_decoded(given.path) as found:
        _, parse = find_parser(found.type, islice(found.records(), SAMPLE))
        index = []
        for raw in count_off(found.records(), found.count, tell):
            cell = _cell(parse(raw), frame)
            index.append(-1 if cell is None else numbers.setdefault(cell, len(numbers)))
        steps = step_networks(found.networks, np.array(index, np.int32)[found.which])
    return Places(steps, tuple(numbers))


def _cell(record: Record, frame: Frame) -> tuple[int, int] | None:
    """None for what no point stands for: the middle of a country is no place where anybody is."""
    if record.latitude is None or record.longitude is None or not frame.holds(record.latitude, record.longitude):
        return None
    if record.radius_km is None and not record.is_settled:
        return None
    return round(record.latitude * GRID), round(record.longitude * GRID)


def _meet(steps: Steps, content: Content) -> list[tuple[int, int, Size]]:
    """Where a place and an answer meet, and how many addresses that is."""
    high, low, rows = overlay([steps, content.steps])
    span = len(content.answers) + 1
    pairs, which = np.unique((rows[0].astype(np.int64) + 1) * span + rows[1] + 1, return_inverse=True)
    sizes = sum_sizes(which, high, low, len(pairs))
    met = zip(pairs.tolist(), sizes, strict=True)
    return [(pair // span - 1, pair % span - 1, size) for pair, size in met if pair >= span]
