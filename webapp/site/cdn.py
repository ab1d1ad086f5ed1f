"""What a CDN says of where the reader is. One more voice that can add a risk or a doubt, and never takes one away.

Its headers reach `judge` only behind a trusted proxy: without one, any of them makes the place unknown in `address`.
"""

import re
from collections.abc import Mapping, Sequence

from webapp.core.model import KnownPlace, Place, RegionAnswers, TerritoryId, UnknownPlace, UnknownReason, Vote
from webapp.settings import Cdn

Headers = Mapping[str, Sequence[str]]

COUNTRY_HEADERS = {
    Cdn.CLOUDFLARE: "cf-ipcountry",
    Cdn.CLOUDFRONT: "cloudfront-viewer-country",
    Cdn.FASTLY: "fastly-geo-country",
}
"""Where each CDN names the reader's country. Fastly has none of its own: docs/operators.md shows how to send it."""

REGION_HEADERS = {
    Cdn.CLOUDFLARE: "cf-region-code",
    Cdn.CLOUDFRONT: "cloudfront-viewer-country-region",
    Cdn.FASTLY: "fastly-geo-region",
}
"""Where each CDN names her region: the part of an ISO 3166-2 code behind the hyphen, or the whole code."""

_SPOKEN_IN = frozenset((*COUNTRY_HEADERS.values(), *REGION_HEADERS.values()))

NO_COUNTRY = frozenset({"XX", "T1"})
"""Cloudflare's words for "not known" and for Tor."""

_COUNTRY = re.compile(r"[A-Z]{2}\Z")
_REGION = re.compile(r"(?:([A-Z]{2})-)?([A-Z0-9]{1,3})\Z")


def judge(place: Place, headers: Headers, configured: Cdn | None, regions: RegionAnswers) -> Place:
    """Return the place with what CDNs say of it taken into account. Never less doubtful than `place`.

    `configured` is the CDN that must be heard; any other that speaks is heard too.
    """
    if not isinstance(place, KnownPlace) or (configured is None and _SPOKEN_IN.isdisjoint(headers)):
        return place
    said = {cdn: _values(headers, COUNTRY_HEADERS[cdn]) for cdn in Cdn}
    if configured is not None and not said[configured]:
        return _unknown(f"the CDN did not say the country ({COUNTRY_HEADERS[configured]} is absent)")
    for country in (value for values in said.values() for value in values):
        if country in NO_COUNTRY or not _COUNTRY.match(country):
            return _unknown("the CDN does not know the country")
        if country != place.country:
            return _unknown("a CDN names another country than the map")
    for cdn in Cdn:
        for region in _values(headers, REGION_HEADERS[cdn]):
            found = _REGION.match(region)
            if not found or not said[cdn]:
                return _unknown("the CDN does not know the region")
            if found[1] not in {None, place.country}:
                return _unknown("the CDN names a region of another country than the map")
            place = _add_region(place, cdn, found[2], regions)
    return place


def _values(headers: Headers, name: str) -> tuple[str, ...]:
    return tuple(value.strip().upper() for value in headers.get(name, ()))


def _unknown(detail: str) -> UnknownPlace:
    return UnknownPlace(UnknownReason.UNTRUSTED_CHAIN, detail)


def _add_region(place: KnownPlace, cdn: Cdn, region: str, regions: RegionAnswers) -> KnownPlace:
    """Move what the region names from outside to inside or uncertain. An unlisted region is as its country."""
    pairs = regions.get(f"{place.country}-{region}", regions.get(str(place.country), ()))
    inside = _named(pairs, "inside") - place.inside
    uncertain = _named(pairs, "uncertain") - place.inside - place.uncertain
    vote = Vote(cdn.value, f"{place.country}/{region}")
    return place._replace(
        inside=place.inside | inside,
        uncertain=(place.uncertain | uncertain) - inside,
        outside=place.outside - inside - uncertain,
        votes=(*place.votes, vote),
        reasons=(*place.reasons, *(f"{cdn} puts the reader near or in {name}" for name in sorted(inside | uncertain))),
    )


def _named(pairs: Sequence[tuple[TerritoryId, str]], answer: str) -> frozenset[TerritoryId]:
    return frozenset(territory for territory, said in pairs if said == answer)
