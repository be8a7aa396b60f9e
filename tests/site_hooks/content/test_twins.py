"""Twins: which fences are refused, what each needs, which cells lack one, and their document."""

import json
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup

from site_hooks.content import cells, render, take_home, twins
from site_hooks.content.cells import Cell, Kind
from site_hooks.errors import BuildError

Collect = Callable[[str, str, str], list[Cell]]


def fence(info: str, source: str) -> str:
    return f"```python {info}\n{source}\n```\n\n"


RUN = fence('run="one"', "from pylib.data import make_line\nX, y = make_line()")
TWIN = fence('torch="one"', "import torch\nX = torch.zeros(3)")


def test_a_twin_belongs_to_its_cell_and_takes_no_id(collect: Collect) -> None:
    own = collect(RUN + TWIN, "page", "page.md")
    assert [(c.kind, c.id, c.has_place, c.runs_at_build) for c in own] == [
        ("run", "one", True, True),
        ("torch", "one", False, False),
    ]
    assert list(twins.of(own)) == ["one"]


LIVE = 'lr = 0.1  #@param {type:"slider", min:0.01, max:1}'
EXERCISE = (
    fence('run="one"', "w = ___")
    + fence('check="one"', "assert w == 2, 'No.'")
    + fence('solution="one"', "w = 2")
    + fence('wrong="one"', "w = 3")
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (TWIN, 'page.md:1: torch="one" belongs to no cell above it; write ```python run="one"'),
        (TWIN + RUN, 'page.md:1: torch="one" belongs to no cell above it'),
        (RUN + TWIN + TWIN, 'page.md:11: a second torch="one"; write one'),
        (EXERCISE + TWIN, 'torch="one" belongs to an exercise, whose solution it would give away'),
        (fence('live="one"', LIVE) + TWIN, 'torch="one" belongs to live="one", which has no place'),
        (
            fence('figure="one"', "x = 1") + TWIN,
            'torch="one" belongs to figure="one", which has no place',
        ),
        (RUN + fence('torch="one" title="T"', "x = 1"), "unknown key title; known beside torch"),
        (
            RUN + fence('torch="one" within="5"', "x = 1"),
            "within is 5, which is no share of a number",
        ),
        (RUN + fence('torch="one"', "x = ___"), "page.md:6: the twin has a blank ___; write it"),
        (RUN + fence('torch="one"', "x = ("), "was never closed in the cell “one”"),
    ],
)
def test_a_twin_that_the_page_could_not_show_is_refused(
    text: str, message: str, collect: Collect
) -> None:
    with pytest.raises(BuildError) as caught:
        collect(text, "page", "page.md")
    assert message in str(caught.value)


def notebook(twin_type: str) -> str:
    kinds = [("code", "one", []), (twin_type, "two", ["torch:one", "within:0.01"])]
    made = [
        {"cell_type": kind, "id": name, "metadata": {"tags": tags}, "source": ["x = 1"],
         **({"outputs": [], "execution_count": None} if kind == "code" else {})}
        for kind, name, tags in kinds
    ]  # fmt: skip
    return json.dumps({"cells": made, "nbformat": 4, "nbformat_minor": 5})


def test_a_notebook_s_twin_is_a_raw_cell_which_jupyter_does_not_run() -> None:
    own = cells.collect_notebook(notebook("raw"), "labs/lab", "lab.ipynb")
    assert [(c.kind, c.id, dict(c.settings)) for c in own.values()] == [
        ("run", "one", {}),
        ("torch", "one", {"within": "0.01"}),
    ]
    with pytest.raises(BuildError, match="cell 2 is a twin, .* make it a raw cell"):
        cells.collect_notebook(notebook("code"), "labs/lab", "lab.ipynb")


def test_what_learners_take_home_has_no_twin(collect: Collect) -> None:
    own = collect(RUN + TWIN, "page", "page.md")
    assert b"torch" not in take_home.notebook(own, "page.md", {})
    raw = notebook("raw")
    named = cells.collect_notebook(raw, "labs/lab", "lab.ipynb")
    home = json.loads(take_home.of_notebook(raw, named, "labs/lab.ipynb", {}))
    assert [cell["id"] for cell in home["cells"]] == ["one"]


def cell(name: str, source: str, kind: Kind = "run", **settings: str) -> Cell:
    return Cell(name, kind, source, "page", "page.md", 1, settings)


def test_a_twin_needs_the_twins_of_its_session_that_make_its_names() -> None:
    own = [
        cell("data", "X = 1"), cell("data", "import torch\nX = torch.zeros(3)", "torch"),
        cell("model", "m = X"), cell("model", "m = X + 1", "torch"),
        cell("plot", "m"), cell("plot", "print(m)", "torch"),
        cell("far", "X = 2", session="b"), cell("far", "X = 3", "torch"),
        cell("end", "print(X)", session="b"), cell("end", "print(X)", "torch"),
    ]  # fmt: skip
    needed = {"data": [], "model": ["data"], "plot": ["data", "model"], "far": [], "end": ["far"]}
    assert twins.needed(own) == needed


def test_a_cell_uses_pylib_that_imports_it_or_takes_what_such_a_cell_made() -> None:
    own = [
        cell("import", "import numpy as np\nfrom pylib.losses import MSELoss\nloss = MSELoss()"),
        cell("name", "print(loss(1, 2))"),
        cell("class", "print(MSELoss)"),
        cell("numpy", "print(np.pi)"),
        cell("twice", "print(late)"),
        cell("late", "late = loss"),
        cell("plain", "x = 1"),
        cell("live", "print(loss)", "live"),
    ]
    assert [one.id for one in twins.lacking(own)] == ["import", "name", "class", "twice", "late"]
    own.append(cell("name", "print(1)", "torch"))
    assert [one.id for one in twins.lacking(own)] == ["import", "class", "twice", "late"]


def test_the_document_has_each_twin_highlighted_and_what_it_comes_after() -> None:
    own = [
        cell("data", "X = 1", title="On <data>"), cell("data", "X = 1 < 2", "torch"),
        cell("use", "X"), cell("use", "print(X)", "torch"),
    ]  # fmt: skip
    page = BeautifulSoup(
        twins.document(own, "A & B", "../", "download/p.whl", language="de"), "html.parser"
    )
    assert page.select("html")[0]["lang"] == "de"
    assert page.select_one("title").text == "A & B, in PyTorch"  # type: ignore[union-attr]
    data, use = page.select("section")
    assert (data["id"], data["data-needs"]) == ("data", "")
    assert (use["id"], use["data-needs"]) == ("use", "data")
    assert [part.text for part in data.select("h2, pre")] == ["On <data>", "X = 1 < 2"]
    assert data.select("pre .n, pre .o")
    assert use.select_one("p").text == "It comes after: “On <data>”."  # type: ignore[union-attr]
    assert {link["href"] for link in page.select("link, a")} == {
        f"../{twins.SHEET}", "./", "./#data", "./#use", "../download/p.whl"
    }  # fmt: skip


def test_a_cell_with_a_twin_links_to_it_for_those_without_script() -> None:
    own = [cell("data", "X = 1"), cell("data", "X = 2", "torch"), cell("use", "X")]
    html, _ = render.page(own, {}, "../")
    (link,) = BeautifulSoup(html[0], "html.parser").select("div.cell > a")
    assert link["href"] == f"{render.TWINS}#data"
    assert html[1] == ""
    assert "cell-twin" not in html[2]
