"""Search on a large site: what a question costs, against the way that indexes anew and makes a snippet for every hit.

Run: `python -m tests.drills.search [articles]`. The articles are made up, of 900 words each, in which few words are
common and many are rare, as in a language. Ratios are of the same run. After each change the answer must be that of a
new index.
"""

import random
import sqlite3
import statistics
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import accumulate

from tests.newsroom import EN, make_article, make_newsroom, make_text
from webapp.core.model import Article, Edition
from webapp.site.search import FILLER, Found, SearchIndex
from webapp.site.search_page import HITS
from webapp.sources.bodies import keep_here

WORDS, VOCABULARY, ROUNDS = 900, 60_000, 7


def main() -> None:
    """Make the site, ask, print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    chance = random.Random(7)
    vocabulary = make_vocabulary(chance)
    articles = [make_story(number, vocabulary, chance) for number in range(count)]
    edition = replace(make_newsroom(*articles), digest="0")
    print(f"{count} articles of {WORDS} words; median of {ROUNDS}")
    cold = timed(lambda: ask(SearchIndex(), edition, vocabulary[900]))
    index, old = SearchIndex(), index_of_old(edition)
    index.prepare(edition, EN)
    begun = time.perf_counter()
    for thread in threading.enumerate():
        if thread.name == FILLER:
            thread.join()
    print(f"first question, nothing prepared            {cold:8.1f} ms")
    print(f"prepared in the background within           {(time.perf_counter() - begun) * 1000:8.1f} ms")
    report("first question after that", timed(lambda: ask(index, edition, vocabulary[900])), cold)
    changed = [change(edition, index, vocabulary, chance, number) for number in range(1, ROUNDS + 1)]
    report("first question after one article changed", statistics.median(changed), cold)
    for name, word in (("in every article", vocabulary[0]), ("common", vocabulary[30]), ("rare", vocabulary[9000])):
        report(
            f"a word that is {name}", median(partial(ask, index, edition, word)), median(partial(ask_old, old, word))
        )


def report(what: str, now: float, then: float) -> None:
    """Print a time, the reference's and the ratio."""
    print(f"{what:<42}  {now:8.1f} ms, before {then:8.1f} ms: {now / then:.3f} ×")


def make_vocabulary(chance: random.Random) -> list[str]:
    """Make words up, the most common first."""
    parts = [one + two for one in "bcdfghklmnprstvz" for two in "aeiou"]
    words = ("".join(chance.choices(parts, k=chance.choice((1, 2, 2, 3, 3, 4)))) for _ in range(VOCABULARY * 2))
    return list(dict.fromkeys(words))[:VOCABULARY]


def make_story(number: int, vocabulary: list[str], chance: random.Random) -> Article:
    """Make an article: a word's chance falls with its place in the vocabulary (Zipf)."""
    weights = list(accumulate(1 / (place + 2) for place in range(len(vocabulary))))
    words = chance.choices(vocabulary, cum_weights=weights, k=WORDS)
    body = "\n\n".join(" ".join(words[place : place + 60]) for place in range(0, WORDS, 60))
    return make_article(f"story-{number}", replace(make_text(EN, " ".join(words[:4])), body=keep_here(body.encode())))


def ask(index: SearchIndex, edition: Edition, word: str) -> Found:
    """Ask for a page of what has a word."""
    return index.find(edition, EN, (word,), 0, HITS)


def change(edition: Edition, index: SearchIndex, vocabulary: list[str], chance: random.Random, number: int) -> float:
    """Return the milliseconds of a question after one article changed; its answer must be a new index's."""
    story = make_story(number, vocabulary, chance)
    after = replace(edition, articles={**edition.articles, story.slug: story}, digest=str(number))
    taken = timed(lambda: ask(index, after, vocabulary[30]))
    if ask(index, after, vocabulary[30]) != ask(SearchIndex(), after, vocabulary[30]):
        raise AssertionError("an index that was brought up to date answers otherwise than a new one")
    return taken


def timed(work: Callable[[], object]) -> float:
    """Return the milliseconds that some work takes."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def median(work: Callable[[], object]) -> float:
    """Return the median of several rounds, in milliseconds."""
    return statistics.median(timed(work) for _ in range(ROUNDS))


def index_of_old(edition: Edition) -> sqlite3.Connection:
    """Return an index of everything, filled at once."""
    texts = [it.texts[EN] for it in edition.articles.values()]
    table = sqlite3.connect(":memory:")
    parts: dict[str, Callable[[int], str]] = {
        "title": lambda place: texts[place].title,
        "standfirst": lambda place: texts[place].standfirst,
        "body": lambda place: texts[place].body.words,
    }
    for name, part in parts.items():
        table.create_function(f"{name}_of", 1, part)
    table.executescript(
        "CREATE TABLE place (number INTEGER PRIMARY KEY);"
        "CREATE VIEW texts AS SELECT number, title_of(number) AS title, standfirst_of(number) AS standfirst,"
        " body_of(number) AS body FROM place;"
        "CREATE VIRTUAL TABLE article USING fts5(title, standfirst, body, content='texts', content_rowid='number',"
        " tokenize='unicode61 remove_diacritics 2')"
    )
    table.executemany("INSERT INTO place VALUES (?)", ((place,) for place in range(len(texts))))
    table.execute("INSERT INTO article(article) VALUES ('rebuild')")
    return table


def ask_old(table: sqlite3.Connection, word: str) -> object:
    """Ask for the best fifty, with a snippet made for each article that is found."""
    sql = (
        "SELECT rowid, snippet(article, 2, '[', ']', '…', 24) FROM article WHERE article MATCH ?"
        " ORDER BY bm25(article, 10, 4, 1), rank LIMIT 50"
    )
    return table.execute(sql, (f'"{word}"*',)).fetchall()


if __name__ == "__main__":
    main()
