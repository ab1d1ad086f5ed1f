"""Parses and checks an area's GeoJSON without any geometry library. Owns RFC 7946 polygons; refuses everything else."""

import json
from dataclasses import dataclass
from itertools import combinations, pairwise

from webapp.errors import Problem
from webapp.territories.schema import AreaEntry

Point = tuple[float, float]
"""Longitude, latitude: the order of RFC 7946."""
Ring = tuple[Point, ...]
Polygon = tuple[Ring, ...]
"""The outline, then the holes."""

MOST_POINTS = 2000
"""Crossing edges are looked for pair by pair, which a very long ring would make slow."""


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
        value = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise AreaError(f"it is not JSON: {fault}") from None
    polygons = tuple(_polygon(raw) for raw in _geometries(value))
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
    raise AreaError(f"it holds a {kind!r}; only Polygon and MultiPolygon make an area")


def _polygon(raw: object) -> Polygon:
    if not isinstance(raw, list) or not raw:
        raise AreaError("a polygon is empty")
    return tuple(_ring(part) for part in raw)


def _ring(raw: object) -> Ring:
    if not isinstance(raw, list) or len(raw) < 4:
        raise AreaError("a ring has fewer than four points")
    if len(raw) > MOST_POINTS:
        raise AreaError(f"a ring has {len(raw)} points; draw it coarser, {MOST_POINTS} at most")
    ring = tuple(_point(item) for item in raw)
    if ring[0] != ring[-1]:
        raise AreaError("a ring does not end where it begins")
    if any(abs(a[0] - b[0]) > 180 for a, b in pairwise(ring)):
        raise AreaError("a ring crosses the antimeridian; cut it in two there (RFC 7946, 3.1.9)")
    crossing = _find_crossing(ring)
    if crossing:
        raise AreaError(f"a ring crosses itself near {crossing[1]:.3f}, {crossing[0]:.3f} (latitude, longitude)")
    return ring


def _point(raw: object) -> Point:
    if not isinstance(raw, list) or len(raw) < 2 or not all(type(item) in (int, float) for item in raw[:2]):
        raise AreaError(f"{raw!r} is not a point")
    longitude, latitude = float(raw[0]), float(raw[1])
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise AreaError(f"{raw!r} is outside of the globe; GeoJSON wants longitude first")
    return longitude, latitude


def _in_ring(ring: Ring, point: Point) -> bool:
    """Even-odd rule: a ray to the east crosses the outline of what it starts in an odd number of times."""
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in pairwise(ring):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


def _find_crossing(ring: Ring) -> Point | None:
    edges = list(pairwise(ring))
    last = len(edges) - 1
    for (i, one), (j, other) in combinations(enumerate(edges), 2):
        if j - i > 1 and not (i == 0 and j == last) and _cross(*one, *other):
            return other[0]
    return None


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    return _turn(a, b, c) * _turn(a, b, d) < 0 and _turn(c, d, a) * _turn(c, d, b) < 0


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
