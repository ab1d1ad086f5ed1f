"""Reads config/territories.toml and its areas into Definitions. Owns what editors say; knows no database.

Every fault is reported at once. The digest of a territory covers what decides an answer (values, areas), not who
said so or when to review it: a new review date must not make a good map useless.
"""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from ipaddress import ip_network
from itertools import combinations
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from webapp.core.model import TerritoryId
from webapp.errors import Problem, Severity, SourceError, has_errors
from webapp.territories.geojson import Area, AreaError, check_area, parse_area
from webapp.territories.schema import SentinelTable, SourceTable, TerritoriesFile, TerritoryTable

FILE = "config/territories.toml"
_PROSE = {"name", "source", "date", "review_by", "holds", "max_moved_percent"}
"""Keys that decide nobody's answer."""


@dataclass(frozen=True, slots=True)
class TerritoryDefinition:
    """One territory as its editors define it. `table` holds the entries, `shapes` their areas."""

    id: TerritoryId
    table: TerritoryTable
    shapes: tuple[Area, ...]

    @property
    def name(self) -> str:
        return self.table.name

    @property
    def is_empty(self) -> bool:
        """True when no entry could ever put a network inside it."""
        table = self.table
        claimed = table.countries or table.areas or table.asns or table.networks
        answers = [entry.answer for entry in table.regions] + [entry.answer for entry in table.vendor_regions]
        return not claimed and all(answer == "outside" for answer in answers)


@dataclass(frozen=True, slots=True)
class Definitions:
    """What editors say of territories, databases and known answers."""

    territories: Mapping[TerritoryId, TerritoryDefinition]
    sources: Mapping[str, SourceTable]
    sentinels: tuple[SentinelTable, ...]
    max_age_days: int
    warn_age_days: int
    near_km: float
    max_moved_percent: float = 10.0

    def most_moved(self, territory: TerritoryId) -> float:
        """How many per cent of the territory's addresses an update may move without being told so."""
        own = self.territories[territory].table.max_moved_percent
        return self.max_moved_percent if own is None else own

    def digest(self, territory: TerritoryId) -> str:
        """SHA-256 of all that decides who is in this territory."""
        definition = self.territories[territory]
        value = {
            "table": _without_prose(definition.table.model_dump(mode="json")),
            "areas": [[area.file, area.polygons] for area in definition.shapes],
            "near_km": self.near_km,
        }
        return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def load_definitions(root: Path) -> Definitions:
    """Definitions of the site at `root`. Raises SourceError with every Problem."""
    file = _load_file(root)
    problems: list[Problem] = []
    territories = {}
    for name, table in file.territories.items():
        shapes = _load_areas(root, name, table, problems)
        territories[TerritoryId(name)] = TerritoryDefinition(TerritoryId(name), table, shapes)
    definitions = Definitions(
        territories,
        dict(file.sources),
        tuple(file.sentinels),
        file.max_age_days,
        file.warn_age_days,
        file.near_km,
        file.max_moved_percent,
    )
    problems += _check_whole(definitions)
    if has_errors(problems):
        raise SourceError(problems)
    return definitions


def check_definitions(root: Path, today: date) -> tuple[Problem, ...]:
    """Every Problem, warnings included. Raises nothing."""
    try:
        definitions = load_definitions(root)
    except SourceError as fault:
        return fault.problems
    return tuple(
        problem for definition in definitions.territories.values() for problem in _check_reviews(definition, today)
    )


