"""Every cell of the lesson, run in CPython as the site runs it."""

from pathlib import Path

import pytest

from site_hooks.content import outputs
from site_hooks.content.cells import Cell
from tests.conftest import LESSON, PAGES

CACHE = Path(".cache/outputs")


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_no_cell_fails_unless_it_says_so(path: Path, own: list[Cell]) -> None:
    events = outputs.run(own, CACHE)
    for cell in own:
        if cell.runs_at_build:
            assert events[cell.id][-1]["kind"] == "done", cell.where


TAUGHT = [
    path
    for path in LESSON
    if path.parent.name in ("losses", "optimizers", "beyond") and path.name != "known-results.md"
]


@pytest.mark.parametrize("path", TAUGHT, ids=str)
def test_a_lesson_page_has_a_picture_four_cells_and_one_that_breaks(
    path: Path, own: list[Cell]
) -> None:
    text = path.read_text(encoding="utf-8")
    assert next(cell.kind for cell in own) == "figure", "a picture comes first"
    assert sum(cell.kind == "run" for cell in own) >= 4
    for heading in (
        "## The formula",
        "## Break it",
        "## When to use",
        "## Sources",
        "**Next:**",
    ):
        assert f"\n{heading}" in text, heading


# A live figure's code is folded.
LINES = {"run": 22, "live": 40}
UNTOUCHED = {
    *("labs", "reference", "instructors"),
    *("grade.md", "help.md", "privacy.md", "progress.md", "pytorch.md"),
    *("race.md", "known-results.md", "formulas.md", "glossary.md"),
}


@pytest.mark.parametrize("path", LESSON, ids=str)
def test_cells_are_short(path: Path, own: list[Cell]) -> None:
    for cell in own:
        if cell.language != "python" or cell.kind in ("check", "wrong"):
            continue  # prose wraps, the others are not shown
        # What a form comment says is read in its control.
        lines = [line.partition("#@param")[0] for line in cell.source.splitlines()]
        assert all(len(line) <= 78 for line in lines), f"{cell.where}: wider than a cell"
        limit = LINES.get(cell.kind, len(lines))
        assert len(lines) <= limit, f"{cell.where}: {len(lines)} lines"


@pytest.mark.parametrize("path", [p for p in LESSON if UNTOUCHED.isdisjoint(p.parts)], ids=str)
def test_a_page_of_the_lesson_has_a_live_figure(path: Path, own: list[Cell]) -> None:
    live = [cell for cell in own if cell.kind == "live"]
    assert live
    for cell in live:
        assert cell.session == cell.id, f"{cell.where}: moving it would change the page's variables"
