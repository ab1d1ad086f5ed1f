"""Ways to damage a copy of the sample site, and the Problems that come of it."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import pytest
import tomlkit

from webapp.errors import Problem, SourceError
from webapp.sources.closing import CLOSING

TODAY = date(2026, 11, 24)

Damage = Callable[[Path], None]


def replaced(path: str, old: str, new: str) -> Damage:
    """Put `new` where `old` stands first. The file must hold `old`, so that a test cannot come to test nothing."""

    def damage(root: Path) -> None:
        text = (root / path).read_text("utf-8")
        assert old in text, f"{path} does not hold {old!r}"
        (root / path).write_text(text.replace(old, new, 1), "utf-8")

    return damage


def written(path: str, data: str | bytes) -> Damage:
    """Write a whole file, with the folders that it needs."""

    def damage(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data.encode() if isinstance(data, str) else data)

    return damage


def appended(path: str, data: str | bytes) -> Damage:
    """Add to the end of a file, before its closing line where it has one."""

    def damage(root: Path) -> None:
        before = (root / path).read_bytes()
        closing = CLOSING.encode() + b"\n"
        added = data.encode() if isinstance(data, str) else data
        closed = before.endswith(closing)
        (root / path).write_bytes(before.removesuffix(closing) + added + (b"\n" + closing if closed else b""))

    return damage


def removed(path: str) -> Damage:
    """Take a file away."""
    return lambda root: (root / path).unlink()


def chained(tag: str, **chains: list[str]) -> Damage:
    """Give a language other chains: article_fallback=["ru", "en"]."""

    def damage(root: Path) -> None:
        path = root / "config/locales.toml"
        registry = tomlkit.parse(path.read_text("utf-8"))
        for name, chain in chains.items():
            registry[tag][name] = chain
        path.write_text(tomlkit.dumps(registry), "utf-8")

    return damage


def together(*damages: Damage) -> Damage:
    """Do several damages, one after another."""

    def damage(root: Path) -> None:
        for each in damages:
            each(root)

    return damage


def faults(read: Callable[[], object]) -> tuple[Problem, ...]:
    """Return the Problems that reading ends with. Anything but a SourceError is a test's failure."""
    with pytest.raises(SourceError) as caught:
        read()
    problems = caught.value.problems
    assert_helpful(problems)
    return problems


def assert_helpful(problems: Iterable[Problem]) -> None:
    """Every Problem names a file of the site and says what is wrong and what to do."""
    for problem in problems:
        assert problem.path
        assert not Path(problem.path).is_absolute()
        assert problem.message.strip()
        assert problem.hint.strip()
        assert problem.line is None or problem.line > 0


def codes(problems: Iterable[Problem]) -> list[str]:
    """Return the codes of Problems, in order."""
    return [problem.code for problem in problems]
