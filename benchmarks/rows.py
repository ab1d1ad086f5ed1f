"""One row of the table in docs/performance.md, and how it is judged. Measures nothing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured, its figure, the reference's, and the ratio with its goal, in words.

    `reached` is the part of the goal that was reached: 1 is just met, more is better; None has no goal.
    """

    what: str
    here: str
    reference: str
    ratio: str
    reached: float | None = None

    @property
    def met(self) -> str:
        """Say whether the goal was met."""
        return "reported" if self.reached is None else "yes" if self.reached >= 1 else "**no**"


def at_least(what: str, here: float, there: float, reference: str, goal: float, unit: str = "/s") -> Row:
    """A row of two rates, of which ours may not be less than `goal` times the other."""
    ratio = here / there
    text = f"{ratio:.2f} × (goal ≥ {goal} ×)"
    return Row(what, f"{here:,.0f}{unit}", f"{reference}: {there:,.0f}{unit}", text, ratio / goal)


def at_most(what: str, here: float, there: float, reference: str, goal: float) -> Row:
    """A row of two times in milliseconds, of which ours may not be more than `goal` times the other."""
    ratio = here / there
    text = f"{ratio:.2f} × (goal ≤ {goal} ×)"
    return Row(what, f"{here:.1f} ms", f"{reference}: {there:.1f} ms", text, goal / ratio)


def to_table(rows: list[Row]) -> str:
    """Return rows as a Markdown table."""
    lines = ["| what | here | reference, same run | ratio or goal | met |", "|---|---|---|---|---|"]
    cells = ((row.what, row.here, row.reference, row.ratio, row.met) for row in rows)
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in cells)])
