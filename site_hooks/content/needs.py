"""The names that a cell makes and the cells whose names it needs, as the build finds them."""

from collections.abc import Sequence

from pylib.kernel.needs import Names, names, needs
from site_hooks.content.cells import Cell


def defined_names(source: str) -> list[str]:
    """The names that a cell leaves in its namespace, without those that start with _."""
    return [name for name in _names(source).made if not name.startswith("_")]


def needed_cells(cells: Sequence[Cell]) -> dict[str, list[str]]:
    """The cells of its session that each cell of a page needs, by id, in the page's order."""
    found: dict[str, list[str]] = {}
    for session in dict.fromkeys(cell.session for cell in cells):
        own = [cell for cell in cells if cell.language == "python" and cell.has_place]
        own = [cell for cell in own if cell.session == session]
        found |= needs([(cell.id, _names(cell.source)) for cell in own])
    return found


def _names(source: str) -> Names:
    try:
        return names(source)
    except SyntaxError:  # a cell that is meant to raise it
        return Names([], [])
