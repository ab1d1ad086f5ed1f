"""Reads a page the way tests ask about it: elements, their order in the bytes, text, and the language in force.

Owns no expectation. Forgives what browsers forgive; `strays` keeps end tags that close nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})


@dataclass(eq=False)
class Element:
    """An element; `order` counts start tags from the beginning of the page."""

    tag: str
    attributes: dict[str, str]
    order: int
    parent: "Element | None" = None
    children: "list[Element | str]" = field(default_factory=list)

    def walk(self) -> "Iterator[Element]":
        """Every element below this one, in the order of the bytes."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def find_all(
        self, tag: str | None = None, attribute: str | None = None, value: str | None = None
    ) -> "list[Element]":
        """The elements below with this tag, this attribute, and this value of it."""
        return [
            it
            for it in self.walk()
            if (tag is None or it.tag == tag)
            and (attribute is None or attribute in it.attributes)
            and (value is None or it.attributes.get(attribute or "") == value)
        ]

    def find(self, tag: str | None = None, attribute: str | None = None, value: str | None = None) -> "Element":
        """The one element that `find_all` finds."""
        found = self.find_all(tag, attribute, value)
        assert len(found) == 1, f"{len(found)} of <{tag or '*'} {attribute or ''}={value or '*'}>"
        return found[0]

    def ancestors(self) -> "Iterator[Element]":
        """This element, and each that holds it, outwards."""
        here: Element | None = self
        while here is not None:
            yield here
            here = here.parent

    def inherited(self, attribute: str) -> str | None:
        """The value in force here of an attribute that descendants inherit, such as `lang` or `dir`."""
        return next((it.attributes[attribute] for it in self.ancestors() if attribute in it.attributes), None)

    def within(self, other: "Element") -> bool:
        """Whether this is `other`, or stands inside it."""
        return any(it is other for it in self.ancestors())

    @property
    def text(self) -> str:
        """The words, with white space as a browser collapses it."""
        return " ".join("".join(self._pieces()).split())

    def _pieces(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in {"style", "script", "title"}:
                yield from child._pieces()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#page", {}, 0)
        self.here = self.root
        self.count = 0
        self.strays: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = self._add(tag, attrs)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._add(tag, attrs)

    def _add(self, tag: str, attrs: list[tuple[str, str | None]]) -> Element:
        self.count += 1
        element = Element(tag, {name: value or "" for name, value in attrs}, self.count, self.here)
        self.here.children.append(element)
        return element

    def handle_endtag(self, tag: str) -> None:
        match = next((it for it in self.here.ancestors() if it.tag == tag), None)
        if match is None or match.parent is None:
            self.strays.append(tag)
            return
        if match is not self.here:
            self.strays.append(self.here.tag)
        self.here = match.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


def read_page(html: str) -> Element:
    """Read a whole page. Fails when a tag closes nothing, or closes what another left open."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert not reader.strays, f"unbalanced tags: {reader.strays}"
    return reader.root
