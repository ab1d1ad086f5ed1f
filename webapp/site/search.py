"""Search over the articles that exist in one language: SQLite's FTS5, in memory, filled at the first question.

Nothing that is asked is kept.
"""

import re
import sqlite3
import threading
import unicodedata
from dataclasses import dataclass

from markupsafe import Markup, escape

from webapp.core.model import Edition, LocaleTag, Slug

MAX_QUERY = 200
MAX_HITS = 50
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


class SearchIndex:
    """The index of one edition. Safe to share between threads."""

    def __init__(self, edition: Edition) -> None:
        self.digest = edition.digest
        self._edition = edition
        self._lock = threading.Lock()
        self._tables: dict[LocaleTag, sqlite3.Connection] = {}

    def find(self, locale: LocaleTag, words: tuple[str, ...]) -> tuple[Hit, ...]:
        """Return the articles that hold every word, or a word beginning with it, the best match first."""
        question = " ".join(f'"{word}"*' for word in words)
        sql = (
            "SELECT slug, snippet(article, 3, ?, ?, '…', 24) FROM article WHERE article MATCH ?"
            " ORDER BY bm25(article, 0, 10, 4, 1), rank LIMIT ?"
        )
        with self._lock:
            rows = self._table(locale).execute(sql, (_OPEN, _CLOSE, question, MAX_HITS)).fetchall()
        return tuple(Hit(Slug(slug), _mark(snippet)) for slug, snippet in rows)

    def _table(self, locale: LocaleTag) -> sqlite3.Connection:
        if locale not in self._tables:
            table = sqlite3.connect(":memory:", check_same_thread=False)
            table.execute(
                "CREATE VIRTUAL TABLE article USING fts5"
                "(slug UNINDEXED, title, standfirst, body, tokenize='unicode61 remove_diacritics 2')"
            )
            texts = ((it.slug, it.texts[locale]) for it in self._edition.articles.values() if locale in it.texts)
            rows = ((slug, text.title, text.standfirst, text.plain) for slug, text in texts)
            table.executemany("INSERT INTO article VALUES (?, ?, ?, ?)", rows)
            self._tables[locale] = table
        return self._tables[locale]


def _mark(snippet: str) -> Markup:
    marked = str(escape(snippet)).replace(_OPEN, "<mark>").replace(_CLOSE, "</mark>")
    return Markup(marked)  # noqa: S704 - escaped above, and the marks are ours
