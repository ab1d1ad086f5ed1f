"""The loop of `webapp serve`: what need not wait never becomes a task, and what must goes on as any other."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Generator
from typing import Any

import pytest

from webapp.cli.loop import DirectLoop
from webapp.site.asgi import on_the_loop


class Server:
    """Hands coroutines to a loop as granian does: from a thread of its own, with something to note the task with."""

    def __init__(self, loop: DirectLoop) -> None:
        self.loop = loop
        self.tasks: list[asyncio.Task[Any]] = []

    def start(self, coroutine: Coroutine[Any, Any, Any], note: Callable[[Any], None]) -> None:
        """What granian has the loop call."""
        task = self.loop.create_task(coroutine)
        self.tasks.append(task)
        note(task)

    def bring(self, *coroutines: Coroutine[Any, Any, Any]) -> None:
        """Hand coroutines over from another thread, and wait until that has done so."""

        def hand_over() -> None:
            for coroutine in coroutines:
                self.loop.call_soon_threadsafe(self.start, coroutine, lambda _task: None)

        thread = threading.Thread(target=hand_over)
        thread.start()
        thread.join()


@pytest.fixture
def server() -> Generator[Server, None, None]:
    """Return a server on a fresh loop."""
    loop = DirectLoop()
    yield Server(loop)
    loop.close()


def test_answered_at_once(server: Server) -> None:
    """A coroutine that waits for nothing has ended when the thread that brought it goes on, and was no task."""
    done: list[str] = []

    async def request() -> None:
        done.append(threading.current_thread().name)

    server.bring(request(), request())
    assert len(done) == 2
    assert threading.current_thread().name not in done
    assert server.tasks == []


def test_what_waits_goes_on_as_a_task(server: Server) -> None:
    """A coroutine that gives way goes on in the loop's thread, where it may wait, fail to wait, and get values."""
    done: list[object] = []

    async def request(number: int) -> None:
        await on_the_loop()
        loop = asyncio.get_running_loop()
        done.append((number, await loop.run_in_executor(None, lambda: number * 2)))
        with pytest.raises(ZeroDivisionError):
            await loop.run_in_executor(None, lambda: 1 // 0)
        await asyncio.sleep(0)
        done.append(threading.current_thread().name)

    server.bring(request(1), request(2))
    assert done == []

    async def until_done() -> None:
        await asyncio.sleep(0)
        await asyncio.gather(*server.tasks)

    server.loop.run_until_complete(until_done())
    assert {it for it in done if isinstance(it, tuple)} == {(1, 2), (2, 4)}
    assert done.count(threading.current_thread().name) == 2
    server.loop.run_until_complete(server.loop.shutdown_default_executor())


def test_cancellation_reaches_the_coroutine(server: Server) -> None:
    """A task that is cancelled cancels what it goes on with, which may clean up."""
    cleaned: list[bool] = []

    async def request() -> None:
        await on_the_loop()
        try:
            await asyncio.sleep(60)
        finally:
            cleaned.append(True)

    server.bring(request())

    async def cancel() -> None:
        await asyncio.sleep(0.01)
        (task,) = server.tasks
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    server.loop.run_until_complete(cancel())
    assert cleaned == [True]


def test_other_calls_are_the_standard_ones(server: Server) -> None:
    """Whatever is no request waits for the loop."""
    called: list[tuple[object, ...]] = []
    server.loop.call_soon_threadsafe(lambda *given: called.append(given), 1, 2)
    assert called == []
    server.loop.run_until_complete(asyncio.sleep(0))
    assert called == [(1, 2)]
