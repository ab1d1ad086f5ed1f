"""What a route hands to the front door when its page may be kept. The door decides what becomes of it."""

from dataclasses import dataclass

from webapp.core.decide import Decision
from webapp.core.model import LocaleTag
from webapp.site.gate import Checked

OFFER = "webapp.offer"
"""Where the WSGI environ takes the offers of its request: a list, there only when one is welcome."""

BUSY = "webapp.busy"
"""There in the WSGI environ when others wait for the thread that answers."""


ENTRY = "/"
"""The path that leads on to a language."""


def name_entry(locale: LocaleTag) -> str:
    """Return the name under which the way from ENTRY to a language is kept: no path, which begins with a slash."""
    return f"302 {locale}"


@dataclass(frozen=True, slots=True)
class Offer:
    """A page that may be kept: bytes that the gate has checked, before compression, and for whom they are.

    `languages` and `decision` are what it was decided by; both None where it is the same for everybody. `name` is what
    it is kept under, if not the path: the one page for all paths under which there is nothing, and the ways from ENTRY.
    """

    checked: Checked
    languages: tuple[LocaleTag, ...] | None
    decision: Decision | None
    name: str | None = None
