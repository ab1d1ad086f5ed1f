"""Workers that end are started anew, however often, and not in a busy loop."""

from webapp.cli.respawn import FREE, PAUSE, WINDOW, Restarts


def test_it_was_always_long_ago() -> None:
    """Whatever granian wrote down, no crash is a loop to it: it compares with a clock that begins at nought."""
    waits: list[float] = []
    restarts = Restarts(now=lambda: 100.0, sleep=waits.append)
    restarts[0] = 100.0
    for _ in range(FREE):
        assert 0.0 - restarts.get(0, 0) > 5.5
    restarts.clear()
    assert waits == []


def test_many_in_a_minute_wait() -> None:
    """From some number on each waits; those of more than a minute ago are forgotten."""
    waits: list[float] = []
    moment = [100.0]
    restarts = Restarts(now=lambda: moment[0], sleep=waits.append)
    for _ in range(FREE + 3):
        restarts.get(1)
    assert waits == [PAUSE] * 3
    moment[0] += WINDOW + 1
    restarts.get(1)
    assert waits == [PAUSE] * 3
