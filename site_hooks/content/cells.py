"""Cells: Python fences and notebook cells with a kind and an id, collected and validated."""

import ast
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

import markdown
from pymdownx.superfences import SuperFencesException

from site_hooks.errors import BuildError

# A figure is drawn at build and always shown; the others are the learner's.
Kind = Literal["run", "check", "solution", "wrong", "hint", "figure"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SETTINGS = ("title", "session", "raises", "timeout", "hide", "autorun", "fresh", "predict")

_ID = re.compile(r"[a-z][a-z0-9-]*")
_FENCE = re.compile(r"^(?P<indent>[\s>]*)(?P<fence>`{3,}|~{3,})(?P<header>.*)$")
_KIND_KEY = re.compile(rf"\b({'|'.join(KINDS)})\s*=\s*(\"[^\"]*\"|'[^']*'|[\w-]*)")


@dataclass(frozen=True)
class Cell:
    """One piece of Python on a page, as its author wrote it."""

    id: str
    kind: Kind
    source: str
    page: str
    path: str
    line: int
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def session(self) -> str:
        """The namespace that the cell runs in, within its page."""
        if self.kind == "figure":
            return f"figure:{self.id}"
        return self.settings.get("session", "main")

    @property
    def runs_at_build(self) -> bool:
        """Whether the page shows what the cell prints or draws."""
        return self.kind in ("run", "figure")

    @property
    def where(self) -> str:
        """File and line, as editors and terminals link them."""
        return f"{self.path}:{self.line}"


def is_cell(
    language: str, inputs: dict[str, str], options: dict[str, Any], attrs: dict[str, Any], md: Any
) -> bool:
    """SuperFences' validator: takes the fences that have a kind; all others stay code blocks."""
    if not any(kind in inputs for kind in KINDS):
        return False
    options.update(inputs)
    return True


def kind_and_id(options: Mapping[str, str]) -> tuple[Kind, str]:
    """The kind and the id that a fence's keys name."""
    kind = next(kind for kind in KINDS if kind in options)
    return kind, options[kind]


def collect(text: str, page: str, path: str) -> list[Cell]:
    """The cells of a Markdown page in the order of the page, as the site's own Markdown finds them.

    Args:
        text: The page's Markdown.
        page: The page's path without suffix, such as "losses/huber".
        path: The file that errors name.

    Raises:
        BuildError: A fence is malformed, its id is taken, or its cell is missing.
    """
    found: list[tuple[str, dict[str, str]]] = []

    def record(source: str, _language: str, _class: str, options: Any, _md: Any, **_: Any) -> str:
        found.append((source, dict(options)))
        return ""

    fence = {"name": "python", "class": "cell", "validator": is_cell, "format": record}
    converter = markdown.Markdown(
        extensions=["admonition", "md_in_html", "pymdownx.details", "pymdownx.superfences",
                    "pymdownx.tabbed"],
        extension_configs={"pymdownx.superfences": {"custom_fences": [fence]},
                           "pymdownx.tabbed": {"alternate_style": True}},
    )  # fmt: skip
    try:
        converter.convert(text)
    except SuperFencesException as error:
        raise BuildError(f"{path}: {error}") from error

    openings = list(_openings(text))
    cells: list[Cell] = []
    unplaced = list(found)
    for line, kind, cell_id in openings:
        match = next((f for f in unplaced if kind_and_id(f[1]) == (kind, cell_id)), None)
        if match is None:
            raise BuildError(
                f'{path}:{line}: this fence is not read as a cell; write its keys as key="value", '
                f'such as ```python run="{cell_id or "name"}", and close it with as many backticks'
            )
        unplaced.remove(match)
        source, options = match
        settings = {key: value for key, value in options.items() if key != kind}
        cells.append(Cell(cell_id, kind, source, page, path, line, settings))
    if unplaced:
        kind, cell_id = kind_and_id(unplaced[0][1])
        raise BuildError(
            f'{path}: the fence {kind}="{cell_id}" opens on a line that cannot be found'
        )
    validate(cells)
    return cells


def collect_notebook(path: Path, page: str) -> list[Cell]:
    """The code cells of a notebook; a tag `check:id` or `solution:id` carries the kind.

    Raises:
        BuildError: A cell has outputs, a taken id, or belongs to a cell that is missing.
    """
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells: list[Cell] = []
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] != "code":
            continue
        kind, cell_id, settings = _notebook_settings(cell)
        if cell["outputs"]:
            raise BuildError(f"{path}: cell {number} ({cell_id}) has outputs; clear them and save")
        source = "".join(cell["source"])
        cells.append(Cell(cell_id, kind, source, page, str(path), number, settings))
    validate(cells)
    return cells


