"""Cells: pieces of Python or prose with a kind and an id; those of notebooks; all validated."""

import ast
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from pylib.kernel.needs import names
from site_hooks.content import forms, notebook_file
from site_hooks.content.notebook_file import Part
from site_hooks.errors import BuildError, check_each

# A figure is drawn at build and always shown; a live one is drawn anew as its controls are moved;
# the others are the learner's.
Kind = Literal[
    "run", "live", "check", "solution", "wrong", "hint", "figure", "answer", "guess", "quiz"
]
Language = Literal["python", "markdown", "quiz"]
# The kinds of each language's fences. A quiz says `id`; the others say of which cell they are.
KINDS_OF: dict[Language, tuple[Kind, ...]] = {
    "python": ("run", "live", "check", "solution", "wrong", "hint", "figure"),
    "markdown": ("hint", "answer", "guess"),
    "quiz": ("quiz",),
}
# What a cell may say besides, by its kind; the kinds that are not named nothing.
SETTINGS = ("title", "session", "raises", "timeout", "hide")
SETTINGS_OF: dict[Kind, tuple[str, ...]] = {
    "run": SETTINGS,
    "live": ("title", "session", "timeout"),
    "figure": ("title",),
}

BLANK = "___"

# The tags of a notebook that say nothing alone, and those whose value is an id.
_WITH_ID = {"id", *(kind for kinds in KINDS_OF.values() for kind in kinds)}
_WITH_VALUE = _WITH_ID | {"title", "session", "raises", "timeout"}

_ID = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True)
class Cell:
    """One piece of Python or prose on a page, as its author wrote it."""

    id: str
    kind: Kind
    source: str
    page: str
    path: str
    line: int
    settings: Mapping[str, str] = field(default_factory=dict)
    language: Language = "python"
    html: str = ""
    """Of prose: what it was converted to."""
    caption: str = ""
    """Of a picture: its title as HTML, where it has formulas."""
    is_exercise: bool = False
    """It has a check."""
    is_withheld: bool = False
    """It is a solution that this build leaves out."""
    shown_from: str = ""
    """Of one that is left out: from when on it is shown; "" if nobody knows."""

    @property
    def session(self) -> str:
        """The namespace that the cell runs in, within its page."""
        if self.kind == "figure":
            return f"figure:{self.id}"
        return self.settings.get("session", f"ex-{self.id}" if self.is_exercise else "main")

    @property
    def has_place(self) -> bool:
        """Whether its id is one of the page's; others belong to the cell with their id."""
        return self.kind in ("run", "live", "figure", "quiz")

    @property
    def runs_at_build(self) -> bool:
        """Whether the page shows what the cell prints or draws; a starter may not even run."""
        return self.kind in ("run", "live", "figure") and not self.is_exercise

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
    def is_in_notebook(self) -> bool:
        """Whether it was written as a notebook's cell, with tags for keys."""
        return self.path.endswith(".ipynb")

    @property
    def where(self) -> str:
        """File and line, as editors and terminals link them; of a notebook file and cell."""
        return (
            f"{self.path}: cell {self.line}" if self.is_in_notebook else f"{self.path}:{self.line}"
        )

    def where_in(self, line: int) -> str:
        """The same of a line of its source, from 1."""
        if self.is_in_notebook:
            return f"{self.where}, line {line}"
        return f"{self.path}:{self.line + line}"

    def written(self, key: str) -> str:
        """How its author writes a key or a kind with this cell's id."""
        return f"{key}:{self.id}" if self.is_in_notebook else f'{key}="{self.id}"'

    def to_write(self, key: str) -> str:
        """What its author is told to write: a fence, or in a notebook a cell with a tag."""
        own = self.written(key)
        return f"a code cell with the tag {own}" if self.is_in_notebook else f"```python {own}"


