"""The texts of an article as rows on a shelf, made into objects when somebody wants them. Owns how a row is written.

A worker that touches an object shared with another process gets a copy of the page it lies on, for each touch counts
in it. A large site has tens of thousands of texts, so none of them is an object until it is read, and then only as long
as it is used. A row is the text's words, and after them its compressed body.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from struct import pack

from webapp.core.model import ArticleText, LocaleTag
from webapp.sources.bodies import PackedBody, ShelvedBody
from webapp.sources.shelf import Shelf

_BETWEEN = "\0"
"""What parts the words of a row: no text may hold control characters."""

Tags = tuple[LocaleTag, ...]


class ShelvedTexts(Mapping[LocaleTag, ArticleText]):
    """The texts of one article by language. Reading one raises OSError if the shelf cannot be read."""

    __slots__ = ("_lengths", "_shelf", "_start", "_tags")

    def __init__(self, shelf: Shelf, start: int, tags: Tags, lengths: bytes) -> None:
        """`start` is where the first row begins; `lengths` has two numbers of 32 bits for each: words and body."""
        self._shelf, self._start, self._lengths = shelf, start, lengths
        self._tags = _shared(tags)

    def __reduce__(self) -> tuple[type["ShelvedTexts"], tuple[Shelf, int, Tags, bytes]]:
        return ShelvedTexts, (self._shelf, self._start, self._tags, self._lengths)

    def __getitem__(self, tag: LocaleTag) -> ArticleText:
        if tag not in self._tags:
            raise KeyError(tag)
        place = self._tags.index(tag)
        lengths = memoryview(self._lengths).cast("I")
        start, words, body = self._start + sum(lengths[: 2 * place]), lengths[2 * place], lengths[2 * place + 1]
        title, standfirst, alt, caption = self._shelf.take(start, words).decode().split(_BETWEEN)
        return ArticleText(tag, title, standfirst, ShelvedBody(self._shelf, start + words, body), alt, caption)

    def __contains__(self, tag: object) -> bool:
        return tag in self._tags

    def __iter__(self) -> Iterator[LocaleTag]:
        return iter(self._tags)

    def __len__(self) -> int:
        return len(self._tags)


def shelve_texts(shelf: Shelf, texts: Mapping[LocaleTag, ArticleText]) -> ShelvedTexts:
    """Put texts with packed bodies on a shelf, one after another. Raises OSError when the memory is full."""
    parts = []
    for text in texts.values():
        if not isinstance(text.body, PackedBody):
            raise TypeError("only a text in this process's own memory can be put on a shelf")
        words = _BETWEEN.join((text.title, text.standfirst, text.picture_alt, text.picture_caption))
        parts += [words.encode(), text.body.packed]
    start = shelf.put(b"".join(parts))
    return ShelvedTexts(shelf, start, tuple(texts), pack(f"={len(parts)}I", *map(len, parts)))


@lru_cache(maxsize=4096)
def _shared(tags: Tags) -> Tags:
    """Return one and the same object for the same languages: most articles have the same."""
    return tags
