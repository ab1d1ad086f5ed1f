"""An event loop for granian on which a request that need not wait never becomes a task.

granian calls `call_soon_threadsafe(start, coroutine, watcher)` for each request, from a thread of its own: the loop's
thread is woken for it. This loop takes the first step of such a coroutine at once, on the thread that brings it. A kept
page is answered in that step, without the loop. What must wait first gives way, by a bare `yield` (`asgi.on_the_loop`),
and becomes a task as ever. Should granian one day call otherwise, every request becomes a task, and only speed is lost.
"""

import asyncio
import types
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from typing import Any

from granian import loops

DIRECT = "direct"
"""The name under which granian finds this loop."""


class DirectLoop(asyncio.SelectorEventLoop):
    """The standard loop, with a shorter way for requests that are answered in their first step."""

    def call_soon_threadsafe(  # type: ignore[override]  # the standard's signature has a variable number of types
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle | None:
        """Take the first step of a request here; leave all else to the standard loop."""
        if len(args) == 2 and isinstance(args[0], types.CoroutineType):
            try:
                args[0].send(None)
            except StopIteration:
                return None
            args = (_go_on(args[0]), args[1])
        return super().call_soon_threadsafe(callback, *args, context=context)


async def _go_on(begun: Coroutine[Any, Any, Any]) -> None:
    await _rest_of(begun)


@types.coroutine
def _rest_of(begun: Coroutine[Any, Any, Any]) -> Generator[Any, Any, None]:
    """Take the further steps of a coroutine that has taken its first: what `await` refuses to do."""
    value: Any = None
    fault: BaseException | None = None
    while True:
        try:
            waited_for = begun.send(value) if fault is None else begun.throw(fault)
        except StopIteration:
            return
        value = fault = None
        try:
            value = yield waited_for
        except BaseException as raised:  # noqa: BLE001 - a cancellation or a failed wait, which is the coroutine's to take
            fault = raised


@loops.register(DIRECT)
def build_loop() -> asyncio.AbstractEventLoop:
    """Make the loop of a worker."""
    loop = DirectLoop()
    asyncio.set_event_loop(loop)
    return loop
