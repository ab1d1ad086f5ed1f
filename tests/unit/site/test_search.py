"""Search: what a reader types, what is found, in which order, and how it is marked."""

import unicodedata
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Event
from threading import enumerate as enumerate_threads

import pytest

from tests.newsroom import EN, FA, RU, UK, make_article, make_newsroom, make_text
from webapp.core.model import Edition, LocaleTag, WrittenBody
from webapp.site.search import FILLER, MAX_QUERY, STEP, SearchIndex, parse_query
from webapp.sources.bodies import keep_here

ARTICLES = (
    make_article("in-title", make_text(EN, "Harvest begins", "Farmers wait.")),
    make_article("in-body", make_text(EN, "Weather", "Rain before the harvest. " + "More words. " * 60)),
    make_article("russian", make_text(RU, "Урожай", "Российский урожай в Крыму.")),
    make_article("persian", make_text(FA, "خبر", "می\u200cخواهیم بخوانیم")),
    make_article("markup", make_text(EN, "Signs", 'A <b>bold</b> & "quoted" sign.')),
    make_article("accents", make_text(EN, "Café culture", "Zoë drinks.")),
)


NEWSROOM = make_newsroom(*ARTICLES)


@pytest.fixture(scope="module")
def index() -> SearchIndex:
    """Return an index, which fills itself."""
    return SearchIndex()


def find(
    index: SearchIndex, locale: LocaleTag, *words: str, edition: Edition = NEWSROOM, first: int = 0, most: int = 99
) -> list[str]:
    """Return the articles found."""
    return [hit.slug for hit in index.find(edition, locale, words, first, most).hits]


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
    assert find(index, LocaleTag(locale), *parse_query(text)) == slugs


def test_snippet_marks_and_escapes(index: SearchIndex) -> None:
    """The words found are marked; markup of the article's own words stays text."""
    (hit,) = index.find(NEWSROOM, EN, ("bold",), 0, 9).hits
    assert hit.snippet == "A &lt;b&gt;<mark>bold</mark>&lt;/b&gt; &amp; &#34;quoted&#34; sign."


def test_snippet_of_markdown_reads_as_one_line() -> None:
    """Where the article has headings, lists and links, a snippet has their words with single spaces."""
    markdown = "## A  head\n\n- one\n- two *three*\n\nSee [the\nbold words](/en/x).\n\n---\n\nEnd\n"
    edition = make_newsroom(make_article("a", replace(make_text(EN), body=keep_here(markdown.encode()))))
    (hit,) = SearchIndex().find(edition, EN, ("bold",), 0, 9).hits
    assert hit.snippet == "A head - one - two three See the <mark>bold</mark> words . End"


@pytest.mark.parametrize("word", ['a"b', "x*", "(", ")", "^", "a:b", "-", "\x00", "'; DROP TABLE article; --"])
def test_index_survives_any_word(index: SearchIndex, word: str) -> None:
    """Nothing that is typed can break the question, or the index for the next."""
    assert find(index, EN, *parse_query(f"{word} nowhere")) == []
    assert find(index, EN, "harvest") == ["in-title", "in-body"]


def test_index_is_shared_between_threads() -> None:
    """The first question of several threads at once is answered alike."""
    index = SearchIndex()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: find(index, EN, "harvest"), range(40)))
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
    edition = make_newsroom(*ARTICLES, slow)
    index = SearchIndex()
    before = find(index, EN, "harvest", edition=edition)
    with ThreadPoolExecutor(2) as pool:
        try:
            waiting = pool.submit(find, index, UK, "slow", edition=edition)
            assert asked.wait(30)
            assert pool.submit(find, index, EN, "harvest", edition=edition).result(30) == before
            assert not waiting.done()
        finally:
            ready.set()
        assert waiting.result(30) == ["slow"]


def test_pages_are_parts_of_one_order() -> None:
    """Equal matches come newest first; the parts make up the whole, and each tells how many there are."""
    edition = make_newsroom(*(make_article(f"story-{number}", make_text(EN)) for number in range(10)))
    index = SearchIndex()
    parts = [index.find(edition, EN, ("body",), first, 4) for first in (0, 4, 8, 12)]
    assert [part.total for part in parts] == [10] * 4
    assert [hit.slug for part in parts for hit in part.hits] == [f"story-{number}" for number in range(10)]
    assert [len(part.hits) for part in parts] == [4, 4, 2, 0]


def renamed(edition: Edition, digest: str) -> Edition:
    """Give an edition a name of its own."""
    return replace(edition, digest=digest)


