"""What two territory maps answer differently: which addresses enter and leave each territory. Owns counting only."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from webapp.territories.combine import Answer
from webapp.territories.content import Content, load_content
from webapp.territories.spans import overlay
from webapp.territories.statistics import Size, sum_sizes

INSIDE, UNCERTAIN, OUTSIDE, NO_RECORD = "inside", "uncertain", "outside", "no record"
HELD = frozenset({INSIDE, UNCERTAIN})
"""Whoever has one of these answers is in the territory, as far as notices go."""


@dataclass(frozen=True, slots=True)
class Change:
    """So many IPv4 addresses and IPv6 /64 networks went from one answer to another for a territory."""

    territory: str
    before: str
    after: str
    ipv4: int
    ipv6_64: int

    @property
    def enters(self) -> bool:
        """True when these addresses are in the territory only now."""
        return self.before not in HELD and self.after in HELD

    @property
    def leaves(self) -> bool:
        """True when these addresses were in the territory and no longer are: the readers who lose a notice."""
        return self.before in HELD and self.after not in HELD


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every change, the largest first, and how many addresses each territory held before and after."""

    changes: tuple[Change, ...]
    before: dict[str, Size]
    after: dict[str, Size]


def compare_maps(old: Path, new: Path) -> Comparison:
    """Compare two files. Raises MapError."""
    return compare_contents(load_content(old), load_content(new))


def compare_contents(old: Content, new: Content) -> Comparison:
    """Compare two maps that have been read."""
    counts: Counter[tuple[str, str, str, int]] = Counter()
    held: tuple[Counter[tuple[str, int]], Counter[tuple[str, int]]] = (Counter(), Counter())
    territories = sorted({*old.territories, *new.territories})
    for before, after, *sizes in _pieces(old, new):
        for name in territories:
            words = _say(old.answers, before, name), _say(new.answers, after, name)
            for family, size in enumerate(sizes):
                if words[0] != words[1]:
                    counts[name, *words, family] += size
                for total, word in zip(held, words, strict=True):
                    total[name, family] += size if word in HELD else 0
    keys = {key[:3] for key in counts}
    changes = [Change(*key, counts[*key, 0], counts[*key, 1]) for key in keys]
    changes.sort(key=lambda it: (-it.ipv4, -it.ipv6_64, it.territory, it.before, it.after))
    sums = [{name: Size(total[name, 0], total[name, 1]) for name in territories} for total in held]
    return Comparison(tuple(changes), *sums)


def _pieces(old: Content, new: Content) -> Iterator[tuple[int, int, int, int]]:
    """Each pair of answers that meet, with how many IPv4 addresses and IPv6 /64 networks have that pair."""
    high, low, rows = overlay([old.steps, new.steps])
    span = len(new.answers) + 1
    pairs, which = np.unique((rows[0].astype(np.int64) + 1) * span + rows[1] + 1, return_inverse=True)
    for pair, size in zip(pairs.tolist(), sum_sizes(which, high, low, len(pairs)), strict=True):
        yield pair // span - 1, pair % span - 1, size.ipv4, size.ipv6_64


def _say(answers: Sequence[Answer], index: int, territory: str) -> str:
    if index < 0:
        return NO_RECORD
    answer = answers[index]
    return INSIDE if territory in answer.inside else UNCERTAIN if territory in answer.uncertain else OUTSIDE
