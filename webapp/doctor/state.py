"""Judges what the site told of itself: its map, its legal texts, its own settings."""

from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from webapp.core.model import NoticeMode
from webapp.doctor.findings import Finding
from webapp.doctor.words import found
from webapp.site.sight import Sight

SOON = 30
"""Days before the map is too old at which to build a new one."""
MOST_NAMED = 4


def examine_state(base: SplitResult, sight: Sight) -> Iterator[Finding]:
    """Judge the site's own state. `base` is the address that was asked."""
    if sight.map_doubt:
        yield found("map-doubt", doubt=sight.map_doubt)
    elif sight.map_days_left is not None and sight.map_days_left <= SOON:
        yield found("map-ages", date=sight.map_date, days=sight.map_days_left)
    if sight.unreviewed:
        yield found("unreviewed", texts=_list(sight.unreviewed))
    if urlsplit(sight.base_url)[:2] != (base.scheme, base.netloc):
        yield found("base-url", said=sight.base_url, asked=f"{base.scheme}://{base.netloc}")
    if sight.notice_mode == NoticeMode.ALWAYS:
        yield found("always")


def _list(texts: tuple[str, ...]) -> str:
    more = len(texts) - MOST_NAMED
    return "; ".join(texts[:MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
