"""Holds a new map against the one in use, and says what speaks against swapping it in. It reads both; swaps none."""

from dataclasses import dataclass
from pathlib import Path

from webapp.errors import MapError, Problem
from webapp.territories.compare import Comparison, compare_maps
from webapp.territories.definitions import Definitions
from webapp.territories.moves import check_descent, check_moves, measure_moves
from webapp.territories.provenance import load_provenance


@dataclass(frozen=True, slots=True)
class Verdict:
    """`comparison` is None when there is no map in use that could be read: then nothing can speak against the new one.

    `moves` are Problems that somebody may accept, `faults` those that nobody may.
    """

    comparison: Comparison | None
    moves: tuple[Problem, ...] = ()
    faults: tuple[Problem, ...] = ()


def judge_candidate(in_use: Path, candidate: Path, definitions: Definitions) -> Verdict:
    """Compare the files. Raises MapError when the candidate cannot be read."""
    try:
        old = load_provenance(in_use)
        comparison = compare_maps(in_use, candidate)
    except MapError as fault:
        if fault.path == str(candidate):
            raise
        return Verdict(None)
    new = load_provenance(candidate)
    moves = check_moves(measure_moves(comparison), definitions, set(old.territories))
    return Verdict(comparison, tuple(moves), tuple(check_descent(old, new, definitions)))
