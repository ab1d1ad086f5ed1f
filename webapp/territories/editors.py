"""The editors' own networks and exceptions as layers of claims, like any source. Owns nothing else."""

from ipaddress import ip_network

from webapp.territories.definitions import Definitions
from webapp.territories.judge import Claim, Says
from webapp.territories.spans import Steps, network_range, step_ranges

EDITORS = "editors"


def editor_layers(definitions: Definitions) -> list[tuple[str, Steps, Claim]]:
    """One layer for every entry, so that overlapping entries need no order among them."""
    ids = list(definitions.territories)
    layers = []
    for index, definition in enumerate(definitions.territories.values()):
        for entry in definition.table.networks:
            claim = _claim(len(ids), index, Says(entry.answer), False, f"{definition.id}: {entry.answer}")
            layers.append((EDITORS, _steps(entry.networks), claim))
        for exception in definition.table.exceptions:
            if exception.networks:
                claim = _claim(len(ids), index, Says.SILENT, True, f"{definition.id}: exception")
                layers.append((EDITORS, _steps(exception.networks), claim))
    return layers


def _steps(networks: list[str]) -> Steps:
    return step_ranges([network_range(ip_network(text)) for text in networks])


def _claim(count: int, index: int, says: Says, excepted: bool, said: str) -> Claim:
    return Claim(
        said=said,
        country=None,
        located=False,
        doubt=None,
        says=(Says.SILENT,) * count,
        why=("",) * count,
        entries=tuple(says if place == index else Says.SILENT for place in range(count)),
        excepted=tuple(excepted and place == index for place in range(count)),
    )
