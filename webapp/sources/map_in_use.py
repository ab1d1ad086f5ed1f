"""The territory map of this process: verified once for each content, and the last good one when a file is damaged.

A map that cannot be believed refuses no edition: without it every reader gets every notice.
"""

from functools import lru_cache
from pathlib import Path

from webapp.core.model import MapFacts, TerritoryFinder
from webapp.errors import MapError, Problem, Severity
from webapp.sources.files import Survey, digest_files
from webapp.territories.definitions import Definitions
from webapp.territories.map import TerritoryMap, judge_again, load_map

MAP = "config/territories.mmdb"
MAP_FILES = frozenset({MAP, "config/territories.provenance.json"})
AREAS = "config/areas/"

Answer = tuple[MapFacts | None, TerritoryFinder | None, tuple[Problem, ...]]


def load_map_in_use(root: Path, files: Survey, definitions: Definitions) -> Answer:
    """Return the map, or the last good one, or none; and what is wrong with the one on disk. Raises nothing."""
    for problem in files.problems:
        if problem.path in MAP_FILES:  # no file that can be opened without harm
            return _keep_last_map(root, definitions, problem.message, problem.hint)
    try:
        found = _verified_map(root, digest_files(root, _map_files(files)), _Unhashed(definitions))
    except MapError as fault:
        return _keep_last_map(root, definitions, fault.reason, fault.hint)
    except Exception as fault:  # noqa: BLE001 - whatever is wrong with a map, the site goes on without it
        hint = "Build the map again with `webapp territories build`."
        return _keep_last_map(root, definitions, f"the map cannot be read ({type(fault).__name__})", hint)
    _last_map.clear()
    _last_map[root] = found
    return found.facts, found, ()


_last_map: dict[Path, TerritoryMap] = {}
"""The last map of this process's site that passed every check. It lies in memory that no file can reach."""


def _keep_last_map(root: Path, definitions: Definitions, reason: str, hint: str) -> Answer:
    """A damaged file does not take away a map that is in use; without one, nothing is proven about anybody."""
    message = f"{reason}; until it is mended every reader gets every notice"
    kept: TerritoryMap | None = None
    try:
        kept = judge_again(_last_map[root], root / MAP, definitions)
        message = f"{reason}; the map of {kept.facts.data_date} that is in use stays"
    except (KeyError, MapError):
        _last_map.pop(root, None)
    refused = (Problem("map.refused", MAP, message, hint, severity=Severity.WARNING),)
    return (kept.facts, kept, refused) if kept else (None, None, refused)


class _Unhashed:
    """Hands a value without a hash to a cache. Other definitions are another key: they judge the map differently."""

    def __init__(self, value: Definitions) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Unhashed) and self.value == other.value

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=1)
def _verified_map(root: Path, _digest: str, definitions: _Unhashed) -> TerritoryMap:
    """Load and verify the map, once for each content of the files it depends on: an article's change is no reason."""
    return load_map(root / MAP, definitions.value)


def _map_files(files: Survey) -> list[str]:
    return [it.shown for it in files.files if it.shown.startswith(("config/territories.", AREAS))]
