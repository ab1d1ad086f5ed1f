"""The address space cut into steps: where something begins, and what holds from there on. Owns arrays; knows no rule.

Addresses are 128-bit numbers in two columns; IPv4 lives in ::/96, as in an MMDB file. A value of -1 means nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network

import numpy as np
import numpy.typing as npt

from webapp.territories.mmdb_tree import U64, Networks

I32 = npt.NDArray[np.int32]
_WORD = 1 << 64


@dataclass(frozen=True, slots=True)
class Steps:
    """A step function over all addresses: `value` holds from (high, low) to the next step. Sorted, no repeats."""

    high: U64
    low: U64
    value: I32

    def __len__(self) -> int:
        return len(self.value)


def step_networks(networks: Networks, values: I32) -> Steps:
    """Disjoint networks in address order, with a value for each."""
    end_high, end_low = _ends(networks)
    wrapped = (end_high == 0) & (end_low == 0)
    next_high, next_low = np.append(networks.high[1:], 0), np.append(networks.low[1:], 0)
    gap = ((end_high != next_high) | (end_low != next_low)) & ~wrapped
    if len(gap):
        gap[-1] = not wrapped[-1]
    position = np.arange(len(values)) + np.concatenate(([0], np.cumsum(gap)[:-1])) if len(values) else np.zeros(0, int)
    size = len(values) + int(gap.sum())
    high, low = np.zeros(size, np.uint64), np.zeros(size, np.uint64)
    value = np.full(size, -1, np.int32)
    high[position], low[position], value[position] = networks.high, networks.low, values
    after = position[gap] + 1
    high[after], low[after] = end_high[gap], end_low[gap]
    return merge_equal(Steps(high, low, value))


def _ends(networks: Networks) -> tuple[U64, U64]:
    """The first address after each network; zero after the last address of all."""
    host_bits = 128 - networks.length.astype(np.int64)
    wide = host_bits >= 64
    add_low = np.where(wide, 0, np.left_shift(np.uint64(1), np.where(wide, 0, host_bits).astype(np.uint64)))
    add_high = np.where(wide, np.left_shift(np.uint64(1), np.where(wide, host_bits - 64, 0).astype(np.uint64)), 0)
    low = networks.low + add_low.astype(np.uint64)
    carry = (low < networks.low).astype(np.uint64)
    return networks.high + add_high.astype(np.uint64) + carry, low


def step_ranges(ranges: Iterable[tuple[int, int]], value: int = 0) -> Steps:
    """Inclusive ranges of 128-bit numbers, in any order and overlapping."""
    points: list[tuple[int, int]] = []
    reach = -1
    for first, last in sorted(ranges):
        if first > reach + 1 or not points:
            if points and reach + 1 < 1 << 128:
                points.append((reach + 1, -1))
            points.append((first, value))
        reach = max(reach, last)
    if points and reach + 1 < 1 << 128:
        points.append((reach + 1, -1))
    high = np.array([point // _WORD for point, _ in points], np.uint64)
    low = np.array([point % _WORD for point, _ in points], np.uint64)
    return merge_equal(Steps(high, low, np.array([held for _, held in points], np.int32)))


def network_range(network: IPv4Network | IPv6Network) -> tuple[int, int]:
    """First and last address of a network in this space, where ::/96 belongs to IPv4."""
    first, last = int(network[0]), int(network[-1])
    return (max(first, 1 << 32), last) if network.version == 6 else (first, last)


def merge_equal(steps: Steps) -> Steps:
    """Leaves out steps that change nothing."""
    if not len(steps):
        return steps
    keep = np.append(True, steps.value[1:] != steps.value[:-1])
    return Steps(steps.high[keep], steps.low[keep], steps.value[keep])


def overlay(layers: Sequence[Steps]) -> tuple[U64, U64, npt.NDArray[np.int32]]:
    """Every place where any layer steps, and each layer's value there (one row a layer)."""
    high = np.concatenate([np.zeros(1, np.uint64), *(layer.high for layer in layers)])
    low = np.concatenate([np.zeros(1, np.uint64), *(layer.low for layer in layers)])
    order = np.lexsort((low, high))
    high, low = high[order], low[order]
    new = np.append(True, (high[1:] != high[:-1]) | (low[1:] != low[:-1]))
    place = np.empty(len(order), np.int64)
    place[order] = np.cumsum(new) - 1
    rows = np.empty((len(layers), int(new.sum())), np.int32)
    start = 1
    for row, layer in enumerate(layers):
        rows[row] = _fill(place[start : start + len(layer)], layer.value, rows.shape[1])
        start += len(layer)
    return high[new], low[new], rows


def _fill(places: npt.NDArray[np.int64], values: I32, size: int) -> I32:
    """Values at some places, held until the next; -1 before the first."""
    if not len(places):
        return np.full(size, -1, np.int32)
    lengths = np.diff(np.append(places, size))
    return np.concatenate([np.full(int(places[0]), -1, np.int32), np.repeat(values, lengths)])
