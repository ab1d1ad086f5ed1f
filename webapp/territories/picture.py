"""Draws one territory as the map believes it: an SVG picture with areas, located networks and a legend.

Owns the look. Every meaning has a shape or a pattern besides its colour (a palette that colour-blind people can tell
apart: Okabe and Ito, 2008), so that it can be read in grey and on paper. Loads nothing, links nowhere.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from webapp.territories.areas import KM_PER_DEGREE
from webapp.territories.backdrop import OUTLINES, TOWNS
from webapp.territories.combine import Answer
from webapp.territories.definitions import TerritoryDefinition
from webapp.territories.geojson import Ring
from webapp.territories.points import Frame, Spot
from webapp.territories.statistics import Size

WIDTH = 1240
MARGIN = 20
HEAD = 84
LEGEND = 178
MARGIN_DEGREES = 0.9
FONT = "system-ui, 'Segoe UI', 'Noto Sans', sans-serif"


@dataclass(frozen=True, slots=True)
class Mark:
    """How an answer looks: a shape, its paint, and how far it steps back behind graver answers."""

    words: str
    shape: str
    fill: str
    stroke: str
    scale: float = 1.0
    opacity: float = 0.9

    def draw(self, x: float, y: float, radius: float) -> str:
        """SVG path data."""
        return _SHAPES[self.shape](x, y, radius)


MARKS = {
    "outside": Mark("outside every territory", "ring", "none", "#0072b2", 0.8, 0.65),
    "no record": Mark("no record: the reader is warned", "cross", "none", "#6b6b6b"),
    "elsewhere": Mark("inside another territory", "square", "#cc79a7", "#5c1f42"),
    "uncertain": Mark("uncertain: the reader is warned", "triangle", "#f5c84c", "#5f4300", 1.25),
    "inside": Mark("inside", "disc", "#d55e00", "#4f2300", 1.25),
}
"""In the order of drawing: what matters more lies on top."""
CLASSES = ((65536, 5.6), (1024, 4.0), (0, 2.6))
"""Addresses from which on a mark has this radius."""


def choose_frame(definition: TerritoryDefinition) -> Frame | None:
    """The territory's areas and the country around them; None when it has no area to draw."""
    points = [point for area in definition.shapes for polygon in area.polygons for point in polygon[0]]
    if not points:
        return None
    frame = _bounds(points)
    for _, outline in OUTLINES:
        if any(frame.holds(latitude, longitude) for longitude, latitude in outline):
            points += outline
    return _widen(_bounds(points), MARGIN_DEGREES)


def word_for(answer: Answer | None, territory: str) -> str:
    """Which mark an answer of the map gets on a picture of this territory."""
    if answer is None:
        return "no record"
    if territory in answer.inside:
        return "inside"
    if answer.inside:
        return "elsewhere"
    return "uncertain" if answer.uncertain else "outside"


def draw_picture(
    definition: TerritoryDefinition,
    frame: Frame,
    spots: Sequence[Spot],
    answers: Sequence[Answer],
    near_km: float,
    caption: str,
) -> str:
    """The picture as SVG text. `caption` says which map and which databases are drawn."""
    sheet = _Sheet(frame)
    by_mark: dict[str, list[Spot]] = defaultdict(list)
    for spot in spots:
        answer = answers[spot.answer] if spot.answer >= 0 else None
        by_mark[word_for(answer, definition.id)].append(spot)
    title = f"What the map believes: {definition.name}"
    body = [
        *_head(title, caption, definition.id),
        f'<svg x="{MARGIN}" y="{HEAD}" width="{sheet.width:.0f}" height="{sheet.height:.0f}">',
        f'<rect width="{sheet.width:.0f}" height="{sheet.height:.0f}" fill="#f6f8f9"/>',
        *_grid(sheet),
        *(f'<path d="{sheet.path([ring])}" fill="#fff" stroke="#777" stroke-width="1.2"/>' for _, ring in OUTLINES),
        *_areas(sheet, definition, near_km),
        *_town_dots(sheet),
        *(_marks(sheet, MARKS[word], by_mark[word]) for word in MARKS if by_mark[word]),
        *_names(sheet),
        f'<rect width="{sheet.width:.0f}" height="{sheet.height:.0f}" fill="none" stroke="#555"/>',
        "</svg>",
        *_legend(sheet, definition.id, by_mark, near_km),
    ]
    height = HEAD + sheet.height + LEGEND
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" role="img" '
        f'aria-labelledby="title-{definition.id}" font-family="{escape(FONT, {chr(34): "&quot;"})}">\n'
        f'<title id="title-{definition.id}">{escape(title)}. {escape(caption)}</title>\n'
        + "\n".join(body)
        + "\n</svg>\n"
    )


