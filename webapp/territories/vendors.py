"""Knows the schemas of vendor databases: from a raw MMDB record to a Record. Refuses a schema that it does not know.

GeoIP2, GeoLite2 and DB-IP's own files nest (country.iso_code …; https://dev.maxmind.com/geoip/docs/databases/); the
ip-location-db files are flat (country_code, state1, city, latitude, longitude).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from webapp.territories.records import Record

Raw = Mapping[str, Any]

_NESTED = {"country", "registered_country", "continent", "location", "city", "subdivisions", "traits"}
_ANONYMOUS = {
    "is_anonymous", "is_anonymous_vpn", "is_public_proxy", "is_tor_exit_node", "is_residential_proxy",
}  # fmt: skip
_HIDING = (*sorted(_ANONYMOUS), "is_anonymous_proxy", "is_legitimate_proxy")
_HIDING_USERS = ("consumer_privacy_network",)
_HOSTING_USERS = ("hosting", "content_delivery_network")
_NO_COUNTRY = {"ZZ", "XX", "EU", "AP"}
"""Codes that vendors use where they know no country: unknown, "somewhere in Europe", "somewhere in Asia"."""


class SchemaError(ValueError):
    """A database that we cannot read; the message says what was seen."""


def find_parser(database_type: str, records: Iterable[object]) -> tuple[str, Callable[[Raw], Record]]:
    """The name of the schema and its parser, from a sample of records. Raises SchemaError."""
    keys: set[str] = set()
    for record in records:
        if not isinstance(record, dict):
            raise SchemaError(f"a {database_type!r} database whose records are {type(record).__name__}, not maps")
        keys |= record.keys()
    if "country_code" in keys:
        return ("flat-city" if "latitude" in keys else "flat-country"), parse_flat
    if "autonomous_system_number" in keys and not keys & {"country", "registered_country"}:
        return "asn", parse_nested
    if keys & (_ANONYMOUS | {"is_hosting_provider"}):
        return "anonymous", parse_nested
    if keys == {"connection_type"}:
        return "connection", parse_nested
    if keys & {"country", "registered_country"} and keys & _NESTED:
        return ("nested-city" if keys & {"location", "city", "subdivisions"} else "nested-country"), parse_nested
    seen = ", ".join(sorted(keys)[:12]) or "no records"
    raise SchemaError(f"a {database_type!r} database with the keys {seen}; no schema that we know")


def parse_flat(raw: Raw) -> Record:
    """An ip-location-db record."""
    latitude, longitude = _point(raw)
    return Record(
        country=_code(raw.get("country_code")),
        region_names=tuple(name for name in (raw.get("state1"), raw.get("state2")) if name),
        city=raw.get("city") or "",
        latitude=latitude,
        longitude=longitude,
        doubt=_legacy_doubt(raw.get("country_code")),
        asn=_asn(raw.get("autonomous_system_number")),
    )


def parse_nested(raw: Raw) -> Record:
    """A GeoIP2, GeoLite2 or DB-IP record of any edition; what it lacks stays empty."""
    code = raw.get("country", {}).get("iso_code")
    country, traits = _code(code), raw.get("traits", {})
    latitude, longitude = _point(raw.get("location", {}))
    parts = [part for part in raw.get("subdivisions", ()) if isinstance(part, dict)]
    return Record(
        country=country,
        registered=_code(raw.get("registered_country", {}).get("iso_code")),
        represented=_code(raw.get("represented_country", {}).get("iso_code")),
        regions=tuple(f"{country}-{part['iso_code']}" for part in parts if country and part.get("iso_code")),
        region_names=tuple(name for part in parts if (name := _name(part))),
        city=_name(raw.get("city", {})),
        latitude=latitude,
        longitude=longitude,
        radius_km=_radius(raw.get("location", {}).get("accuracy_radius")),
        asn=_asn(raw.get("autonomous_system_number", traits.get("autonomous_system_number"))),
        doubt=_find_doubt(raw) or _find_doubt(traits) or _find_doubt(raw.get("anonymizer", {})) or _legacy_doubt(code),
    )


def _name(part: Raw) -> str:
    """The English name, or any that there is: editors may list spellings in other scripts."""
    names: Mapping[str, str] = part.get("names", {})
    return names.get("en") or next((names[key] for key in sorted(names)), "")


def _point(raw: Raw) -> tuple[float | None, float | None]:
    """Latitude and longitude; none for what is off the globe, and for 0, 0, which is the sea and means "unknown"."""
    latitude, longitude = _number(raw.get("latitude")), _number(raw.get("longitude"))
    if latitude is None or longitude is None or (latitude == 0 and longitude == 0):
        return None, None
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else (None, None)


def _find_doubt(flags: Raw) -> str | None:
    user = flags.get("user_type")
    if any(flags.get(name) for name in _HIDING) or user in _HIDING_USERS:
        return "anonymiser"
    if flags.get("is_hosting_provider") or user in _HOSTING_USERS:
        return "hosting"
    if flags.get("is_satellite_provider") or flags.get("connection_type") == "Satellite":
        return "satellite"
    return "anycast" if flags.get("is_anycast") else None


def _legacy_doubt(code: object) -> str | None:
    """GeoIP's old codes in the country's place: A1 an anonymous proxy, A2 a satellite provider."""
    return {"A1": "anonymiser", "A2": "satellite"}.get(code) if isinstance(code, str) else None


def _code(value: object) -> str | None:
    """Two capital letters; vendors also write "", "-", "ZZ", or lower case."""
    text = value.upper() if isinstance(value, str) else ""
    return text if len(text) == 2 and text.isascii() and text.isalpha() and text not in _NO_COUNTRY else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _radius(value: object) -> float | None:
    number = _number(value)
    return number if number is not None and number > 0 else None


def _asn(value: object) -> int | None:
    return value if isinstance(value, int) and value > 0 else None
