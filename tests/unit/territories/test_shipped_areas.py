"""The definitions that ship with the site: every city is where the world knows it, by geometry alone."""

from pathlib import Path

import pytest

from benchmarks.accuracy import HELD, NOT_HELD
from webapp.territories.definitions import load_definitions
from webapp.territories.judge import Judge, Says
from webapp.territories.records import Record

ROOT = Path(__file__).parents[3]
MAY_BE = {"Kherson"}
"""Under Ukrainian control, but closer to the line than an address can be located."""


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge(load_definitions(ROOT))


def ask(judge: Judge, record: Record) -> Says:
    return judge.judge(record, located=True).says[1]


@pytest.mark.parametrize("country", ["UA", "RU", None])
@pytest.mark.parametrize("city", HELD)
def test_held_city(judge: Judge, city: str, country: str | None) -> None:
    """Whatever country a vendor files it under, and even under none, a held city is inside."""
    latitude, longitude = HELD[city]
    record = Record(country=country, city=city, latitude=latitude, longitude=longitude)
    assert ask(judge, record) is Says.INSIDE


@pytest.mark.parametrize("city", NOT_HELD)
def test_free_city(judge: Judge, city: str) -> None:
    """A city away from the line is outside."""
    latitude, longitude = NOT_HELD[city]
    record = Record(country="UA", city=city, latitude=latitude, longitude=longitude)
    assert ask(judge, record) is (Says.UNCERTAIN if city in MAY_BE else Says.OUTSIDE)


@pytest.mark.parametrize(
    ("place", "latitude", "longitude"),
    [
        ("Kupiansk", 49.71, 37.62),
        ("Lyman", 48.985, 37.81),
        ("Kostiantynivka", 48.53, 37.70),
        ("Dobropillia", 48.47, 37.08),
        ("Orikhiv", 47.57, 35.79),
        ("Nikopol", 47.57, 34.39),
        ("Ochakiv", 46.61, 31.55),
        ("Borova", 49.38, 37.62),
    ],
)
def test_town_near_the_line(judge: Judge, place: str, latitude: float, longitude: float) -> None:
    """A town closer to the line than an address can be located is uncertain, or inside."""
    record = Record(country="UA", city=place, latitude=latitude, longitude=longitude)
    assert ask(judge, record) in (Says.UNCERTAIN, Says.INSIDE)


REGIONS: list[tuple[Record, Says]] = [
    *((Record(country="UA", regions=(f"UA-{code}",)), Says.INSIDE) for code in ("43", "40")),
    *((Record(country="UA", regions=(f"UA-{code}",)), Says.UNCERTAIN) for code in ("14", "09", "23", "65", "63", "59")),
    *((Record(country="UA", regions=(f"UA-{code}",)), Says.OUTSIDE) for code in ("30", "46", "51", "48")),
    *((Record(country="RU", regions=(f"RU-{code}",)), Says.INSIDE) for code in ("CR", "SEV", "DON", "LUG", "ZP", "HR")),
    *(
        (Record(country="UA", region_names=(name,)), Says.INSIDE)
        for name in ("Crimea", "CRIMEA", "Qırım", "Крим", "Avtonomna Respublika Krym", "Sebastopol City")
    ),
    *(
        (Record(country="RU", region_names=(name,)), Says.INSIDE)
        for name in ("Republic of Crimea", "Республика Крым", "Gorod Sevastopol’", "Luhansk", "ДНР")
    ),
    *(
        (Record(country="UA", region_names=(name,)), Says.UNCERTAIN)
        for name in (
            "Zaporizhzhia", "Zaporizhzhya Oblast", "Zaporizhia", "Zaporizʹka Oblastʹ", "Kharkivs’ka Oblast’",
            "Donets´k", "Херсонська область", "Луганская область", "Dnipropetrovsk Oblast", "Sumy",
        )
    ),
    (Record(country="UA"), Says.COARSE),
    (Record(country="UA", region_names=("Kyiv City",)), Says.UNCERTAIN),
    (Record(country="DE", region_names=("Crimea",)), Says.OUTSIDE),
]  # fmt: skip


@pytest.mark.parametrize(("record", "says"), REGIONS, ids=[record.said for record, _ in REGIONS])
def test_regions(judge: Judge, record: Record, says: Says) -> None:
    """ISO 3166-2, the codes that are none, and names in every spelling."""
    assert ask(judge, record) is says
