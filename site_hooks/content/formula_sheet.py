"""The page of all formulas, made from where they stand already.

Those of losses and schedules are in the tables of the reference; those of optimizers are made from
their source, as the microscope shows them.
"""

import json
import re
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from site_hooks import kept, side_by_side
from site_hooks.errors import BuildError
from site_hooks.paths import CACHE, PAGES, PYLIB, ROOT

PAGE = "formulas.md"

# Of matrices, or a procedure: one line of the table says more than the steps of its source.
BY_TABLE = ("Adafactor", "LBFGS")

# A row of the tables: a name that leads to its entry, and the formula beside it.
_ROW = re.compile(
    r"^\| \[(?P<name>\w+)\](?P<link>\(#[\w.]+\)) \| (?P<formula>.*?) \|", re.MULTILINE
)
_PLACE = re.compile(r"^<!-- formulas: (\w+) -->$", re.MULTILINE)

_PROGRAM = """\
import json, sys
from pylib import optimizers
from pylib.microscope import dissect
from pylib.surfaces import Quadratic
own = {"SGD": {"momentum": 0.9}}
def rules(name):
    walk = dissect(Quadratic(10), getattr(optimizers, name), [-1.8, 1.2], 8, **own.get(name, {}))
    return [row["tree"] for row in walk._instrument_()[1]["formulas"]]
json.dump({name: rules(name) for name in sys.argv[1:]}, sys.stdout)
"""

_SIGNS = {
    "−": "-",
    "←": r"\leftarrow ",
    "·": r"\cdot ",
    "≤": r"\le ",
    "≥": r"\ge ",
    "≠": r"\ne ",
    "⊤": r"\top ",
}
_FENCES = {"|": (r"\lvert ", r" \rvert"), "‖": (r"\lVert ", r" \rVert")}


def filled(markdown: str) -> str:
    """The page with the formulas in their places: `<!-- formulas: losses -->`.

    Raises:
        BuildError: The reference has no such table.
    """
    return _PLACE.sub(lambda place: "\n".join(_entries(place[1])), markdown)


def tables(kind: str) -> dict[str, str]:
    """Name -> formula, as Markdown, of the reference's table of one kind.

    Raises:
        BuildError: There is none.
    """
    return {row["name"]: row["formula"] for row in _rows(kind)}


def _rows(kind: str) -> list[re.Match[str]]:
    path = PAGES / "reference" / f"{kind}.md"
    found = [*_ROW.finditer(path.read_text("utf-8"))] if path.is_file() else []
    if not found:
        raise BuildError(
            f"{PAGE}: there is no table of formulas in reference/{kind}.md; bring it back, or "
            f"leave {PAGE} out too"
        )
    return found


def _entries(kind: str) -> Iterator[str]:
    rows = _rows(kind)
    made = rules([row["name"] for row in rows]) if kind == "optimizers" else {}
    for row in rows:
        lines = [rf"$\displaystyle {line}$" for line in made.get(row["name"], [])]
        formula = "".join(f"<br>{line}" for line in lines) or f" {row['formula']}"
        yield f"- [{row['name']}](reference/{kind}.md{row['link'][1:]}{formula}"


def rules(names: Sequence[str]) -> dict[str, list[str]]:
    """The rule of each optimizer in TeX: the formulas of the lines that run by its defaults."""
    asked = [name for name in names if name not in BY_TABLE]
    key = kept.key(_PROGRAM, *asked, kept.digest(ROOT, [*kept.tree(PYLIB)]))
    command = [sys.executable, "-c", _PROGRAM, *asked]
    held = kept.made(CACHE / "formula_sheet" / key, lambda: _told(command))
    trees: dict[str, list[Any]] = json.loads(held)
    return {name: [tex(tree) for tree in rows] for name, rows in trees.items()}


def _told(command: Sequence[str]) -> bytes:
    done = side_by_side.run(command, cwd=ROOT)
    if done.returncode:
        raise BuildError(f"{PAGE}: the optimizers’ formulas: {done.stderr.strip()}")
    return done.stdout.encode()


def tex(node: dict[str, Any]) -> str:
    r"""A formula of the microscope in TeX.

    Examples:
        >>> name = {"kind": "name", "text": "m", "hat": True}
        >>> print(tex({"kind": "frac", "of": [name, {"kind": "text", "text": "2"}]}))
        \frac{\hat{m}}{2}
    """
    of = [tex(part) for part in node.get("of", [])]
    match node["kind"]:
        case "name":
            return _letter(node)
        case "text":
            text = node["text"]
            return rf"\ \text{{{text}}}\ " if node.get("words") else _SIGNS.get(text, text)
        case "frac":
            return rf"\frac{{{of[0]}}}{{{of[1]}}}"
        case "root":
            return rf"\sqrt{{{of[0]}}}"
        case "sup":
            return f"{{{of[0]}}}^{{{of[1]}}}"
        case "call":
            return rf"\operatorname{{{_plain(node['text'])}}}{''.join(of)}"
        case "fence":
            left, right = node["text"]
            opening, closing = _FENCES.get(left, (left, right))
            return f"{opening}{''.join(of)}{closing}"
    parts = node["of"]
    room = [r"\," if _is_factor(a) and _is_factor(b) else "" for a, b in pairwise(parts)]
    return "".join(a + b for a, b in zip(of, [*room, ""], strict=True))


def _is_factor(node: dict[str, Any]) -> bool:
    return node["kind"] != "text" or bool(re.match(r"[\d.]", node["text"]))


def _letter(node: dict[str, Any]) -> str:
    text = rf"\mathrm{{{_plain(node['text'])}}}" if node.get("upright") else node["text"]
    if node.get("hat"):
        text = rf"\hat{{{text}}}"
    sub = str(node.get("sub", "")).replace("−", "-")
    if not sub:
        return text
    return f"{text}_{{{sub}}}" if re.fullmatch(r"[\d.t+, -]+", sub) else rf"{text}_\mathrm{{{sub}}}"


def _plain(text: str) -> str:
    return text.replace("_", r"\_")
