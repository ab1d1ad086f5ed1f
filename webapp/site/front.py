"""The front door: every request comes in here, is decided about once, and is answered from kept pages if it can be.

What is not kept goes to Flask with the same decision, passes the gate there, and is kept if its route says so.
The door logs nothing, and what it keeps holds nothing of a reader. It knows no route: Flask has told it which paths
it may keep, and in which languages they are, when it made them; so an unknown path is never remembered here.
"""

import logging
import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Headers

from webapp.core.decide import Decision
from webapp.core.locales import negotiate
from webapp.core.model import Edition
from webapp.errors import GateRefusedError
from webapp.site.answers import describe_fault
from webapp.site.asked import ASKED, Asked
from webapp.site.encodings import SMALLEST, TEXTUAL, choose_encoding
from webapp.site.gate import let_kept_out
from webapp.site.headers import Kind, set_headers
from webapp.site.missing import Missing
from webapp.site.offers import ENTRY, OFFER, Offer, name_entry
from webapp.site.outgoing import Answer, make_answer, spell_kept
from webapp.site.packing import Packer, confirm_packed, pack, unpack
from webapp.site.pages import Page, Pages, Ready, Shown, Variant
from webapp.site.reader import Headers as ReaderHeaders
from webapp.site.reader import headers_of
from webapp.site.state import SiteState

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication

log = logging.getLogger("webapp.site")

_BY_ENCODING = frozenset({"content-length", "content-encoding"})


