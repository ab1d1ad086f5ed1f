"""What one source says of a network, in one shape for all vendors. Owns the words of the compiler; decides nothing."""

import re
import unicodedata
from dataclasses import dataclass

_NOT_A_PLACE = frozenset({
    "oblast", "oblasti", "voblasc", "voblast", "region", "province", "republic", "respublika", "krai", "kray",
    "область", "области", "республика", "республіка", "край",
})  # fmt: skip
_ADMINISTRATIVE = _NOT_A_PLACE | frozenset({
    "autonomous", "avtonomna", "avtonomnaya", "автономна", "автономная", "city", "misto", "gorod", "місто", "город",
    "of", "the",
})  # fmt: skip
_SILENT = re.compile(r"['’ʹʼ`‘\"´′ʺ″＇\u00ad\u200b-\u200f\u2060\ufeff]")
"""Apostrophes and soft signs, hyphens and marks that cannot be seen: NFKD would make spaces of some."""


@dataclass(frozen=True, slots=True)
class Record:
    """One vendor record. `registered` is where the network's holder is, `represented` whom it serves (an army abroad).

    `regions` are ISO 3166-2 codes, `region_names` the vendor's spelling of the same.

    `radius_km` is the vendor's own circle of error; None when it gives none. `doubt` says why the user may be
    anywhere: "anonymiser", "hosting", "satellite", "anycast".
    """

    country: str | None = None
    registered: str | None = None
    represented: str | None = None
    regions: tuple[str, ...] = ()
    region_names: tuple[str, ...] = ()
    city: str = ""
    latitude: float | None = None
    longitude: float | None = None
    radius_km: float | None = None
    asn: int | None = None
    doubt: str | None = None

    @property
    def is_settled(self) -> bool:
        """True when it names a town, not just a country or region. Some vendors put "… Oblast" in the city's place."""
        return bool(self.city) and not (set(_words(self.city)) & _NOT_A_PLACE)

    @property
    def elsewhere(self) -> frozenset[str]:
        """Countries that it names beside the one where it is located."""
        return frozenset({self.registered, self.represented}) - {None, self.country}  # type: ignore[return-value]

    @property
    def said(self) -> str:
        """In a few letters, for editors: "RU/Crimea", "AS201776", "registered RU"."""
        if self.country:
            region = self.region_names[0] if self.region_names else (self.regions or ("",))[0]
            return f"{self.country}/{region}" if region else self.country
        if self.asn is not None:
            return f"AS{self.asn}"
        return f"registered {self.registered}" if self.registered else self.doubt or "nothing"


def fold_name(name: str) -> str:
    """One form for all spellings: no case, marks, apostrophes or administrative words ("Kharkivs’ka Oblast’").

    A name that consists of such words only keeps them.
    """
    words = _words(name)
    return " ".join([word for word in words if word not in _ADMINISTRATIVE] or words)


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", _SILENT.sub("", name)).replace("ı", "i")
    letters = "".join(char for char in plain if not unicodedata.combining(char)).casefold()
    return re.sub(r"[^\w\s]|_", " ", letters).split()
