"""Archives are unpacked by what they hold, within limits, and write nothing but the one file that was asked for."""

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from tests.unit.territories.mirror import make_bomb, make_tar
from webapp.territories.unpack import UnpackError, unpack

DATABASE = b"tree and data \xab\xcd\xefMaxMind.com metadata"
MOST = 1024 * 1024


def sparse_tar() -> bytes:
    """A member that says it is a gigabyte and holds nothing."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("cities.mmdb")
        info.pax_headers = {"GNU.sparse.major": "0", "GNU.sparse.size": str(1 << 30), "GNU.sparse.map": "0,0"}
        archive.addfile(info, io.BytesIO())
    return buffer.getvalue()


def long_header_tar() -> bytes:
    """An extended header of two megabytes, which tarfile would read whole."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("cities.mmdb")
        info.pax_headers = {"comment": "x" * (2 * 1024 * 1024)}
        archive.addfile(info, io.BytesIO())
    return buffer.getvalue()


GOOD = [
    ("plain", DATABASE),
    ("gzip", gzip.compress(DATABASE)),
    ("tar", make_tar({"cities.mmdb": DATABASE})),
    ("in a folder", make_tar({"Cities_2026/COPYRIGHT.txt": b"(c)", "Cities_2026/cities.mmdb": DATABASE})),
    ("under another name", make_tar({"Cities_2026/GeoCities.mmdb": DATABASE})),
    ("absolute name", make_tar({"/etc/cities.mmdb": DATABASE})),
    ("climbing name", make_tar({"../../cities.mmdb": DATABASE})),
    ("a link of the folder's name", make_tar({"a/cities.mmdb": DATABASE}, {"a": "/etc"})),
]


@pytest.mark.parametrize("data", [row[1] for row in GOOD], ids=[row[0] for row in GOOD])
def test_unpack(tmp_path: Path, data: bytes) -> None:
    """The database is found, and nothing else appears anywhere."""
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "packed").write_bytes(data)
    unpack(tmp_path / "work" / "packed", "cities.mmdb", tmp_path / "work" / "cities.mmdb", MOST)
    assert (tmp_path / "work" / "cities.mmdb").read_bytes() == DATABASE
    assert {path.name for path in tmp_path.rglob("*") if path.is_file()} <= {"packed", "cities.mmdb"}


BAD = [
    ("bomb", make_bomb(), "unpacks to more than"),
    ("bomb in an archive", make_tar({"cities.mmdb": bytes(8 * 1024 * 1024)}), "unpacks to more than"),
    ("sparse", sparse_tar(), "bytes that are allowed|no whole MMDB|cannot be read|empty"),
    ("long header", long_header_tar(), "unpacks to more than|has a header of"),
    ("thousands of members", make_tar({f"{n}.txt": b"" for n in range(300)}), "more than 200 members"),
    ("link alone", make_tar({}, {"cities.mmdb": "/etc/passwd"}), "holds no file"),
    ("no database", make_tar({"readme.txt": b"hello"}), "holds readme.txt"),
    ("torn", gzip.compress(DATABASE)[:-9], "cannot be unpacked"),
    ("gzip of a page", gzip.compress(b" <html>"), "web page"),
    ("archive cut off", gzip.compress(gzip.decompress(make_tar({"cities.mmdb": DATABASE * 50}))[:700]),
     "cannot be read|MMDB"),
    ("zip", b"PK\x03\x04", "ZIP"),
    ("nothing", b"", "empty"),
    ("noise", b"\x00\x01\x02" * 500, "no whole MMDB"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_unpack_refuses(tmp_path: Path, data: bytes, words: str) -> None:
    """What is not one whole database within the limits is refused in words."""
    (tmp_path / "packed").write_bytes(data)
    with pytest.raises(UnpackError, match=words):
        unpack(tmp_path / "packed", "cities.mmdb", tmp_path / "cities.mmdb", MOST)


def test_list_needs_no_mark(tmp_path: Path) -> None:
    """A list of networks is text; only its being a page can be told from outside."""
    (tmp_path / "packed").write_bytes(b"198.51.100.0/24\n")
    unpack(tmp_path / "packed", "exits.txt", tmp_path / "exits.txt", MOST)
    assert (tmp_path / "exits.txt").read_bytes() == b"198.51.100.0/24\n"
