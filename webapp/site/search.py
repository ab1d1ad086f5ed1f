"""Search over the articles that exist in one language: what a reader typed, and the indexes of a few languages.

Bounded: a few languages at a time, the newest articles of each. An index goes from one edition to the next and takes in
only what changed. It is filled in the background, in the languages that readers come to, or else at the first question.
Nothing that is asked is kept.
"""

import logging
import re
import threading
import time
import unicodedata
from collections import OrderedDict
from dataclasses import dataclass

from markupsafe import Markup, escape

from webapp.core.model import Edition, LocaleTag, Slug
from webapp.site.search_table import CLOSE, OPEN, Table

log = logging.getLogger("webapp.site")

MAX_QUERY = 200
MOST_LANGUAGES = 4
"""Languages whose index is kept; the one longest unused goes."""
MOST_PREPARED = 2
"""Languages whose index is filled before anybody asks: it takes memory, about 5 KB an article."""
STEP, PAUSE = 50, 0.02
"""Texts that the background takes in at a time, and the seconds it then leaves to readers: about as many as it took."""
FILLER = "search-fill"
"""The name of the thread that does so."""
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Hit:
    """An article found, and the place where, with the words marked."""

    slug: Slug
    snippet: Markup


@dataclass(frozen=True, slots=True)
class Found:
    """How many articles answer a question, and some of them."""

    total: int
    hits: tuple[Hit, ...]


def parse_query(text: str) -> tuple[str, ...]:
    """Split what a reader typed into words; empty when there is nothing to look for."""
    composed = unicodedata.normalize("NFC", text[:MAX_QUERY])  # a mark on its own would part the word
    words = tuple(_WORD.findall(composed.replace("_", " ")))[:10]
    return words if any(len(word) > 1 for word in words) else ()


class SearchIndex:
    """The indexes of one site. Safe to share between threads: readers of one language do not wait for another's.

    One index is filled at a time, so that many first questions do not take the machine from everybody.
    """

    def __init__(self) -> None:
        self._tables: OrderedDict[LocaleTag, Table] = OrderedDict()
        self._due: dict[LocaleTag, Edition] = {}
        self._filler: threading.Thread | None = None
        self._lock = threading.Lock()
        self._filling = threading.Lock()

    def find(self, edition: Edition, locale: LocaleTag, words: tuple[str, ...], first: int, most: int) -> Found:
        """Count the articles that hold every word, or a word beginning with it; return `most` of them from `first` on.

        The best match comes first, and of equals the newest. A single letter stands for itself: half of all words begin
        with a few of them, which takes long to rank.
        """
        question = " ".join(f'"{word}"*' if len(word) > 1 else f'"{word}"' for word in words)
        table = self._table(locale)
        with table.lock:
            if not table.is_current(edition):
                with self._filling:
                    table.advance(edition)
            ranked = table.rank(question)
            wanted = ranked[first : first + most]
            snippets = table.show(question, wanted) if wanted else {}
            hits = tuple(Hit(table.name(number), _mark(snippets[number])) for number in wanted)
        return Found(len(ranked), hits)

    def _table(self, locale: LocaleTag) -> Table:
        with self._lock:
            table = self._tables.get(locale) or self._tables.setdefault(locale, Table(locale))
            self._tables.move_to_end(locale)
            if len(self._tables) > MOST_LANGUAGES:
                self._tables.popitem(last=False)  # not closed: somebody may be asking it
        return table

    # --- before anybody asks -----------------------------------------------------------------------------------

    def prepare(self, edition: Edition, locale: LocaleTag) -> None:
        """Have the index of a language that readers come to filled in the background, if there is room for it.

        Never raises: no page of an article depends on it.
        """
        try:
            self._prepare(edition, locale)
        except Exception as fault:  # noqa: BLE001 - as above; whoever asks meets the same fault, and it is answered there
            self._filler = None
            log.error("An index for search could not be prepared: %s", type(fault).__name__)

    def _prepare(self, edition: Edition, locale: LocaleTag) -> None:
        with self._lock:
            table = self._tables.get(locale)
            if table is None:
                if len(self._tables) >= MOST_PREPARED:
                    return
                table = self._tables[locale] = Table(locale)
            if table.is_current(edition):
                return
            self._due[locale] = edition
            if self._filler is None:
                self._filler = threading.Thread(target=self._fill_due, name=FILLER, daemon=True)
                self._filler.start()

    def _fill_due(self) -> None:
        while due := self._next_due():
            try:
                self._fill(*due)
            except Exception as fault:  # noqa: BLE001 - whoever asks meets the same fault, and it is answered there
                log.error("An index for search could not be filled: %s", type(fault).__name__)

    def _next_due(self) -> tuple[Table, Edition] | None:
        with self._lock:
            while self._due:
                locale, edition = self._due.popitem()
                if table := self._tables.get(locale):
                    return table, edition
            self._filler = None
            return None

    def _fill(self, table: Table, edition: Edition) -> None:
        """Fill in steps: whoever asks meanwhile, in this language or another, comes in between and fills on."""
        done = False
        while not done:
            with table.lock, self._filling:
                done = table.advance(edition, STEP)
            time.sleep(PAUSE)


def _mark(snippet: str) -> Markup:
    text = " ".join(snippet.split())  # it has line ends as the article has
    marked = str(escape(text)).replace(OPEN, "<mark>").replace(CLOSE, "</mark>")
    return Markup(marked)  # noqa: S704 - escaped above, and the marks are ours