def _notebook_settings(cell: Any) -> tuple[Kind, str, dict[str, str]]:
    kind: Kind = "run"
    cell_id = str(cell["id"])
    settings = {}
    for tag in cell["metadata"].get("tags", []):
        key, _, value = tag.partition(":")
        if key in KINDS:
            kind, cell_id = key, value
        elif key in SETTINGS:
            settings[key] = value or "true"
    return kind, cell_id, settings


def _openings(text: str) -> Iterable[tuple[int, Kind, str]]:
    """Line, kind and id of every raw line that means to open a cell, outside other fences."""
    closing: re.Pattern[str] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if closing:
            if closing.match(line):
                closing = None
            continue
        match = _FENCE.match(line)
        if not match:
            continue
        mark, header = match["fence"], match["header"]
        if mark[0] == "`" and "`" in header:  # inline code, not a fence
            continue
        closing = re.compile(rf"^[\s>]*{re.escape(mark[0])}{{{len(mark)},}}\s*$")
        wanted = _KIND_KEY.search(header) if "python" in header else None
        if wanted:
            kind = next(kind for kind in KINDS if kind == wanted[1])
            yield number, kind, wanted[2].strip("\"'")


def validate(cells: Sequence[Cell]) -> None:
    """Refuse what a learner could not run.

    Raises:
        BuildError: Naming file, line, what was got and how to mend it.
    """
    taken: dict[str, Cell] = {}
    for cell in cells:
        if not _ID.fullmatch(cell.id):
            raise BuildError(
                f'{cell.where}: {cell.kind}="{cell.id}" is no id; '
                "use lower-case letters, digits and hyphens, a letter first"
            )
        unknown = [key for key in cell.settings if key not in SETTINGS]
        if unknown:
            raise BuildError(
                f"{cell.where}: unknown key {unknown[0]}; known: {', '.join(SETTINGS)}"
            )
        if cell.runs_at_build:
            if cell.id in taken:
                raise BuildError(
                    f'{cell.where}: the id "{cell.id}" is already taken at {taken[cell.id].where}'
                )
            taken[cell.id] = cell
            _check_source(cell)
        elif cell.id not in taken or taken[cell.id].kind != "run":
            raise BuildError(
                f'{cell.where}: {cell.kind}="{cell.id}" belongs to no cell above it; '
                f'write ```python run="{cell.id}" first'
            )


def _check_source(cell: Cell) -> None:
    timeout = cell.settings.get("timeout", "30")
    if not timeout.isdigit() or not 1 <= int(timeout) <= 600:
        raise BuildError(f'{cell.where}: timeout="{timeout}" is not a number of seconds, 1 to 600')
    if not cell.source.strip():
        raise BuildError(f'{cell.where}: the cell "{cell.id}" is empty')
    if cell.settings.get("raises") == "SyntaxError":
        return
    try:
        ast.parse(cell.source)
    except SyntaxError as error:
        line = cell.line + (error.lineno or 1)
        raise BuildError(f"{cell.path}:{line}: {error.msg} in the cell “{cell.id}”") from error


def defined_names(source: str) -> list[str]:
    """The names that a cell binds at its top level, in order, without those that start with _."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    names: dict[str, None] = {}
    for node in _top_level(tree.body):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names[node.id] = None
        elif isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            names[node.name] = None
        elif isinstance(node, ast.alias):
            names[(node.asname or node.name).split(".")[0]] = None
    return [name for name in names if not name.startswith("_")]


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda,
           ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)  # fmt: skip


def _top_level(nodes: Iterable[ast.AST]) -> Iterable[ast.AST]:
    """The nodes that bind names in the module itself: scopes are named, not entered."""
    for node in nodes:
        yield node
        if not isinstance(node, _SCOPES):
            yield from _top_level(ast.iter_child_nodes(node))


def refuse_taken_ids(cells: Sequence[Cell], html: str) -> None:
    """Refuse a cell whose id a heading of its page has too: a link could mean only one of them.

    Raises:
        BuildError: Naming the cell and the id.
    """
    ids = re.findall(r"<h[1-6][^>]*\sid=\"([^\"]+)\"", html)
    for cell in cells:
        if cell.kind == "run" and cell.id in ids:
            raise BuildError(
                f'{cell.where}: run="{cell.id}" is also the id of a heading on this page; rename it'
            )
