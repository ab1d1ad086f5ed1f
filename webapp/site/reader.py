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
from webapp.settings import Cdn, Network
from webapp.site.address import Resolved, resolve
from webapp.site.cdn import judge
from webapp.site.networks import NetworkSet

Headers = Mapping[str, Sequence[str]]


def headers_of(environ: Mapping[str, object]) -> Headers:
    """Collect the request headers of a WSGI environ, names in lower case."""
    return {
        name[5:].replace("_", "-").lower(): (str(value),) for name, value in environ.items() if name.startswith("HTTP_")
    }


def find_place(edition: Edition, resolved: Resolved, *, alike: bool = False) -> Place:
    """Look an address up in the edition's map. Never raises; what goes wrong is a reason to know nothing.

    `alike`: the answer need not say in which network, and why.
    """
    if resolved.unknown is not None or resolved.address is None:
        return resolved.unknown or UnknownPlace(UnknownReason.NO_ADDRESS, "there is no address")
    if edition.finder is None:
        return UnknownPlace(UnknownReason.NO_MAP, "there is no territory map that can be believed")
    try:
        return edition.finder.find_alike(resolved.address) if alike else edition.finder.find(resolved.address)
    except Exception as fault:  # noqa: BLE001 - whatever fails in a lookup, the place is unknown and the notice shown
        return UnknownPlace(UnknownReason.MAP_ERROR, f"the lookup failed ({type(fault).__name__})")


def read_place(
    edition: Edition,
    peer: str | None,
    headers: Headers,
    trusted: Sequence[Network],
    cdn: Cdn | None = None,
) -> tuple[Place, Resolved]:
    """Find out where a reader is, and the steps by which her address was found."""
    resolved = resolve(peer, headers, trusted)
    return judge(find_place(edition, resolved), headers, cdn, edition.regions), resolved


def read_place_alike(
    edition: Edition, peer: str | None, headers: Headers, trusted: NetworkSet, cdn: Cdn | None
) -> Place:
    """Find out where a reader is, as far as decisions are concerned: what `read_place` says, without the reasons.

    A decision may be remembered, and holds the place: what a CDN says of one reader must not stay in it.
    """
    found = find_place(edition, resolve(peer, headers, trusted), alike=True)
    place = judge(found, headers, cdn, edition.regions)
    if place is found or not isinstance(place, KnownPlace):
        return place
    return place._replace(votes=(), reasons=())


def read_reader(
    edition: Edition,
    peer: str | None,
    headers: Headers,
    trusted: Sequence[Network],
    page: tuple[LocaleTag, ...],
    cdn: Cdn | None = None,
) -> tuple[Reader, Resolved]:
    """Make the Reader of a request, and the steps by which her address was found."""
    place, resolved = read_place(edition, peer, headers, trusted, cdn)
    return Reader(place, page, read_languages(edition, headers)), resolved


def read_languages(edition: Edition, headers: Headers) -> AcceptedLanguages:
    """Read Accept-Language. The server hands a value that is not text on as an empty one, so an empty part, which no
    browser sends, may stand for any language. So may a header that only looks like this one."""
    values = headers.get("accept-language")
    if values is None:
        return AcceptedLanguages(readable="accept_language" not in headers)
    joined = ",".join(values)
    accepted = parse_accept_language(joined, edition.language_aliases)
    sound = all(part.strip() for part in joined.split(",")) and "accept_language" not in headers
    return accepted if sound else replace(accepted, readable=False)
