"""Counts what a compiled map answers: IPv4 addresses and IPv6 /64 networks per territory and per kind of doubt."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from webapp.territories.combine import Answer
from webapp.territories.mmdb_tree import U64
from webapp.territories.spans import Steps

Counts = dict[str, dict[str, int]]


@dataclass(slots=True)
class Statistics:
    """`addresses`: "russia: inside" → {"ipv4": …, "ipv6_64": …}; `kinds`: the same per reason of doubt."""

    addresses: Counts = field(default_factory=dict)
    kinds: Counts = field(default_factory=dict)


def count_sizes(high: U64, low: U64) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """For every step, how many IPv4 addresses and IPv6 /64 networks it spans."""
    is_ipv4 = (high == 0) & (low < 1 << 32)
    next_low = np.append(low[1:], 0)
    next_high = np.append(high[1:], 0)
    sizes4 = np.where(is_ipv4, np.where(next_high > 0, 1 << 32, np.minimum(next_low, 1 << 32)) - low, 0)
    sizes6 = np.where(is_ipv4, 0, next_high - high)
    return sizes4, sizes6


def count_answers(steps: Steps, answers: Sequence[Answer]) -> Statistics:
    """Counts over the whole address space; IPv4 lives in ::/96."""
    sizes4, sizes6 = count_sizes(steps.high, steps.low)
    statistics = Statistics()
    known = steps.value >= 0
    value = steps.value[known]
    ipv4 = np.bincount(value, sizes4[known].astype(float), len(answers))
    ipv6 = np.bincount(value, sizes6[known].astype(float), len(answers))
    for answer, four, six in zip(answers, ipv4.tolist(), ipv6.tolist(), strict=True):
        _add(statistics, answer, int(four), int(six))
    return statistics


def _add(statistics: Statistics, answer: Answer, ipv4: int, ipv6: int) -> None:
    keys = [f"{name}: inside" for name in answer.inside] + [f"{name}: uncertain" for name in answer.uncertain]
    for key in keys or ["outside all"]:
        _count(statistics.addresses, key, ipv4, ipv6)
    for reason in answer.reasons:
        _count(statistics.kinds, reason, ipv4, ipv6)


def _count(counts: Counts, key: str, ipv4: int, ipv6: int) -> None:
    entry = counts.setdefault(key, {"ipv4": 0, "ipv6_64": 0})
    entry["ipv4"] += ipv4
    entry["ipv6_64"] += ipv6
