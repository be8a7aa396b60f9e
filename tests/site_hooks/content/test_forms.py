"""Form comments: the controls that they ask for, and what the build refuses, with file and line."""

import json
from pathlib import Path
from typing import Any

import pytest

from site_hooks.content import cells, forms
from site_hooks.content.cells import Cell
from site_hooks.errors import BuildError

# tests/client/cell/form-comments.test.mjs reads the same cases.
CASES = json.loads(Path(__file__).with_name("forms.json").read_text("utf-8"))


def expected(field: dict[str, Any]) -> forms.Field:
    options = tuple(field.get("options", ()))
    return forms.Field(**{"label": field["name"], "line": 1, **field, "options": options})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_a_comment_asks_for_a_control(case: dict[str, Any]) -> None:
    form = forms.parse(case["source"])
    assert (form.title, form.auto) == (case.get("title", ""), case.get("auto", False))
    assert list(form.fields) == [expected(field) for field in case["fields"]]
    assert [list(error) for error in form.errors] == case.get("errors", [])


def cell(source: str, kind: cells.Kind = "run", path: str = "docs/a.md") -> Cell:
    return Cell("one", kind, source, "a", path, 10)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_the_build_refuses_every_fault_with_file_and_line(case: dict[str, Any]) -> None:
    faults = [(field.get("line", 1), field["problem"]) for field in case["fields"]
              if "problem" in field]  # fmt: skip
    faults = sorted([*faults, *map(tuple, case.get("errors", []))])
    if not faults:
        cells.validate([cell(case["source"])])
        return
    with pytest.raises(BuildError) as refused:
        cells.validate([cell(case["source"])])
    told = [f"docs/a.md:{10 + line}: {words}" for line, words in faults]
    assert str(refused.value).splitlines() == told


def test_a_live_figure_needs_a_control() -> None:
    cells.validate([cell('x = 1  #@param {type:"integer"}', "live")])
    with pytest.raises(BuildError, match="a.md:10: the live figure “one” has no control"):
        cells.validate([cell("#@title Words\nx = 1", "live")])
