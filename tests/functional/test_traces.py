"""Canary readers and crashed workers leave nothing on disk. Short form of `python -m tests.drills.traces`."""

from pathlib import Path

import pytest

from tests.drills.traces import ADDRESSES, WORD, find_canaries, play


def test_nothing_of_a_reader_is_on_disk_or_in_a_dump(tmp_path: Path) -> None:
    """Home, temporary folder, site, logs and core dumps of a server two of whose workers crash hold no canary."""
    answered, ended, found = play(tmp_path, requests=60, crashes=2)
    assert found == []
    assert ended == 2
    assert answered >= 50


@pytest.mark.parametrize("canary", [WORD, *ADDRESSES])
def test_premise_a_canary_is_found(tmp_path: Path, canary: str) -> None:
    """The search finds a canary within a file and within a name."""
    (tmp_path / "log").write_bytes(b"\0\xff" + canary.encode() + b"\n")
    (tmp_path / f"name-{canary.replace(':', '')}").write_text(canary)
    assert len(list(find_canaries(tmp_path))) == 2
