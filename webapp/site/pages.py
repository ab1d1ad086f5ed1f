"""Pages kept ready in memory, each as often as readers must see it differently, and no other way. Bounded by bytes.

A page is found by its path, a variant of it by the notices shown. A rendered page depends on nothing else: not on the
query, the time, the host or the method; a test renders every page afresh and compares. Owns the bytes and forgets
the oldest first; never decides, never renders, and holds nothing of a reader. One of these serves one edition, and
goes with it.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from webapp.core.model import Edition, LocaleTag, NoticeId
from webapp.site.gate import Checked
from webapp.site.outgoing import Answer, HeaderList, make_answer, spell_kept

Shown = tuple[NoticeId, ...]

OVERHEAD = 3072
"""Bytes that an encoding of a variant costs beside its body: headers, keys, objects, about."""

SLACK = 1.5
"""What a worker grows by for each byte that is kept: the heap cannot fill every hole that a page of another size left.
Measured on a site of 27,000 texts (`make bench`) against a worker that keeps none: 1.4 when the pages are full for the
first time, and 1.47 after a million requests."""

LARGEST_SHARE = 8
"""A variant may fill at most this part of the whole: one great page must not drive out all the others."""


@dataclass(frozen=True, slots=True)
class Ready:
    """The bytes of a variant in one encoding, and the answer that they go out in once the gate lets them."""

    checked: Checked
    answer: Answer


def measure(body: Ready) -> int:
    """Bytes of memory that a variant takes in one encoding, about."""
    return int(SLACK * (OVERHEAD + len(body.checked.body)))


@dataclass(slots=True)
class Variant:
    """One page for readers who see the same notices: its status and headers, and its bytes by encoding.

    "" is no encoding. What was made packed is kept so alone, for it takes a third of the room and can be unpacked.
    `headers` lack what depends on the encoding. `packable`: worth to be compressed for who asks for it.
    """

    status: str
    headers: HeaderList
    bodies: dict[str, Ready]
    packable: bool = True
    packed_well: frozenset[str] = frozenset()

    def make_ready(self, encoding: str, checked: Checked) -> Ready:
        """Put bytes of this variant together with all their headers."""
        more = [("Content-Encoding", encoding)] if encoding else []
        length = ("Content-Length", str(len(checked.body)))
        headers = (*self.headers, *more, length)
        return Ready(checked, make_answer(self.status, headers, checked.body, spell_kept))

    @property
    def size(self) -> int:
        """Bytes of memory, about."""
        return sum(map(measure, self.bodies.values()))


@dataclass(slots=True)
class Page:
    """A path that has a kept variant. `languages` are those on the page; None: the same for every reader."""

    languages: tuple[LocaleTag, ...] | None
    variants: int = 0


class Pages:
    """The kept pages of one edition. Safe to share between threads."""

    def __init__(self, edition: Edition, limit: int) -> None:
        """Keep at most `limit` bytes."""
        self.edition = edition
        self.size = 0
        self.retired = False
        self._limit = limit
        self._largest = limit // LARGEST_SHARE
        self._lock = threading.Lock()
        self._pages: dict[str, Page] = {}
        self._variants: OrderedDict[tuple[str, Shown], Variant] = OrderedDict()
        self._making: dict[tuple[str, Shown | None], threading.Event] = {}

    def __len__(self) -> int:
        return len(self._variants)

    def find_page(self, path: str) -> Page | None:
        """Return what is known of a path, or None: it was never kept, or has been forgotten."""
        return self._pages.get(path)

    def find(self, path: str, shown: Shown) -> Variant | None:
        """Return the variant of a page with exactly these notices, and count it as used."""
        with self._lock:
            variant = self._variants.get((path, shown))
            if variant is not None:
                self._variants.move_to_end((path, shown))
            return variant

    def keep(self, path: str, languages: tuple[LocaleTag, ...] | None, shown: Shown, variant: Variant) -> bool:
        """Keep a variant, and forget the ones longest unused. False: it is too large to be kept."""
        if variant.size > self._largest:
            return False
        with self._lock:
            if (path, shown) in self._variants:
                return True
            self._pages.setdefault(path, Page(languages)).variants += 1
            self._variants[path, shown] = variant
            self.size += variant.size
            self._forget()
        return True

    def drop(self, path: str, shown: Shown) -> None:
        """Forget a variant that must not be used again."""
        with self._lock:
            if (path, shown) in self._variants:
                self._variants.move_to_end((path, shown), last=False)
                self._forget_oldest()

    def add_body(self, path: str, shown: Shown, encoding: str, body: Ready, *, final: bool) -> bool:
        """Give a kept variant one more encoding, or a better packed one. False: it stays as it is.

        So does one that was forgotten meanwhile, or would become too large: unpacked it may be many times as large.
        """
        with self._lock:
            variant = self._variants.get((path, shown))
            if variant is None or (encoding in variant.packed_well and not final):
                return False
            old = variant.bodies.get(encoding)
            growth = measure(body) - (measure(old) if old else 0)
            if growth > 0 and variant.size + growth > self._largest:
                return False
            variant.bodies[encoding] = body
            if final:
                variant.packed_well |= {encoding}
            self.size += growth
            self._forget()
            return True

    def _forget(self) -> None:
        while self.size > self._limit and self._variants:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        (path, _), oldest = self._variants.popitem(last=False)
        self.size -= oldest.size
        page = self._pages[path]
        page.variants -= 1
        if not page.variants:
            del self._pages[path]

    @contextmanager
    def making(self, path: str, shown: Shown | None) -> Iterator[None]:
        """Let one make a variant, or wait until another who was at it has finished. In either case look again first.

        `shown` is None as long as nothing is known of the path, and so not what the reader would see there.
        """
        with self._lock:
            other = self._making.get((path, shown))
            if other is None:
                mine = self._making[path, shown] = threading.Event()
        if other is not None:
            other.wait(timeout=30)
            yield
            return
        try:
            yield
        finally:
            with self._lock:
                del self._making[path, shown]
            mine.set()
