"""The door lets kept bytes out only through the gate, and whatever fails there costs a reader nothing but time."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask

from tests.samples import BERLIN
from tests.visits import EVERY_NOTICE, SLUG, articles_in, door_of, edition_of, notices_in, open_site, state_of, visit
from webapp.core.decide import Decision
from webapp.core.model import Edition, NoticeId
from webapp.errors import GateRefusedError
from webapp.site.encodings import Effort, compress, decompress
from webapp.site.front import Door
from webapp.site.gate import Checked, check, let_kept_out, packed
from webapp.site.packing import confirm_packed, pack
from webapp.site.pages import Pages, Ready


def variants_of(app: Flask, path: str) -> list[dict[str, Ready]]:
    """Return the bodies of every variant that is kept of a path."""
    return [
        variant.bodies
        for (known, _), variant in door_of(app).pages_of(edition_of(app))._variants.items()
        if known == path
    ]


def lose_marker(kept: Ready) -> None:
    """Overwrite kept bytes in memory, as a fault of ours would."""
    object.__setattr__(kept.checked, "body", kept.checked.body.replace(b"data-notice", b"data-nothing"))


def claim_nothing(kept: Ready) -> None:
    """Take the record of the markers away."""
    object.__setattr__(kept.checked, "marked", frozenset())


def claim_other_edition(kept: Ready) -> None:
    """Put bytes of an old edition into the present one."""
    object.__setattr__(kept.checked, "edition", "0" * 64)


@pytest.mark.parametrize("damage", [lose_marker, claim_nothing, claim_other_edition])
def test_damaged_kept_page_never_leaves(damage: Callable[[Ready], None]) -> None:
    """Kept bytes that do not hold what was checked are refused and counted; the page is made anew, with its notices."""
    app = open_site()
    visit(f"/en/{SLUG}", app=app)
    for bodies in variants_of(app, f"/en/{SLUG}"):
        for body in bodies.values():
            damage(body)
    response = visit(f"/en/{SLUG}", app=app)
    assert notices_in(response.get_data(as_text=True)) == EVERY_NOTICE
    assert state_of(app).refusals == 1
    assert visit(f"/en/{SLUG}", app=app).get_data() == response.get_data()
    assert state_of(app).refusals == 1


def cut(kept: Ready) -> None:
    """Lose the end of kept bytes."""
    object.__setattr__(kept.checked, "body", kept.checked.body[:-9])


def swap(kept: Ready) -> None:
    """Put whole bytes of something else in place of kept ones."""
    object.__setattr__(kept.checked, "body", compress(b"<p>an article without a notice</p>" * 30, "br"))


@pytest.mark.parametrize("damage", [cut, swap])
@pytest.mark.parametrize("encoding", ["gzip", "zstd", ""])
def test_damaged_kept_page_is_not_unpacked(damage: Callable[[Ready], None], encoding: str) -> None:
    """Who wants a page otherwise packed than it is kept gets it made anew, when it unpacks to something else."""
    app = open_site()
    whole = visit(f"/en/{SLUG}", app=app)
    visit(f"/en/{SLUG}", app=app, headers={"Accept-Encoding": "br"})
    (bodies,) = variants_of(app, f"/en/{SLUG}")
    bodies.pop("")
    damage(bodies["br"])
    response = visit(f"/en/{SLUG}", app=app, headers={"Accept-Encoding": encoding})
    assert response.headers.get("Content-Encoding", "") == encoding
    assert (decompress(response.get_data(), encoding) if encoding else response.get_data()) == whole.get_data()
    assert state_of(app).refusals == 1


def test_one_form_of_a_page_is_kept() -> None:
    """What a browser takes compressed is kept in that form alone, and unpacked for another that wants it so."""
    app = open_site()
    packed_one = visit(f"/en/{SLUG}", app=app, headers={"Accept-Encoding": "br"})
    (bodies,) = variants_of(app, f"/en/{SLUG}")
    assert set(bodies) == {"br"}
    plain = visit(f"/en/{SLUG}", app=app)
    assert plain.get_data() == decompress(packed_one.get_data(), "br")
    assert set(bodies) == {"br", ""}


def test_who_comes_just_after_a_page_was_made_makes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the look for a kept page and the turn to make it, another reader's may be done: then hers is taken."""
    app, made, begin = open_site(), 0, Pages.making
    door = door_of(app)
    inside = door.inside

    def counting(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        nonlocal made
        made += 1
        return inside(environ, start)

    def late(pages: Pages, path: str, shown: tuple[NoticeId, ...] | None) -> AbstractContextManager[None]:
        monkeypatch.setattr(Pages, "making", begin)
        visit(f"/en/{SLUG}", app=app)
        return begin(pages, path, shown)

    monkeypatch.setattr(door, "inside", counting)
    monkeypatch.setattr(Pages, "making", late)
    assert notices_in(visit(f"/en/{SLUG}", app=app).get_data(as_text=True)) == EVERY_NOTICE
    assert made == 1


def test_all_find_the_same_store_of_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those who come first, at once, have one store made: a page in another would be made again."""
    app = open_site()

    def slowly(edition: Edition, limit: int) -> Pages:
        time.sleep(0.02)
        return Pages(edition, limit)

    monkeypatch.setattr("webapp.site.front.Pages", slowly)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(door_of(app).pages_of, [edition_of(app)] * 4))
    assert len(set(map(id, found))) == 1


def forged(edition: str) -> Decision:
    """A decision that shows nothing and proves nothing."""
    return Decision(edition, ())


def test_forged_decision_gets_no_article(monkeypatch: pytest.MonkeyPatch) -> None:
    """A decision without a Proof opens neither a kept page without notices nor a fresh one: 503 without the article."""
    app = open_site()
    visit(f"/en/{SLUG}", BERLIN, "en", app=app)  # the page without notices is kept now
    digest = edition_of(app).digest
    monkeypatch.setattr("webapp.site.asked.decide", lambda *_: forged(digest))
    state_of(app)._memory = None
    response = visit(f"/en/{SLUG}", None, "en", app=app)
    assert response.status_code == 503
    assert articles_in(response.get_data(as_text=True)) == set()
    assert state_of(app).refusals == 2


def test_door_that_fails_lets_flask_answer(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """A fault at the door costs speed, and no reader her notice; the log names no value."""
    app = open_site()
    visit(f"/en/{SLUG}", app=app)

    def fail(*_: object) -> None:
        raise ValueError("canary-of-a-reader")

    monkeypatch.setattr(Door, "find", fail)
    response = visit(f"/en/{SLUG}", app=app)
    assert response.status_code == 200
    assert notices_in(response.get_data(as_text=True)) == EVERY_NOTICE
    assert "canary" not in caplog.text


def test_nobody_else_checks_bytes() -> None:
    """What the gate has seen cannot be claimed by others."""
    with pytest.raises(TypeError):
        Checked(b"article", "edition", EVERY_NOTICE, True, 0, 0, object())  # type: ignore[arg-type]


def test_free_bytes_need_no_decision() -> None:
    """Bytes without article text are the same for everybody, and still of one edition and whole."""
    edition = edition_of()
    kept = check(b"no article", edition, free=True)
    assert let_kept_out(kept, edition, None) == b"no article"
    with pytest.raises(GateRefusedError):
        let_kept_out(check(b"no article", edition, free=False), edition, None)


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip"])
@pytest.mark.parametrize("effort", Effort)
def test_packed_is_what_was_checked(encoding: str, effort: Effort) -> None:
    """Packed bytes inherit what was found, and only if they unpack to the same."""
    edition = edition_of()
    plain = check(b'<p data-notice="%s">x</p>' % edition.notices[0].id.encode() * 50, edition, free=False)
    small = pack(plain, encoding, effort)
    assert small.marked == plain.marked == {edition.notices[0].id}
    other = pack(check(b"other" * 100, edition, free=False), encoding)
    with pytest.raises(ValueError, match="does not give back"):
        confirm_packed(plain, other.body, encoding)
    assert packed(plain, small.body) == small
