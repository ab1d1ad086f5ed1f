"""The routes of one application as a tree of path segments: tells in a microsecond that no route leads to a path.

It only ever says "nowhere". A path that it does not exclude may still lead nowhere, which the routes themselves know.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from werkzeug.routing import Map

Check = Callable[[str], bool]
"""Says whether a segment may be the value of a variable."""


@dataclass(slots=True)
class _Node:
    words: dict[str, "_Node"] = field(default_factory=dict)
    variables: dict[str, "_Node"] = field(default_factory=dict)
    beginnings: dict[str, "_Node"] = field(default_factory=dict)
    is_end: bool = False


class Shapes:
    """Made once from the rules of a map, which must not change afterwards."""

    def __init__(self, routes: Map) -> None:
        """Take in every rule. Of a segment that is only partly a variable, what stands before the variable counts."""
        self._root = _Node()
        self._is_sure = not (routes.strict_slashes or routes.merge_slashes or routes.host_matching)
        for rule in routes.iter_rules():
            node = self._root
            for segment in _split(rule.rule):
                node = _branch(node, segment)
            node.is_end = True
            self._is_sure = self._is_sure and "<path:" not in rule.rule

    def exclude(self, path: str, checks: Mapping[str, Check]) -> bool:
        """Say whether no route leads to `path`, which is ASCII. A variable without a check may be anything."""
        if not self._is_sure or "//" in path or not path.startswith("/"):
            return False
        nodes = [self._root]
        for segment in _split(path):
            following = [node.words[segment] for node in nodes if segment in node.words]
            for node in nodes:
                for name, child in node.variables.items():
                    check = checks.get(name)
                    if check is None or check(segment):
                        following.append(child)
                following += [child for text, child in node.beginnings.items() if segment.startswith(text)]
            if not following:
                return True
            nodes = following
        return not any(node.is_end for node in nodes)


def _split(path: str) -> list[str]:
    """Return the segments; a slash at the end makes no difference, as the map is told."""
    segments = path.split("/")[1:]
    return segments[:-1] if segments[-1:] == [""] else segments


def _branch(node: _Node, segment: str) -> _Node:
    """Return the node that a segment of a rule leads to, made if there is none."""
    before, opening, variable = segment.partition("<")
    if not opening:
        return node.words.setdefault(segment, _Node())
    is_whole = not before and variable.find(">") == len(variable) - 1
    if is_whole:
        return node.variables.setdefault(variable[:-1].rpartition(":")[2], _Node())
    return node.beginnings.setdefault(before, _Node())
