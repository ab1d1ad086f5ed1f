"""Says when a territory map grows old. Owns that warning; whether a map may be believed is `decide`'s."""

from datetime import date

from webapp.core.model import MapFacts
from webapp.errors import Problem, Severity
from webapp.territories.definitions import Definitions

MAP = "config/territories.mmdb"


def check_age(facts: MapFacts, definitions: Definitions, today: date) -> tuple[Problem, ...]:
    """A warning from `warn_age_days` until `max_age_days`; after that `check_edition` has graver words."""
    age = (today - facts.data_date).days
    if not definitions.warn_age_days <= age <= facts.max_age_days:
        return ()
    left = facts.max_age_days - age
    message = f"the map's data is {age} days old ({facts.data_date}); in {left} days it proves nothing any more"
    hint = "Run: webapp territories update (or bring new databases and run: webapp territories build)."
    return (Problem("map.old", MAP, message, hint, severity=Severity.WARNING),)
