"""What one source says of a network, in one shape for all vendors. Owns the words of the compiler; decides nothing."""

import re
import unicodedata
from dataclasses import dataclass

_NOT_A_PLACE = frozenset({"oblast", "voblasc", "voblast", "region", "province", "republic", "krai", "kray"})
_ADMINISTRATIVE = _NOT_A_PLACE | {"autonomous", "city", "misto", "of", "the"}


@dataclass(frozen=True, slots=True)
class Record:
    """One vendor record. `regions` are ISO 3166-2 codes, `region_names` the vendor's spelling of the same.

    `radius_km` is the vendor's own circle of error; None when it gives none. `doubt` says why the user may be
    anywhere: "anonymiser", "hosting", "satellite".
    """

    country: str | None = None
    registered: str | None = None
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
    plain = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    return re.sub(r"[^\w\s]|_", " ", re.sub(r"['’ʹʼ`‘\"]", "", plain)).casefold().split()
