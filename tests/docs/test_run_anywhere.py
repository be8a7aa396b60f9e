"""Every cell of the lesson ends well when it is the first that is run on its page."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from site_hooks.content.cells import Cell
from site_hooks.content.needs import needed_cells
from tests.conftest import LESSON

# What is given as JSON: the orders in which cells run, each for its last one. Orders that begin
# alike share that beginning: a process forks where they part.
RUN = """
import json, os, sys
from pylib.kernel import mpl_backend
from pylib.kernel.execute import run

mpl_backend.draw = lambda *_: mpl_backend.Drawing(b"", 1, 1)  # the time is in the pixels

def follow(orders, place, namespace):
    for own in dict.fromkeys(order[place] for order in orders if len(order) > place):
        if os.fork() == 0:
            cell, events = cells[own], []
            run(cell["source"], namespace, events.append, cell=own)
            raised = next((e for e in events if e["kind"] == "error"), {"type": ""})
            if raised["type"] != cell["raises"]:
                print(own, "ended with", raised["traceback"] if raised["type"] else "no error",
                      flush=True)
            follow([o for o in orders if len(o) > place and o[place] == own], place + 1, namespace)
            os._exit(0)
        os.wait()

cells, orders = json.load(sys.stdin)
follow(orders, 0, {})
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork: Linux, macOS")
@pytest.mark.parametrize("path", LESSON, ids=str)
def test_a_cell_that_is_run_first_ends_well(path: Path, own: list[Cell]) -> None:
    cells = {cell.id: cell for cell in own if cell.runs_at_build}
    needs = needed_cells(own)
    given = {
        name: {"source": cell.source, "raises": cell.settings.get("raises", "")}
        for name, cell in cells.items()
    }
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        input=json.dumps([given, [order(name, list(cells), needs) for name in cells]]),
        env={**os.environ, "PYTHONPATH": ".", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stdout, f"{path}: {done.stdout}"


def order(name: str, page: Sequence[str], needs: Mapping[str, Sequence[str]]) -> list[str]:
    """A cell after all that it needs, as the page orders them (`runOrder` of needs.ts)."""
    wanted, waiting = {name}, [name]
    while waiting:
        new = set(needs[waiting.pop()]) - wanted
        wanted |= new
        waiting += new
    done: list[str] = []
    while len(done) < len(wanted):
        ready = [n for n in page if n in wanted - {*done} and set(needs[n]) <= {*done}]
        assert ready, f"{wanted - {*done}} need each other"
        done.append(ready[0])
    return done
