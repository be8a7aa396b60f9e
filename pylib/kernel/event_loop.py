"""Runs what a cell awaits to its end, while the cell runs; the page's own loop has to wait.

In the browser that loop belongs to JavaScript, which goes on only when the cell has ended. Here
are timers alone: no sockets, no threads, no processes.
"""

import asyncio
import time
from collections.abc import Coroutine
from inspect import CO_COROUTINE
from types import CodeType
from typing import Any, TypeVar

T = TypeVar("T")

STUCK = (
    "The cell awaits something that nothing here will ever finish: a future without a result, an"
    " empty queue, a lock that is not released, or an answer from the network."
)


class _Timers:
    """What asyncio asks for news, in the place of a selector of sockets."""

    def select(self, timeout: float | None) -> list[Any]:
        """Sleeps until the next timer is due."""
        if timeout is None:
            raise RuntimeError(STUCK)
        time.sleep(timeout)
        return []


class Loop(asyncio.BaseEventLoop):
    """An event loop of timers. The three names are what asyncio 3.11 to 3.14 asks of a loop."""

    def __init__(self) -> None:
        super().__init__()
        self._selector = _Timers()

    def _process_events(self, event_list: list[Any]) -> None:
        pass

    def _write_to_self(self) -> None:
        pass


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine; the tasks that it leaves end with it.

    Examples:
        >>> run(asyncio.sleep(0.01, "slept"))
        'slept'
    """
    loop = Loop()
    try:
        return loop.run_until_complete(coroutine)
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


async def run_codes(codes: list[CodeType], namespace: dict[str, Any]) -> Any:
    """Runs code objects one after the other, awaiting where they do; the last one's value."""
    value = None
    for code in codes:
        value = eval(code, namespace)
        if code.co_flags & CO_COROUTINE:
            value = await value
    return value


# What `asyncio.run` and its like ask for a loop, in the place of the page's answers.
_set: list[asyncio.AbstractEventLoop | None] = [None]


def new_event_loop() -> asyncio.AbstractEventLoop:
    """A loop of timers."""
    return Loop()


def set_event_loop(loop: asyncio.AbstractEventLoop | None) -> None:
    """Keeps the loop that `get_event_loop` is to give."""
    _set[0] = loop


def get_event_loop() -> asyncio.AbstractEventLoop:
    """The loop that was set, or a new one, as Python did before 3.14."""
    loop = _set[0] = _set[0] or Loop()
    return loop
