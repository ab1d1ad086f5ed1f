"""Draws what benchmarks/front.py measured as one SVG picture: a bar for each goal, and how much of it was reached."""

from collections.abc import Iterator
from html import escape

from benchmarks.rows import Row

WIDTH, LABEL, LINE, TOP = 900, 430, 24, 44
FULL = 300
"""Pixels of a bar that just reaches its goal."""
MOST = 1.4
"""Longest bar, as a part of the goal: more is written, not drawn."""
STYLE = """text{font:13px sans-serif;fill:#222}.met{fill:#2b6f4e}.missed{fill:#b4552d}
.goal{stroke:#222;stroke-width:1.5}
@media(prefers-color-scheme:dark){text{fill:#ddd}.goal{stroke:#ddd}.met{fill:#5fae88}.missed{fill:#e08a5f}}"""


def draw(rows: list[Row], title: str) -> str:
    """Return the picture of those rows that have a goal."""
    judged = [row for row in rows if row.reached is not None]
    height = TOP + LINE * len(judged) + 12
    goal, said = LABEL + FULL, escape(title)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{said}</title>",
        f"<style>{STYLE}</style>",
        f'<text x="{goal}" y="18" text-anchor="middle">goal</text>',
        f'<text x="0" y="18">{said}</text>',
        *_bars(judged),
        f'<line class="goal" x1="{goal}" x2="{goal}" y1="26" y2="{height - 8}"/>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _bars(judged: list[Row]) -> Iterator[str]:
    for number, row in enumerate(judged):
        reached = row.reached or 0.0
        y, long = TOP + LINE * number, round(FULL * min(reached, MOST))
        label = escape(row.what.replace("`", ""))
        yield f'<text x="{LABEL - 8}" y="{y + 13}" text-anchor="end">{label}</text>'
        yield f'<rect class="{"met" if reached >= 1 else "missed"}" x="{LABEL}" y="{y}" width="{long}" height="17"/>'
        yield f'<text x="{LABEL + long + 6}" y="{y + 13}">{reached:.2f}</text>'
