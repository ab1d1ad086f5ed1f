"""Kept pages are bounded, also by what is added to them later."""

from tests.newsroom import make_newsroom
from webapp.site.gate import check
from webapp.site.packing import pack
from webapp.site.pages import LARGEST_SHARE, OVERHEAD, SLACK, Pages, Variant

LIMIT = 256 * 1024


def keep(pages: Pages, path: str, body: bytes) -> Variant:
    """Keep a page without article text, packed with Brotli."""
    variant = Variant("200 OK", (), {})
    variant.bodies["br"] = variant.make_ready("br", pack(check(body, pages.edition, free=True), "br"))
    assert pages.keep(path, None, (), variant)
    return variant


def add_plain(pages: Pages, path: str, variant: Variant, body: bytes) -> bool:
    """Add the same page as it is for a browser that takes nothing packed. Say whether there was room."""
    plain = variant.make_ready("", check(body, pages.edition, free=True))
    return pages.add_body(path, (), "", plain, final=True)


def test_a_page_that_is_great_unpacked_drives_out_no_other() -> None:
    """It is kept packed alone; who wants it otherwise has it made, and all other pages stay."""
    pages = Pages(make_newsroom(), LIMIT)
    for number in range(20):
        keep(pages, f"/{number}", b"a page")
    great = b"<url>the same again and again</url>" * 50_000
    variant, before = keep(pages, "/great", great), pages.size
    assert not add_plain(pages, "/great", variant, great)
    assert set(variant.bodies) == {"br"}
    assert (len(pages), pages.size) == (21, before)


def test_a_form_that_fits_is_added() -> None:
    """The size grows by what it takes, and by the difference when a form is replaced."""
    pages = Pages(make_newsroom(), LIMIT)
    body = b"x" * int(LIMIT / LARGEST_SHARE / SLACK - 3 * OVERHEAD)
    variant = keep(pages, "/page", body)
    for _ in range(2):
        assert add_plain(pages, "/page", variant, body)
        lengths = [len(it.checked.body) for it in variant.bodies.values()]
        assert pages.size == variant.size == sum(int(SLACK * (OVERHEAD + length)) for length in lengths)
    assert set(variant.bodies) == {"br", ""}
