"""Damaged catalogs, the short form: each word is withdrawn or harmless, no page fails and no notice is lost."""

import random

from tests.catalog_drill import Tally, run_round
from tests.mutants import CHANGES, SHAPES
from webapp.core.model import LocaleTag

ALWAYS_WITHDRAWN = {
    "a placeholder invented", "a wide printf format", "printf", "a percent sign", "a script", "a picture that acts",
    "an entity", "a bidi override", "a bidi isolate", "a zero-width space", "a soft hyphen", "a brace",
    "a format trick", "a template's tag", "a marker of the gate", "a comment", "an address", "digits swapped",
    "emptied", "blanked", "fuzzy", "a form lost", "a form too many", "a form emptied",
}  # fmt: skip
"""What no entry survives. The others can end in a sound text: two letters changed places, say."""


def test_damaged_words_do_no_harm() -> None:
    """A thousand and more damaged words of three languages, right to left among them."""
    tally, rng = Tally(), random.Random(20261124)
    tags = [LocaleTag(tag) for tag in ("ru", "uk", "fa")]
    for _ in range(5):
        run_round(rng, tally, tags)
    assert sum(tally.made.values()) > 1000
    assert set(tally.made) >= set(CHANGES)
    assert set(tally.made) <= {*CHANGES, *SHAPES}
    survived = {kind for kind in tally.made if tally.withdrawn[kind] < tally.made[kind]}
    assert not survived & ALWAYS_WITHDRAWN, {kind: (tally.withdrawn[kind], tally.made[kind]) for kind in survived}
