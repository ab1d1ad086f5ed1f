"""How far long work has come, as values that whoever started it may show. Owns no screen and no clock."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

EVERY = 2048
"""Items between two reports: often enough for the eye, too seldom to cost anything."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Step:
    """`done` of `total` units of one task; `total` 0 while nobody knows how many there are."""

    task: str
    done: int = 0
    total: int = 0

    @property
    def is_over(self) -> bool:
        return 0 < self.total <= self.done


Tell = Callable[[Step], None]


def say_nothing(_: Step) -> None:
    """For callers that do not want to know."""


def count_off(items: Iterable[Item], total: int, tell: Tell, task: str = "") -> Iterator[Item]:
    """The same items, telling now and then how many of `total` have passed, and when they are through."""
    for number, item in enumerate(items):
        if number % EVERY == 0:
            tell(Step(task, number, total))
        yield item
    tell(Step(task, total, total))
