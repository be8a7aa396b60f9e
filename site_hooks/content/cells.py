"""Cells: pieces of Python with a kind and an id, those of notebooks collected, all validated."""

import ast
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from site_hooks.content import forms
from site_hooks.errors import BuildError

# A figure is drawn at build and always shown; a live one is drawn anew as its controls are moved;
# the others are the learner's.
Kind = Literal["run", "live", "check", "solution", "wrong", "hint", "figure"]
KINDS: tuple[Kind, ...] = get_args(Kind)
# What a cell may say besides, by its kind; the kinds that are not named nothing.
SETTINGS = ("title", "session", "raises", "timeout", "hide")
SETTINGS_OF: dict[Kind, tuple[str, ...]] = {
    "run": SETTINGS,
    "live": ("title", "session", "timeout"),
    "figure": ("title",),
}

_ID = re.compile(r"[a-z][a-z0-9-]*")


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
        return self.kind in ("run", "live", "figure")

    @property
    def is_learners(self) -> bool:
        """Whether it is a cell that the learner can run."""
        return self.kind in ("run", "live")

    @property
    def title(self) -> str:
        """Its caption: what the fence says, else what a `#@title` in the code says."""
        return self.settings.get("title") or (
            forms.parse(self.source).title if self.has_form else ""
        )

    @property
    def has_form(self) -> bool:
        """Whether its form comments are read; code that is not Python has none."""
        return self.is_learners and self.settings.get("raises") != "SyntaxError"

    @property
    def where(self) -> str:
        """File and line, as editors and terminals link them."""
        return f"{self.path}:{self.line}"


def collect_notebook(text: str, page: str, path: str) -> dict[str, Cell]:
    """The code cells of a notebook, by the ids that the notebook gives them, in its order.

    A cell is of kind "run" with its own id; a tag such as `live:id` or `check:id` says otherwise.

    Args:
        text: The notebook's file.
        page: The page's path without suffix.
        path: The file that errors name; a cell's number stands for the line.

    Raises:
        BuildError: A cell has outputs, an unknown tag or a taken id, or belongs to a missing cell.
    """
    cells: dict[str, Cell] = {}
    for number, cell in enumerate(json.loads(text)["cells"], start=1):
        if cell["cell_type"] != "code":
            continue
        kind, cell_id, settings = _notebook_settings(cell)
        if cell["outputs"]:
            raise BuildError(f"{path}: cell {number} ({cell_id}) has outputs; clear them and save")
        source = "".join(cell["source"])
        cells[str(cell["id"])] = Cell(cell_id, kind, source, page, path, number, settings)
    validate(list(cells.values()))
    return cells


def _notebook_settings(cell: Any) -> tuple[Kind, str, dict[str, str]]:
    settings = {}
    for tag in cell["metadata"].get("tags", []):
        key, _, value = tag.partition(":")
        settings[key] = value or "true"
    kind = next((kind for kind in KINDS if kind in settings), None)
    if kind is None:
        return "run", str(cell["id"]), settings
    return kind, settings.pop(kind), settings


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
        known = SETTINGS_OF.get(cell.kind, ())
        unknown = [key for key in cell.settings if key not in known]
        if unknown:
            raise BuildError(
                f"{cell.where}: unknown key {unknown[0]}; "
                f"known beside {cell.kind}: {', '.join(known) or 'none'}"
            )
        if cell.runs_at_build:
            if cell.id in taken:
                raise BuildError(
                    f'{cell.where}: the id "{cell.id}" is already taken at {taken[cell.id].where}'
                )
            taken[cell.id] = cell
        elif cell.id not in taken or taken[cell.id].kind != "run":
            raise BuildError(
                f'{cell.where}: {cell.kind}="{cell.id}" belongs to no cell above it; '
                f'write ```python run="{cell.id}" first'
            )
        _check_source(cell)


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
    if cell.has_form:
        _check_form(cell)


def _check_form(cell: Cell) -> None:
    form = forms.parse(cell.source)
    for line, words in form.faults:
        raise BuildError(f"{cell.path}:{cell.line + line}: {words}")
    if cell.kind == "live" and not form.fields:
        raise BuildError(
            f"{cell.where}: the live figure “{cell.id}” has no control; "
            'write one such as lr = 0.1  #@param {type:"slider", min:0.01, max:1}'
        )


def refuse_taken_ids(cells: Sequence[Cell], html: str) -> None:
    """Refuse a cell whose id a heading of its page has too: a link could mean only one of them.

    Raises:
        BuildError: Naming the cell and the id.
    """
    ids = re.findall(r"<h[1-6][^>]*\sid=\"([^\"]+)\"", html)
    for cell in cells:
        if cell.runs_at_build and cell.id in ids:
            raise BuildError(
                f'{cell.where}: {cell.kind}="{cell.id}" is also the id of a heading '
                "on this page; rename it"
            )
