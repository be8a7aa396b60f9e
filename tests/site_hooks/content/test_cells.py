"""Cells are found as the site finds them, and a malformed one names its file and line."""

import json
from pathlib import Path

import pytest

from site_hooks.content import cells
from site_hooks.errors import BuildError

ONE = '# Page\n\n```python run="one" title="First"\nx = 1\n```\n'


def collect(text: str) -> list[cells.Cell]:
    return cells.collect(text, "losses/mse", "docs/losses/mse.md")


def test_a_fence_with_a_kind_is_a_cell() -> None:
    (cell,) = collect(ONE)
    assert (cell.kind, cell.id, cell.source) == ("run", "one", "x = 1")
    assert cell.settings == {"title": "First"}
    assert (cell.where, cell.session) == ("docs/losses/mse.md:3", "main")


def test_a_fence_without_a_kind_stays_a_code_block() -> None:
    assert collect('```python title="x"\nx = 1\n```\n\n```\nrun="no"\n```\n') == []


@pytest.mark.parametrize(
    "wrapped",
    [
        '!!! note\n\n    ```python run="one"\n    x = 1\n    ```\n',
        '1. Item\n\n    ```python run="one"\n    x = 1\n    ```\n',
        '??? tip "More"\n\n    ```python run="one"\n    x = 1\n    ```\n',
        '> ```python run="one"\n> x = 1\n> ```\n',
        '~~~python run="one"\nx = 1\n~~~\n',
    ],
)
def test_cells_are_found_inside_other_blocks(wrapped: str) -> None:
    assert [cell.source for cell in collect(wrapped)] == ["x = 1"]


def test_a_fence_shown_inside_a_longer_fence_is_no_cell() -> None:
    assert collect(f"````markdown\n{ONE}````\n") == []


def test_cells_keep_the_order_of_the_page() -> None:
    text = "".join(f'```python run="{name}"\n{name} = 1\n```\n\n' for name in "cab")
    assert [cell.id for cell in collect(text)] == ["c", "a", "b"]


def test_every_opening_line_of_the_lesson_is_a_cell_collected() -> None:
    for path in Path("docs").rglob("*.md"):
        text = path.read_text(encoding="utf-8")
        outside = _without_examples(text)
        opened = sum(line.lstrip(" >").startswith("```python ") for line in outside)
        collected = cells.collect(text, path.stem, str(path))
        plain = sum(line.strip().startswith("```python title") for line in outside)
        assert len(collected) == opened - plain, path


def _without_examples(text: str) -> list[str]:
    lines, inside = [], False
    for line in text.splitlines():
        if line.lstrip().startswith("````"):
            inside = not inside
        elif not inside:
            lines.append(line)
    return lines


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("```python run=one\nx = 1\n```\n", 'page.md:1: this fence is not read.*run="one"'),
        ('\n```python run="one"\nx = 1\n', "page.md:2: this fence is not read as a cell"),
        ('```python run="One!"\nx = 1\n```\n', 'page.md:1: run="One!" is no id'),
        (ONE + ONE, 'page.md:8: the id "one" is already taken at page.md:3'),
        ('```python solution="two"\nx\n```\n', 'page.md:1: solution="two" belongs to no cell'),
        ('```python run="one" colour="red"\nx\n```\n', "page.md:1: unknown key colour; "),
        ('```python run="one" timeout="soon"\nx\n```\n', 'page.md:1: timeout="soon" is not'),
        ('```python run="one"\n\n```\n', 'page.md:1: the cell "one" is empty'),
        ('```python run="one"\nx = 1\ny = (\n```\n', "page.md:3: .* in the cell “one”"),
    ],
)  # fmt: skip
def test_a_malformed_cell_names_file_line_and_mend(text: str, message: str) -> None:
    with pytest.raises(BuildError, match=message):
        cells.collect(text, "page", "page.md")


def test_a_cell_that_means_a_syntax_error_may_have_one() -> None:
    (cell,) = collect('```python run="one" raises="SyntaxError"\nx = (\n```\n')
    assert cell.settings["raises"] == "SyntaxError"


def test_a_heading_may_not_have_the_id_of_a_cell() -> None:
    own = collect(ONE)
    cells.refuse_taken_ids(own, '<h2 id="two">Two</h2>')
    with pytest.raises(BuildError, match='mse.md:3: run="one" is also the id of a heading'):
        cells.refuse_taken_ids(own, '<h2 class="x" id="one">One</h2>')


def test_the_names_that_a_cell_binds() -> None:
    source = "import numpy as np\nimport a.b\nw, _x = 1, 2\nfor i in ():\n    j = i\n" \
        "def f(arg):\n    inner = 1\nsquares = [k for k in ()]\nw += 1\n"  # fmt: skip
    assert cells.defined_names(source) == ["np", "a", "w", "i", "j", "f", "squares"]
    assert cells.defined_names("x = (") == []


def notebook(path: Path, **changes: object) -> Path:
    cell = {
        "cell_type": "code",
        "id": "one",
        "metadata": {"tags": ["raises:ValueError"]},
        "source": ["x = 1\n", "x"],
        "outputs": [],
        "execution_count": None,
    } | changes
    text = {"cell_type": "markdown", "id": "text", "metadata": {}, "source": ["# Lab"]}
    path.write_text(json.dumps({"cells": [text, cell], "nbformat": 4, "nbformat_minor": 5}))
    return path


def test_a_notebooks_code_cells_are_cells(tmp_path: Path) -> None:
    (cell,) = cells.collect_notebook(notebook(tmp_path / "lab.ipynb"), "labs/lab")
    assert (cell.kind, cell.id, cell.source) == ("run", "one", "x = 1\nx")
    assert cell.settings == {"raises": "ValueError"}


def test_a_notebook_with_outputs_is_refused(tmp_path: Path) -> None:
    path = notebook(tmp_path / "lab.ipynb", outputs=[{"output_type": "stream"}])
    with pytest.raises(BuildError, match=r"lab.ipynb: cell 2 \(one\) has outputs"):
        cells.collect_notebook(path, "labs/lab")