class _Sheet:
    """The frame laid flat, true to scale at its middle latitude."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.width = float(WIDTH - 2 * MARGIN)
        self.across = math.cos(math.radians((frame.south + frame.north) / 2))
        self.per_degree = self.width / ((frame.east - frame.west) * self.across)
        self.height = (frame.north - frame.south) * self.per_degree

    def place(self, longitude: float, latitude: float) -> tuple[float, float]:
        x = (longitude - self.frame.west) * self.across * self.per_degree
        return x, (self.frame.north - latitude) * self.per_degree

    def path(self, rings: Iterable[Ring]) -> str:
        parts = []
        for ring in rings:
            points = (self.place(*point) for point in ring[:-1])
            parts.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z")
        return "".join(parts)


def _head(title: str, caption: str, territory: str) -> list[str]:
    return [
        f'<rect width="{WIDTH}" height="100%" fill="#fff"/>',
        "<defs>",
        f'<pattern id="held-{territory}" width="9" height="9" patternUnits="userSpaceOnUse"'
        ' patternTransform="rotate(45)">',
        '<rect width="9" height="9" fill="#f3d9c7"/><path d="M0 0V9" stroke="#b8663a" stroke-width="1.6"/></pattern>',
        "</defs>",
        f'<text x="{MARGIN}" y="38" font-size="26" font-weight="600" fill="#111">{escape(title)}</text>',
        f'<text x="{MARGIN}" y="66" font-size="15" fill="#333">{escape(caption)}</text>',
    ]


def _grid(sheet: _Sheet) -> list[str]:
    """A line every two degrees; `_names` numbers them."""
    lines = [f"M{sheet.place(it, sheet.frame.north)[0]:.1f} 0V{sheet.height:.0f}" for it in _degrees(sheet, 0)]
    lines += [f"M0 {sheet.place(sheet.frame.west, it)[1]:.1f}H{sheet.width:.0f}" for it in _degrees(sheet, 1)]
    return [f'<path d="{"".join(lines)}" stroke="#d4dade"/>']


def _degrees(sheet: _Sheet, axis: int) -> range:
    """Even degrees of longitude (axis 0) or latitude (1) within the frame."""
    frame = sheet.frame
    low, high = (frame.west, frame.east) if axis == 0 else (frame.south, frame.north)
    return range(math.ceil(low / 2) * 2, math.floor(high) + 1, 2)


def _areas(sheet: _Sheet, definition: TerritoryDefinition, near_km: float) -> list[str]:
    """The areas, hatched, in the belt around them that is too near to be sure."""
    path = sheet.path(ring for area in definition.shapes for polygon in area.polygons for ring in polygon)
    belt = 2 * near_km / KM_PER_DEGREE * sheet.per_degree
    return [
        f'<path d="{path}" fill="none" stroke="#f0e4bf" stroke-width="{belt:.1f}" stroke-linejoin="round"/>',
        f'<path d="{path}" fill="url(#held-{definition.id})" fill-rule="evenodd" stroke="#7a3413" stroke-width="2"/>',
    ]


def _marks(sheet: _Sheet, mark: Mark, spots: Sequence[Spot]) -> str:
    """All marks of one kind as one path: there are thousands."""
    data = []
    for spot in sorted(spots, key=lambda it: -it.size.ipv4):
        x, y = sheet.place(spot.longitude, spot.latitude)
        data.append(mark.draw(x, y, _radius(spot.size) * mark.scale))
    paint = f'fill="{mark.fill}" stroke="{mark.stroke}" stroke-width="0.9" opacity="{mark.opacity:g}"'
    return f'<path d="{"".join(data)}" {paint}/>'


def _radius(size: Size) -> float:
    return next(radius for least, radius in CLASSES if size.ipv4 >= least)


def _town_dots(sheet: _Sheet) -> list[str]:
    spots = [sheet.place(longitude, latitude) for _, latitude, longitude in _towns(sheet)]
    return [f'<path d="{_square(x, y, 2.2)}" fill="#111"/>' for x, y in spots]


def _towns(sheet: _Sheet) -> list[tuple[str, float, float]]:
    return [town for town in TOWNS if sheet.frame.holds(town[1], town[2])]


def _names(sheet: _Sheet) -> list[str]:
    """Towns and degrees, above everything, each with a halo."""
    halo = ' paint-order="stroke" stroke="#fff" stroke-width="3.4" stroke-linejoin="round"'
    parts = []
    for name, latitude, longitude in _towns(sheet):
        x, y = sheet.place(longitude, latitude)
        parts.append(_text(x + 8, y - 7, name, 13, "#111", halo + ' font-weight="600"'))
    for longitude in _degrees(sheet, 0):
        x, _ = sheet.place(longitude, sheet.frame.north)
        parts.append(_text(x + 4, sheet.height - 6, _compass(longitude, "E", "W"), 12, "#444", halo))
    for latitude in _degrees(sheet, 1):
        _, y = sheet.place(sheet.frame.west, latitude)
        parts.append(_text(4, y - 4, _compass(latitude, "N", "S"), 12, "#444", halo))
    return parts


def _compass(degrees: int, positive: str, negative: str) -> str:
    return f"{abs(degrees)}° {positive if degrees > 0 else negative if degrees < 0 else ''}".rstrip()


def _legend(sheet: _Sheet, territory: str, by_mark: dict[str, list[Spot]], near_km: float) -> list[str]:
    top = HEAD + sheet.height + 30
    parts = [
        f'<rect x="{MARGIN}" y="{top - 13:.0f}" width="26" height="17" fill="url(#held-{territory})" stroke="#333"/>',
        _text(MARGIN + 36, top, "area in config/areas/", 15),
        f'<rect x="{MARGIN}" y="{top + 15:.0f}" width="26" height="17" fill="#f0e4bf"/>',
        _text(MARGIN + 36, top + 28, f"within {near_km:g} km of its edge", 15),
        _text(MARGIN, top + 62, "Outline and towns are for orientation", 13, "#444"),
        _text(MARGIN, top + 80, "and decide nothing.", 13, "#444"),
    ]
    if not by_mark:
        return [*parts, _text(MARGIN + 300, top, "No located database was given: no network is drawn.", 15)]
    for row, (word, mark) in enumerate(reversed(MARKS.items())):
        x, y = MARGIN + 300, top + row * 28
        size = sum((spot.size for spot in by_mark.get(word, ())), Size())
        data = mark.draw(x, y - 5, 6)
        parts.append(f'<path d="{data}" fill="{mark.fill}" stroke="{mark.stroke}" stroke-width="1.4"/>')
        parts.append(_text(x + 20, y, mark.words, 15))
        parts.append(_text(x + 290, y, f"{size.ipv4:,} IPv4, {size.ipv6_64:,} IPv6 /64", 15, "#333"))
    for row, (least, radius) in enumerate(CLASSES):
        x, y = MARGIN + 950, top + row * 28
        parts.append(f'<path d="{_ring(x, y - 5, radius)}" fill="#ddd" stroke="#333"/>')
        words = f"{least:,} IPv4 addresses or more" if least else "fewer, or IPv6 alone"
        parts.append(_text(x + 20, y, words, 15))
    parts.append(_text(MARGIN + 950, top + 90, "Marks stand where databases put the", 13, "#444"))
    parts.append(_text(MARGIN + 950, top + 108, "networks, gathered in cells of 5 km;", 13, "#444"))
    parts.append(_text(MARGIN + 950, top + 126, "the counts are of this frame.", 13, "#444"))
    return parts


def _text(x: float, y: float, words: str, size: int, fill: str = "#111", more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" fill="{fill}"{more}>{escape(words)}</text>'


def _ring(x: float, y: float, r: float) -> str:
    return f"M{x - r:.1f} {y:.1f}a{r:g} {r:g} 0 1 0 {2 * r:g} 0a{r:g} {r:g} 0 1 0 {-2 * r:g} 0"


def _square(x: float, y: float, r: float) -> str:
    return f"M{x - r:.1f} {y - r:.1f}h{2 * r:g}v{2 * r:g}h{-2 * r:g}z"


def _triangle(x: float, y: float, r: float) -> str:
    r = r * 1.25
    return f"M{x:.1f} {y - r:.1f}l{r:.1f} {1.7 * r:.1f}h{-2 * r:.1f}z"


def _cross(x: float, y: float, r: float) -> str:
    return f"M{x - r:.1f} {y - r:.1f}l{2 * r:g} {2 * r:g}m0 {-2 * r:g}l{-2 * r:g} {2 * r:g}"


_SHAPES = {"disc": _ring, "ring": _ring, "square": _square, "triangle": _triangle, "cross": _cross}


def _bounds(points: Iterable[tuple[float, float]]) -> Frame:
    longitudes, latitudes = zip(*points, strict=True)
    return Frame(min(longitudes), min(latitudes), max(longitudes), max(latitudes))


def _widen(frame: Frame, by: float) -> Frame:
    return Frame(
        max(-180.0, frame.west - 1.4 * by), max(-85.0, frame.south - by / 2),
        min(180.0, frame.east + 1.4 * by), min(85.0, frame.north + by / 2),
    )  # fmt: skip
