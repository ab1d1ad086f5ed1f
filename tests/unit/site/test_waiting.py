"""A worker without an edition: the built-in notice until the site can be made, and the site for good from then on."""

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from tests.unit.site.test_asgi import ask, scope_of
from webapp.errors import Problem, SourceError
from webapp.settings import Settings
from webapp.site.asgi import AsgiSite
from webapp.site.last_page import make_last_page
from webapp.site.waiting import TICK, WaitingSite, look

Made = AsgiSite | Exception


async def _site(_scope: object, _receive: object, send: Callable[[dict[str, Any]], Any]) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": ()})
    await send({"type": "http.response.body", "body": b"the site"})


THE_SITE = cast(AsgiSite, _site)


def faulty(message: str) -> SourceError:
    return SourceError([Problem("test.fault", "config/site.toml", message, "Mend it.")])


def waiting_for(root: Path, *results: Made) -> WaitingSite:
    """Return a site whose attempts end with each of `results` in turn, and with the last one from then on."""
    left = list(results)

    def make() -> AsgiSite:
        result = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(result, Exception):
            raise result
        return result

    return WaitingSite(root, make_last_page(Settings()), make)


def status(site: WaitingSite, path: bytes = b"/en/any") -> int:
    return asyncio.run(ask(cast(AsgiSite, site), scope_of(path)))[0]


@pytest.mark.parametrize(
    "fault", [faulty("bad"), FileNotFoundError("static/site.css"), MemoryError(), RuntimeError("secret-path")]
)
def test_whatever_keeps_the_site_away(tmp_path: Path, fault: Exception, caplog: pytest.LogCaptureFixture) -> None:
    """Any failure leaves the notice; the log tells of it, and never a value that could be a reader's."""
    site = waiting_for(tmp_path, fault)
    assert not site.attempt()
    assert status(site) == 503
    assert "built-in notice" in caplog.text
    assert "secret-path" not in caplog.text


def test_what_is_wrong_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The same Problems are told once, others anew, and the end of the wait as well."""
    site = waiting_for(tmp_path, faulty("one"), faulty("one"), faulty("two"), THE_SITE)
    for _ in range(4):
        site.attempt()
    assert [caplog.text.count(text) for text in ("config/site.toml: one", "config/site.toml: two")] == [1, 1]
    assert caplog.text.count("the site is served") == 1


def test_site_stays_once_it_is_there(tmp_path: Path) -> None:
    """From the first edition on the notice of last resort never comes back."""
    site = waiting_for(tmp_path, faulty("one"), THE_SITE, faulty("two"))
    assert not site.attempt()
    assert status(site) == 503
    assert site.attempt()
    assert status(site) == 200
    assert not site.attempt()
    assert status(site) == 200


def test_sound_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Sound sources are served from the first request on, and nothing is said of it."""
    site = waiting_for(tmp_path, THE_SITE).start()
    assert status(site) == 200
    assert caplog.text == ""
    site.close()


def reached(attempts: list[float], number: int) -> bool:
    until = time.monotonic() + 5
    while len(attempts) < number and time.monotonic() < until:
        time.sleep(0.02)
    return len(attempts) == number


def test_change_is_seen(tmp_path: Path) -> None:
    """A file that changes leads to another attempt within a moment; no change leads to none."""
    (tmp_path / "config").mkdir()
    attempts: list[float] = []

    def make() -> AsgiSite:
        attempts.append(time.monotonic())
        raise faulty("still")

    site = WaitingSite(tmp_path, make_last_page(Settings()), make).start()
    try:
        assert reached(attempts, 2)  # the first, and one for what may have changed before the first look
        time.sleep(3 * TICK)
        assert len(attempts) == 2
        (tmp_path / "config" / "site.toml").write_text("x = 1", "utf-8")
        assert reached(attempts, 3)
    finally:
        site.close()


def test_look_sees_style_sheets(tmp_path: Path) -> None:
    """The style sheets belong to no folder that is surveyed, and are looked at as well; nothing there is no fault."""
    (tmp_path / "static").mkdir()
    before = look(tmp_path)
    (tmp_path / "static" / "plain.css").write_text("a{}", "utf-8")
    assert look(tmp_path) != before
    assert look(tmp_path / "nowhere") == look(tmp_path / "nothing")


def test_other_protocols_get_nothing(tmp_path: Path) -> None:
    """What is no HTTP request is not answered."""
    site = waiting_for(tmp_path, faulty("one"))

    async def never(*_: object) -> None:
        raise AssertionError("nothing is sent or read")

    asyncio.run(site({"type": "lifespan"}, never, never))
    assert not site.attempt()