def test_an_index_follows_the_editions() -> None:
    """Articles that came, went or changed are found as they are now, in the order of a new index; the rest is not read
    again. A reader who still has the edition before gets that one."""
    stays, goes = make_article("stays", make_text(EN, "Wheat")), make_article("goes", make_text(EN, "Wheat"))
    old_text, new_text = make_text(EN, "Barley", "Wheat too."), make_text(EN, "Wheat", "Wheat wheat.")
    before = renamed(make_newsroom(stays, make_article("changes", old_text), goes), "before")
    after = renamed(
        make_newsroom(make_article("comes", make_text(EN, "Wheat")), stays, make_article("changes", new_text)), "after"
    )
    index = SearchIndex()
    for edition in (before, after, before, after):
        fresh = find(SearchIndex(), EN, "wheat", edition=edition)
        assert find(index, EN, "wheat", edition=edition) == fresh
        assert find(index, EN, "barley", edition=edition) == (["changes"] if edition is before else [])
    assert set(fresh) == {"comes", "stays", "changes"}


class CountedBody(WrittenBody):
    """A body that counts how often its words are taken."""

    taken = 0

    @property
    def words(self) -> str:
        """Count and give the words."""
        CountedBody.taken += 1
        return "Counted."


def test_what_stayed_is_not_read_again() -> None:
    """After a change elsewhere an article that is as it was is not indexed anew."""
    text = replace(make_text(EN), body=CountedBody("", ""))
    first = renamed(make_newsroom(make_article("counted", text)), "first")
    second = renamed(make_newsroom(make_article("new", make_text(EN)), make_article("counted", text)), "second")
    index = SearchIndex()
    assert find(index, EN, "nowhere", edition=first) == []
    assert find(index, EN, "body", edition=second) == ["new"]
    assert CountedBody.taken == 1


@dataclass(frozen=True, slots=True)
class BrokenBody:
    """A body that cannot be read."""

    html: str = ""
    plain: str = ""

    @property
    def words(self) -> str:
        """Fail."""
        raise OSError


def test_after_a_fault_all_is_begun_anew() -> None:
    """A text that cannot be read is a fault for whoever asks, and leaves nothing half done."""
    broken = make_article("broken", replace(make_text(EN), body=BrokenBody()))
    index = SearchIndex()
    assert find(index, EN, "harvest") == ["in-title", "in-body"]
    with pytest.raises(OSError, match=r"^$"):
        find(index, EN, "harvest", edition=renamed(make_newsroom(*ARTICLES, broken), "broken"))
    assert find(index, EN, "harvest") == ["in-title", "in-body"]


def wait_until_filled() -> None:
    """Wait for the thread that fills in the background."""
    for thread in enumerate_threads():
        if thread.name == FILLER:
            thread.join(30)
            assert not thread.is_alive()


def test_index_is_filled_before_anybody_asks() -> None:
    """In the languages that readers come to, as long as there is room; the first question then reads no text."""
    CountedBody.taken = 0
    text = replace(make_text(EN), body=CountedBody("", ""))
    many = (make_article(f"counted-{number}", text) for number in range(STEP + 3))
    edition = make_newsroom(*many, make_article("other", make_text(RU), make_text(UK)))
    index = SearchIndex()
    for tag in (EN, EN, RU, UK):
        index.prepare(edition, tag)
    wait_until_filled()
    assert CountedBody.taken == STEP + 3
    assert index.find(edition, EN, ("title",), 0, 0).total == STEP + 3
    assert CountedBody.taken == STEP + 3
    assert find(index, UK, "title", edition=edition) == ["other"]  # no room: at the question
    index.prepare(edition, EN)
    wait_until_filled()
    assert CountedBody.taken == STEP + 3


def test_who_asks_while_it_is_filled_does_not_wait_for_the_background() -> None:
    """A question meanwhile is answered from all articles, in that language and in another."""
    articles = (make_article(f"story-{number}", make_text(EN), make_text(RU)) for number in range(STEP * 4))
    edition = make_newsroom(*articles)
    index = SearchIndex()
    index.prepare(edition, EN)
    for tag in (EN, RU):
        assert index.find(edition, tag, ("body",), 0, 1).total == STEP * 4
    wait_until_filled()


def test_background_survives_a_fault(caplog: pytest.LogCaptureFixture) -> None:
    """A text that cannot be read is told in the log, by its kind alone, and other languages are filled all the same."""
    broken = make_article("broken", replace(make_text(EN), body=BrokenBody()), make_text(RU))
    edition = make_newsroom(broken)
    index = SearchIndex()
    index.prepare(edition, EN)
    index.prepare(edition, RU)
    wait_until_filled()
    assert find(index, RU, "title", edition=edition) == ["broken"]
    assert [record.message for record in caplog.records] == ["An index for search could not be filled: OSError"]


def test_an_index_that_cannot_be_made_keeps_no_page_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without FTS5, or without a thread, articles are answered as ever, and a later try begins anew."""

    def fail(*_: object) -> None:
        raise RuntimeError("none")

    index = SearchIndex()
    for name in ("webapp.site.search.Table", "threading.Thread.start"):
        with monkeypatch.context() as patched:
            patched.setattr(name, fail)
            index.prepare(make_newsroom(make_article("a", make_text(EN))), EN)
        assert index._filler is None
