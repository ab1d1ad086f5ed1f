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
