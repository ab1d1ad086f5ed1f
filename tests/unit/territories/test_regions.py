"""The table in which a CDN's region is looked up, from the editors' own definitions."""

from tests.samples import REPOSITORY
from webapp.core.model import TerritoryId
from webapp.territories.definitions import load_definitions
from webapp.territories.regions import region_answers

OCCUPIED = TerritoryId("occupied-ukraine")


def test_embedded_definitions() -> None:
    """Codes of Crimea are inside, a partly held oblast and an unlisted one are uncertain, Kyiv is neither."""
    answers = region_answers(load_definitions(REPOSITORY))
    assert answers["UA-43"] == answers["RU-CR"] == ((OCCUPIED, "inside"),)
    assert answers["UA-14"] == answers["UA"] == ((OCCUPIED, "uncertain"),)
    assert answers["UA-30"] == ()
    assert set(answers["RU"]) == {("russia", "inside"), (OCCUPIED, "uncertain")}
    assert answers["BY"] == (("belarus", "inside"),)
    assert "DE" not in answers
