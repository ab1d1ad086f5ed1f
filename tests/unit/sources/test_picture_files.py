"""Picture files: their type, their shape, and that an SVG is a drawing and nothing more."""

import struct
from contextlib import suppress
from pathlib import Path

import pytest

from tests.unit.sources.damage import codes, faults
from webapp.errors import SourceError
from webapp.sources.pictures import MAX_BYTES, check_svg, load_picture

FOLDER = "content/lamps"


def svg(inside: str = "", viewbox: str = "0 0 1600 900", before: str = "") -> bytes:
    return f'{before}<svg xmlns="http://www.w3.org/2000/svg" viewBox="{viewbox}">{inside}</svg>'.encode()


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + b"\x08\x02\x00\x00\x00"


def jpeg(width: int, height: int, marker: int = 0xC0) -> bytes:
    frame = struct.pack(">BBHBHHB", 0xFF, marker, 17, 8, height, width, 3)
    return b"\xff\xd8" + struct.pack(">BBH", 0xFF, 0xE0, 16) + b"JFIF\0" + bytes(9) + frame + bytes(9)


def webp_extended(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\0\0\0\0WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + size


def webp_lossless(width: int, height: int) -> bytes:
    return b"RIFF\0\0\0\0WEBPVP8L" + bytes(4) + b"\x2f" + ((width - 1) | (height - 1) << 14).to_bytes(4, "little")


def webp_lossy(width: int, height: int) -> bytes:
    return b"RIFF\0\0\0\0WEBPVP8 " + bytes(7) + b"\x9d\x01\x2a" + struct.pack("<HH", width, height)


def write(root: Path, name: str, data: bytes) -> Path:
    (root / FOLDER).mkdir(parents=True)
    (root / FOLDER / name).write_bytes(data)
    return root


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        pytest.param("p.svg", svg(), "image/svg+xml", id="SVG"),
        pytest.param("p.svg", svg(viewbox=" 0,0 , 1600,900 "), "image/svg+xml", id="SVG with commas"),
        pytest.param("p.png", png(1600, 900), "image/png", id="PNG"),
        pytest.param("p.jpg", jpeg(1600, 900), "image/jpeg", id="JPEG"),
        pytest.param("p.jpg", jpeg(1600, 900, 0xC2), "image/jpeg", id="progressive JPEG"),
        pytest.param("P.JPG", jpeg(1600, 900), "image/jpeg", id="in capitals"),
        pytest.param("p.webp", webp_extended(1600, 900), "image/webp", id="extended WebP"),
        pytest.param("p.webp", webp_lossless(1600, 900), "image/webp", id="lossless WebP"),
        pytest.param("p.webp", webp_lossy(1600, 900), "image/webp", id="lossy WebP"),
    ],
)
def test_sizes(tmp_path: Path, name: str, data: bytes, media_type: str) -> None:
    """Width and height are read from the file itself, so that a page reserves the right room."""
    picture = load_picture(write(tmp_path, name, data), FOLDER, name)
    assert (picture.file, picture.width, picture.height, picture.media_type) == (name, 1600, 900, media_type)


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        pytest.param("p.svg", b"", "picture.broken", id="an empty SVG"),
        pytest.param("p.svg", b"<svg", "picture.broken", id="a cut SVG"),
        pytest.param("p.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "picture.broken", id="no viewBox"),
        pytest.param("p.svg", svg(viewbox="0 0 1600"), "picture.broken", id="half a viewBox"),
        pytest.param("p.svg", svg(viewbox="0 0 wide high"), "picture.broken", id="a viewBox in words"),
        pytest.param("p.svg", svg(viewbox="0 0 1e999 900"), "picture.broken", id="without end"),
        pytest.param("p.svg", svg(viewbox="0 0 nan 900"), "picture.broken", id="not a number"),
        pytest.param("p.svg", svg(viewbox="0 0 0 0"), "picture.broken", id="no width"),
        pytest.param("p.svg", svg(viewbox="0 0 -16 -9"), "picture.broken", id="a negative width"),
        pytest.param("p.png", b"", "picture.broken", id="an empty PNG"),
        pytest.param("p.png", png(1600, 900)[:20], "picture.broken", id="a cut PNG"),
        pytest.param("p.png", svg(), "picture.broken", id="an SVG that calls itself PNG"),
        pytest.param("p.png", png(0, 0), "picture.broken", id="a PNG without width"),
        pytest.param("p.jpg", jpeg(1600, 900)[:22], "picture.broken", id="a cut JPEG"),
        pytest.param("p.jpg", b"\xff\xd8\x00", "picture.broken", id="a JPEG without frame"),
        pytest.param("p.webp", webp_lossy(1600, 900)[:27], "picture.broken", id="a cut WebP"),
        pytest.param("p.webp", b"RIFF\0\0\0\0WAVE", "picture.broken", id="a sound"),
        pytest.param("p.png", png(1600, 1200), "picture.shape", id="4:3"),
        pytest.param("p.png", png(900, 1600), "picture.shape", id="upright"),
        pytest.param("p.png", png(1600, 900) + bytes(MAX_BYTES), "picture.size", id="too heavy"),
    ],
)
def test_files_that_cannot_be(tmp_path: Path, name: str, data: bytes, code: str) -> None:
    """A picture that could not be shown well is a Problem that names the file."""
    (problem,) = faults(lambda: load_picture(write(tmp_path, name, data), FOLDER, name))
    assert (problem.code, problem.path) == (code, f"{FOLDER}/{name}")


