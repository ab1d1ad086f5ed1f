"""Routes as a tree of segments: nowhere is said only of what no route leads to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, Rule

from webapp.site.shapes import Shapes

RULES = ("/", "/<tag>", "/<tag>/", "/<tag>/feed.xml", "/<tag>/<slug>", "/<tag>/<slug>/text", "/<tag>/page/<int:number>",
         "/map-<int:number>.xml", "/files/<name>", "/<tag>/<slug>/<act>/go")  # fmt: skip
CHECKS = {"tag": {"en", "ru"}.__contains__, "slug": {"one", "two"}.__contains__}

SEGMENTS = ("", "en", "ru", "xx", "feed.xml", "one", "two", "three", "text", "page", "7", "map-7.xml", "map-x",
            "mapping", "files", "a.css", "share", "go", "..", "en ", "<tag>")  # fmt: skip


def make_map(*rules: str, strict: bool = False, merge: bool = False) -> Map:
    """Return a map of rules, each its own endpoint."""
    return Map([Rule(rule, endpoint=rule) for rule in rules], strict_slashes=strict, merge_slashes=merge)


ROUTES = make_map(*RULES)
SHAPES = Shapes(ROUTES)


def leads_somewhere(path: str) -> bool:
    """Ask the map itself, and hold what it found against the checks."""
    try:
        _, values = ROUTES.bind("localhost").match(path, "GET")
    except NotFound:
        return False
    return all(check(values[name]) for name, check in CHECKS.items() if name in values)


@given(st.lists(st.sampled_from(SEGMENTS) | st.text("aeno-./", max_size=4), max_size=5))
def test_nothing_that_a_route_leads_to_is_excluded(segments: list[str]) -> None:
    """Whatever the map would answer is left to it."""
    path = "/" + "/".join(segments)
    if leads_somewhere(path):
        assert not SHAPES.exclude(path, CHECKS)


@pytest.mark.parametrize(
    "path",
    ["/xx", "/xx/one", "/en/three", "/en/three/text", "/mapping", "/en/one/two", "/en/one/share/stay", "/files/a/b",
     "/files", "/en/page", "/a/b/c/d/e/f/g"],
)  # fmt: skip
def test_excluded(path: str) -> None:
    """No route, or a part that names nothing."""
    assert not leads_somewhere(path)
    assert SHAPES.exclude(path, CHECKS)


@pytest.mark.parametrize(
    "path", ["/", "/en", "/en/", "/ru/feed.xml", "/en/one", "/en/one/", "/en/two/text", "/en/page/7", "/map-7.xml",
             "/files/anything", "/en/one/anything/go"]
)  # fmt: skip
def test_not_excluded(path: str) -> None:
    """Routes, and parts that may be there."""
    assert leads_somewhere(path)
    assert not SHAPES.exclude(path, CHECKS)


@pytest.mark.parametrize("path", ["", "en/one", "//", "/xx//one", "/en/page/x", "/map-x"])
def test_not_sure(path: str) -> None:
    """What the tree does not know well enough is left to the map."""
    assert not SHAPES.exclude(path, CHECKS)


@pytest.mark.parametrize(
    "routes",
    [make_map("/<tag>", strict=True), make_map("/<tag>", merge=True), make_map("/<tag>", "/all/<path:rest>")],
    ids=["strict about slashes", "merges slashes", "a variable of several segments"],
)
def test_maps_that_are_too_different(routes: Map) -> None:
    """A map by other rules excludes nothing."""
    assert not Shapes(routes).exclude("/xx/xx/xx", CHECKS)
