"""Text and TOML from disk: what cannot be read is a Problem with its place, and never another exception."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import Field

from tests.unit.sources.damage import faults
from webapp.errors import SourceError
from webapp.sources.parsing import Identifier, Strict, WebAddress, Words, parse_model, parse_toml, read_text

SHOWN = "config/site.toml"


@pytest.mark.parametrize(
    ("make", "code", "line"),
    [
        pytest.param(lambda path: None, "file.missing", None, id="no such file"),
        pytest.param(lambda path: path.mkdir(), "file.kind", None, id="a folder of that name"),
        pytest.param(lambda path: path.write_bytes(b"name = \xff"), "file.encoding", None, id="not UTF-8"),
        pytest.param(lambda path: path.write_bytes("ы".encode("utf-16")), "file.encoding", None, id="UTF-16"),
        pytest.param(lambda path: path.write_bytes(b"\xed\xa0\x80"), "file.encoding", None, id="a surrogate"),
        pytest.param(lambda path: path.write_bytes(b"a\n\nb\0c"), "file.control", 3, id="NUL"),
        pytest.param(lambda path: path.write_bytes(b"a\x1b[31m"), "file.control", 1, id="a terminal's escape"),
        pytest.param(lambda path: path.write_bytes("\ufffe".encode()), "file.control", 1, id="a noncharacter"),
    ],
)
def test_unreadable_file(tmp_path: Path, make: Callable[[Path], object], code: str, line: int | None) -> None:
    """A file that is not clean UTF-8 text is one Problem, named as the editor knows the file."""
    make(tmp_path / "file")
    (problem,) = faults(lambda: read_text(tmp_path / "file", SHOWN))
    assert (problem.code, problem.path, problem.line) == (code, SHOWN, line)
    assert str(tmp_path) not in str(problem)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param(b"", "", id="empty"),
        pytest.param(b"\xef\xbb\xbfname", "name", id="a byte order mark is dropped"),
        pytest.param("نام\tیک\r\n".encode(), "نام\tیک\r\n", id="tabs and line ends stay"),
    ],
)
def test_readable_file(tmp_path: Path, data: bytes, text: str) -> None:
    """What is clean UTF-8 comes back as it is."""
    (tmp_path / "file").write_bytes(data)
    assert read_text(tmp_path / "file", SHOWN) == text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param('a = 1\nb = "x\n', 2, id="a quotation mark is missing"),
        pytest.param("a = 1\n\nb = \n", 3, id="a value is missing"),
        pytest.param("a = 1\na = 2\n", 2, id="a key stands twice"),
        pytest.param("[t]\na = 1\n[t]\n", 3, id="a table stands twice"),
        pytest.param("a = [1,\n2", 2, id="the file ends too early"),
        pytest.param("a = 2026-02-30\n", 1, id="no such day"),
        pytest.param("a = 1\nb = 'x\ny'\n", 2, id="a line break in a string"),
    ],
)
def test_toml_syntax(text: str, line: int) -> None:
    """Broken TOML is one Problem with the line to mend."""
    (problem,) = faults(lambda: parse_toml(text, SHOWN))
    assert (problem.code, problem.path, problem.line) == ("toml.syntax", SHOWN, line)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a = " + "[" * 20_000, id="nested without end"),
        pytest.param("a = " + "9" * 20_000, id="a number of 20,000 digits"),
        pytest.param("a." * 5_000 + "b = " + "[" * 5_000, id="dotted without end"),
    ],
)
def test_toml_that_exhausts_the_parser(text: str) -> None:
    """What brings the TOML parser to its limits is a Problem too."""
    (problem,) = faults(lambda: parse_toml(text, SHOWN))
    assert problem.code == "toml.syntax"


def test_toml_line_within_a_file() -> None:
    """The line counts from the file's first, not from the front matter's."""
    (problem,) = faults(lambda: parse_toml("a = 1\nb =\n", "content/x/en.md", first_line=2))
    assert problem.line == 3


def test_control_characters_in_toml() -> None:
    """An escape can smuggle in what the file itself may not hold; every such key is named."""
    text = 'name = "a\\u0000b"\n[[rule]]\nid = "ok"\n[[rule]]\nwords = ["fine", "not\\u001Bfine"]\n'
    problems = faults(lambda: parse_toml(text, SHOWN))
    assert [(problem.code, problem.key) for problem in problems] == [
        ("file.control", "name"),
        ("file.control", "rule[1].words[1]"),
    ]


class _Inner(Strict):
    id: Identifier
    url: WebAddress | None = None


class _Model(Strict):
    name: Words
    count: int = 0
    items: list[_Inner] = Field(default_factory=list)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param({}, {("config.value", "t.name")}, id="a key is missing"),
        pytest.param({"name": "n", "nmae": 1}, {("config.unknown-key", "t.nmae")}, id="an unknown key"),
        pytest.param({"name": ""}, {("config.value", "t.name")}, id="an empty text"),
        pytest.param({"name": "  "}, {("config.value", "t.name")}, id="only spaces"),
        pytest.param({"name": "n" * 4001}, {("config.value", "t.name")}, id="a text without end"),
        pytest.param({"name": 3}, {("config.value", "t.name")}, id="a number for a text"),
        pytest.param({"name": "n", "count": "3"}, {("config.value", "t.count")}, id="a text for a number"),
        pytest.param({"name": "n", "count": True}, {("config.value", "t.count")}, id="a switch for a number"),
        pytest.param({"name": "n", "items": {}}, {("config.value", "t.items")}, id="a table for a list"),
        pytest.param(
            {"name": 1, "extra": 1, "items": [{"id": "a"}, {"id": "A b", "url": "ftp://x"}]},
            {
                ("config.value", "t.name"),
                ("config.unknown-key", "t.extra"),
                ("config.value", "t.items[1].id"),
                ("config.value", "t.items[1].url"),
            },
            id="all at once",
        ),
    ],
)
def test_shape_faults(data: dict[str, object], expected: set[tuple[str, str]]) -> None:
    """Each fault of shape is a Problem of its own, named by the dotted path of its key."""
    problems = faults(lambda: parse_model(_Model, data, SHOWN, prefix="t"))
    assert {(problem.code, problem.key) for problem in problems} == expected


@pytest.mark.parametrize("text", ["a", "0", "in-russia", "2022-01-14"])
def test_identifiers(text: str) -> None:
    """Identifiers are plain words joined by hyphens."""
    assert parse_model(_Inner, {"id": text}, SHOWN).id == text


@pytest.mark.parametrize("text", ["", "A", "a_b", "a--b", "-a", "a-", "a b", "a/b", "..", "а", "a\nb", "a.b"])
def test_not_identifiers(text: str) -> None:
    """Whatever could not stand in an address or an attribute is no identifier."""
    with pytest.raises(SourceError):
        parse_model(_Inner, {"id": text}, SHOWN)


@pytest.mark.parametrize("text", ["https://news.example/", "http://news.example", "https://news.example/x?y=1"])
def test_web_addresses(text: str) -> None:
    """Web addresses lose only a slash at the end."""
    assert parse_model(_Inner, {"id": "a", "url": text}, SHOWN).url == text.rstrip("/")


@pytest.mark.parametrize(
    "text", ["javascript:alert(1)", "data:text/html,x", "//news.example", "news.example", "https://", ""]
)
def test_not_web_addresses(text: str) -> None:
    """Only whole http and https addresses are web addresses."""
    with pytest.raises(SourceError):
        parse_model(_Inner, {"id": "a", "url": text}, SHOWN)