def test_too_heavy_and_of_another_shape(tmp_path: Path) -> None:
    """Size and shape are told together."""
    root = write(tmp_path, "p.png", png(100, 100) + bytes(MAX_BYTES))
    assert codes(faults(lambda: load_picture(root, FOLDER, "p.png"))) == ["picture.size", "picture.shape"]


@pytest.mark.parametrize("name", ["../p.svg", "/etc/passwd", "p.gif", "p", "", ".svg", "a/b.svg", "p.svg.exe"])
def test_names(tmp_path: Path, name: str) -> None:
    """A picture lies in the article's own folder and is of a type that the site serves."""
    (problem,) = faults(lambda: load_picture(write(tmp_path, "p.svg", svg()), FOLDER, name))
    assert (problem.code, problem.path, problem.key) == ("picture.name", f"{FOLDER}/article.toml", "picture")


def test_missing(tmp_path: Path) -> None:
    """A picture that is not there is named with the path where it should be."""
    (problem,) = faults(lambda: load_picture(write(tmp_path, "p.svg", svg()), FOLDER, "q.svg"))
    assert (problem.code, problem.path) == ("picture.missing", f"{FOLDER}/q.svg")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(svg("<script>x</script>"), id="a script"),
        pytest.param(svg("<SCRIPT/>"), id="a script in capitals"),
        pytest.param(svg('<s:script xmlns:s="http://www.w3.org/2000/svg"/>'), id="a script behind a prefix"),
        pytest.param(svg('<g onload="x"/>'), id="a handler"),
        pytest.param(svg('<g\nonclick\n=\n"x"/>'), id="a handler across lines"),
        pytest.param(svg("<foreignObject/>"), id="HTML inside"),
        pytest.param(svg('<image href="https://pictures.example/x.png"/>'), id="a remote picture"),
        pytest.param(svg("<image xlink:href = 'x.png'/>"), id="another file"),
        pytest.param(svg('<a href="javascript:x"/>'), id="a link"),
        pytest.param(svg('<image src="x"/>'), id="a source"),
        pytest.param(svg("<style>@import 'x.css';</style>"), id="a style import"),
        pytest.param(svg('<g style="fill:url(https://x.example)"/>'), id="a remote paint"),
        pytest.param(svg(before="<!DOCTYPE svg>"), id="a document type"),
        pytest.param(svg(before='<!DOCTYPE svg [<!ENTITY a "b">]>'), id="an entity"),
        pytest.param(svg(before='<?xml-stylesheet href="#x"?>'), id="a style sheet"),
        pytest.param(svg("<script/>").decode().encode("utf-16"), id="a script in UTF-16"),
        pytest.param(svg(before='<?xml version="1.0" encoding="utf-7"?>'), id="another encoding"),
    ],
)
def test_active_svg(data: bytes) -> None:
    """An SVG is a drawing: nothing in it runs, and nothing comes from outside it."""
    (problem,) = faults(lambda: check_svg(data, f"{FOLDER}/p.svg"))
    assert (problem.code, problem.path) == ("picture.active", f"{FOLDER}/p.svg")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(svg('<path d="M0 0h9"/>'), id="a path"),
        pytest.param(svg('<use href="#a"/><g fill="url(#b)"/>'), id="references within"),
        pytest.param(svg(before='<?xml version="1.0" encoding="UTF-8"?>'), id="a declaration"),
        pytest.param(svg("<title>On script = and href</title>"), id="words about it"),
    ],
)
def test_innocent_svg(data: bytes) -> None:
    """Plain drawings pass."""
    check_svg(data, "p.svg")


def test_line_of_an_active_svg() -> None:
    """The line is named, since a drawing can be long."""
    (problem,) = faults(lambda: check_svg(svg("\n\n<script/>"), "p.svg"))
    assert problem.line == 3


@pytest.mark.parametrize("data", [svg(), png(16, 9), jpeg(16, 9), webp_extended(16, 9), webp_lossless(16, 9)])
def test_cut_anywhere(tmp_path: Path, data: bytes) -> None:
    """A picture cut short at any byte, under any name, is refused or measured, and nothing else happens."""
    (tmp_path / FOLDER).mkdir(parents=True)
    for suffix in ("svg", "png", "jpg", "webp"):
        for size in range(len(data)):
            (tmp_path / FOLDER / f"p.{suffix}").write_bytes(data[:size])
            with suppress(SourceError):
                picture = load_picture(tmp_path, FOLDER, f"p.{suffix}")
                assert (picture.width, picture.height) in {(16, 9), (1600, 900)}
