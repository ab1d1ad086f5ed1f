"""What `make bench` prints and draws, and the sites it makes: the figures themselves are the machine's."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from benchmarks.picture import draw
from benchmarks.profiling import to_lines
from benchmarks.rows import Row, at_least, at_most, to_table
from benchmarks.sizes import with_articles, with_locales, with_notices
from tests.newsroom import LOCALES, RU, make_article, make_text
from tests.strategies import NOW, make_edition, make_notice, make_reader
from webapp.core.decide import decide

EDITION = replace(make_edition(make_notice(id="one")), locales=LOCALES)


@pytest.mark.parametrize(
    ("row", "met"),
    [
        pytest.param(at_least("a", 10, 2, "b", 5), "yes", id="just as many"),
        pytest.param(at_least("a", 9, 2, "b", 5), "**no**", id="fewer"),
        pytest.param(at_most("a", 10, 10, "b", 1), "yes", id="just as long"),
        pytest.param(at_most("a", 10.1, 10, "b", 1), "**no**", id="longer"),
        pytest.param(Row("a", "1", "2", "3"), "reported", id="without a goal"),
    ],
)
def test_goals_are_judged(row: Row, met: str) -> None:
    """A goal that is missed says so in the table."""
    assert row.met == met
    assert to_table([row]).endswith(f"| {met} |")


def test_picture_shows_every_goal() -> None:
    """One bar for each goal, none for what is only reported; words are escaped, and the colour says what is met."""
    rows = [at_least("a < b & c", 1, 1, "d", 2), at_most("quick", 1, 90, "d", 1), Row("told", "1", "2", "3")]
    picture = ET.fromstring(draw(rows, "R&D"))  # noqa: S314 - made by the line it stands in
    bars = [it.get("class") for it in picture.iter("{http://www.w3.org/2000/svg}rect")]
    assert bars == ["missed", "met"]
    words = [it.text for it in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert {"a < b & c", "0.50", "quick", "90.00"} <= set(words)
    assert "told" not in words


def test_sites_of_other_sizes() -> None:
    """As many notices, articles and languages as asked for, each told apart, under a digest of their own."""
    notices = with_notices(EDITION, 40)
    assert len({notice.id for notice in notices.notices}) == 40
    assert len(decide(notices, make_reader(), NOW).outcomes) == 40
    articles = with_articles(replace(EDITION, articles={make_article("a", make_text(RU)).slug: make_article("a")}), 30)
    assert len(articles.articles) == 30
    assert all(slug == article.slug for slug, article in articles.articles.items())
    few = with_locales(EDITION, 2, RU)
    assert RU in few.locales
    assert len(few.locales) == 2
    assert len({EDITION.digest, notices.digest, articles.digest, few.digest}) == 4


def test_profile_counts_where_stacks_end() -> None:
    """Shares by the function in which a stack ends, the greatest first; without one, the server's own time."""
    stacks = "main (/x/a.py);ask (/x/door.py) 6\nmain (/x/a.py);ask (/y/door.py) 1\nmain (/x/a.py) 1\n 2\n"
    assert to_lines(stacks).splitlines() == [
        " 70.0%  ask (door.py)",
        " 20.0%  the server, before and after",
        " 10.0%  main (a.py)",
    ]
