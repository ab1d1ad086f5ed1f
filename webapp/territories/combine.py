"""Weighs what several sources claim of one network into one Answer. Owns the order of proof; pure.

Inside for any: inside. Outside only when no source objects, the countries agree (or have nothing to do with the
territory), nothing casts doubt, and a located source says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.territories.judge import Claim, Says

INSIDE, UNCERTAIN, OUTSIDE = "inside", "uncertain", "outside"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the map will say of a network. `votes` and `reasons` are empty when it is outside everything.

    `kinds` name the sorts of doubt for the statistics, in no territory's name.
    """

    answer: str
    country: str | None
    inside: tuple[str, ...] = ()
    uncertain: tuple[str, ...] = ()
    votes: tuple[tuple[str, str], ...] = ()
    reasons: tuple[str, ...] = ()

    def as_record(self) -> dict[str, object]:
        """The MMDB record: scalars first, for readers such as nginx that want those."""
        record: dict[str, object] = {"answer": self.answer}
        if self.country:
            record["country"] = {"iso_code": self.country}
        if self.answer != OUTSIDE:
            if self.inside:
                record["inside"] = list(self.inside)
            if self.uncertain:
                record["uncertain"] = list(self.uncertain)
            record["votes"] = dict(self.votes)
            if self.reasons:
                record["reasons"] = list(self.reasons)
        return record


def combine(
    territories: Sequence[str], touches: Sequence[frozenset[str]], claims: Sequence[tuple[str, Claim]]
) -> Answer | None:
    """One Answer from (source, claim) pairs; None when no source knows the network.

    `touches` holds, per territory, the countries that have to do with it.
    """
    if not claims:
        return None
    inside, uncertain, reasons = [], [], []
    for index, territory in enumerate(territories):
        answer, why = _weigh(index, touches[index], [claim for _, claim in claims])
        if answer == INSIDE:
            inside.append(territory)
        elif answer == UNCERTAIN:
            uncertain.append(territory)
            reasons.append(f"{territory}: {why}")
    country = _find_country(claims)
    if not inside and not uncertain:
        return Answer(OUTSIDE, country)
    answer = INSIDE if inside else UNCERTAIN
    return Answer(answer, country, tuple(inside), tuple(uncertain), _votes(claims), tuple(reasons))


def _weigh(index: int, touches: frozenset[str], claims: Sequence[Claim]) -> tuple[str, str]:
    """One territory's answer and, when it is uncertain, why."""
    excepted = any(claim.excepted[index] for claim in claims)
    says = [claim.says[index] for claim in claims]
    entries = [] if excepted else [claim.entries[index] for claim in claims]
    if Says.INSIDE in says or Says.INSIDE in entries:
        return INSIDE, ""
    if Says.UNCERTAIN in says:
        return UNCERTAIN, next(claim.why[index] for claim in claims if claim.says[index] is Says.UNCERTAIN)
    if Says.UNCERTAIN in entries:
        return UNCERTAIN, "an entry of the editors' says that it may be"
    doubts = sorted({claim.doubt for claim in claims if claim.doubt})
    if doubts:
        return UNCERTAIN, f"its user may be anywhere ({', '.join(doubts)})"
    countries = {claim.country for claim in claims if claim.country}
    if len(countries) > 1 and countries & touches:
        return UNCERTAIN, "the sources disagree about the country"
    return _weigh_outside(index, claims)


def _weigh_outside(index: int, claims: Sequence[Claim]) -> tuple[str, str]:
    """Nobody objects; is there a located source that says where it is?"""
    located = {claim.says[index] for claim in claims if claim.located}
    if Says.OUTSIDE in located:
        return OUTSIDE, ""
    if located:
        return UNCERTAIN, "located only to a country that is partly inside"
    return UNCERTAIN, "no source says where it is used"


def _find_country(claims: Sequence[tuple[str, Claim]]) -> str | None:
    """The first located source's country, else the first that any names."""
    named = sorted((not claim.located, place) for place, (_, claim) in enumerate(claims) if claim.country)
    return claims[named[0][1]][1].country if named else None


def _votes(claims: Sequence[tuple[str, Claim]]) -> tuple[tuple[str, str], ...]:
    votes: dict[str, str] = {}
    for source, claim in claims:
        votes[source] = f"{votes[source]}; {claim.said}" if source in votes else claim.said
    return tuple(votes.items())
