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


@dataclass(frozen=True, slots=True)
class Size:
    """A part of the address space: IPv4 addresses, and IPv6 /64 networks (a household has one, or a few)."""

    ipv4: int = 0
    ipv6_64: int = 0

    def __add__(self, other: "Size") -> "Size":
        return Size(self.ipv4 + other.ipv4, self.ipv6_64 + other.ipv6_64)

    def __bool__(self) -> bool:
        return bool(self.ipv4 or self.ipv6_64)


@dataclass(slots=True)
class Statistics:
    """`addresses`: "russia: inside" → {"ipv4": …, "ipv6_64": …}; `kinds`: the same per reason of doubt."""

    addresses: Counts = field(default_factory=dict)
    kinds: Counts = field(default_factory=dict)


def count_sizes(high: U64, low: U64) -> tuple[U64, U64]:
    """For every step, how many IPv4 addresses and IPv6 /64 networks it spans. Whole numbers: a float has 53 bits."""
    end = np.zeros(1, np.uint64)
    zero, whole = np.uint64(0), np.uint64(1 << 32)
    is_ipv4 = (high == zero) & (low < whole)
    next_low = np.concatenate((low[1:], end))
    next_high = np.concatenate((high[1:], end))
    sizes4 = np.where(is_ipv4, np.where(next_high > zero, whole, np.minimum(next_low, whole)) - low, zero)
    return sizes4, next_high - high


def sum_sizes(which: npt.NDArray[np.integer[Any]], high: U64, low: U64, count: int) -> list[Size]:
    """The sizes of all steps with the same number in `which`, for each number below `count`."""
    totals = np.zeros((2, count), np.uint64)
    for total, sizes in zip(totals, count_sizes(high, low), strict=True):
        np.add.at(total, which, sizes)
    return [Size(ipv4, ipv6) for ipv4, ipv6 in totals.T.tolist()]


def count_answers(steps: Steps, answers: Sequence[Answer]) -> Statistics:
    """Counts over the whole address space; IPv4 lives in ::/96."""
    statistics = Statistics()
    sizes = sum_sizes(steps.value + 1, steps.high, steps.low, len(answers) + 1)
    for answer, size in zip(answers, sizes[1:], strict=True):
        _add(statistics, answer, size.ipv4, size.ipv6_64)
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
