"""Which cell gave a name its value, and in which line: for words on names that were bound anew."""

import ast
import math
from typing import Any

# Where a namespace keeps it: name -> id of the cell, its caption, line.
KEY = "__bound__"


def bindings(tree: ast.Module) -> list[tuple[str, int]]:
    r"""The names that a cell binds outside of functions and classes, and in which lines.

    Examples:
        >>> bindings(ast.parse("for i in x:\n    a, list = i"))
        [('i', 1), ('a', 2), ('list', 2)]
    """
    bound: list[tuple[str, int]] = []
    waiting: list[ast.AST] = list(reversed(tree.body))
    while waiting:
        node = waiting.pop()
        names: list[str | None] = []
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                names = [node.name]
            case ast.Import() | ast.ImportFrom():
                names = [alias.asname or alias.name.partition(".")[0] for alias in node.names]
            case ast.Name(ctx=ast.Store()):
                names = [node.id]
            case ast.MatchAs() | ast.MatchStar():
                names = [node.name]
            case ast.MatchMapping():
                names = [node.rest]
        line = getattr(node, "lineno", 0)
        bound += [(name, line) for name in names if name]
        if not isinstance(node, _SCOPES):
            waiting += reversed(list(ast.iter_child_nodes(node)))
    return bound


def note_bindings(
    bound: list[tuple[str, int]],
    cell: tuple[str, str],
    namespace: dict[str, Any],
    until: float = math.inf,
) -> None:
    """Keeps in a namespace which cell has bound these names, up to the line where it ended.

    Args:
        bound: what `bindings` gave.
        cell: the cell's id, and its caption.
        namespace: where the names live.
        until: the last line that ran.
    """
    known = namespace.setdefault(KEY, {})
    known.update((name, (*cell, line)) for name, line in bound if line <= until)


# What they bind inside is their own.
_SCOPES = (
    ast.FunctionDef,
    ast.AsyncFunctionDef,
    ast.ClassDef,
    ast.Lambda,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
)
