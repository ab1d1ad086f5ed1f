"""From a request to a Reader: where she is and which languages she reads. Lives for one request, is never kept."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from webapp.core.locales import parse_accept_language
from webapp.core.model import (
    AcceptedLanguages,
    Edition,
    KnownPlace,
    LocaleTag,
    Place,
    Reader,
    UnknownPlace,
    UnknownReason,
)
from webapp.settings import Network
from webapp.site.address import Resolved, resolve

Headers = Mapping[str, Sequence[str]]

COUNTRY_HEADERS = ("cf-ipcountry", "cloudfront-viewer-country")
"""Headers in which a CDN says where the reader is."""


def headers_of(environ: Mapping[str, object]) -> Headers:
    """Collect the request headers of a WSGI environ, names in lower case."""
    return {
        name[5:].replace("_", "-").lower(): (str(value),) for name, value in environ.items() if name.startswith("HTTP_")
    }


def find_place(edition: Edition, resolved: Resolved) -> Place:
    """Look an address up in the edition's map. Never raises; what goes wrong is a reason to know nothing."""
    if resolved.unknown is not None or resolved.address is None:
        return resolved.unknown or UnknownPlace(UnknownReason.NO_ADDRESS, "there is no address")
    if edition.finder is None:
        return UnknownPlace(UnknownReason.NO_MAP, "there is no territory map that can be believed")
    try:
        return edition.finder.find(resolved.address)
    except Exception as fault:  # noqa: BLE001 - whatever fails in a lookup, the place is unknown and the notice shown
        return UnknownPlace(UnknownReason.MAP_ERROR, f"the lookup failed ({type(fault).__name__})")


def read_reader(
    edition: Edition, peer: str | None, headers: Headers, trusted: Sequence[Network], page: tuple[LocaleTag, ...]
) -> tuple[Reader, Resolved]:
    """Make the Reader of a request, and the steps by which her address was found."""
    resolved = resolve(peer, headers, trusted)
    place = _against_cdn(find_place(edition, resolved), headers)
    return Reader(place, page, _read_languages(edition, headers)), resolved


def _against_cdn(place: Place, headers: Headers) -> Place:
    """A CDN's country can only add doubt: T1 (Tor), XX (unknown) or any country that the map does not name."""
    if not isinstance(place, KnownPlace):
        return place
    said = [value.strip().upper() for name in COUNTRY_HEADERS for value in headers.get(name, ())]
    if all(value == place.country for value in said):
        return place
    return UnknownPlace(UnknownReason.UNTRUSTED_CHAIN, "a CDN names another country than the map")


def _read_languages(edition: Edition, headers: Headers) -> AcceptedLanguages:
    """Read Accept-Language. The server hands a value that is not text on as an empty one, so an empty part, which no
    browser sends, may stand for any language."""
    values = headers.get("accept-language")
    if values is None:
        return AcceptedLanguages()
    joined = ",".join(values)
    accepted = parse_accept_language(joined, edition.language_aliases)
    return accepted if all(part.strip() for part in joined.split(",")) else replace(accepted, readable=False)