def _load_file(root: Path) -> TerritoriesFile:
    try:
        data = tomllib.loads((root / FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SourceError([Problem("file.missing", FILE, "the file does not exist", "Create it.")]) from None
    except OSError as fault:
        message, hint = fault.strerror or type(fault).__name__, "Check the file and its permissions."
        raise SourceError([Problem("territories.unreadable", FILE, message, hint)]) from None
    except (ValueError, RecursionError) as fault:
        hint = "Correct the TOML there; the rest of the file was not looked at."
        raise SourceError([Problem("territories.unreadable", FILE, str(fault), hint)]) from None
    try:
        return TerritoriesFile.model_validate(data)
    except ValidationError as fault:
        raise SourceError(_shape_problem(error) for error in fault.errors()) from None


def _shape_problem(error: ErrorDetails) -> Problem:
    key = ".".join(str(part) for part in error["loc"])
    unknown = error["type"] == "extra_forbidden"
    hint = "Remove this key, or correct its spelling." if unknown else "docs/territories.md explains every key."
    return Problem("territories.shape", FILE, error["msg"], hint, key=key)


def _load_areas(root: Path, name: str, table: TerritoryTable, problems: list[Problem]) -> tuple[Area, ...]:
    areas = []
    for index, entry in enumerate(table.areas):
        key = f"territories.{name}.areas.{index}"
        shown = f"config/areas/{entry.file}"
        try:
            area = parse_area(entry.file, (root / shown).read_text(encoding="utf-8"))
        except FileNotFoundError:
            problems.append(Problem("file.missing", shown, "the file does not exist", "Create it.", key=key))
        except (OSError, UnicodeDecodeError, AreaError) as fault:
            hint = "Open it in a GeoJSON editor and draw it again."
            problems.append(Problem("territories.area", shown, str(fault), hint, key=key))
        else:
            problems += check_area(area, entry, key)
            areas.append(area)
    return tuple(areas)


def _check_whole(definitions: Definitions) -> list[Problem]:
    problems = []
    for definition in definitions.territories.values():
        if definition.is_empty:
            message = f"territory {definition.id} can match nothing"
            hint = "Give it a country, region, area, network or ASN."
            problems.append(Problem("territories.empty", FILE, message, hint, key=f"territories.{definition.id}"))
    for index, sentinel in enumerate(definitions.sentinels):
        if sentinel.territory not in definitions.territories:
            message = f"there is no territory {sentinel.territory!r}"
            known = ", ".join(definitions.territories)
            key = f"sentinels.{index}.territory"
            problems.append(Problem("territories.unknown", FILE, message, f"Known: {known}.", key=key))
    return problems + _check_claims(definitions)


def _check_claims(definitions: Definitions) -> list[Problem]:
    """A network that editors give to two territories is a slip: each would get the other's notice."""
    claims = [
        (definition.id, ip_network(text))
        for definition in definitions.territories.values()
        for entry in definition.table.networks
        for text in entry.networks
    ]
    problems = []
    for (one, first), (other, second) in combinations(claims, 2):
        if one != other and first.version == second.version and first.overlaps(second):
            message = f"{first} of {one} and {second} of {other} overlap"
            hint = "Decide which territory it belongs to."
            problems.append(Problem("territories.claimed-twice", FILE, message, hint, key=f"territories.{other}"))
    return problems


def _check_reviews(definition: TerritoryDefinition, today: date) -> list[Problem]:
    table = definition.table
    kinds = ("countries", "regions", "vendor_regions", "asns", "networks", "areas", "exceptions")
    problems = []
    for kind in kinds:
        for index, entry in enumerate(getattr(table, kind)):
            if entry.review_by is not None and entry.review_by < today:
                message = f"this entry of {entry.date} was to be reviewed by {entry.review_by}"
                hint = "Check it against its source, then move `date` and `review_by`."
                key = f"territories.{definition.id}.{kind}.{index}"
                problems.append(
                    Problem("territories.review-due", FILE, message, hint, key=key, severity=Severity.WARNING)
                )
    return problems


def _without_prose(value: object) -> object:
    if isinstance(value, dict):
        return {key: _without_prose(item) for key, item in value.items() if key not in _PROSE}
    return [_without_prose(item) for item in value] if isinstance(value, list) else value


def digest_area(area: Area) -> str:
    """SHA-256 of an area's polygons, however its file is laid out."""
    return hashlib.sha256(json.dumps(area.polygons, separators=(",", ":")).encode()).hexdigest()
