"""From a request to a Reader: headers collected, the place looked up, nothing raised."""

from dataclasses import replace
from ipaddress import ip_address, ip_network

import pytest

from tests.strategies import RUSSIA, make_edition, make_place
from webapp.core.model import Address, Edition, KnownPlace, LocaleTag, Place, TerritoryId, UnknownPlace, UnknownReason
from webapp.settings import Cdn
from webapp.site.address import Resolved
from webapp.site.networks import NetworkSet
from webapp.site.reader import find_place, headers_of, read_place, read_place_alike, read_reader

READER = ip_address("91.65.10.1")
PLACE = make_place()
NOWHERE = UnknownPlace(UnknownReason.NOT_GLOBAL, "loopback")


class Finder:
    """A map that knows one place, and remembers what it was asked."""

    def __init__(self, answer: Place | Exception = PLACE) -> None:
        self.answer = answer
        self.asked: list[Address] = []

    def find(self, address: Address) -> Place:
        self.asked.append(address)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    find_alike = find


def make_site(finder: Finder | None) -> Edition:
    """An edition with this map."""
    return replace(make_edition(), finder=finder)


def test_headers_are_collected_in_lower_case() -> None:
    """Only HTTP_ keys of a WSGI environ are headers; a hyphen comes back for each underscore."""
    environ = {"HTTP_X_FORWARDED_FOR": "a, b", "HTTP_VIA": "1.1 x", "REMOTE_ADDR": "::1", "wsgi.version": (1, 0)}
    assert headers_of(environ) == {"x-forwarded-for": ("a, b",), "via": ("1.1 x",)}


def test_known_address_is_looked_up() -> None:
    """An address without an obstacle is asked of the map, as parsed."""
    finder = Finder()
    assert find_place(make_site(finder), Resolved(READER, None, ())) is PLACE
    assert finder.asked == [READER]


@pytest.mark.parametrize(
    ("resolved", "reason"),
    [
        pytest.param(Resolved(None, NOWHERE, ()), UnknownReason.NOT_GLOBAL, id="no address, with its reason"),
        pytest.param(Resolved(READER, NOWHERE, ()), UnknownReason.NOT_GLOBAL, id="an address with an obstacle"),
        pytest.param(Resolved(None, None, ()), UnknownReason.NO_ADDRESS, id="neither address nor reason"),
    ],
)
def test_unknown_address_is_not_looked_up(resolved: Resolved, reason: UnknownReason) -> None:
    """The map is never asked about an address that proves nothing."""
    finder = Finder()
    place = find_place(make_site(finder), resolved)
    assert isinstance(place, UnknownPlace)
    assert place.reason is reason
    assert finder.asked == []


@pytest.mark.parametrize(
    ("finder", "reason"),
    [
        pytest.param(None, UnknownReason.NO_MAP, id="no map"),
        pytest.param(Finder(OSError("gone")), UnknownReason.MAP_ERROR, id="the lookup fails"),
        pytest.param(Finder(MemoryError()), UnknownReason.MAP_ERROR, id="the lookup finds no memory"),
    ],
)
def test_map_that_cannot_answer(finder: Finder | None, reason: UnknownReason) -> None:
    """Without an answer of the map the place is unknown, and nothing is raised."""
    place = find_place(make_site(finder), Resolved(READER, None, ()))
    assert isinstance(place, UnknownPlace)
    assert place.reason is reason


def test_words_of_a_failed_lookup_hold_no_address() -> None:
    """The reason names the kind of fault, never its message, which could hold the reader's address."""
    place = find_place(make_site(Finder(ValueError(f"bad {READER}"))), Resolved(READER, None, ()))
    assert isinstance(place, UnknownPlace)
    assert place.detail == "the lookup failed (ValueError)"


def test_reader_is_made_of_place_page_and_languages() -> None:
    """The Reader has the place of the address, the languages of the page, and those that the browser names."""
    headers = {"x-forwarded-for": (str(READER),), "accept-language": ("ru;q=0.5", "en")}
    page = (LocaleTag("uk"), LocaleTag("en"))
    reader, resolved = read_reader(make_site(Finder()), "192.0.2.1", headers, [ip_network("192.0.2.0/24")], page)
    assert reader.place is PLACE
    assert reader.page_languages == page
    assert reader.accepted.ranges == (("en", 1.0), ("ru", 0.5))
    assert reader.accepted.readable
    assert resolved.address == READER


@pytest.mark.parametrize(
    ("headers", "ranges", "readable"),
    [
        pytest.param({}, (), True, id="no header"),
        pytest.param({"accept-language": ("",)}, (), False, id="empty header, as the server hands on what is no text"),
        pytest.param({"accept-language": ("en", "ru")}, (("en", 1.0), ("ru", 1.0)), True, id="two headers"),
        pytest.param({"accept-language": ("en;;q=1",)}, (), False, id="junk"),
        pytest.param({"accept-language": ("x" * 65536,)}, (), False, id="64 KB"),
    ],
)
def test_accept_language_is_read(
    headers: dict[str, tuple[str, ...]], ranges: tuple[tuple[str, float], ...], readable: bool
) -> None:
    """Repeated headers are one list; what cannot be read whole is marked, and raises nothing."""
    reader, _ = read_reader(make_site(Finder()), str(READER), headers, (), (LocaleTag("en"),))
    assert (reader.accepted.ranges, reader.accepted.readable) == (ranges, readable)


@pytest.mark.parametrize("pairs", [(), ((RUSSIA, "inside"),), ((RUSSIA, "uncertain"),)], ids=["no", "in", "near"])
def test_what_a_cdn_says_of_one_reader_stays_in_no_decision(pairs: tuple[tuple[TerritoryId, str], ...]) -> None:
    """A place to decide by has its territories as `read_place` has them, and neither the CDN's words nor the region."""
    edition = replace(make_site(Finder()), regions={"DE-BE": pairs})
    headers = {"cf-ipcountry": ("DE",), "cf-region-code": ("BE",), "x-forwarded-for": (str(READER),)}
    proxies = (ip_network("127.0.0.1/32"),)
    place, _ = read_place(edition, "127.0.0.1", headers, proxies, Cdn.CLOUDFLARE)
    alike = read_place_alike(edition, "127.0.0.1", headers, NetworkSet(proxies), Cdn.CLOUDFLARE)
    assert isinstance(place, KnownPlace)
    assert place.votes
    assert alike == place._replace(votes=(), reasons=())