class Door:
    """Stands in front of one Flask application: a WSGI application itself, and what any other server's adapter asks."""

    def __init__(self, inside: "WSGIApplication", shared: SiteState, limit: int, missing: Missing) -> None:
        """Keep pages in at most `limit` bytes; with 0 none is kept."""
        self.inside = inside
        self._shared = shared
        self._missing = missing
        self._limit = limit
        self._share_missing = shared.settings.onion_location is None  # or else each path would stand in a header
        self._pages: Pages | None = None
        self._turning = threading.Lock()
        self.packer = Packer()

    def __call__(self, environ: dict[str, Any], start_response: "StartResponse") -> Iterable[bytes]:
        """Answer over WSGI. A header's name has lost its spelling by now: see `asgi` for the server that keeps it."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        asked, answer = self.open(method, path, environ.get("REMOTE_ADDR"), headers_of(environ))
        answer = answer or self.make(environ, asked)
        start_response(answer.status, list(answer.headers))
        return [answer.body]

    def open(
        self, method: str, path: str, peer: str | None, headers: ReaderHeaders
    ) -> tuple[Asked | None, Answer | None]:
        """Begin a request, and answer it from a kept page if there is one; never raises.

        `path` is as WSGI writes it: decoded, each byte one character. `headers` has lower-case names, spelled as they
        came. What is not answered is for `make`.
        """
        try:
            asked = self._shared.ask(peer, headers)
            return asked, self.find(method, path, asked)
        except Exception as fault:  # noqa: BLE001 - Flask meets the same fault, and has a page for it
            log.error("The front door failed: %s", describe_fault(fault))
            return None, None

    def turn_away(self) -> Answer:
        """Make the answer to those for whom there is no room now: no article, all headers."""
        shared, body = self._shared, b"Too many are asking at once. Please try again in a moment.\n"
        headers = Headers({"Content-Type": "text/plain; charset=utf-8", "Retry-After": "2"})
        set_headers(headers, Kind.PAGE, shared.policy, shared.settings.hsts, shared.settings.onion_location, "/")
        headers["Content-Length"] = str(len(body))
        return make_answer("503 SERVICE UNAVAILABLE", headers, body)

    def forget(self) -> None:
        """Forget every kept page."""
        pages, self._pages = self._pages, None
        if pages is not None:
            pages.retired = True

    def pages_of(self, edition: Edition) -> Pages:
        """Return the kept pages of an edition. Those of another one are forgotten whole."""
        pages = self._pages
        if pages is None or pages.edition is not edition:
            with self._turning:
                pages = self._pages
                if pages is None or pages.edition is not edition:
                    self.forget()
                    pages = self._pages = Pages(edition, self._limit)
        return pages

    # --- kept pages ----------------------------------------------------------------------------------------

    def find(self, method: str, path: str, asked: Asked) -> Answer | None:
        """Answer from a kept page, or return None."""
        if method not in {"GET", "HEAD"} or not self._limit or _is_doctor(asked):
            return None
        pages = self.pages_of(asked.edition)
        page = pages.find_page(path)
        if page is None:
            path = self._find_name(path, asked)
            page = pages.find_page(path)
        if page is None:
            return None
        decision = _decide(page, asked)
        shown = _shown(decision)
        variant = pages.find(path, shown)
        body = variant and variant.bodies.get(_encoding(variant, asked))
        if not body or not self._let_out(body, pages, path, shown, decision):
            return None
        return body.answer if method == "GET" else body.answer.without_body()

    def _find_name(self, path: str, asked: Asked) -> str:
        """Return what the answer to a path is kept under: the path, or one name for all where there is nothing, or for
        all whom the entry leads to one language."""
        if not self._share_missing:
            return path
        if path == ENTRY:
            return name_entry(negotiate(asked.edition, asked.accepted))
        return self._missing.find_name(path, asked.edition, lambda: asked.accepted) or path

    def _let_out(self, body: Ready, pages: Pages, path: str, shown: Shown, decision: Decision | None) -> bool:
        """Say whether the gate lets out the very bytes that the answer carries."""
        try:
            return let_kept_out(body.checked, pages.edition, decision) is body.answer.body
        except GateRefusedError as refusal:  # Flask makes the page anew, or refuses it as well
            self._refuse(refusal, pages, path, shown)
            return False

    def _refuse(self, refusal: GateRefusedError, pages: Pages, path: str, shown: Shown) -> None:
        self._shared.refusals += 1
        log.error("The gate refused a kept page, which is made anew: %s", refusal)
        pages.drop(path, shown)

    def is_for_one(self, method: str, query: bytes, asked: Asked | None) -> bool:
        """Say whether `make` will likely make what is not kept, so that it can be asked for without end."""
        return asked is None or method != "GET" or bool(query) or _is_doctor(asked)

    # --- pages to make -------------------------------------------------------------------------------------

    def make(self, environ: dict[str, Any], asked: Asked | None) -> Answer:
        """Have Flask answer, with the decision of `open`; None where that failed."""
        if asked is None or environ["REQUEST_METHOD"] != "GET" or not self._limit or _is_doctor(asked):
            return self._run(environ, asked, None)
        return self._make_to_keep(environ, asked)

    def _make_to_keep(self, environ: dict[str, Any], asked: Asked) -> Answer:
        """Whoever wants the same page at the same time waits for the first one and takes hers."""
        path, pages = environ["PATH_INFO"], self.pages_of(asked.edition)
        if environ.get("QUERY_STRING"):  # it may be a search, of which none is like another
            return self._run(environ, asked, pages)
        name = path if pages.find_page(path) else self._find_name(path, asked)
        page = pages.find_page(name)
        wanted = None if page is None else _shown(_decide(page, asked))
        with pages.making(name, wanted):
            known = self.find("GET", path, asked)  # it may have been made since `open` looked
            if known or (self._add_encoding(name, wanted, asked, pages) and (known := self.find("GET", path, asked))):
                return known
            if wanted is not None or not pages.find_page(name):
                return self._run(environ, asked, pages)
        return self._make_to_keep(environ, asked)  # now it is known what the reader would see there

    def _add_encoding(self, path: str, shown: Shown | None, asked: Asked, pages: Pages) -> bool:
        """Pack a kept page as this reader's browser wants it. False: there is nothing to do, or no room for it."""
        variant = pages.find(path, shown) if shown is not None else None
        encoding = _encoding(variant, asked) if variant else ""
        if variant is None or shown is None or encoding in variant.bodies:
            return False
        try:
            plain = unpack(variant)
        except GateRefusedError as refusal:
            self._refuse(refusal, pages, path, shown)
            return False
        checked = pack(plain, encoding) if encoding else plain
        added = pages.add_body(path, shown, encoding, variant.make_ready(encoding, checked), final=not encoding)
        if added and encoding:
            self.packer.put((pages, path, shown, encoding))
        return added

    def _run(self, environ: dict[str, Any], asked: Asked | None, pages: Pages | None) -> Answer:
        if asked is not None:
            environ[ASKED] = asked
        offers: list[Offer] = []
        if pages is not None:
            environ[OFFER] = offers
        begun: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], _fault: object = None) -> Any:
            begun[:] = [(status, headers)]

        parts = self.inside(environ, start)
        try:
            body = b"".join(parts)
        finally:
            close = getattr(parts, "close", None)
            if close is not None:
                close()
        status, headers = begun[0]
        if pages is not None and offers:
            try:
                self._keep(environ["PATH_INFO"], offers[0], status, headers, body, pages)
            except Exception as fault:  # noqa: BLE001 - the answer is whole, only not kept
                log.error("A page could not be kept: %s", describe_fault(fault))
        return make_answer(status, headers, body)

    def _keep(
        self, path: str, offer: Offer, status: str, sent: list[tuple[str, str]], body: bytes, pages: Pages
    ) -> None:
        if offer.name and not self._share_missing:
            return
        path, shown = offer.name or path, _shown(offer.decision)
        headers = tuple(spell_kept(name, value)[0] for name, value in sent if name.lower() not in _BY_ENCODING)
        packable = Headers(sent).get("Content-Type", "").partition(";")[0] in TEXTUAL
        packable = packable and len(offer.checked.body) >= SMALLEST
        variant = Variant(status, headers, {}, packable)
        encoding = next((value for name, value in sent if name.lower() == "content-encoding"), "")
        checked = confirm_packed(offer.checked, body, encoding) if encoding else offer.checked
        variant.bodies[encoding] = variant.make_ready(encoding, checked)
        if pages.keep(path, offer.languages, shown, variant) and encoding:
            self.packer.put((pages, path, shown, encoding))


def _is_doctor(asked: Asked) -> bool:
    return "doctor-token" in asked.headers


def _decide(page: Page, asked: Asked) -> Decision | None:
    return None if page.languages is None else asked.decide(page.languages)


def _shown(decision: Decision | None) -> Shown:
    return () if decision is None else decision.shown_ids


def _encoding(variant: Variant, asked: Asked) -> str:
    if not variant.packable:
        return ""
    return choose_encoding(",".join(asked.headers.get("accept-encoding", ()))) or ""
