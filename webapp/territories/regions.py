"""What editors say of countries and ISO 3166-2 regions, as one table to look a CDN's hint up in. Knows no address."""

from collections.abc import Mapping

from webapp.core.model import RegionAnswers, TerritoryId
from webapp.territories.definitions import Definitions, TerritoryDefinition


def region_answers(definitions: Definitions) -> RegionAnswers:
    """Map "UA-43", or "UA" for every region of it that is not listed, to (territory, "inside" or "uncertain") pairs.

    A region that editors put outside every territory stands there with no pair, so that it is not taken for unlisted.
    """
    answers: dict[str, list[tuple[TerritoryId, str]]] = {}
    for definition in definitions.territories.values():
        for code, answer in _said_by(definition).items():
            pairs = answers.setdefault(code, [])
            if answer != "outside":
                pairs.append((definition.id, answer))
    return {code: tuple(pairs) for code, pairs in answers.items()}


def _said_by(definition: TerritoryDefinition) -> Mapping[str, str]:
    table = definition.table
    said: dict[str, str] = dict.fromkeys(table.touches, "uncertain")
    said |= {code: entry.answer for entry in table.regions for code in entry.codes}
    said |= {code: "inside" for entry in table.countries for code in entry.codes}
    return said
