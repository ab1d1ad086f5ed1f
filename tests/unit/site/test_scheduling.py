"""The threads of a worker: set up in a process of its own, since it is the process that is changed."""

import os
import subprocess
import sys
import textwrap

import pytest

from webapp.site.scheduling import BEHIND, TURN, is_better_batch

WORKER = """
import os, sys, threading
from webapp.site.scheduling import share_worker

wait, kinds = threading.Event(), []

def tell():
    assert wait.wait(20)
    kinds.append(os.sched_getscheduler(0))

def begin():
    threads.append(threading.Thread(target=tell))
    threads[-1].start()

def end():
    wait.set()
    for thread in threads:
        thread.join()
    threads.clear()
    wait.clear()

threads = []
turns = share_worker()
turns.close()
turns.join()
begin()
turns.set(batch=True)
begin()
end()
begin()
turns.set(batch=False)
begin()
end()
print(sys.getswitchinterval(), *kinds)
"""


@pytest.mark.skipif(not hasattr(os, "SCHED_BATCH"), reason="only Linux has SCHED_BATCH")
def test_threads_begun_before_and_after_take_the_same_turns() -> None:
    """A policy is that of all threads, until there is another."""
    command = [sys.executable, "-c", textwrap.dedent(WORKER)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split()
    assert float(told[0]) == pytest.approx(TURN)
    assert told[1:] == [str(os.SCHED_BATCH)] * 2 + [str(os.SCHED_OTHER)] * 2


@pytest.mark.parametrize(
    ("used", "aside", "is_batch", "better"),
    [
        pytest.param(0.1, 0.0, False, False, id="little to do"),
        pytest.param(0.9, 0.0, False, True, id="full of kept pages"),
        pytest.param(1.6, 0.0, False, True, id="full on two cores"),
        pytest.param(0.9, 0.2, False, False, id="full, and a thread renders"),
        pytest.param(0.9, 0.2, True, False, id="a thread begins to render"),
        pytest.param(0.6, 0.0, True, True, id="takes less since none is cut short"),
        pytest.param(0.6, 0.0, False, False, id="not full yet"),
        pytest.param(0.4, 0.0, True, False, id="no more full"),
    ],
)
def test_when_none_is_cut_short(used: float, aside: float, is_batch: bool, better: bool) -> None:
    """Only while a worker is full, and does nothing but send kept pages."""
    assert is_better_batch(used, aside, is_batch=is_batch) == better


LOOKED = """
import os, time
import zstandard
from webapp.site import scheduling

turns, parts, data = scheduling.Turns(), [], os.urandom(4_000_000)

def work(threads):
    begin = time.process_time()
    while time.process_time() - begin < 0.3:
        zstandard.ZstdCompressor(level=12, threads=threads).compress(data)

def note(used, aside, *, is_batch):
    parts.append(aside / used)
    return False

scheduling.is_better_batch = note
for threads in (1, 0):
    work(threads)
    turns.look()
print(*parts)
"""


@pytest.mark.skipif(not hasattr(os, "SCHED_BATCH"), reason="only Linux has SCHED_BATCH")
def test_what_python_began_counts_as_aside() -> None:
    """The work of others' threads, as the server's are, is told from that of our own."""
    command = [sys.executable, "-c", LOOKED]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split()
    others, ours = map(float, told)
    assert others < 0.5 < ours


STEPPED = """
import os, threading
from webapp.site.scheduling import step_behind

def tell():
    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    step_behind()
    found.append(os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) - before)

found = []
thread = threading.Thread(target=tell)
thread.start()
thread.join()
print(*found, os.getpriority(os.PRIO_PROCESS, os.getpid()))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives each thread a priority of its own")
def test_a_thread_that_renders_steps_behind() -> None:
    """It alone, by a little, from wherever the process is."""
    told = subprocess.run(
        [sys.executable, "-c", STEPPED], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert told.split() == [str(BEHIND), str(os.getpriority(os.PRIO_PROCESS, 0))]


def test_a_machine_without_it_is_left_as_it_is() -> None:
    program = "import os, sys\ndel os.SCHED_BATCH\nfrom webapp.site.scheduling import share_worker\nshare_worker()\n"
    command = [sys.executable, "-c", program + "print(os.sched_getscheduler(0) == os.SCHED_OTHER)"]
    if not hasattr(os, "SCHED_BATCH"):
        pytest.skip("there is nothing to take away")
    assert subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout == "True\n"


FROZEN = """
import gc, weakref
from dataclasses import replace
from tests.visits import SLUG, open_site, state_of
from webapp.site.scheduling import end_start

class Part: ...

app = open_site()
client, store, part = app.test_client(), state_of(app).store, Part()
edition = store.current
store.current = replace(edition, digest="first", authors={**edition.authors, "part": part})
watched = weakref.ref(part)
del part
end_start()
client.get(f"/en/{SLUG}")
assert watched() is not None
store.current = replace(edition, digest="second")
client.get(f"/en/{SLUG}")
loop = []
loop.append(loop)
del loop
print(gc.get_freeze_count(), gc.collect() > 0, watched() is None)
"""


def test_start_is_searched_no_more_and_a_replaced_edition_is_freed() -> None:
    """What the start made is out of every search for garbage; an edition that is replaced goes all the same."""
    command = [sys.executable, "-c", FROZEN]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split()
    assert int(told[0]) > 10_000
    assert told[1:] == ["True", "True"]
