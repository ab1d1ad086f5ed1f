"""One number for all answers of a map, however its bytes are laid out. Owns the arithmetic; reads no file.

The compiler takes it from the tree in memory, before a byte is written; a server takes it from the bytes that it
read. When both agree, every address has the answer that was compiled: the writer, the disk and the copy are proven
along with it. It is no signature: whoever can rewrite map and provenance together can write what they like.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence

_PRIME = (1 << 61) - 1
_LEFT, _RIGHT = 7046029254386353131, 2400714819323198485

NOTHING = 1
"""The mark of "no record"."""


def mark_record(record: object) -> int:
    """The mark of one answer, from its text as JSON with sorted keys."""
    text = json.dumps(record, sort_keys=True, separators=(",", ":"))
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big") % _PRIME


def mark_node(left: int, right: int) -> int:
    """The mark of a node of the search tree from those of its two halves, in their order."""
    return (left * _LEFT + right * _RIGHT + 1) % _PRIME


def mark_tree(lefts: Sequence[int], rights: Sequence[int], marks: list[int]) -> int:
    """The mark of the root. `marks` is by value in the tree; those of nodes are filled in, from the last to the first.

    Every node must have its children after itself.
    """
    number = len(lefts)
    pairs: Iterable[tuple[int, int]] = zip(reversed(lefts), reversed(rights), strict=True)
    for left, right in pairs:
        number -= 1
        marks[number] = (marks[left] * _LEFT + marks[right] * _RIGHT + 1) % _PRIME  # mark_node, half a million times
    return marks[0]


def write_mark(mark: int) -> str:
    """As the provenance writes it: sixteen hexadecimal digits."""
    return f"{mark:016x}"
