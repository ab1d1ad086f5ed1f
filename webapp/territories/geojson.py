"""Parses and checks an area's GeoJSON without any geometry library. Owns RFC 7946 polygons; refuses everything else."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from webapp.errors import Problem
from webapp.territories.schema import AreaEntry

Point = tuple[float, float]
"""Longitude, latitude: the order of RFC 7946."""
Ring = tuple[Point, ...]
Polygon = tuple[Ring, ...]
"""The outline, then the holes."""

MOST_POINTS = 2000
"""Crossing edges are looked for among neighbours from west to east; a very long ring would still be slow."""


@dataclass(frozen=True, slots=True)
class Area:
    """One GeoJSON file as polygons."""

    file: str
    polygons: tuple[Polygon, ...]

    def holds(self, longitude: float, latitude: float) -> bool:
        """True when the point lies in one of the polygons and in none of its holes."""
        point = (longitude, latitude)
        return any(
            _in_ring(outline, point) and not any(_in_ring(hole, point) for hole in holes)
            for outline, *holes in self.polygons
        )


class AreaError(ValueError):
    """What is wrong with the geometry, in words."""


def parse_area(file: str, text: str) -> Area:
    """GeoJSON text to an Area. Raises AreaError."""
    try:
        value = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as fault:
        raise AreaError(f"it is not JSON: {fault}") from None
    try:
        polygons = tuple(_polygon(raw) for raw in _geometries(value))
    except RecursionError:
        raise AreaError("it is nested too deep") from None
    if not polygons:
        raise AreaError("it holds no polygon")
    return Area(file, polygons)


def check_area(area: Area, entry: AreaEntry, key: str) -> list[Problem]:
    """The places that an entry says are held must lie in the area."""
    path = f"config/areas/{area.file}"
    problems = []
    for place in entry.holds:
        if area.holds(place.longitude, place.latitude):
            continue
        swapped = area.holds(place.latitude, place.longitude)
        hint = (
            "The coordinates are latitude first; GeoJSON wants longitude first."
            if swapped
            else "Correct the outline, or the place in `holds`."
        )
        message = f"{place.name} ({place.latitude}, {place.longitude}) does not lie in the area"
        problems.append(Problem("territories.area-place", path, message, hint, key=key))
    return problems


def _geometries(value: object) -> list[object]:
    """Coordinates of every polygon in a FeatureCollection, Feature, Polygon or MultiPolygon."""
    if not isinstance(value, dict):
        raise AreaError("it is not a GeoJSON object")
    kind = value.get("type")
    if kind == "FeatureCollection" and isinstance(value.get("features"), list):
        return [raw for feature in value["features"] for raw in _geometries(feature)]
    if kind == "Feature":
        return _geometries(value.get("geometry"))
    if kind == "Polygon":
        return [value.get("coordinates")]
    if kind == "MultiPolygon" and isinstance(value.get("coordinates"), list):
        return list(value["coordinates"])
    raise AreaError(f"it holds a {kind!r:.60}; only Polygon and MultiPolygon make an area")


def _polygon(raw: object) -> Polygon:
    if not isinstance(raw, list) or not raw:
        raise AreaError("a polygon is empty")
    outline, *holes = (_ring(part) for part in raw)
    for hole in holes:
        if not _in_ring(outline, hole[0]) or any(_find_meeting([*pairwise(outline), *pairwise(hole)], len(outline))):
            raise AreaError(f"a hole does not lie within its outline, near {_show(hole[0])}")
    return (outline, *holes)


def _ring(raw: object) -> Ring:
    if not isinstance(raw, list) or len(raw) < 4:
        raise AreaError("a ring has fewer than four points")
    if len(raw) > MOST_POINTS:
        raise AreaError(f"a ring has {len(raw)} points; draw it coarser, {MOST_POINTS} at most")
    ring = _without_repeats([_point(item) for item in raw])
    if ring[0] != ring[-1]:
        raise AreaError("a ring does not end where it begins")
    if len(ring) < 4:
        raise AreaError("a ring has fewer than four points that differ from the one before")
    if any(abs(a[0] - b[0]) > 180 for a, b in pairwise(ring)):
        raise AreaError("a ring crosses the antimeridian; cut it in two there (RFC 7946, 3.1.9)")
    crossing = next(_find_meeting([*pairwise(ring)], 0), None)
    if crossing:
        raise AreaError(f"a ring crosses or touches itself near {_show(crossing)}")
    return ring


def _without_repeats(points: list[Point]) -> Ring:
    """Editing tools leave points twice in a row, which changes nothing."""
    return tuple(point for place, point in enumerate(points) if place == 0 or point != points[place - 1])


def _show(point: Point) -> str:
    return f"{point[1]:.3f}, {point[0]:.3f} (latitude, longitude)"


def _point(raw: object) -> Point:
    if not isinstance(raw, list) or len(raw) < 2 or not all(type(item) in (int, float) for item in raw[:2]):
        raise AreaError(f"{raw!r:.60} is not a point")
    if not (-180 <= raw[0] <= 180 and -90 <= raw[1] <= 90):
        raise AreaError(f"{raw!r:.60} is outside of the globe; GeoJSON wants longitude first")
    return float(raw[0]), float(raw[1])


def _in_ring(ring: Ring, point: Point) -> bool:
    """Even-odd rule: a ray to the east crosses the outline of what it starts in an odd number of times."""
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in pairwise(ring):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


def _find_meeting(edges: list[tuple[Point, Point]], split: int) -> Iterator[Point]:
    """Where edges meet that should not; with `split`, only edges before it against those from it on.

    Neighbours share a point and no more. Edges are swept from west to east, so that few pairs are looked at.
    """
    last = len(edges) - 1
    order = sorted(range(len(edges)), key=lambda number: min(edges[number][0][0], edges[number][1][0]))
    for place, i in enumerate(order):
        east = max(edges[i][0][0], edges[i][1][0])
        for j in order[place + 1 :]:
            if min(edges[j][0][0], edges[j][1][0]) > east:
                break
            if split and (i < split - 1) == (j < split - 1):
                continue
            beside = not split and (abs(i - j) == 1 or {i, j} == {0, last})
            if _folds(edges[i], edges[j]) if beside else _meet(*edges[i], *edges[j]):
                yield edges[j][0]


def _folds(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Neighbours that run back over each other: the end that they do not share lies on the other edge."""
    return any(
        _turn(*edge, point) == 0 and _within(*edge, point)
        for edge, point in (*((one, end) for end in other), *((other, end) for end in one))
        if point not in edge
    )


def _meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """True when two edges cross or touch."""
    turns = _turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b)
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    corners = ((a, b, c), (a, b, d), (c, d, a), (c, d, b))
    return any(turn == 0 and _within(*corner) for turn, corner in zip(turns, corners, strict=True))


def _within(a: Point, b: Point, point: Point) -> bool:
    """True when a point on the line through two others lies between them."""
    return min(a[0], b[0]) <= point[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= point[1] <= max(a[1], b[1])


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
