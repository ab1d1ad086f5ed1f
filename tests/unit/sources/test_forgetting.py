"""What is dropped from Babel's tables is nothing that a page needs. In a process of its own: it cannot be undone."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from webapp.sources.formats import forget_unused, write_date, write_list, write_number, write_time
from webapp.sources.locales import load_locales

def written(locale):
    yield from (write_date(date(2026, month, 9), locale) for month in range(1, 13))
    yield from (write_time(datetime(2026, 3, day, day, 7, tzinfo=UTC), locale) for day in range(1, 23))
    yield from (write_list(["a", "b", "c"][:count], locale) for count in range(4))
    yield write_number(1234, locale)

locales = load_locales(Path(sys.argv[1])).values()
before = [list(written(locale)) for locale in locales]
blocks = sys.getallocatedblocks()
forget_unused()
assert sys.getallocatedblocks() < blocks - 100_000, "it dropped next to nothing"
assert [list(written(locale)) for locale in locales] == before
forget_unused()
print(len(before))
"""


def test_dates_times_and_lists_are_written_as_before() -> None:
    """In every language, of every month; and it takes away a large part of what there was."""
    root = Path(__file__).resolve().parents[3]
    command = [sys.executable, "-c", PROGRAM, str(root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 30
