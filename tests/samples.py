"""Values that tests share: where the repository is, a time that stands still, and readers' addresses."""

from datetime import UTC, datetime
from pathlib import Path

from webapp.site.state import Clock

REPOSITORY = Path(__file__).resolve().parent.parent
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
"""The time that tests hold: the embedded map is five months old, and every review is still to come."""

# Real networks, because documentation ranges are unknown by design and would always show the notice.
MOSCOW = "77.88.8.8"
BERLIN = "91.65.10.1"


class HeldClock(Clock):
    """A clock that a test sets."""

    def __init__(self, moment: datetime = NOW) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment
