"""Placeholders: a name in braces, such as {date}. The only notation that our words have; nothing is formatted."""

import re
from collections import Counter
from collections.abc import Mapping

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def placeholders_in(text: str) -> Counter[str]:
    """Return how often each name stands in braces."""
    return Counter(PLACEHOLDER.findall(text))


def without_placeholders(text: str) -> str:
    """Return the text with a space for each placeholder."""
    return PLACEHOLDER.sub(" ", text)


def fill(text: str, values: Mapping[str, str]) -> str:
    """Put the values in. Raises KeyError for a name that has none."""
    return PLACEHOLDER.sub(lambda found: values[found[1]], text)
