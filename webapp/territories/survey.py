"""Adds up what a compiled map believes: answers per territory, kinds of doubt, and who of its sources said what.

A map keeps its sources' votes wherever its answer is inside or uncertain, so that a survey needs no database.
Owns counting; draws and judges nothing.
"""

import re
from collections import defaultdict
from dataclasses import dataclass

from webapp.territories.combine import Answer
from webapp.territories.compare import INSIDE, NO_RECORD, OUTSIDE, UNCERTAIN
from webapp.territories.content import Content
from webapp.territories.spans import overlay
from webapp.territories.statistics import Size, sum_sizes

_COUNTRY = re.compile(r"[A-Z]{2}(?![A-Za-z0-9])")
SILENT = "-"
"""What a source says that does not know the network."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: words, and how much of the address space they hold for."""

    words: tuple[str, ...]
    size: Size


@dataclass(frozen=True, slots=True)
class Survey:
    """`answers`: territory, answer. `kinds`: territory, why it is uncertain. `countries`: what each of `sources` says,
    by country, wherever any territory is inside or uncertain. `places`: territory, then what each source says in full.

    Every table is sorted, the largest first, within its territory if it has one.
    """

    sources: tuple[str, ...]
    answers: tuple[Row, ...]
    kinds: tuple[Row, ...]
    countries: tuple[Row, ...]
    places: tuple[Row, ...]

    @property
    def agreement(self) -> tuple[Row, ...]:
        """How much of what `countries` covers all sources agree on; is named by one only; is disputed."""
        totals: dict[str, Size] = defaultdict(Size)
        for row in self.countries:
            named = [word for word in row.words if word != SILENT]
            one = len(set(named)) == 1
            if len(named) < 2:
                words = "only one source names a country" if named else "no source names a country"
            else:
                words = "the sources name one country" if one else "the sources name different countries"
            totals[words] += row.size
        return _rows({(words,): size for words, size in totals.items()})


def survey(content: Content, territories: tuple[str, ...]) -> Survey:
    """Survey a map. `territories` are those to report on, also when no answer names them."""
    sources = tuple(dict.fromkeys(source for answer in content.answers for source, _ in answer.votes))
    answers: dict[tuple[str, ...], Size] = defaultdict(Size)
    kinds: dict[tuple[str, ...], Size] = defaultdict(Size)
    countries: dict[tuple[str, ...], Size] = defaultdict(Size)
    places: dict[tuple[str, ...], Size] = defaultdict(Size)
    for answer, size in _sized(content):
        said = _said(answer, sources)
        for name in territories:
            answers[name, _word(answer, name)] += size
            if answer is not None and name in (*answer.inside, *answer.uncertain):
                places[name, *said] += size
        if answer is not None and answer.answer != OUTSIDE:
            countries[tuple(_country(word) for word in said)] += size
            for reason in answer.reasons:
                kinds[_split(reason)] += size
    return Survey(
        sources, _order(answers, territories), _order(kinds, territories), _rows(countries), _order(places, territories)
    )


def _sized(content: Content) -> list[tuple[Answer | None, Size]]:
    """Each answer of the map, and None for no record, with its size."""
    high, low, rows = overlay([content.steps])  # which begins at the first address of all
    sizes = sum_sizes(rows[0] + 1, high, low, len(content.answers) + 1)
    return list(zip((None, *content.answers), sizes, strict=True))


def _said(answer: Answer | None, sources: tuple[str, ...]) -> tuple[str, ...]:
    votes = dict(answer.votes) if answer else {}
    return tuple(votes.get(source, SILENT) for source in sources)


def _country(said: str) -> str:
    """The country that a vote names: "RU/Crimea" names RU, "registered RU" and "AS64500" name none."""
    found = _COUNTRY.match(said)
    return found[0] if found else SILENT


def _word(answer: Answer | None, name: str) -> str:
    if answer is None:
        return NO_RECORD
    return INSIDE if name in answer.inside else UNCERTAIN if name in answer.uncertain else OUTSIDE


def _split(reason: str) -> tuple[str, str]:
    """The compiler writes "territory: why"."""
    territory, _, why = reason.partition(": ")
    return territory, why


def _rows(sizes: dict[tuple[str, ...], Size]) -> tuple[Row, ...]:
    rows = [Row(words, size) for words, size in sizes.items() if size]
    return tuple(sorted(rows, key=lambda row: (-row.size.ipv4, -row.size.ipv6_64, row.words)))


def _order(sizes: dict[tuple[str, ...], Size], territories: tuple[str, ...]) -> tuple[Row, ...]:
    """The largest first, territory by territory in the editors' order."""
    known = [*territories, *sorted({words[0] for words in sizes} - set(territories))]
    return tuple(sorted(_rows(sizes), key=lambda row: known.index(row.words[0])))
