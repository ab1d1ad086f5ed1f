"""When a call fails while a page is made, the notice is on the page or the article is not.

The short form of `python -m tests.drills.failpoints`.
"""

import logging

import pytest

from tests.failpoint_drill import PATHS, READERS, Tally, run
from tests.failpoints import ask
from tests.visits import articles_in, open_site


@pytest.mark.parametrize(("kept_mb", "stride"), [pytest.param(0, 53, id="made anew"), pytest.param(64, 7, id="kept")])
@pytest.mark.parametrize("path", PATHS)
def test_a_failed_call_never_takes_the_notice_away(
    path: str, kept_mb: int, stride: int, caplog: pytest.LogCaptureFixture
) -> None:
    """One call in many fails, for readers who need the notice and one who does not."""
    caplog.set_level(logging.CRITICAL)
    app, tally = open_site(kept_mb=kept_mb), Tally()
    for reader in READERS:
        run(app, path, reader, stride, tally)
    assert tally.wrong == []
    assert tally.seen["requests"] >= 20
    if not kept_mb:  # where a kept page fails, another is made
        assert sum(count for outcome, count in tally.seen.items() if outcome.startswith("status 5")) >= 5


def test_premise_the_exception_is_really_raised() -> None:
    """A failed call changes the answer: without one the article is there, with one it is refused."""
    app = open_site(kept_mb=0)
    ask(app, PATHS[0], READERS["Berlin"])  # what is made only once
    whole = ask(app, PATHS[0], READERS["Berlin"])
    assert whole.status == 200
    assert articles_in(whole.body)
    failed = ask(app, PATHS[0], READERS["Berlin"], whole.calls // 2)
    assert failed.place
