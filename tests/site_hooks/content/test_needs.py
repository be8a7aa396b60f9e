"""The names of cells, as the build writes them on their elements."""

from site_hooks.content.cells import Cell, Kind
from site_hooks.content.needs import defined_names, needed_cells


def test_the_names_that_a_cell_binds() -> None:
    source = "import numpy as np\nimport a.b\nw, _x = 1, 2\nfor i in ():\n    j = i\n" \
        "def f(arg):\n    inner = 1\nsquares = [k for k in ()]\nw += 1\n"  # fmt: skip
    assert defined_names(source) == ["np", "a", "w", "i", "j", "f", "squares"]
    assert defined_names("x = (") == []


def cell(name: str, source: str, kind: Kind = "run", **settings: str) -> Cell:
    return Cell(name, kind, source, "losses/mse", "docs/losses/mse.md", 3, settings)


def test_needs_stay_within_a_session() -> None:
    page = [
        cell("set-up", "x = 1", hide="true"),
        cell("other", "x = 2", session="other"),
        cell("picture", "x = 3", "figure"),
        cell("use", "print(x)"),
        cell("use", "x = 4", "solution"),
        cell("use-other", "print(x)", session="other"),
        cell("broken", "x = (", raises="SyntaxError"),
    ]
    assert needed_cells(page) == {
        "set-up": [],
        "use": ["set-up"],
        "broken": [],
        "other": [],
        "use-other": ["other"],
        "picture": [],
    }
