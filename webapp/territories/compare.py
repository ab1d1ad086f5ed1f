"""What two territory maps answer differently: which addresses enter and leave each territory. Owns counting only.

A map needs no provenance to be compared, so that an old one from anywhere will do.
"""

from collections import Counter
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import maxminddb
import numpy as np

from webapp.errors import MapError
from webapp.territories.map import DATABASE_TYPE
from webapp.territories.mmdb_tree import Networks
from webapp.territories.sealed import open_sealed
from webapp.territories.spans import Steps, overlay, step_networks
from webapp.territories.statistics import count_sizes
from webapp.territories.structure import StructureError, check_structure

NO_RECORD = "no record"
OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Change:
    """So many IPv4 addresses and IPv6 /64 networks went from one answer to another for a territory."""

    territory: str
    before: str
    after: str
    ipv4: int
    ipv6_64: int


def compare_maps(old: Path, new: Path) -> list[Change]:
    """Every change, the largest first. Raises MapError."""
    (old_steps, old_answers), (new_steps, new_answers) = _load(old), _load(new)
    high, low, rows = overlay([old_steps, new_steps])
    ipv4, ipv6 = count_sizes(high, low)
    pairs, which = np.unique(rows, axis=1, return_inverse=True)
    sizes4 = np.bincount(which.reshape(-1), ipv4.astype(float))
    sizes6 = np.bincount(which.reshape(-1), ipv6.astype(float))
    counts4, counts6 = Counter[tuple[str, str, str]](), Counter[tuple[str, str, str]]()
    territories = sorted({name for answer in (*old_answers, *new_answers) for name in answer})
    for (before, after), four, six in zip(pairs.T.tolist(), sizes4.tolist(), sizes6.tolist(), strict=True):
        for name in territories:
            key = (name, _say(old_answers, before, name), _say(new_answers, after, name))
            if key[1] != key[2]:
                counts4[key] += int(four)
                counts6[key] += int(six)
    changes = [Change(*key, counts4[key], counts6[key]) for key in counts4]
    return sorted(changes, key=lambda change: (-change.ipv4, -change.ipv6_64, change.territory, change.before))


def _say(answers: list[dict[str, str]], index: int, territory: str) -> str:
    return NO_RECORD if index < 0 else answers[index].get(territory, OUTSIDE)


def _load(path: Path) -> tuple[Steps, list[dict[str, str]]]:
    """The map's steps, and per value the territories that are not outside."""
    numbers: dict[tuple[tuple[str, str], ...], int] = {}
    rows: list[tuple[int, int, int]] = []
    try:
        data = path.read_bytes()
        check_structure(data, DATABASE_TYPE)
        with open_sealed(data) as reader:
            for network, record in reader:
                length = network.prefixlen + (96 if isinstance(network, IPv4Network) else 0)
                rows.append((int(network[0]), length, numbers.setdefault(_territories(record), len(numbers))))
    except (StructureError, maxminddb.InvalidDatabaseError, OSError, ValueError, TypeError, AttributeError) as fault:
        raise MapError(str(path), f"it cannot be read as a territory map: {fault}", "Give another file.") from None
    high = np.array([first >> 64 for first, _, _ in rows], np.uint64)
    low = np.array([first & (1 << 64) - 1 for first, _, _ in rows], np.uint64)
    lengths = np.array([length for _, length, _ in rows], np.uint8)
    networks = Networks(high, low, lengths, np.zeros(len(rows), np.uint32))
    steps = step_networks(networks, np.array([value for _, _, value in rows], np.int32))
    return steps, [dict(answer) for answer in numbers]


def _territories(record: Any) -> tuple[tuple[str, str], ...]:
    if not isinstance(record, dict) or "answer" not in record:
        raise ValueError("a record without `answer`")
    return tuple((name, word) for word in ("inside", "uncertain") for name in record.get(word, ()))
