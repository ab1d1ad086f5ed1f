"""When a call fails while a page is made, the notice is on the page or the article is not.

The short form of `python -m tests.drills.failpoints`.
"""

import logging

import pytest

from tests.failpoint_drill import PATHS, READERS, Tally, run
from tests.failpoints import ask
from tests.visits import articles_in, open_site

# A generator that is thrown away is called a last time; what fails there Python reports, and nobody can catch.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.mark.parametrize("path", PATHS)
def test_a_failed_call_never_takes_the_notice_away(path: str, caplog: pytest.LogCaptureFixture) -> None:
    """One call in many fails, for readers who need the notice and one who does not."""
    caplog.set_level(logging.CRITICAL)
    app, tally = open_site(), Tally()
    for reader in READERS:
        run(app, path, reader, 61, tally)
    assert tally.wrong == []
    assert tally.seen["requests"] >= 40
    assert sum(count for outcome, count in tally.seen.items() if outcome.startswith("status 5")) >= 10


def test_premise_the_exception_is_really_raised() -> None:
    """A failed call changes the answer: without one the article is there, with one it is refused."""
    app = open_site()
    whole = ask(app, PATHS[0], READERS["Berlin"])
    assert whole.status == 200
    assert articles_in(whole.body)
    failed = ask(app, PATHS[0], READERS["Berlin"], whole.calls // 2)
    assert failed.place
