"""Reads lists of networks: one CIDR block, address or range a line, `#` and `;` begin a comment. Guesses nothing.

A line that is neither is a fault with its number, and the whole list is refused: a list that is half understood
would silently leave out the networks that it was meant to name.
"""

from ipaddress import ip_address, ip_network
from pathlib import Path

MOST_FAULTS = 20


class ListError(ValueError):
    """Lines that cannot be understood."""


def load_ranges(path: Path) -> list[tuple[int, int]]:
    """Inclusive ranges of address numbers. Raises ListError, OSError."""
    ranges, faults = [], []
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            text = line.partition("#")[0].partition(";")[0].strip()
            if not text:
                continue
            try:
                ranges.append(parse_range(text))
            except ValueError as fault:
                faults.append(f"line {number}: {fault}")
                if len(faults) == MOST_FAULTS:
                    break
    if faults:
        raise ListError("; ".join(faults))
    return ranges


def parse_range(text: str) -> tuple[int, int]:
    """ "198.51.100.0/24", "198.51.100.7" or "198.51.100.0 - 198.51.100.9". Host bits are a fault."""
    begin, dash, end = text.partition("-")
    if not dash:
        network = ip_network(text)
        return int(network[0]), int(network[-1])
    first, last = ip_address(begin.strip()), ip_address(end.strip())
    if first.version != last.version or int(first) > int(last):
        raise ValueError(f"{text!r} is not a range")
    return int(first), int(last)
