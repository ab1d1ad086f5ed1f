"""Search: what a reader types, what is found, in which order, and how it is marked."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Event

import pytest

from tests.newsroom import EN, FA, RU, UK, make_article, make_newsroom, make_text
from webapp.site.search import MAX_QUERY, SearchIndex, parse_query

ARTICLES = (
    make_article("in-title", make_text(EN, "Harvest begins", "Farmers wait.")),
    make_article("in-body", make_text(EN, "Weather", "Rain before the harvest. " + "More words. " * 60)),
    make_article("russian", make_text(RU, "Урожай", "Российский урожай в Крыму.")),
    make_article("persian", make_text(FA, "خبر", "می\u200cخواهیم بخوانیم")),
    make_article("markup", make_text(EN, "Signs", 'A <b>bold</b> & "quoted" sign.')),
    make_article("accents", make_text(EN, "Café culture", "Zoë drinks.")),
)


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    """Return an index of a few articles in several languages."""
    return SearchIndex(make_newsroom(*ARTICLES))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", (), id="nothing"),
        pytest.param("   ", (), id="blank"),
        pytest.param("news", ("news",), id="one word"),
        pytest.param("two words", ("two", "words"), id="two words"),
        pytest.param("a", (), id="one letter"),
        pytest.param("a b c", (), id="letters only"),
        pytest.param("a word", ("a", "word"), id="a letter beside a word"),
        pytest.param("14 января", ("14", "января"), id="number and Cyrillic"),
        pytest.param("!!! ??? ...", (), id="punctuation"),
        pytest.param("snake_case", ("snake", "case"), id="underscore"),
        pytest.param('" OR 1=1 --', ("OR", "1", "1"), id="SQL"),
        pytest.param("NEAR(a b) AND *", ("NEAR", "a", "b", "AND"), id="FTS5 operators are words"),
        pytest.param("\x00\x01ab", ("ab",), id="control characters"),
        pytest.param("می\u200cخواهیم", ("می", "خواهیم"), id="Persian, non-joiner"),
        pytest.param(" ".join(f"w{n}" for n in range(30)), tuple(f"w{n}" for n in range(10)), id="ten words at most"),
        pytest.param("x" * 5000, ("x" * MAX_QUERY,), id="cut to length"),
        pytest.param(unicodedata.normalize("NFD", "Российский"), ("Российский",), id="letters typed in parts"),
    ],
)
def test_query_is_split_into_words(text: str, words: tuple[str, ...]) -> None:
    """Only words are left of what was typed; nothing of it can be an operator."""
    assert parse_query(text) == words


@pytest.mark.parametrize(
    ("text", "locale", "slugs"),
    [
        pytest.param("harvest", EN, ["in-title", "in-body"], id="a title weighs more than a body"),
        pytest.param("HARVEST", EN, ["in-title", "in-body"], id="capitals"),
        pytest.param("harv", EN, ["in-title", "in-body"], id="the beginning of a word"),
        pytest.param("arvest", EN, [], id="not its end"),
        pytest.param("harvest m", EN, [], id="a single letter stands for itself"),
        pytest.param("a bold", EN, ["markup"], id="a word of one letter"),
        pytest.param("harvest rain", EN, ["in-body"], id="every word must be there"),
        pytest.param("cafe zoe", EN, ["accents"], id="without accents"),
        pytest.param("урож", RU, ["russian"], id="Cyrillic"),
        pytest.param("УРОЖАЙ", RU, ["russian"], id="Cyrillic capitals"),
        pytest.param("урожай", EN, [], id="only in the page's language"),
        pytest.param("harvest", UK, [], id="a language without articles"),
        pytest.param("خواهیم", FA, ["persian"], id="Persian, after a non-joiner"),
        pytest.param("standfirst", FA, ["persian"], id="the standfirst is searched"),
        pytest.param("OR", EN, [], id="an operator is a word"),
    ],
)
def test_what_is_found(index: SearchIndex, text: str, locale: str, slugs: list[str]) -> None:
    """Articles of one language that have every word, the best match first."""
    assert [hit.slug for hit in index.find(type(EN)(locale), parse_query(text))] == slugs


def test_snippet_marks_and_escapes(index: SearchIndex) -> None:
    """The words found are marked; markup of the article's own words stays text."""
    (hit,) = index.find(EN, ("bold",))
    assert hit.snippet == "A &lt;b&gt;<mark>bold</mark>&lt;/b&gt; &amp; &#34;quoted&#34; sign."


@pytest.mark.parametrize("word", ['a"b', "x*", "(", ")", "^", "a:b", "-", "\x00", "'; DROP TABLE article; --"])
def test_index_survives_any_word(index: SearchIndex, word: str) -> None:
    """Nothing that is typed can break the question, or the index for the next."""
    assert index.find(EN, parse_query(f"{word} nowhere")) == ()
    assert [hit.slug for hit in index.find(EN, ("harvest",))] == ["in-title", "in-body"]


def test_index_is_shared_between_threads() -> None:
    """The first question of several threads at once is answered alike."""
    index = SearchIndex(make_newsroom(*ARTICLES))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: index.find(EN, ("harvest",)), range(40)))
    assert all(answer == answers[0] for answer in answers)


@dataclass(frozen=True, slots=True)
class SlowBody:
    """A body whose words are long in coming."""

    asked: Event
    ready: Event
    html: str = "<p>Slow.</p>"
    plain: str = "Slow."

    @property
    def words(self) -> str:
        """Tell that somebody waits, and wait with them."""
        self.asked.set()
        assert self.ready.wait(30)
        return self.plain


def test_one_language_does_not_wait_for_another() -> None:
    """While the index of one language is filled, those that are filled already answer."""
    asked, ready = Event(), Event()
    slow = make_article("slow", replace(make_text(UK), body=SlowBody(asked, ready)))
    index = SearchIndex(make_newsroom(*ARTICLES, slow))
    before = index.find(EN, ("harvest",))
    with ThreadPoolExecutor(2) as pool:
        try:
            waiting = pool.submit(index.find, UK, ("slow",))
            assert asked.wait(30)
            assert pool.submit(index.find, EN, ("harvest",)).result(30) == before
            assert not waiting.done()
        finally:
            ready.set()
        assert [hit.slug for hit in waiting.result(30)] == ["slow"]
