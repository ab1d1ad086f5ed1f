"""Imports run one way, and the core touches nothing outside itself."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PACKAGE = REPOSITORY / "webapp"
MODULES = sorted(PACKAGE.rglob("*.py"))

MAY_IMPORT = {
    "": set(),
    "errors": set(),
    "settings": {"errors"},
    "core": {"errors", "core"},
    "territories": {"errors", "core", "territories"},
    "sources": {"errors", "core", "territories", "sources"},
    "site": {"errors", "settings", "core", "territories", "sources", "site"},
    "app": {"errors", "settings", "core", "territories", "sources", "site"},
    "doctor": {"errors", "core", "site", "doctor"},
    "cli": {"errors", "settings", "core", "territories", "sources", "site", "app", "doctor", "cli"},
    "__main__": {"cli"},
}
"""What each part of the package may import of the package. A part is a folder, or a module at the top."""

CORE_MAY_IMPORT = {
    "bisect", "collections", "dataclasses", "datetime", "enum", "functools", "ipaddress", "itertools", "operator", "re",
    "types", "typing", "webapp",
}  # fmt: skip
"""All that the core needs. Nothing here reads a file, the clock, the environment, a socket, or a catalog."""

FORBIDDEN_IN_CORE = {
    "babel", "flask", "gettext", "glob", "io", "jinja2", "locale", "logging", "maxminddb", "os", "pathlib", "polib",
    "pydantic", "random", "shutil", "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time",
    "tomllib", "urllib", "werkzeug",
}  # fmt: skip
FORBIDDEN_CALLS = {"open", "print", "input", "eval", "exec", "__import__", "globals", "setattr"}
CLOCKS = {"now", "today", "utcnow", "time", "monotonic", "fromtimestamp"}


def part_of(path: Path) -> str:
    """The part of the package that a module belongs to."""
    first = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


def name_of(path: Path) -> str:
    """A module's path, for people."""
    return path.relative_to(PACKAGE).as_posix()


def imports_of(path: Path) -> Iterator[str]:
    """Every module that is imported anywhere in a file, functions included."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module or ""
            if node.module == "webapp":
                yield from (f"webapp.{alias.name}" for alias in node.names)


def ours(path: Path) -> set[str]:
    """The parts of the package that a module imports."""
    return {name.split(".")[1] for name in imports_of(path) if name.startswith("webapp.")}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_run_one_way(path: Path) -> None:
    """errors ← core ← territories ← sources ← site ← app ← cli; settings stands beside core, for site and above."""
    assert ours(path) <= MAY_IMPORT[part_of(path)]


def test_table_is_the_package() -> None:
    """A new part of the package must be placed in the order."""
    assert {part_of(path) for path in MODULES} == set(MAY_IMPORT)


CORE = [path for path in MODULES if part_of(path) == "core"]


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_core_imports_nothing_that_acts(path: Path) -> None:
    """No framework, file, clock, environment, network, randomness or log."""
    roots = {name.split(".")[0] for name in imports_of(path)}
    assert not roots & FORBIDDEN_IN_CORE
    assert roots <= CORE_MAY_IMPORT


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_core_is_pure(path: Path) -> None:
    """No call that reads the clock, prints, opens or evaluates; nothing global that changes."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        assert not isinstance(node, ast.Global | ast.Nonlocal)
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else None
            attribute = node.func.attr if isinstance(node.func, ast.Attribute) else None
            assert name not in FORBIDDEN_CALLS
            assert attribute not in CLOCKS
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign):
            assert not isinstance(statement.value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp)


@pytest.mark.parametrize("path", [it for it in MODULES if part_of(it) != "settings"], ids=name_of)
def test_only_settings_read_the_environment(path: Path) -> None:
    """The environment is read in one place. A WSGI request's own `environ` is another thing."""
    text = path.read_text("utf-8")
    assert "os.environ" not in text
    assert "getenv" not in text


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_module_opens_with_what_it_owns(path: Path) -> None:
    """A module, however small, begins with a sentence on what it is for."""
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))
    assert path.stem not in {"utils", "helpers", "manager", "base"}
