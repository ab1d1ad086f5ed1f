"""Search over the articles that exist in one language: SQLite's FTS5, in memory, filled at the first question.

Bounded: the newest articles of a language, and a few languages at a time. The index holds no text; what is found is
looked up in the edition. Nothing that is asked is kept.
"""

import re
import sqlite3
import threading
import unicodedata
from collections import OrderedDict
from dataclasses import dataclass
from itertools import islice

from markupsafe import Markup, escape

from webapp.core.model import ArticleText, Edition, LocaleTag, Slug

MAX_QUERY = 200
MAX_HITS = 50
MOST_ARTICLES = 5_000
"""Articles of a language that are searched, the newest: as many are indexed in about two seconds."""
MOST_LANGUAGES = 4
"""Languages whose index is kept; the one longest unused goes."""
_OPEN, _CLOSE = "\x02", "\x03"
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Hit:
    """An article found, and the place where, with the words marked."""

    slug: Slug
    snippet: Markup


def parse_query(text: str) -> tuple[str, ...]:
    """Split what a reader typed into words; empty when there is nothing to look for."""
    composed = unicodedata.normalize("NFC", text[:MAX_QUERY])  # a mark on its own would part the word
    words = tuple(_WORD.findall(composed.replace("_", " ")))[:10]
    return words if any(len(word) > 1 for word in words) else ()


class _Table:
    """The index of one language, empty until the first question. One thread at a time asks it."""

    __slots__ = ("connection", "lock")

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.connection: sqlite3.Connection | None = None


class SearchIndex:
    """The index of one edition. Safe to share between threads: readers of one language do not wait for another's.

    One index is filled at a time, so that many first questions do not take the machine from everybody.
    """

    def __init__(self, edition: Edition) -> None:
        self.digest = edition.digest
        self._edition = edition
        self._tables: OrderedDict[LocaleTag, _Table] = OrderedDict()
        self._tables_lock = threading.Lock()
        self._filling = threading.Lock()

    def find(self, locale: LocaleTag, words: tuple[str, ...]) -> tuple[Hit, ...]:
        """Return the articles that hold every word, or a word beginning with it, the best match first.

        A single letter stands for itself: half of all words begin with a few of them, which takes long to rank.
        """
        question = " ".join(f'"{word}"*' if len(word) > 1 else f'"{word}"' for word in words)
        sql = (
            "SELECT rowid, snippet(article, 2, ?, ?, '…', 24) FROM article WHERE article MATCH ?"
            " ORDER BY bm25(article, 10, 4, 1), rank LIMIT ?"
        )
        table = self._table(locale)
        with table.lock:
            rows = self._filled(table, locale).execute(sql, (_OPEN, _CLOSE, question, MAX_HITS)).fetchall()
        texts = self._texts(locale)
        return tuple(Hit(texts[number][0], _mark(snippet)) for number, snippet in rows)

    def _texts(self, locale: LocaleTag) -> list[tuple[Slug, ArticleText]]:
        texts = ((it.slug, it.texts[locale]) for it in self._edition.articles.values() if locale in it.texts)
        return list(islice(texts, MOST_ARTICLES))

    def _table(self, locale: LocaleTag) -> _Table:
        with self._tables_lock:
            table = self._tables.setdefault(locale, _Table())
            self._tables.move_to_end(locale)
            if len(self._tables) > MOST_LANGUAGES:
                self._tables.popitem(last=False)  # not closed: somebody may be asking it
        return table

    def _filled(self, table: _Table, locale: LocaleTag) -> sqlite3.Connection:
        """Return what to ask, filled before; whoever calls holds the lock of the table."""
        if table.connection is None:
            with self._filling:
                table.connection = _make_table(self._texts(locale))
        return table.connection


def _make_table(texts: list[tuple[Slug, ArticleText]]) -> sqlite3.Connection:
    """Index texts by their place in the list. FTS5 takes their words back from a view, which asks the list for them."""
    table = sqlite3.connect(":memory:", check_same_thread=False)
    parts = {
        "title_of": lambda number: texts[number][1].title,
        "standfirst_of": lambda number: texts[number][1].standfirst,
        "words_of": lambda number: texts[number][1].body.words,
    }
    for name, part in parts.items():
        table.create_function(name, 1, part)
    table.executescript(
        "CREATE TABLE place (number INTEGER PRIMARY KEY);"
        "CREATE VIEW texts AS SELECT number, title_of(number) AS title, standfirst_of(number) AS standfirst,"
        " words_of(number) AS body FROM place;"
        "CREATE VIRTUAL TABLE article USING fts5(title, standfirst, body, content='texts', content_rowid='number',"
        " tokenize='unicode61 remove_diacritics 2')"
    )
    table.executemany("INSERT INTO place VALUES (?)", ((number,) for number in range(len(texts))))
    table.execute("INSERT INTO article(article) VALUES ('rebuild')")
    return table


def _mark(snippet: str) -> Markup:
    marked = str(escape(snippet)).replace(_OPEN, "<mark>").replace(_CLOSE, "</mark>")
    return Markup(marked)  # noqa: S704 - escaped above, and the marks are ours
