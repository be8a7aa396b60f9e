"""A cell gives the same whenever it is run: again, after all others of its page, too."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from pylib.kernel.needs import names
from site_hooks.content.cells import Cell
from tests.conftest import LESSON

# Each cell is run again in a fork, so that no other cell has been run again before it.
AGAIN = """
import json, os, sys
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import Collection
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.text import Text
from pylib.kernel import mpl_backend
from pylib.kernel.execute import catch_up, serve

def drawn(figure, theme, width=None):
    # What a picture is made of: to draw it takes longer than most cells.
    made = [(type(part).__name__, *map(repr, properties(part))) for part in figure.findobj()]
    return mpl_backend.Drawing(repr(made).encode(), 1, 1)

def properties(part):
    for name in ("visible", "alpha", "color", "facecolor", "edgecolor", "linestyle", "position"):
        if hasattr(part, f"get_{name}"):
            yield getattr(part, f"get_{name}")()
    if isinstance(part, Text):
        yield part.get_text()
    if isinstance(part, Collection):
        yield [path.vertices.tolist() for path in part.get_paths()], part.get_offsets().tolist()
    if isinstance(part, (Patch, Line2D)):
        yield part.get_path().vertices.tolist()
    if isinstance(part, ScalarMappable) and part.get_array() is not None:
        yield part.get_array().tolist(), part.get_clim()
    if isinstance(part, Axes):
        yield part.get_xlim(), part.get_ylim()

mpl_backend.draw = drawn

def run(cell):
    events = []
    def keep(text, png):
        event = {**json.loads(text), "png": png}
        if event["kind"] == "progress":
            return  # when it is told, the clock decides
        if events and event["kind"] == events[-1]["kind"] in ("stdout", "stderr"):
            events[-1]["text"] += event["text"]  # where a stream is cut, the clock decides
        else:
            events.append(event)
    serve(json.dumps(cell | {"theme": "light"}), keep)
    while catch_up():
        pass
    for event in events:
        event.pop("ms", None)
    return events

def show(events):
    return [{**event, "png": hash(event["png"])} for event in events]

cells = json.load(sys.stdin)
for cell, first in [(cell, run(cell)) for cell in cells]:
    if os.fork() == 0:
        again = run(cell)
        if again != first:
            print(cell["cell"], show(first), show(again), sep="\\n  ", end="\\n\\n", flush=True)
        os._exit(0)
    os.wait()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork: Linux, macOS")
@pytest.mark.parametrize("path", LESSON, ids=str)
def test_a_cell_gives_the_same_after_all_others_of_its_page(path: Path, own: list[Cell]) -> None:
    request = [
        {"cell": cell.id, "source": cell.source, "session": cell.session}
        for cell in own
        if cell.runs_at_build
    ]
    done = subprocess.run(
        [sys.executable, "-c", AGAIN],
        input=json.dumps(request),
        env={**os.environ, "PYTHONPATH": ".", "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not done.stdout, f"{path}, first and again:\n{done.stdout}"


@pytest.mark.parametrize("path", LESSON, ids=str)
def test_a_name_that_a_cell_takes_is_made_by_one_cell_only(path: Path, own: list[Cell]) -> None:
    runs = [c for c in own if c.is_learners and c.settings.get("raises") != "SyntaxError"]
    for cell in runs:
        others = [c for c in runs if c.session == cell.session and c is not cell]
        for name in set(names(cell.source).taken) - {"___"}:  # an exercise's blank
            by = makers(others, name)
            assert len(by) == 1, f"{cell.where}: {cell.id} takes {name}, which {by} make"


def makers(cells: Sequence[Cell], name: str) -> set[str]:
    """Which cells bind a name; however many import the same, they count as one."""
    found = set()
    for cell in cells:
        if name in names(cell.source).made:
            imports = [
                f"import of {alias.name}"
                for node in ast.walk(ast.parse(cell.source))
                if isinstance(node, ast.Import | ast.ImportFrom)
                for alias in node.names
                if (alias.asname or alias.name) == name
            ]
            found.add(imports[0] if imports else cell.id)
    return found