def collect_notebook(
    text: str, page: str, path: str, prose: Callable[[Cell], str] = lambda cell: ""
) -> dict[str, Cell]:
    """The cells of a notebook, by the ids that the notebook gives them, in its order.

    A code cell is of kind "run" with its own id; a tag such as `live:id` or `check:id` says
    otherwise. Of its Markdown cells only those are taken that have a tag such as `answer:id`.

    Args:
        text: The notebook's file.
        page: The page's path without suffix.
        path: The file that errors name; a cell's number stands for the line.
        prose: Makes the HTML of a Markdown cell.

    Raises:
        BuildError: A cell has outputs, an unknown tag or a taken id, or belongs to a missing cell.
    """
    cells: dict[str, Cell] = {}

    def take(part: Part) -> None:
        if part.has_outputs:
            raise BuildError(f"{path}: cell {part.number} has outputs; clear them and save")
        settings = _settings(part, path)
        if part.kind == "code":
            kind = _kind(settings, "python")
            key = kind or "id"
            cell_id = settings.pop(key) if key in settings else _free_id(part, cells)
            own = Cell(cell_id, kind or "run", part.source, page, path, part.number, settings)
        elif part.kind == "markdown" and (
            kind := _kind(settings, "markdown") or _kind(settings, "quiz")
        ):
            cell_id = settings.pop(kind)
            own = Cell(cell_id, kind, part.source, page, path, part.number, settings, "markdown")
            own = replace(own, html=prose(own))
        else:
            return
        cells[part.id] = own

    check_each(notebook_file.read(text, path), take)
    return dict(zip(cells, validate(list(cells.values())), strict=True))


def markdown_ids(text: str, path: str = "") -> list[str]:
    """The ids of a notebook's Markdown cells, in their order."""
    return [part.id for part in notebook_file.read(text, path) if part.kind == "markdown"]


def _settings(part: Part, path: str) -> dict[str, str]:
    """A cell's tags as keys and values."""
    settings = {}
    for tag in part.tags:
        key, colon, value = tag.partition(":")
        if not value and (colon or key in _WITH_VALUE):
            what = "the-id" if key in _WITH_ID else "what it is"
            raise BuildError(
                f"{path}: cell {part.number}: the tag {tag} says nothing; write {key}:{what}"
            )
        settings[key] = value or "true"
    return settings


def _free_id(part: Part, cells: Mapping[str, Cell]) -> str:
    """What a page calls a cell whose author gave it no name."""
    name = notebook_file.as_page_id(part.given)
    taken = {cell.id for cell in cells.values() if cell.has_place}
    return name if name not in taken else f"{name}-{part.number}"


def _kind(settings: Mapping[str, str], language: Language) -> Kind | None:
    return next((kind for kind in KINDS_OF[language] if kind in settings), None)


def validate(cells: Sequence[Cell]) -> list[Cell]:
    """Refuse what a learner could not run or answer.

    Returns:
        The cells, those marked that are exercises.

    Raises:
        BuildError: Naming file, line, what was got and how to mend it.
    """
    taken: dict[str, Cell] = {}
    check_each(cells, lambda cell: _check(cell, taken))
    check_each(cells, lambda cell: _check_named(cell, taken))
    return _marked(cells)


def _check(cell: Cell, taken: dict[str, Cell]) -> None:
    if cell.has_place and cell.id in taken:
        raise BuildError(
            f'{cell.where}: the id "{cell.id}" is already taken at {taken[cell.id].where}'
        )
    if cell.has_place:
        taken[cell.id] = cell
    if not _ID.fullmatch(cell.id):
        raise BuildError(
            f"{cell.where}: {cell.written(cell.kind)} is no id; "
            "use lower-case letters, digits and hyphens, a letter first"
        )
    known = SETTINGS_OF.get(cell.kind, ())
    unknown = [key for key in cell.settings if key not in known]
    if unknown:
        raise BuildError(
            f"{cell.where}: unknown {'tag' if cell.is_in_notebook else 'key'} {unknown[0]}; "
            f"known beside {cell.kind}: {', '.join(known) or 'none'}"
        )
    belongs = not cell.has_place and cell.kind not in ("answer", "guess")
    if belongs and (cell.id not in taken or taken[cell.id].kind != "run"):
        raise BuildError(
            f"{cell.where}: {cell.written(cell.kind)} belongs to no cell above it; "
            f"write {cell.to_write('run')} first"
        )
    _check_source(cell)


def _check_named(cell: Cell, taken: Mapping[str, Cell]) -> None:
    """Refuse prose for a cell that is nowhere on the page, above or below."""
    names = taken.get(cell.id)
    if cell.kind in ("answer", "guess") and (names is None or not names.is_learners):
        raise BuildError(
            f"{cell.where}: {cell.written(cell.kind)} names no cell of this page that runs; "
            f"write {cell.to_write('run')}, or the id of one that is there"
        )


