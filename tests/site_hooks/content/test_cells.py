"""What cells bind, which ids they may have, and the cells of notebooks."""

import json

import pytest

from site_hooks.content import cells
from site_hooks.content.cells import Cell, Kind
from site_hooks.errors import BuildError


def test_a_heading_may_not_have_the_id_of_a_cell() -> None:
    own = [Cell("one", "run", "x = 1", "losses/mse", "docs/losses/mse.md", 3)]
    cells.refuse_taken_ids(own, '<h2 id="two">Two</h2>')
    kinds: tuple[Kind, ...] = ("run", "figure")
    for kind in kinds:
        own = [Cell("one", kind, "x = 1", "losses/mse", "docs/losses/mse.md", 3)]
        with pytest.raises(BuildError, match=f'mse.md:3: {kind}="one" is also the id of a heading'):
            cells.refuse_taken_ids(own, '<h2 class="x" id="one">One</h2>')


def notebook(**changes: object) -> str:
    cell = {
        "cell_type": "code",
        "id": "one",
        "metadata": {"tags": ["raises:ValueError"]},
        "source": ["x = 1\n", "x"],
        "outputs": [],
        "execution_count": None,
    }
    text = {"cell_type": "markdown", "id": "text", "metadata": {}, "source": ["# Lab"]}
    hint = cell | {"id": "two", "metadata": {"tags": ["hint:one"]}}
    return json.dumps({"cells": [text, cell | changes, hint], "nbformat": 4, "nbformat_minor": 5})


def test_a_notebooks_code_cells_are_cells_by_the_notebooks_own_ids() -> None:
    found = cells.collect_notebook(notebook(), "labs/lab", "docs/labs/lab.ipynb")
    assert [(name, c.kind, c.id) for name, c in found.items()] == [
        ("one", "run", "one"),
        ("two", "hint", "one"),
    ]
    assert found["one"].source == "x = 1\nx"
    assert found["one"].settings == {"raises": "ValueError"}
    assert found["one"].where == "docs/labs/lab.ipynb:2"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"outputs": [{"output_type": "stream"}]}, r"lab.ipynb: cell 2 \(one\) has outputs"),
        ({"metadata": {"tags": ["autorun"]}}, "lab.ipynb:2: unknown key autorun; known beside run"),
        ({"metadata": {"tags": ["check:two"]}}, 'lab.ipynb:2: check="two" belongs to no cell'),
    ],
)
def test_a_notebook_that_the_page_could_not_show_is_refused(
    changes: dict[str, object], message: str
) -> None:
    with pytest.raises(BuildError, match=message):
        cells.collect_notebook(notebook(**changes), "labs/lab", "lab.ipynb")
