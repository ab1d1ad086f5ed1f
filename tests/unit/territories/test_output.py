"""Where a map cannot be written, the map in use stays byte for byte, and the fault is told in words."""

import errno
import fcntl
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.unit.territories.worlds import TOML, make_site
from webapp.errors import MapError, SourceError
from webapp.territories.build import Compiled, compile_map, find_inputs, save_map
from webapp.territories.definitions import Definitions, load_definitions
from webapp.territories.provenance import provenance_path
from webapp.territories.swap import PREFIX, swap_in

World = tuple[Path, Definitions]


@pytest.fixture
def target(world: World, tmp_path: Path) -> Path:
    """A copy of the map in use, which a test may lose."""
    for name in ("territories.mmdb", "territories.provenance.json"):
        shutil.copy(world[0] / "config" / name, tmp_path / name)
    return tmp_path / "territories.mmdb"


@pytest.fixture
def compiled(world: World) -> Compiled:
    """Another map than the one in use: without the registrations."""
    root, definitions = world
    return compile_map(definitions, find_inputs(definitions, [root / "cities.mmdb"]))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file in the folder, and how many other things."""
    return {path.name: path.read_bytes() if path.is_file() else b"" for path in folder.iterdir()}


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file may grow beyond this: the nearest thing to a full disk that needs no disk of our own."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Root may write anywhere; be somebody else for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("size", [0, 100, 1500])
def test_disk_full(target: Path, compiled: Compiled, world: World, size: int) -> None:
    """However far the writing comes, nothing changes and nothing is left over."""
    before = contents(target.parent)
    with largest_file(size), pytest.raises(SourceError, match=r"cannot be written.*(?s:.*)Nothing was changed"):
        save_map(compiled, world[1], target)
    assert contents(target.parent) == before


def test_disk_really_full(compiled: Compiled, world: World, tmp_path: Path) -> None:
    """The same on a file system of 16 kB, where we may make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "none", str(disk)]
    if os.geteuid() != 0 or shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    try:
        for name in ("territories.mmdb", "territories.provenance.json"):
            (disk / name).write_bytes(b"in use")
        (disk / "filler").write_bytes(bytes(4096))
        before = contents(disk)
        with pytest.raises(SourceError, match="No space left"):
            save_map(compiled, world[1], disk / "territories.mmdb")
        assert contents(disk) == before
    finally:
        subprocess.run(["umount", str(disk)], check=True)  # noqa: S607 - the machine's own


def test_no_write_permission(compiled: Compiled, world: World) -> None:
    """A folder that may only be read is a clear Problem."""
    folder = Path(tempfile.mkdtemp())
    try:
        (folder / "territories.mmdb").write_bytes(b"in use")
        folder.chmod(0o555)
        before = contents(folder)
        with ordinary_user(), pytest.raises(SourceError, match="Permission denied"):
            save_map(compiled, world[1], folder / "territories.mmdb")
        assert contents(folder) == before
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_read_only_file_is_replaced(target: Path, compiled: Compiled, world: World) -> None:
    """Files are replaced, never written into: what counts is the folder's permission."""
    target.chmod(0o444)
    before = target.read_bytes()
    save_map(compiled, world[1], target)
    assert target.read_bytes() != before


def test_folder_in_place_of_the_map(target: Path, compiled: Compiled, world: World) -> None:
    """Whatever is in the way stays."""
    target.unlink()
    target.mkdir()
    before = contents(target.parent)
    with pytest.raises(SourceError, match="cannot be written"):
        save_map(compiled, world[1], target)
    assert contents(target.parent) == before


@pytest.mark.parametrize("was_there", [True, False])
def test_second_rename_fails(target: Path, compiled: Compiled, world: World, was_there: bool) -> None:
    """When the provenance cannot be put in place, the map that was just put there is taken back."""
    provenance_path(target).unlink()
    (provenance_path(target) / "in the way").mkdir(parents=True)
    if not was_there:
        target.unlink()
    before = contents(target.parent)
    with pytest.raises(SourceError, match="cannot be written"):
        save_map(compiled, world[1], target)
    assert contents(target.parent) == before


def test_no_folder(compiled: Compiled, world: World, tmp_path: Path) -> None:
    """A folder that does not exist is not made."""
    with pytest.raises(SourceError, match="No such file"):
        save_map(compiled, world[1], tmp_path / "nowhere" / "territories.mmdb")


def test_wrong_map_is_not_swapped_in(target: Path, compiled: Compiled, tmp_path: Path) -> None:
    """A map that contradicts a known answer changes nothing."""
    sentinel = '[[sentinels]]\naddress = "20.4.1.1"\nterritory = "red"\nanswer = "inside"\nnote = "not so"\n'
    definitions = load_definitions(make_site(tmp_path / "site", TOML + sentinel))
    before = target.read_bytes()
    with pytest.raises(MapError, match="not so"):
        save_map(compiled, definitions, target)
    assert target.read_bytes() == before


def test_two_builds_at_once(target: Path, compiled: Compiled, world: World) -> None:
    """The second is told to wait."""
    descriptor = os.open(target.parent, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with pytest.raises(SourceError, match="another build or update"):
            save_map(compiled, world[1], target)
    finally:
        os.close(descriptor)


def test_leftovers_are_swept(target: Path, compiled: Compiled, world: World) -> None:
    """What a killed build left beside the map goes with the next one."""
    (target.parent / f"{PREFIX}dead").mkdir()
    (target.parent / f"{PREFIX}dead" / "territories.mmdb").write_bytes(b"half")
    save_map(compiled, world[1], target)
    assert not list(target.parent.glob(f"{PREFIX}*"))


def test_file_system_without_second_names(target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a file cannot have two names, the map in use is kept as a copy."""

    def refuse(self: Path, other: Path) -> None:
        raise OSError(errno.EPERM, "no second names")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    (tmp_path / "aside").mkdir()
    aside = tmp_path / "aside" / target.name
    for path in (aside, provenance_path(aside)):
        path.write_bytes(b"new")
    provenance_path(target).unlink()
    (provenance_path(target) / "in the way").mkdir(parents=True)
    before = target.read_bytes()
    with pytest.raises(OSError, match="directory"):
        swap_in(aside, target)
    assert target.read_bytes() == before


def test_command_on_a_full_disk(world: World, tmp_path: Path) -> None:
    """The command ends with exit code 1 and the remedy, and no traceback."""
    root = tmp_path / "site"
    shutil.copytree(world[0], root)
    before = contents(root / "config")
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (1500, 1500));"
        "from webapp.cli.main import main; main()"
    )
    command = [sys.executable, "-c", code, "territories", "build", "--root", str(root), "--source", str(root)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "Nothing was changed" in result.stderr
    assert "Traceback" not in result.stderr
    assert contents(root / "config") == before
