"""Work side by side: results in order, one error every time, and no child that outlives it."""

import os
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from site_hooks import side_by_side
from site_hooks.errors import BuildError

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
ROOT = Path(__file__).parents[2]


def test_results_come_in_order_and_the_largest_begins_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(side_by_side, "PROCESSES", 1)
    begun: list[str] = []

    def work(word: str) -> str:
        begun.append(word)
        return word.upper()

    assert side_by_side.each(work, ["a", "ccc", "bb"], len) == ["A", "CCC", "BB"]
    assert begun == ["ccc", "bb", "a"]
    assert side_by_side.each(work, [], len) == []


def test_as_many_are_done_at_once_as_there_are_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "PROCESSES", 3)
    together = threading.Barrier(3, timeout=20)
    assert side_by_side.each(lambda _: together.wait() < 3, range(6), lambda _: 1) == [True] * 6


def test_the_first_in_order_that_fails_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(side_by_side, "PROCESSES", 2)
    begun: list[int] = []
    late = threading.Event()

    def work(number: int) -> int:
        begun.append(number)
        if number == 2:
            raise BuildError("page 2")
        if number == 1:
            late.wait(0.2)
            raise BuildError("page 1")
        return number

    # 2 fails at once and 1 later: it is 1 that is told, and 3 does not begin.
    with pytest.raises(BuildError, match="page 1"):
        side_by_side.each(work, [0, 1, 2, 3], lambda number: [1, 3, 4, 2][number])
    assert 3 not in begun


def test_a_child_is_given_text_and_gives_text() -> None:
    code = "import sys; print(sys.stdin.read() + 'ß'); print('no', file=sys.stderr); sys.exit(3)"
    done = side_by_side.run(
        [sys.executable, "-c", code],
        stdin="ü",
        cwd=ROOT,
        env=os.environ | {"PYTHONUTF8": "1"},
    )
    assert (done.stdout, done.stderr, done.returncode) == ("üß\n", "no\n", 3)


def test_a_child_ends_when_its_time_is_over() -> None:
    begin = time.monotonic()
    with pytest.raises(subprocess.TimeoutExpired):
        side_by_side.run(SLEEP, cwd=ROOT, timeout=0.2)
    assert time.monotonic() - begin < 20
    assert not side_by_side._children


def test_children_end_when_a_build_fails() -> None:
    future = side_by_side.begin(lambda: side_by_side.run(SLEEP, cwd=ROOT).returncode)
    while not side_by_side._children:
        time.sleep(0.01)
    side_by_side.end_children()
    assert future.result(20) != 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_children_end_when_the_build_is_interrupted() -> None:
    code = """
    import os, signal, sys, threading, time
    from pathlib import Path
    from site_hooks import side_by_side

    def sleep(number):
        side_by_side.run([sys.executable, "-c", "import time; time.sleep(60)"], cwd=Path())

    def interrupt():
        while len(side_by_side._children) < 2:
            time.sleep(0.01)
        print(*(child.pid for child in side_by_side._children), flush=True)
        os.kill(os.getpid(), signal.SIGINT)

    side_by_side.PROCESSES, side_by_side._slots = 2, threading.Semaphore(2)
    threading.Thread(target=interrupt, daemon=True).start()
    side_by_side.each(sleep, range(9), lambda _: 1)
    """
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=ROOT, capture_output=True, text=True, timeout=50, check=False,
    )  # fmt: skip
    assert time.monotonic() - begin < 40
    assert "KeyboardInterrupt" in done.stderr
    for child in done.stdout.split():
        with pytest.raises(ProcessLookupError):
            os.kill(int(child), 0)
