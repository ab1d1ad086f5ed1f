"""Memory that is written once and then read by every copy of a process."""

import os

import pytest

from webapp.sources.shelf import FLUSH, Shelf

pytestmark = pytest.mark.skipif(not Shelf.is_possible(), reason="only Linux has such memory")


def test_what_was_put_is_taken() -> None:
    """Pieces of any size come back as they were, wherever they lie."""
    shelf = Shelf()
    pieces = [b"", b"one", "слово".encode(), os.urandom(FLUSH - 3), b"x" * (2 * FLUSH), b"last"]
    places = [shelf.put(piece) for piece in pieces]
    shelf.seal()
    assert [shelf.take(place, len(piece)) for place, piece in zip(places, pieces, strict=True)] == pieces


def test_a_sealed_shelf_cannot_change() -> None:
    """Nobody writes on it, not even who made it; and what is not on it is not made up."""
    shelf = Shelf()
    shelf.put(b"text")
    shelf.seal()
    shelf.put(b"more")
    with pytest.raises(PermissionError):
        shelf.flush()
    with pytest.raises(PermissionError):
        os.ftruncate(shelf._descriptor, 0)
    assert shelf.take(0, 4) == b"text"
    for start, length in ((0, 5), (4, 1), (100, 1)):
        with pytest.raises(ValueError, match="does not hold"):
            shelf.take(start, length)


def test_memory_is_given_back() -> None:
    """With the last who needs it, the shelf is gone."""
    shelf = Shelf()
    descriptor = shelf._descriptor
    del shelf
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(descriptor)
