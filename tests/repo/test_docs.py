"""The documents tell what is there: settings, commands, targets, files, and nothing that is not."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from webapp.cli.main import cli

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENTS = [REPOSITORY / "README.md", *sorted((REPOSITORY / "docs").glob("*.md"))]
TEXT = "\n".join(path.read_text("utf-8") for path in DOCUMENTS)
FOR_OPERATORS = "\n".join((REPOSITORY / name).read_text("utf-8") for name in ("README.md", "docs/operators.md"))


def settings_names() -> list[str]:
    """Every environment variable that settings.py names."""
    tree = ast.parse((REPOSITORY / "webapp" / "settings.py").read_text("utf-8"))
    texts = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    return sorted(text for text in texts if re.fullmatch(r"[A-Z][A-Z_]{3,}", text))


def commands(group: click.Group, before: str = "webapp") -> Iterator[str]:
    """Every command of the command line, in full."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}"


def targets() -> set[str]:
    """The targets of the Makefile that a person may name."""
    return set(re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text("utf-8"), re.MULTILINE))


def test_settings_are_found() -> None:
    """A premise: the names are read from the code."""
    assert {"HOST", "PORT", "WORKERS", "TRUSTED_PROXIES", "BASE_URL"} <= set(settings_names())


@pytest.mark.parametrize("name", settings_names())
def test_setting_is_documented(name: str) -> None:
    """An operator finds every setting in the README or in docs/operators.md."""
    assert re.search(rf"\b{name}\b", FOR_OPERATORS)


@pytest.mark.parametrize("command", list(commands(cli)))
def test_command_is_documented(command: str) -> None:
    """Every command stands in the README or in docs/."""
    assert re.search(rf"{command}\b", TEXT)


@pytest.mark.parametrize("command", list(commands(cli)))
def test_command_explains_itself(command: str) -> None:
    """Every command has a help text of its own."""
    found: click.Command | None = cli
    for name in command.split()[1:]:
        assert isinstance(found, click.Group)
        found = found.get_command(click.Context(found), name)
    assert found is not None
    assert found.help


def test_documented_commands_exist() -> None:
    """No document tells of a command that is not there."""
    known = {tuple(command.split()[1:]) for command in commands(cli)}
    named = re.findall(r"`?\bwebapp ([a-z0-9]+)(?: ([a-z0-9]+))?", "\n".join(code_of(TEXT)))
    assert named
    for first, second in named:
        assert any(it[0] == first and (len(it) == 1 or it[1] == second) for it in known), (first, second)


def code_of(text: str) -> list[str]:
    """The code of a document: fenced blocks, and what stands between backticks."""
    fenced = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return fenced + re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


def test_documented_targets_exist() -> None:
    """Every make target that a document names is in the Makefile."""
    named = {name for code in code_of(TEXT) for name in re.findall(r"\bmake ([a-z]+)", code)}
    assert {"serve", "test"} <= named <= targets()


def test_every_target_is_listed() -> None:
    """`make` alone lists every target with a line."""
    text = (REPOSITORY / "Makefile").read_text("utf-8")
    described = set(re.findall(r"^([a-z]+):.*## \S", text, re.MULTILINE))
    phony = set(re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)[0].split())
    assert described == targets() == phony


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_of_a_document_lead_somewhere(path: Path) -> None:
    """Every relative link and picture of a document is a file of the repository."""
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text("utf-8"))
    broken = [it for it in links if "://" not in it and not (path.parent / it).exists()]
    assert broken == []
