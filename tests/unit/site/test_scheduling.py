"""The threads of a worker: set up in a process of its own, since it is the process that is changed."""

import os
import subprocess
import sys
import textwrap

import pytest

from webapp.site.scheduling import TURN

WORKER = """
import os, sys, threading
from webapp.site.scheduling import share_worker

early = threading.Event()
kinds = []

def tell(wait):
    wait.wait()
    kinds.append(os.sched_getscheduler(0))

first = threading.Thread(target=tell, args=(early,))
first.start()
share_worker()
early.set()
first.join()
later = threading.Thread(target=tell, args=(early,))
later.start()
later.join()
print(sys.getswitchinterval(), *kinds)
"""


@pytest.mark.skipif(not hasattr(os, "SCHED_BATCH"), reason="only Linux has SCHED_BATCH")
def test_threads_begun_before_and_after_let_one_another_finish() -> None:
    command = [sys.executable, "-c", textwrap.dedent(WORKER)]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.split()
    assert float(told[0]) == pytest.approx(TURN)
    assert told[1:] == [str(os.SCHED_BATCH)] * 2


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
