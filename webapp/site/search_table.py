"""The index of one language: SQLite's FTS5, in memory, brought up to date step by step. Keeps nothing that is asked.

FTS5 holds where words stand and no text; for snippets it takes the words back from a view, which asks the edition's
texts for them. One thread at a time may use a table: whoever calls holds its `lock`.
"""

import json
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Mapping
from itertools import islice

from webapp.core.model import ArticleText, Edition, LocaleTag, Slug

MOST_ARTICLES = 5_000
"""Articles of a language that are searched, the newest: as many are indexed in about a second."""
OPEN, CLOSE = "\x02", "\x03"
"""What stands around a word that was found. No article may hold control characters."""
_PARTS: tuple[Callable[[ArticleText], str], ...] = (
    lambda text: text.title,
    lambda text: text.standfirst,
    lambda text: text.body.words,
)
Texts = Mapping[LocaleTag, ArticleText]
"""All texts of an article: held instead of the one in the table's language, which need not lie in memory."""

_TABLES = (
    "CREATE TABLE place (number INTEGER PRIMARY KEY);"
    "CREATE VIEW texts AS SELECT number, part(number, 0) AS title, part(number, 1) AS standfirst,"
    " part(number, 2) AS body FROM place;"
    "CREATE VIRTUAL TABLE article USING fts5(title, standfirst, body, content='texts', content_rowid='number',"
    " tokenize='unicode61 remove_diacritics 2')"
)
_ROOM = "INSERT INTO article (article, rank) VALUES ('hashsize', 4194304)"
"""Bytes that FTS5 gathers before it writes: four times its own measure takes three quarters of the time."""
_ADD = "INSERT INTO article (rowid, title, standfirst, body) VALUES (?, ?, ?, ?)"
_TAKE_OUT = "INSERT INTO article (article, rowid, title, standfirst, body) VALUES ('delete', ?, ?, ?, ?)"

_RANK = "SELECT rowid, bm25(article, 10, 4, 1) FROM article WHERE article MATCH ?"
"""A word counts ten times in a title, and four times in a standfirst."""
_SHOW = (
    "SELECT rowid, snippet(article, 2, ?, ?, '…', 24) FROM article"
    " WHERE article MATCH ? AND +rowid IN (SELECT value FROM json_each(?))"
)
"""The plus keeps FTS5 from looking for each text anew."""


class Table:
    """The texts of one language, empty at first."""

    def __init__(self, locale: LocaleTag) -> None:
        self.lock = threading.Lock()
        self._locale = locale
        self._clear()

    def _clear(self) -> None:
        self._digest = ""
        texts: dict[int, tuple[Slug, Texts]] = {}
        locale = self._locale
        self._texts = texts
        self._numbers: dict[Slug, int] = {}
        self._order: dict[Slug, int] = {}
        self._changes: deque[tuple[Slug, Texts | None]] = deque()
        self._next = 0
        self._connection = sqlite3.connect(":memory:", check_same_thread=False)
        self._connection.create_function("part", 2, lambda number, part: _PARTS[part](texts[number][1][locale]))
        self._connection.executescript(_TABLES)
        self._connection.execute(_ROOM)

    def is_current(self, edition: Edition) -> bool:
        """Say whether nothing is left to do for an edition."""
        return self._digest == edition.digest and not self._changes

    def advance(self, edition: Edition, most: int | None = None) -> bool:
        """Take in up to `most` of what tells the edition from what is indexed, or all of it; True when all is done.

        What is left after a fault would be half a text, so all is begun anew.
        """
        try:
            if self._digest != edition.digest:
                self._plan(edition)
            for _ in range(len(self._changes) if most is None else min(most, len(self._changes))):
                self._change(*self._changes.popleft())
            if not self._changes:
                self._connection.commit()
        except Exception:
            self._clear()
            raise
        return not self._changes

    def _plan(self, edition: Edition) -> None:
        own = ((it.slug, it.texts) for it in edition.articles.values() if self._locale in it.texts)
        wanted = dict(islice(own, MOST_ARTICLES))
        held = dict(self._texts.values())
        self._order = {slug: place for place, slug in enumerate(wanted)}
        self._changes = deque((slug, None) for slug in held if slug not in wanted)
        self._changes.extend((slug, texts) for slug, texts in wanted.items() if self._differ(held.get(slug), texts))
        self._digest = edition.digest

    def _differ(self, held: Texts | None, wanted: Texts) -> bool:
        return held is not wanted and (held is None or held[self._locale] != wanted[self._locale])

    def _change(self, slug: Slug, texts: Texts | None) -> None:
        ask = self._connection.execute
        old = self._numbers.pop(slug, None)
        if old is not None:
            ask(_TAKE_OUT, (old, *_read(self._texts.pop(old)[1][self._locale])))
            ask("DELETE FROM place WHERE number = ?", (old,))
        if texts is not None:
            number = self._next = self._next + 1
            ask("INSERT INTO place VALUES (?)", (number,))
            ask(_ADD, (number, *_read(texts[self._locale])))
            self._numbers[slug], self._texts[number] = number, (slug, texts)

    def rank(self, question: str) -> list[int]:
        """Return the number of each text that answers a question in FTS5's words: the best first, then the newest."""
        found = self._connection.execute(_RANK, (question,)).fetchall()
        found.sort(key=lambda row: (row[1], self._order[self.name(row[0])]))
        return [number for number, _ in found]

    def show(self, question: str, numbers: list[int]) -> dict[int, str]:
        """Return, for each of these texts, the place where it answers, its words marked with OPEN and CLOSE.

        Apart from `rank`: a snippet takes the words of a whole text, which would be too much for each that is found.
        """
        return dict(self._connection.execute(_SHOW, (OPEN, CLOSE, question, json.dumps(numbers))).fetchall())

    def name(self, number: int) -> Slug:
        """Return the article that a number stands for."""
        return self._texts[number][0]


def _read(text: ArticleText) -> tuple[str, ...]:
    return tuple(part(text) for part in _PARTS)