def _marked(cells: Sequence[Cell]) -> list[Cell]:
    """The cells with their exercises marked: run cells that have a check, and all that it needs."""
    marked: list[Cell] = []

    def add(cell: Cell) -> None:
        if cell.kind == "run":
            parts = of_exercise(cells, cell.id)
            cell = replace(cell, is_exercise=bool(parts["check"]))
            _refuse_unproven(cell, parts)
        marked.append(cell)

    check_each(cells, add)
    return marked


def of_exercise(cells: Sequence[Cell], cell_id: str) -> dict[Kind, list[Cell]]:
    """What belongs to a cell, by kind: its checks, solutions, wrong answers and hints."""
    kinds: tuple[Kind, ...] = ("hint", "solution", "check", "wrong")
    return {kind: [c for c in cells if c.id == cell_id and c.kind == kind] for kind in kinds}


def version(exercise: Cell, check: Cell) -> str:
    """Names what a learner has passed: another one when the starter or the check has changed."""
    return hashlib.sha256(f"{exercise.source}\0{check.source}".encode()).hexdigest()[:8]


def has_blank(source: str) -> bool:
    """Whether code still has a blank that a learner fills."""
    return any(isinstance(n, ast.Name) and n.id == BLANK for n in ast.walk(ast.parse(source)))


def _refuse_unproven(cell: Cell, parts: Mapping[Kind, Sequence[Cell]]) -> None:
    if not cell.is_exercise:
        if parts["wrong"]:
            raise BuildError(
                f"{parts['wrong'][0].where}: {cell.written('wrong')} answers an exercise without "
                f"a check; write {cell.to_write('check')}"
            )
        return
    check = parts["check"][0]
    for kind in ("check", "solution"):
        if len(parts[kind]) > 1:
            raise BuildError(f"{parts[kind][1].where}: a second {cell.written(kind)}; write one")
    for kind, part, why in (
        ("solution", "solution", "nothing shows that it can be passed"),
        ("wrong", "wrong answer", "nothing shows that it refuses what is wrong"),
    ):
        if not parts[kind]:  # type: ignore[index]
            raise BuildError(
                f'{check.where}: the exercise "{cell.id}" has no {part}: {why}; '
                f"write {cell.to_write(kind)} with the whole cell"
            )
    solution = parts["solution"][0]
    if has_blank(solution.source):
        raise BuildError(f"{solution.where}: the solution still has a blank ___; write it whole")
    if borrowed := _borrowed_imports(check.source, cell.source, solution.source):
        raise BuildError(
            f"{check.where}: the check takes {', '.join(borrowed)} from the learner's imports, "
            "which an answer may do without; import what it uses in the check too"
        )
    for key in ("raises", "hide"):
        if key in cell.settings:
            raise BuildError(f'{cell.where}: the exercise "{cell.id}" cannot say {key}; delete it')


def _borrowed_imports(check: str, *others: str) -> list[str]:
    """The names that a check takes and that code of others imports."""
    imports = (
        node
        for source in others
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Import | ast.ImportFrom)
    )
    imported = {(a.asname or a.name).partition(".")[0] for node in imports for a in node.names}
    return [name for name in names(check).taken if name in imported]


def _check_source(cell: Cell) -> None:
    timeout = cell.settings.get("timeout", "30")
    if not timeout.isdigit() or not 1 <= int(timeout) <= 600:
        said = f"timeout:{timeout}" if cell.is_in_notebook else f'timeout="{timeout}"'
        raise BuildError(f"{cell.where}: {said} is not a number of seconds, 1 to 600")
    if not cell.source.strip():
        raise BuildError(f'{cell.where}: the cell "{cell.id}" is empty')
    if cell.language != "python" or cell.settings.get("raises") == "SyntaxError":
        return
    try:
        ast.parse(cell.source)
    except SyntaxError as error:
        line = error.lineno or 1
        text = (cell.source.splitlines()[line - 1 : line] or [""])[0].lstrip()
        why = "IPython’s, not Python: delete it" if text.startswith(("%", "!")) else error.msg
        raise BuildError(f"{cell.where_in(line)}: {why} in the cell “{cell.id}”") from error
    if cell.has_form:
        _check_form(cell)


def _check_form(cell: Cell) -> None:
    form = forms.parse(cell.source)
    if form.faults:
        raise BuildError(
            "\n".join(f"{cell.where_in(line)}: {words}" for line, words in form.faults)
        )
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

    def check(cell: Cell) -> None:
        if cell.has_place and cell.id in ids:
            raise BuildError(
                f"{cell.where}: {cell.written(cell.kind)} is also the id of a heading "
                "on this page; rename it"
            )

    check_each(cells, check)
