"""What cells bind, which ids they may have, and the cells of notebooks."""

import json

import pytest

from site_hooks.content import cells
from site_hooks.content.cells import Cell, Kind
from site_hooks.content.fences import Fences
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
    assert found["one"].where == "docs/labs/lab.ipynb: cell 2"


def tagged(*tags: str) -> dict[str, object]:
    return {"metadata": {"tags": [*tags]}}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"outputs": [{"output_type": "stream"}]}, "lab.ipynb: cell 2 has outputs; clear"),
        (tagged("autorun"), "lab.ipynb: cell 2: unknown tag autorun; known beside run: title"),
        (tagged("check:two"), "cell 2: check:two belongs to no cell above it; write a code cell "),
        (tagged("check:"), "lab.ipynb: cell 2: the tag check: says nothing; write check:the-id"),
        (tagged("solution"), "lab.ipynb: cell 2: the tag solution says nothing; write solution:"),
        (tagged("run:"), "lab.ipynb: cell 2: the tag run: says nothing; write run:the-id"),
        (tagged("title:"), "lab.ipynb: cell 2: the tag title: says nothing"),
        (tagged("id:One!"), "lab.ipynb: cell 2: run:One! is no id; use lower-case letters"),
        (tagged("run:a", "id:b"), "lab.ipynb: cell 2: unknown tag id"),
        (tagged("timeout:soon"), "lab.ipynb: cell 2: timeout:soon is not a number of seconds"),
        ({"metadata": {"tags": "one"}}, "lab.ipynb: cell 2 has tags that are no list of words"),
        ({"source": ["x = 1\n", "y = ("]}, "lab.ipynb: cell 2, line 2: .* in the cell “one”"),
        ({"source": "%matplotlib inline"}, "lab.ipynb: cell 2, line 1: IPython’s, not Python"),
    ],
)
def test_a_notebook_that_the_page_could_not_show_is_refused(
    changes: dict[str, object], message: str
) -> None:
    with pytest.raises(BuildError, match=message):
        cells.collect_notebook(notebook(**changes), "labs/lab", "lab.ipynb")


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "one"),
        (tagged("id:two"), "two"),
        (tagged("run:two"), "two"),
        ({"id": "4f3a9c2d"}, "c-4f3a9c2d"),
        ({"id": "Fuzzy_Wolf"}, "fuzzy-wolf"),
        ({"id": None}, "cell-2"),
        ({"id": None, "metadata": {"id": "kQ3_RtZ8"}}, "kq3-rtz8"),
    ],
)
def test_a_notebook_s_cell_has_a_name_of_its_author_or_of_a_program(
    changes: dict[str, object], name: str
) -> None:
    text = json.loads(notebook(**changes))
    text["cells"].pop()  # the hint for "one"
    found = cells.collect_notebook(json.dumps(text), "labs/lab", "lab.ipynb")
    assert [cell.id for cell in found.values()] == [name]


def lab(*cells: tuple[str, str, str]) -> str:
    """A notebook of cells: tag, type, source."""
    made = [
        {"cell_type": kind, "id": f"c{number}", "metadata": {"tags": [tag] if tag else []},
         "source": [source], **({"outputs": [], "execution_count": None} if kind == "code" else {})}
        for number, (tag, kind, source) in enumerate(cells)
    ]  # fmt: skip
    return json.dumps({"cells": made, "nbformat": 4, "nbformat_minor": 5})


LAB = [
    ("", "markdown", "# Lab"),
    ("run:values", "code", "w = ___"),
    ("check:values", "code", "assert w == 2, 'No.'"),
    ("solution:values", "code", "w = 2"),
    ("wrong:values", "code", "w = 3"),
    ("hint:values", "markdown", "It is **even**, see [MSE](../losses/mse.md) and $w^2$."),
    ("quiz:even", "markdown", "Which?\n\n- [x] 2\n  Even.\n- [ ] 3\n  Odd."),
    ("answer:values", "markdown", "Two."),
]


def test_a_notebook_s_markdown_cells_with_a_tag_are_prose(fences: Fences, collect: object) -> None:
    found = cells.collect_notebook(lab(*LAB), "labs/lab", "lab.ipynb", fences.of_notebook)
    assert [(c.kind, c.id, c.line) for c in found.values()] == [
        ("run", "values", 2), ("check", "values", 3), ("solution", "values", 4),
        ("wrong", "values", 5), ("hint", "values", 6), ("quiz", "even", 7),
        ("answer", "values", 8),
    ]  # fmt: skip
    assert found["c1"].is_exercise
    assert found["c5"].html.startswith("<p>It is <strong>even</strong>")
    assert "<lesson-quiz" in found["c6"].html
    assert cells.markdown_ids(lab(*LAB)) == ["c0", "c5", "c6", "c7"]


def test_a_notebook_s_quiz_that_cannot_be_asked_is_refused(fences: Fences, collect: object) -> None:
    wrong = lab(("quiz:even", "markdown", "Which?\n\n- [ ] 2\n  Even.\n- [ ] 3\n  Odd."))
    with pytest.raises(BuildError, match=r"^lab.ipynb: cell 1: quiz “even”: no option is right"):
        cells.collect_notebook(wrong, "labs/lab", "lab.ipynb", fences.of_notebook)
