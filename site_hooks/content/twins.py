"""Twins: what a page's cells do, in PyTorch. They stand in a document of their own beside the page.

Whoever opens it without script reads them there; script fetches it when a cell's tab is opened
(client/cell/twin.ts).
"""

import ast
from collections.abc import Mapping, Sequence
from html import escape

from pylib.kernel.needs import names, needs
from site_hooks import words
from site_hooks.content import render
from site_hooks.content.cells import Cell

SHEET = "assets/stylesheets/twins.css"
PIP = "pip install torch numpy matplotlib"


def of(cells: Sequence[Cell]) -> dict[str, Cell]:
    """The twins of a page, by the ids of their cells."""
    return {cell.id: cell for cell in cells if cell.kind == "torch"}


def needed(cells: Sequence[Cell]) -> dict[str, list[str]]:
    """The twins that each twin needs to have run before it, those that they need included.

    Args:
        cells: The page's cells.

    Returns:
        By id, the ids in the order in which they run.
    """
    own = of(cells)
    sessions = {cell.id: cell.session for cell in cells if cell.has_place}
    direct: dict[str, list[str]] = {}
    for session in dict.fromkeys(sessions[one] for one in own):
        inside = [(one, names(own[one].source)) for one in own if sessions[one] == session]
        direct |= needs(inside)
    found: dict[str, list[str]] = {}
    for one in own:
        found[one] = []
        _follow(one, direct, found[one], {one})
    return found


def _follow(one: str, direct: dict[str, list[str]], found: list[str], seen: set[str]) -> None:
    for other in direct[one]:
        if other not in seen:
            seen.add(other)
            _follow(other, direct, found, seen)
            found.append(other)


def document(
    cells: Sequence[Cell],
    title: str,
    to_root: str,
    wheel: str,
    said: words.Words = words.ENGLISH,
    language: str = "en",
) -> bytes:
    """The document of a page's twins.

    Args:
        cells: The page's cells.
        title: The page's title.
        to_root: The relative address from the page to the site's root, such as "../../".
        wheel: The path of pylib's wheel below the site's root.
        said: The interface's words.
        language: Theirs.
    """
    told = said["torch"]
    own = of(cells)
    before = needed(cells)
    titles = {cell.id: escape(cell.title or cell.id) for cell in cells if cell.has_place}
    heading = told["title"].format(page=escape(title))
    link = f'<a href="{to_root}{escape(wheel)}">{told["wheel"]}</a>'
    intro = told["intro"].format(packages=f"<code>{PIP}</code>", wheel=link)
    sections = "".join(
        f'<section id="{one}" data-needs="{" ".join(before[one])}">'
        f'<h2><a href="./#{one}">{titles[one]}</a></h2>'
        f"{_after([titles[other] for other in before[one]], told)}"
        f'<pre class="highlight" tabindex="0"><code>{render.code(cell.source)}</code></pre>'
        "</section>"
        for one, cell in own.items()
    )
    page = (
        f'<!doctype html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f'<title>{heading}</title><link rel="stylesheet" href="{to_root}{SHEET}"></head>'
        f'<body><main><p><a href="./">{escape(title)}</a></p><h1>{heading}</h1>'
        f"<p>{intro}</p>{sections}</main></body></html>"
    )
    return page.encode()


def _after(titles: Sequence[str], told: Mapping[str, str]) -> str:
    if not titles:
        return ""
    cells = ", ".join(told["quoted"].format(cell=title) for title in titles)
    return f"<p>{told['after'].format(cells=cells)}</p>"


def lacking(cells: Sequence[Cell]) -> list[Cell]:
    """The cells that use pylib and have no twin.

    A cell uses pylib if it imports from it, or takes a name that a cell of its session made which
    does; what that one imported from elsewhere does not count. Exercises have no twin, as it would
    hold their solution, nor have live figures, whose numbers are those of their sliders.

    Args:
        cells: The page's cells.
    """
    runs = [cell for cell in cells if cell.kind == "run" and not cell.is_exercise]
    makers: dict[tuple[str, str], list[Cell]] = {}
    for cell in runs:
        for name in _made(cell):
            makers.setdefault((cell.session, name), []).append(cell)
    used = {cell.id for cell in runs if _imports(cell.source)[1]}
    more = True
    while more:
        found = {
            cell.id
            for cell in runs
            for name in names(cell.source).taken
            for maker in makers.get((cell.session, name), ())
            if maker.id in used
        }
        more = not found <= used
        used |= found
    own = of(cells)
    return [cell for cell in runs if cell.id in used and cell.id not in own]


def _made(cell: Cell) -> list[str]:
    """The names that a cell makes, without those that it imports from elsewhere than pylib."""
    elsewhere, _ = _imports(cell.source)
    return [name for name in names(cell.source).made if name not in elsewhere]


def _imports(source: str) -> tuple[set[str], set[str]]:
    """The names that code imports: from elsewhere, and from pylib."""
    elsewhere: set[str] = set()
    own: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                module = getattr(node, "module", None) or alias.name
                kind = own if module.split(".")[0] == "pylib" else elsewhere
                kind.add((alias.asname or alias.name).partition(".")[0])
    return elsewhere, own
