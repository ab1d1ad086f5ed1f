"""Reads a whole compiled map back: every network and what the map says of it. Owns reading only; judges no map.

A map needs no provenance to be read this way, so that an old one from anywhere can be compared. The bytes are read
once and kept, so that nothing that happens to the file meanwhile can mix two maps.
"""

from dataclasses import dataclass
from ipaddress import IPv6Address
from pathlib import Path
from typing import Any

import maxminddb
import numpy as np

from webapp.errors import MapError
from webapp.territories.combine import Answer
from webapp.territories.map import DATABASE_TYPE
from webapp.territories.mmdb_tree import TreeError, parse_networks
from webapp.territories.sealed import open_sealed
from webapp.territories.spans import Steps, step_networks
from webapp.territories.structure import StructureError, check_structure

MOST_VISITS = 64_000_000
"""Nodes that may be visited: our maps share subtrees, and a file made by an enemy could share them without end."""


@dataclass(frozen=True, slots=True)
class Content:
    """A map's answers: `steps` hold indexes into `answers`, -1 where there is no record."""

    steps: Steps
    answers: tuple[Answer, ...]

    @property
    def territories(self) -> tuple[str, ...]:
        """Every territory that any answer names."""
        return tuple(sorted({name for answer in self.answers for name in (*answer.inside, *answer.uncertain)}))


def load_content(path: Path) -> Content:
    """All that a map says. Raises MapError."""
    try:
        data = path.read_bytes()
        check_structure(data, DATABASE_TYPE)
        with open_sealed(data) as reader:
            networks = parse_networks(data, reader.metadata(), MOST_VISITS)
            _, first, which = np.unique(networks.pointer, return_index=True, return_inverse=True)
            places = zip(networks.high[first].tolist(), networks.low[first].tolist(), strict=True)
            answers = [_answer(reader.get(IPv6Address(high << 64 | low))) for high, low in places]
    except OSError as fault:
        raise MapError(str(path), f"it cannot be read: {fault.strerror or fault}", "Give another file.") from None
    except (StructureError, TreeError, maxminddb.InvalidDatabaseError, ValueError, TypeError, LookupError) as fault:
        raise MapError(str(path), f"it cannot be read as a territory map: {fault}", "Give another file.") from None
    return Content(step_networks(networks, which.astype(np.int32)), tuple(answers))


def _answer(record: Any) -> Answer:
    return Answer(
        answer=record["answer"],
        country=record.get("country", {}).get("iso_code"),
        inside=tuple(record.get("inside", ())),
        uncertain=tuple(record.get("uncertain", ())),
        votes=tuple(record.get("votes", {}).items()),
        reasons=tuple(record.get("reasons", ())),
    )
