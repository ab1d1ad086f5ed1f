"""What one Record means for each territory: a Claim. Owns the rules for one source; `combine` weighs several."""

from dataclasses import dataclass
from enum import StrEnum

from webapp.territories.areas import Areas, Lies
from webapp.territories.definitions import Definitions, TerritoryDefinition
from webapp.territories.records import Record, fold_name


class Says(StrEnum):
    """One source's answer for one territory.

    COARSE: it knows the country, of which the territory is a part, and no more. SILENT: it knows nothing of places.
    """

    INSIDE = "inside"
    UNCERTAIN = "uncertain"
    OUTSIDE = "outside"
    COARSE = "coarse"
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Claim:
    """One source's answers, in the order of the definitions' territories.

    `entries` are the answers of the editors' ASN and network entries, `excepted` tells where an exception takes
    those away. `why` says why a territory is uncertain.
    """

    said: str
    country: str | None
    located: bool
    doubt: str | None
    says: tuple[Says, ...]
    why: tuple[str, ...]
    entries: tuple[Says, ...]
    excepted: tuple[bool, ...]


class Judge:
    """Turns Records into Claims. Remembers what it said of a whole country, since most records need no more."""

    def __init__(self, definitions: Definitions) -> None:
        self._benches = [_Bench(definition, definitions.near_km) for definition in definitions.territories.values()]
        self._plain: dict[tuple[str | None, bool], Claim] = {}

    def judge(self, record: Record, located: bool) -> Claim:
        """The claim that this record of a (located or only registered) source makes."""
        plain = record.asn is None and record.doubt is None and record.country is not None
        if plain and not any(bench.cares(record) for bench in self._benches):
            key = (record.country, located)
            if key not in self._plain:
                self._plain[key] = self._claim(Record(country=record.country), located)
            return self._plain[key]
        return self._claim(record, located)

    def _claim(self, record: Record, located: bool) -> Claim:
        heard = [bench.hear(record) for bench in self._benches]
        said = record.said
        if record.city and any(why for _, why in heard):
            said = f"{said}/{record.city}"
        if record.doubt and record.doubt not in said:
            said = f"{said} ({record.doubt})"
        return Claim(
            said=said,
            country=record.country,
            located=located and record.country is not None,
            doubt=record.doubt,
            says=tuple(says for says, _ in heard),
            why=tuple(why for _, why in heard),
            entries=tuple(bench.entry(record) for bench in self._benches),
            excepted=tuple(record.asn in bench.excepted for bench in self._benches),
        )


class _Bench:
    """One territory's entries, ready to be asked."""

    def __init__(self, definition: TerritoryDefinition, near_km: float) -> None:
        table = definition.table
        self.countries = {code for entry in table.countries for code in entry.codes}
        self.touches = self.countries | set(table.touches)
        self.regions = {code: Says(entry.answer) for entry in table.regions for code in entry.codes}
        self.names = {
            (country, fold_name(name)): Says(entry.answer)
            for entry in table.vendor_regions
            for country in entry.countries
            for name in entry.names
        }
        self.asns = {number: Says(entry.answer) for entry in table.asns for number in entry.numbers}
        self.excepted = {number for entry in table.exceptions for number in entry.asns}
        self.areas = Areas(definition.shapes, near_km)
        named = {code.partition("-")[0] for code in self.regions} | {country for country, _ in self.names}
        self.named = self.touches | named

    def cares(self, record: Record) -> bool:
        """False when nothing but the country of this record can matter here."""
        if record.country in self.named or record.elsewhere & self.touches:
            return True
        return self._lies(record) is not Lies.FAR

    def entry(self, record: Record) -> Says:
        return self.asns.get(record.asn, Says.SILENT) if record.asn is not None else Says.SILENT

    def hear(self, record: Record) -> tuple[Says, str]:
        """The answer, and why it is uncertain (or what put it inside an area)."""
        region, lies = self._region(record), self._lies(record)
        if record.country in self.countries or region is Says.INSIDE:
            return Says.INSIDE, ""
        if lies is Lies.INSIDE:
            return Says.INSIDE, "located in an area"
        if lies is Lies.NEAR:
            return Says.UNCERTAIN, "located too near to the line"
        if record.country is None:
            return (Says.UNCERTAIN, "known only by registration") if record.elsewhere else (Says.SILENT, "")
        if record.elsewhere & self.touches:
            return Says.UNCERTAIN, "registered in, or serving, another country than it is located in"
        return self._hear_far(record, region)

    def _hear_far(self, record: Record, region: Says | None) -> tuple[Says, str]:
        """Nothing puts it in or near an area: is it somewhere else, or just vague?"""
        if record.country not in self.touches or region is Says.OUTSIDE:
            return Says.OUTSIDE, ""
        if record.is_settled and record.latitude is not None:
            return Says.OUTSIDE, ""
        if region is Says.UNCERTAIN:
            return Says.UNCERTAIN, "located only to a region that is partly inside"
        if record.regions or record.region_names:
            return Says.UNCERTAIN, "located only to a region that nobody has judged"
        return Says.COARSE, ""

    def _region(self, record: Record) -> Says | None:
        """The gravest answer of all its regions."""
        answers = {self.regions[code] for code in record.regions if code in self.regions}
        answers |= {
            self.names[record.country or "", folded]
            for folded in map(fold_name, record.region_names)
            if (record.country or "", folded) in self.names
        }
        return next((says for says in (Says.INSIDE, Says.UNCERTAIN, Says.OUTSIDE) if says in answers), None)

    def _lies(self, record: Record) -> Lies:
        """Without town and radius, the point is only the middle of something large and says nothing."""
        if record.latitude is None or record.longitude is None:
            return Lies.FAR
        if record.radius_km is None and not record.is_settled:
            return Lies.FAR
        return self.areas.locate(record.latitude, record.longitude, record.radius_km)
