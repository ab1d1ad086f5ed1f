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
    if keys & _ANONYMOUS:
        return "anonymous", parse_nested
    if keys & {"country", "registered_country"} and keys & _NESTED:
        return ("nested-city" if keys & {"location", "city", "subdivisions"} else "nested-country"), parse_nested
    seen = ", ".join(sorted(keys)[:12]) or "no records"
    raise SchemaError(f"a {database_type!r} database with the keys {seen}; no schema that we know")


def parse_flat(raw: Raw) -> Record:
    """An ip-location-db record."""
    return Record(
        country=_code(raw.get("country_code")),
        region_names=tuple(name for name in (raw.get("state1"), raw.get("state2")) if name),
        city=raw.get("city") or "",
        latitude=_number(raw.get("latitude")),
        longitude=_number(raw.get("longitude")),
        asn=_asn(raw.get("autonomous_system_number")),
    )


def parse_nested(raw: Raw) -> Record:
    """A GeoIP2, GeoLite2 or DB-IP record of any edition; what it lacks stays empty."""
    country = _code(raw.get("country", {}).get("iso_code"))
    location, traits = raw.get("location", {}), raw.get("traits", {})
    parts = [part for part in raw.get("subdivisions", ()) if isinstance(part, dict)]
    return Record(
        country=country,
        registered=_code(raw.get("registered_country", {}).get("iso_code")),
        regions=tuple(f"{country}-{part['iso_code']}" for part in parts if part.get("iso_code")),
        region_names=tuple(name for part in parts if (name := part.get("names", {}).get("en"))),
        city=raw.get("city", {}).get("names", {}).get("en", ""),
        latitude=_number(location.get("latitude")),
        longitude=_number(location.get("longitude")),
        radius_km=_number(location.get("accuracy_radius")),
        asn=_asn(raw.get("autonomous_system_number", traits.get("autonomous_system_number"))),
        doubt=_find_doubt(raw) or _find_doubt(traits),
    )


def _find_doubt(flags: Raw) -> str | None:
    if any(flags.get(name) for name in _ANONYMOUS) or flags.get("is_anonymous_proxy"):
        return "anonymiser"
    if flags.get("is_hosting_provider") or flags.get("user_type") == "hosting":
        return "hosting"
    return "satellite" if flags.get("is_satellite_provider") else None


def _code(value: object) -> str | None:
    """Two capital letters; vendors also write "", "-", "ZZ", or lower case."""
    text = value.upper() if isinstance(value, str) else ""
    return text if len(text) == 2 and text.isascii() and text.isalpha() and text not in ("ZZ", "XX") else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _asn(value: object) -> int | None:
    return value if isinstance(value, int) and value > 0 else None
