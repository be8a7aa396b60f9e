"""The notebook of each page: what is in it, that it is valid, and that it runs in Jupyter."""

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from site_hooks.content import cells, outputs, take_home
from site_hooks.content.cells import Cell
from site_hooks.content.fences import Fences
from tests.conftest import DOCS, LESSON, PAGES

CACHE = Path(".cache/outputs")
# What begins a block of Material, or of mkdocstrings.
BLOCKS = ("\n??? ", "\n!!! ", '\n=== "', "\n::: ")


@pytest.fixture
def notebook(path: Path, own: list[Cell], fences: Fences) -> Any:
    source = path.relative_to(DOCS).as_posix()
    text = path.read_text("utf-8")
    if path.suffix == ".ipynb":
        named = cells.collect_notebook(text, source, str(path))
        return json.loads(take_home.of_notebook(text, named, source, {}))
    events = outputs.run(own, CACHE)
    return json.loads(take_home.notebook(fences.parts(), source, events))


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_a_page_s_notebook_holds_its_cells(path: Path, own: list[Cell], notebook: Any) -> None:
    nbformat.validate(notebook)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [(c["id"], c["source"]) for c in code] == [
        (cell.id, cell.source) for cell in own if cell.has_place and cell.kind != "quiz"
    ]
    pictures = [cell["id"] for cell in code if cell["outputs"]]
    assert pictures == [cell.id for cell in own if cell.kind in ("figure", "live")]
    if path not in LESSON:
        return
    prose = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "markdown"]
    text = "\n".join(prose)
    assert "# " in text
    for mark in ("{ .", "{: ", "{#", "<div", "<svg", ".md)", "--8<--", 'run="', *BLOCKS):
        assert mark not in text or path.parent.name == "instructors", mark


@pytest.mark.parametrize(
    "path",
    [DOCS / "losses/huber.md", DOCS / "choosing.md", DOCS / "labs/optimizer-race.ipynb"],
    ids=str,
)
def test_a_notebook_runs_in_jupyter(path: Path, notebook: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    ran = nbformat.from_dict(notebook)  # type: ignore[no-untyped-call]
    NotebookClient(ran, timeout=120, kernel_name="python3").execute()
