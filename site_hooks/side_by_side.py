"""Child processes and work beside the build's own: none of it outlives the build."""

import atexit
import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TypeVar

from site_hooks.errors import BuildError

T = TypeVar("T")
R = TypeVar("R")

# More would want more memory than they save time.
PROCESSES = min(os.cpu_count() or 1, 8)

_children: set["subprocess.Popen[str]"] = set()
_lock = threading.Lock()
# More children at once would only take the caches from one another.
_slots = threading.Semaphore(PROCESSES)
_here = threading.local()  # .waits: whether this thread's children wait for a slot
_is_over = False


def run(
    command: Sequence[str],
    *,
    stdin: str = "",
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout: float | None = None,
) -> "subprocess.CompletedProcess[str]":
    """`subprocess.run` for a child that ends with the build.

    The main thread's begins at once; those of work beside it wait until a processor is free.

    Raises:
        BuildError: The build is over already.
        TimeoutExpired: It took longer than the timeout, and was ended.
    """
    with _slots if getattr(_here, "waits", False) else nullcontext():
        with _lock:
            if _is_over:
                raise BuildError("the build has ended")
            child = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                text=True, encoding="utf-8", cwd=cwd, env=env,
            )  # fmt: skip
            _children.add(child)
        try:
            with child:
                try:
                    out, err = child.communicate(stdin, timeout)
                except BaseException:
                    child.kill()
                    raise
        finally:
            with _lock:
                _children.discard(child)
    return subprocess.CompletedProcess(command, child.returncode, out, err)


def end_children() -> None:
    """End every child that runs now; who waits for one sees that it failed."""
    with _lock:
        for child in _children:
            child.kill()


@atexit.register
def _end() -> None:
    global _is_over
    _is_over = True
    end_children()
    for child in [*_children]:
        child.wait()


def begin(work: Callable[[], R]) -> "Future[R]":
    """Start work in a thread, which a build that fails does not wait for."""
    future: Future[R] = Future()

    def do() -> None:
        _settle(future, work)

    threading.Thread(target=do, daemon=True).start()
    return future


def each(work: Callable[[T], R], items: Sequence[T], size: Callable[[T], int]) -> list[R]:
    """The result for each item, in their order; as many at once as there are processors.

    The largest begin first. If one fails, none after it begins, and the first in order that fails
    is raised: the same one every time.

    Args:
        work: What is done; it should spend its time in a child.
        items: What it is done with.
        size: How long an item takes, in any unit.
    """
    futures: list[Future[R]] = [Future() for _ in items]
    waiting = sorted(range(len(items)), key=lambda number: -size(items[number]))
    lock = threading.Lock()

    def take() -> int | None:
        with lock:
            return waiting.pop(0) if waiting else None

    def do() -> None:
        while (number := take()) is not None:
            if not _settle(futures[number], partial(work, items[number])):
                with lock:
                    waiting[:] = [other for other in waiting if other < number]

    for _ in range(min(PROCESSES, len(items))):
        threading.Thread(target=do, daemon=True).start()
    return [future.result() for future in futures]


def _settle(future: "Future[R]", work: Callable[[], R]) -> bool:
    _here.waits = True
    try:
        future.set_result(work())
    except BaseException as error:
        future.set_exception(error)
        return False
    return True
