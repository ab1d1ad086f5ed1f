"""Editors, faults and hostile clients at work while readers read. Short forms of the drills."""

import socket
from pathlib import Path

import pytest

from tests.drills.faults import no_descriptors
from tests.drills.hostile import fuzz, shout, sweep
from tests.drills.load import play_kills, play_load
from tests.functional.serving import Answer, serving
from tests.load_drill import READERS, Figures, copy_site, judge
from tests.visits import RUSSIAN_LAW


def test_readers_and_an_editor(tmp_path: Path) -> None:
    """Editions come every second, some invalid: every reader is answered, from one edition, with her notices."""
    figures, (sound, invalid) = play_load(tmp_path, seconds=8, rate=40)
    assert figures.wrong == []
    assert (figures.failed, figures.lost) == (0, 0)
    assert set(figures.statuses) == {200}
    assert figures.without_notice > 0
    assert sound > 1
    assert invalid > 0
    assert len(figures.editions) > 1


def test_workers_that_are_killed(tmp_path: Path) -> None:
    """A worker that is killed takes the requests it was at with it; another takes its place, more often than twice."""
    figures, times = play_kills(tmp_path, kills=4, rate=40)
    assert len(times) == 4
    assert figures.wrong == []
    assert figures.failed == 0
    assert figures.lost <= 4 * 16
    assert figures.statuses[200] > figures.lost


def test_no_file_descriptors(tmp_path: Path) -> None:
    """Where no file can be opened there is no answer, or a right one; afterwards all goes on."""
    assert no_descriptors(tmp_path) == []


def test_hostile_clients(tmp_path: Path) -> None:
    """Strange paths, every method with bodies, headers of a megabyte: no 5xx, nothing that is not ours to give."""
    copy_site(tmp_path / "site")
    with serving(tmp_path / "site", tmp_path / "log", WORKERS="1", TRUSTED_PROXIES="127.0.0.1/32") as served:
        statuses, wrong = fuzz(served, 400, 3)
        assert wrong == []
        assert statuses[404] > 100
        statuses, wrong = sweep(served)
        assert wrong == []
        assert statuses[405] > 100
        statuses, wrong = shout(served, 8)
        assert wrong == []
        assert set(statuses) <= {0, 431}
        with socket.create_connection(("127.0.0.1", served.port), timeout=20) as line:
            line.sendall(b"GET /en/drill HTTP/1.1\r\nHost: x\r\n\r\n")
            assert line.recv(12) == b"HTTP/1.1 200"


ARTICLE = '<h1 class="x">Edition {}</h1><a>Daylight {}</a>'


@pytest.mark.parametrize(
    ("title", "name", "notices", "wrong"),
    [
        pytest.param(3, 3, True, 0, id="sound"),
        pytest.param(3, 2, True, 0, id="the article first, the name after it"),
        pytest.param(3, 4, True, 1, id="a name before its article"),
        pytest.param(5, 3, True, 1, id="two editions behind"),
        pytest.param(3, 3, False, 1, id="no notice"),
    ],
)
def test_premise_a_wrong_page_is_told(title: int, name: int, notices: bool, wrong: int) -> None:
    """The drill knows a mixed edition and a missing notice when it sees one."""
    figures = Figures()
    marker = f'<aside data-notice="{RUSSIAN_LAW}">' if notices else ""
    judge(Answer(200, {}, marker + ARTICLE.format(title, name)), "ru", READERS[0][2], figures)
    assert len(figures.wrong) == wrong
