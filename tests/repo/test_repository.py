"""What must never stand in this repository, and how large its modules may grow."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
BINARY = {".mmdb", ".png", ".jpg", ".webp", ".pdf", ".pyc"}
LEFT_OUT = {
    ".git",
    ".venv",
    "__pycache__",
    "artefacts",
    "build",
    ".mypy_cache",
    ".ruff_cache",
    ".pytest_cache",
    ".hypothesis",
}
MODULES = sorted((REPOSITORY / "webapp").rglob("*.py"))
TEMPLATES = sorted((REPOSITORY / "webapp" / "templates").iterdir())
MOST_LINES = 300


def texts() -> dict[str, str]:
    """Every text file that is, or could be, committed."""
    found = {}
    for path in sorted(REPOSITORY.rglob("*")):
        parts = path.relative_to(REPOSITORY).parts
        if (
            path.is_file()
            and path.suffix not in BINARY
            and not LEFT_OUT & set(parts)
            and ".egg-info" not in str(path)
            and not path.name.startswith(".coverage")
        ):
            found["/".join(parts)] = path.read_text("utf-8", errors="replace")
    return found


TEXTS = texts()

# Needles are put together here, so that this file does not hold them.
INDEXES = [
    "pypi" + ".org", "python" + "hosted", "registry.npm" + "js", "proxy.golang" + ".org", "crates" + ".io",
    "--index" + "-url", "--extra-index" + "-url",
]  # fmt: skip
MACHINE = re.compile(r"(?<![\w.~-])/(?:" + "|".join(["home", "root", "Users", "work", "mnt"]) + r")/[\w.-]")


def test_texts_are_found() -> None:
    """A premise: the walk sees the repository."""
    assert {"README.md", "Makefile", "pyproject.toml", "webapp/app.py", "tests/repo/test_repository.py"} <= set(TEXTS)


@pytest.mark.parametrize("needle", INDEXES)
def test_no_package_index_is_named(needle: str) -> None:
    """Where packages come from is the machine's business."""
    assert [name for name, text in TEXTS.items() if needle in text.lower()] == []


def test_no_path_of_a_machine() -> None:
    """No file names a folder of somebody's own machine."""
    assert [(name, found[0]) for name, text in TEXTS.items() if (found := MACHINE.search(text))] == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_lock_file(name: str) -> None:
    """Every requirement is pinned with hashes, and no address stands in the file."""
    text = TEXTS[name]
    assert "://" not in text
    pinned = re.findall(r"^([a-z0-9][a-z0-9._-]*(?:\[[a-z0-9,_-]+\])?)==", text, re.MULTILINE | re.IGNORECASE)
    assert len(pinned) > 10
    blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(REPOSITORY).as_posix())
def test_module_is_short_or_says_why(path: Path) -> None:
    """Past 300 lines a module is split, or its docstring says why it is long."""
    text = path.read_text("utf-8")
    if len(text.splitlines()) > MOST_LINES:
        assert re.search(r"\b(long|longer|length|lines)\b", ast.get_docstring(ast.parse(text)) or "")


SAFE = {
    ("feed.xml", "entry|safe"): "entries were rendered by feed_entry.xml and have passed the gate",
    ("feed_entry.xml", '"<br/>"|safe'): "a constant: the XML spelling of an element that nh3 lets through",
    ("feed_entry.xml", '"<hr/>"|safe'): "a constant, as above",
}
"""Every place where a template says that text is markup, with the reason."""


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_escape_everything(path: Path) -> None:
    """No template declares text to be markup, except where the table above says why."""
    text = path.read_text("utf-8")
    found = [(path.name, re.sub(r"\s", "", it)) for it in re.findall(r'(?:"[^"]*"|[\w.]+)\s*\|\s*safe\b', text)]
    assert set(found) <= set(SAFE)
    assert len(re.findall(r"\|\s*safe\b", text)) == len(found)
    assert "autoescape" not in text
    assert "<script" not in re.sub(r'<script (type="application/ld\+json">|src="/static/exit\.js" )', "", text)
    assert not re.search(r"\son[a-z]+=|\sstyle=", text)


def test_table_of_safe_places_is_used() -> None:
    """An entry of the table that no template needs any more is taken out."""
    for name, expression in SAFE:
        assert expression in TEXTS[f"webapp/templates/{name}"]


STYLES = sorted(name for name in TEXTS if name.startswith("static/") and name.endswith(".css"))
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)(?:-\w+)?"
    r"|border-(?:top|bottom)-(?:left|right)-radius|left|right|top|bottom|float\s*:\s*(?:left|right)"
    r"|clear\s*:\s*(?:left|right)|text-align\s*:\s*(?:left|right))\s*(?::|;|\})"
)


@pytest.mark.parametrize(
    ("css", "physical"),
    [
        pytest.param("a{margin-left:1px}", True, id="margin"),
        pytest.param("a{padding-top : 1px}", True, id="padding"),
        pytest.param("a{left:0}", True, id="offset"),
        pytest.param("a{text-align:right}", True, id="alignment"),
        pytest.param("a{float: left;}", True, id="float"),
        pytest.param("a{border-right-color:red}", True, id="border"),
        pytest.param("a{border-top-left-radius:1px}", True, id="corner"),
        pytest.param("a{margin-inline-start:1px;inset-inline-end:0;text-align:start}", False, id="logical"),
        pytest.param("a{transform-origin:left center}", False, id="a value"),
        pytest.param("a{border-block-end:1px solid}", False, id="logical border"),
    ],
)
def test_what_is_physical(css: str, physical: bool) -> None:
    """The pattern below knows physical properties from logical ones."""
    assert bool(PHYSICAL.search(css)) == physical


@pytest.mark.parametrize("name", STYLES)
def test_style_sheet_is_logical(name: str) -> None:
    """One style sheet serves both directions, so no property names a side of the screen."""
    css = re.sub(r"/\*.*?\*/", "", TEXTS[name], flags=re.DOTALL)
    assert [found[0] for found in PHYSICAL.finditer(css)] == []


@pytest.mark.parametrize("name", STYLES)
def test_style_sheet_loads_nothing(name: str) -> None:
    """Nothing is fetched: no import, no font, no picture from elsewhere."""
    css = TEXTS[name]
    assert not re.search(r"@import|@font-face|https?:|//[a-z]", css)


def test_pictures_are_inert() -> None:
    """Our own drawings hold no script, no link and nothing from elsewhere."""
    for name, text in TEXTS.items():
        if name.endswith(".svg"):
            bare = text.replace("http://www.w3.org/2000/svg", "")
            assert not re.search(r"<script|\son\w+=|href|https?:|<foreignObject|<!ENTITY", bare, re.IGNORECASE), name


def test_working_tree_has_no_secret_files() -> None:
    """No key, environment file or database of a person is committed."""
    listed = subprocess.run(["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=False)  # noqa: S607 - the developer's own git
    names = listed.stdout.splitlines()
    assert [it for it in names if re.search(r"\.(pem|key|p12|env|sqlite3?|tgz)$|(^|/)\.env", it)] == []
