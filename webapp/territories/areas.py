"""How a point lies to a territory's areas: inside, across the edge, near, or far. Owns the geometry (shapely).

Distances are measured on a flat map stretched for the point's own latitude. Over the few dozen kilometres that
matter the error stays under one per cent; `_SLACK` makes it an error towards "near".
"""

import math
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import MultiPolygon
from shapely.geometry.base import BaseGeometry

from webapp.territories.geojson import Area

KM_PER_DEGREE = 111.2
_SLACK = 1.01


class Lies(StrEnum):
    """Where a point, or its circle of error, lies."""

    INSIDE = "inside"
    NEAR = "near"
    FAR = "far"


@dataclass(slots=True)
class Areas:
    """The areas of one territory. `near_km` is how far a place without circle of error may be off."""

    shapes: tuple[Area, ...]
    near_km: float
    _whole: BaseGeometry = field(init=False)
    _stretched: dict[int, BaseGeometry] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        polygons = [shapely.Polygon(outline, holes) for area in self.shapes for outline, *holes in area.polygons]
        self._whole = shapely.union_all(polygons) if polygons else MultiPolygon()
        shapely.prepare(self._whole)

    def locate(self, latitude: float, longitude: float, radius_km: float | None) -> Lies:
        """Without a radius, a point inside is inside; with one, only a circle that is wholly inside."""
        if self._is_far(latitude, longitude, max(radius_km or 0.0, self.near_km)):
            return Lies.FAR
        holds = bool(shapely.intersects_xy(self._whole, longitude, latitude))
        edge_km = self._edge_distance(latitude, longitude)
        if holds:
            return Lies.INSIDE if radius_km is None or edge_km > radius_km * _SLACK else Lies.NEAR
        return Lies.NEAR if edge_km <= max(radius_km or 0.0, self.near_km) * _SLACK else Lies.FAR

    def _is_far(self, latitude: float, longitude: float, reach_km: float) -> bool:
        """A quick no for most of the world, by the bounding box."""
        if self._whole.is_empty:
            return True
        west, south, east, north = self._whole.bounds
        up = reach_km * _SLACK / KM_PER_DEGREE
        if not south - up <= latitude <= north + up:
            return True
        across = up / max(0.01, math.cos(math.radians(min(89.0, abs(latitude) + up))))
        return not any(west - across <= longitude + turn <= east + across for turn in (-360.0, 0.0, 360.0))

    def _edge_distance(self, latitude: float, longitude: float) -> float:
        """Kilometres to the nearest edge, also across the antimeridian."""
        bucket = round(latitude * 4)
        stretch = max(0.01, math.cos(math.radians(bucket / 4)))
        if bucket not in self._stretched:
            self._stretched[bucket] = shapely.transform(self._whole, _stretcher(stretch)).boundary
        edge = self._stretched[bucket]
        points = shapely.points([(longitude + turn) * stretch for turn in (-360.0, 0.0, 360.0)], [latitude] * 3)
        return float(np.min(shapely.distance(edge, points))) * KM_PER_DEGREE


class _stretcher:  # noqa: N801 -- a function with one value bound
    def __init__(self, stretch: float) -> None:
        self.stretch = stretch

    def __call__(self, coordinates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        stretched: npt.NDArray[np.float64] = coordinates * np.array([self.stretch, 1.0])
        return stretched
