"""HTML that is kept for the next page that wants it: what the parser makes, never more than there is room for."""

import threading

import pytest

from webapp.errors import SourceError
from webapp.sources import bodies
from webapp.sources.bodies import PackedBody, ShelvedBody, keep_here, pack
from webapp.sources.markdown import render_markdown
from webapp.sources.rendered import OVERHEAD, Rendered, name
from webapp.sources.shelf import Shelf


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that is parsed during a test, which begins with nothing kept."""
    texts: list[str] = []

    def render(markdown: str, shown: str) -> str:
        texts.append(markdown)
        return render_markdown(markdown, shown)

    monkeypatch.setattr(bodies, "render_markdown", render)
    monkeypatch.setattr(bodies, "RENDERED", Rendered(100_000))
    return texts


def test_a_text_is_parsed_once(parsed: list[str]) -> None:
    """Whoever asks again gets the same HTML, wherever the same text lies; another text has its own."""
    one, other = "A *text*.\n\n- with a list\n", "Текст — *с* [ссылкой](https://example.org).\n"
    shelf = Shelf() if Shelf.is_possible() else None
    places = [keep_here(one.encode()), keep_here(one.encode())]
    packed = pack(one.encode())
    shelved = [ShelvedBody(shelf, shelf.put(packed), len(packed))] if shelf else []
    if shelf:
        shelf.seal()
    for body in (*places, *shelved, *places):
        assert body.html == render_markdown(one, "x")
    assert keep_here(other.encode()).html == render_markdown(other, "x")
    assert parsed == [one, other]


def test_a_text_that_must_not_be_shown_is_refused_each_time(parsed: list[str]) -> None:
    """What the parser refuses is not kept, so it is refused again."""
    body = PackedBody(pack(b"<b>raw</b>"))
    for _ in range(2):
        with pytest.raises(SourceError):
            _ = body.html
    assert len(parsed) == 2


def test_the_longest_unused_goes_first() -> None:
    """There is never more than the limit, and what was asked for lately stays."""
    kept = Rendered(3 * (OVERHEAD + 10))
    for letter in (b"a", b"b", b"c"):
        kept.keep(letter, letter * 10)
    assert kept.find(b"a") == b"a" * 10
    kept.keep(b"d", b"d" * 10)
    assert [kept.find(letter) is not None for letter in (b"a", b"b", b"c", b"d")] == [True, False, True, True]
    kept.keep(b"d", b"d" * 5)
    assert (kept.find(b"d"), kept.size) == (b"d" * 5, 3 * OVERHEAD + 25)


def test_a_text_larger_than_the_room_is_not_kept() -> None:
    """It drives out the others, once, and leaves room for the next."""
    kept = Rendered(1000)
    kept.keep(b"small", b"x")
    kept.keep(b"large", b"x" * 1000)
    assert (kept.find(b"large"), kept.size) == (None, 0)
    kept.keep(b"small", b"x")
    assert kept.find(b"small") == b"x"


def test_names_tell_texts_apart() -> None:
    """A name is of one text, the same in every process and edition."""
    assert name(b"a") == name(bytes([97])) != name(b"b")
    assert len(name(b"a" * 100_000)) == 16


def test_threads_may_share_it() -> None:
    """Many at once keep and ask; the count of bytes is right in the end."""
    kept = Rendered(20 * (OVERHEAD + 3))

    def work(first: int) -> None:
        for number in range(2000):
            key = b"%d" % ((first + number) % 40)
            assert kept.find(key) in {None, key * 3}
            kept.keep(key, key * 3)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept.size == sum(OVERHEAD + len(text) for text in kept._texts.values()) <= 20 * (OVERHEAD + 3) + 60
