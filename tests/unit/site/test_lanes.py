"""Where requests wait: how many come in, and how many are worked on at once."""

import threading

import pytest

from webapp.site.lanes import Lane
from webapp.site.outgoing import Answer, make_answer


@pytest.mark.parametrize(("inside", "together"), [(2, 2), (3, 1)])
def test_threads_work_together_while_nobody_waits(inside: int, together: int) -> None:
    """Two requests are worked on at once; with a third waiting, one at a time, and all are done."""
    lane, at_once, done = Lane("test", 2, inside), [0], []
    met, lock = threading.Event(), threading.Lock()

    def make(number: int) -> Answer:
        with lock:
            at_once.append(at_once[-1] + 1)
        met.wait(0.1)
        with lock:
            at_once.append(at_once[-1] - 1)
        done.append(number)
        return make_answer("200 OK", (), b"")

    assert [lane.enter() for _ in range(inside)] == [True] * inside
    assert not lane.enter()
    for number in range(inside):
        lane.pool.submit(lane.work, make, number)
    lane.pool.shutdown()
    assert sorted(done) == list(range(inside))
    assert max(at_once) == together
