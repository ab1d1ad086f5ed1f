"""Several processes that read the articles of a large site at once. Owns these processes and what they hand over.

It only reads ahead, before anybody has looked which files there are: what is not handed over, because it is faulty or
because a process ended before its time, and what was read under other conditions or of other files than are found
later, is left to whoever reads the articles one after another, in the same words and order as ever. A process of the
crew is a copy of this one, so there must be no other thread in it.
"""

import gc
import os
import pickle
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, replace
from io import FileIO
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn

from webapp.core.model import Article, Author, LocaleTag
from webapp.errors import SourceError
from webapp.sources.files import Survey
from webapp.sources.keeping import Conditions, Keeper, Reading
from webapp.sources.rows import shelve_texts
from webapp.sources.shelf import Shelf

MOST_PIECES = 250
"""Pieces of work: each is one byte in a pipe, from which every process takes the next."""

Record = tuple[str, Article, dict[str, bytes]]
"""An article as it was read: its slug, itself, and what is known of its files (`Reading.take_read`)."""


Make = Callable[[Mapping[str, Author], frozenset[LocaleTag], bool, str, Callable[[str], bytes]], Article]
"""Makes an article under conditions, by its slug, of what the function reads. Raises SourceError."""


class Crew:
    """Reads articles ahead while its `with` lasts; `join` hands over what was read."""

    def __init__(self, root: Path, slugs: Sequence[str], conditions: Conditions, make: Make, processes: int) -> None:
        """`processes` is how many work, this one included. Raises OSError when there is no memory for it."""
        self._root, self._conditions, self._make = root, conditions, make
        self._first = os.getpid()
        self._shelf = Shelf()
        size = -(-len(slugs) // MOST_PIECES) or 1
        self._pieces = [slugs[start : start + size] for start in range(0, len(slugs), size)]
        self._queue, inlet = os.pipe()
        os.write(inlet, bytes(range(len(self._pieces))))
        os.close(inlet)
        self._members: list[_Member] = []
        with suppress(OSError):  # then it is a smaller one
            for _ in range(processes - 1):
                self._members.append(_Member(self._work))

    def __enter__(self) -> "Crew":
        """The others are at work already."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _fault: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """End whoever was not joined."""
        os.close(self._queue)
        for member in self._members:
            member.end()

    def join(self, reading: Reading, conditions: Conditions) -> None:
        """Work until nothing is left, and hand what all have read to a reading; nothing, if it has other conditions."""
        if conditions != self._conditions:
            return
        self._conditions = conditions  # so that there is one object of each author
        with suppress(OSError):  # no memory for it: what this process read is read once more, and kept elsewhere
            own = list(self._work(self._shelf))
            self._shelf.seal()
            self._take(reading, own)
        for member in self._members:
            with suppress(OSError, EOFError, OverflowError, pickle.UnpicklingError):  # cut off: it handed over nothing
                self._take(reading, list(member.hand_over(conditions[0])))
        gc.freeze()  # what was read lives long: no later search for garbage looks through it

    def _take(self, reading: Reading, pieces: Iterable[list[Record]]) -> None:
        for piece in pieces:
            for slug, article, files in piece:
                reading.take_over(slug, self._conditions, article, files)

    def _work(self, shelf: Shelf) -> Iterator[list[Record]]:
        """Read one piece after another. Who has lost the first process stops."""
        reading = Keeper().begin(self._root, Survey((), ()))
        while self._first in (os.getpid(), os.getppid()) and (piece := os.read(self._queue, 1)):
            yield list(self._read(self._pieces[piece[0]], reading, shelf))

    def _read(self, slugs: Sequence[str], reading: Reading, shelf: Shelf) -> Iterator[Record]:
        for slug in slugs:
            with suppress(SourceError):  # whoever reads it again tells it in its place
                article = self._make(*self._conditions, slug, reading.read_utf8)
                shelved = replace(article, texts=shelve_texts(shelf, article.texts))
                yield slug, shelved, reading.take_read()
            reading.take_read()  # of an article that is faulty


class _Member:
    """Another process, its shelf, and the memory in which it hands over what it read."""

    def __init__(self, work: Callable[[Shelf], Iterator[list[Record]]]) -> None:
        """Make the process. Raises OSError when there is no room for it."""
        self._shelf = Shelf()
        self._records = FileIO(os.memfd_create("records", os.MFD_CLOEXEC), "r+")
        self._process = os.fork()
        if self._process == 0:
            self._run(work)

    def _run(self, work: Callable[[Shelf], Iterator[list[Record]]]) -> NoReturn:
        """Work, and end without a trace of what the other process would do at its end."""
        status = 1
        try:
            gc.disable()  # it ends before any of it is garbage
            for piece in work(self._shelf):
                _Pickler(self._records).dump(piece)
            self._shelf.flush()
            status = 0
        finally:
            os._exit(status)

    def hand_over(self, authors: Mapping[str, Author]) -> Iterator[list[Record]]:
        """Wait for its end, and give what it read: nothing, unless it came to a good end."""
        _, status = os.waitpid(self._process, 0)
        self._process = 0
        if status == 0:
            self._shelf.seal()
            end = self._records.seek(0, os.SEEK_END)
            self._records.seek(0)
            while self._records.tell() < end:
                yield _Unpickler(self._records, self._shelf, authors).load()

    def end(self) -> None:
        """End the process, if it still is, and forget what it read."""
        if self._process:
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
            self._process = 0
        self._records.close()


def _by_fields(kind: type[Any]) -> Callable[[Any], tuple[Any, ...]]:
    """Return what takes a dataclass apart for pickle, five times as fast as its own way."""
    take = attrgetter(*(it.name for it in fields(kind)))
    return lambda value: (kind, take(value))


class _Pickler(pickle.Pickler):
    """Writes records. Authors and shelves are not written: the other side has its own."""

    dispatch_table = {Article: _by_fields(Article)}  # noqa: RUF012 - as pickle's documentation has it

    def persistent_id(self, value: Any) -> str | int | None:
        """Name an author by the id, a shelf by a number; all else is written."""
        return value.id if type(value) is Author else 0 if type(value) is Shelf else None


class _Unpickler(pickle.Unpickler):
    """Reads what a process of ours has written into memory that no other could reach."""

    def __init__(self, records: FileIO, shelf: Shelf, authors: Mapping[str, Author]) -> None:
        super().__init__(records)
        self._shelf, self._authors = shelf, authors

    def persistent_load(self, name: str | int) -> Author | Shelf:
        """Find what `persistent_id` has named."""
        return self._authors[name] if isinstance(name, str) else self._shelf
