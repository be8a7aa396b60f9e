"""Words on a name that once meant something else: `list = [1, 2]`, and then `list(range(3))`."""

import ast
import builtins
import contextlib
import linecache
import re
import sys
from types import FrameType, ModuleType, TracebackType
from typing import Any

from pylib.kernel.bindings import KEY, bindings
from pylib.kernel.error_help.suggest import USUAL

# What is said where a function, a type or an error is wanted, and is something else.
_WANTED = re.compile(
    r"object is not callable|arg 2 must be a (?:type|class)|Cannot interpret .* as a data type"
    r"|catching classes that do not|exceptions must derive"
)
MODULES = {"np": "NumPy", "plt": "matplotlib.pyplot"}


def words_on_rebound(error: BaseException, cell: str) -> str:
    """Says that a name in the failing expression was bound anew, and where; or nothing.

    Args:
        error: What ended the cell.
        cell: The cell's id.
    """
    if not isinstance(error, (TypeError, AttributeError)):
        return ""
    found = _failing(error.__traceback__)
    if found is None:
        return ""
    frame, tree = found
    for node in ast.walk(tree):
        if isinstance(error, AttributeError):
            if isinstance(node, ast.Attribute) and node.attr == error.name:
                return _on_module(node.value, error, frame, cell)
        elif isinstance(node, ast.Name) and _WANTED.search(str(error)):
            is_called = any(isinstance(n, ast.Call) and n.func is node for n in ast.walk(tree))
            if words := _on_function(node.id, frame, cell, is_called):
                return words
    return ""


def _on_function(name: str, frame: FrameType, cell: str, is_called: bool) -> str:
    is_local = frame.f_locals is not frame.f_globals and name in frame.f_locals
    names = frame.f_locals if is_local else frame.f_globals
    if name not in names or isinstance(names[name], type) or callable(names[name]):
        return ""
    kind = _kind(names[name])
    if is_local and hasattr(builtins, name):
        function = frame.f_code.co_name
        return (
            f"{name} is Python's own, but inside {function}() it is {kind}."
            f" Choose another name there."
        )
    where = _where(name, frame, cell)
    if hasattr(builtins, name) and where:
        return (
            f"{name} is Python's own, but {where} gave the name to {kind}. Write del {name} in a"
            f" cell and run it, and choose another name there."
        )
    if is_called and where:
        return (
            f"{name} is {kind} and cannot be called: {where} gave it this value. Choose another"
            f" name there and make the function again; or an operator is missing: {name} * (...)."
        )
    return ""


def _on_module(owner: ast.expr, error: AttributeError, frame: FrameType, cell: str) -> str:
    """For `np = 3`, and then `np.array`."""
    if not isinstance(owner, ast.Name) or isinstance(error.obj, ModuleType):
        return ""
    name = owner.id
    where = _where(name, frame, cell)
    if not where or not (name in USUAL or name in sys.stdlib_module_names):
        return ""
    again = USUAL.get(name, f"import {name}")
    return (
        f"{name} no longer means {MODULES.get(name, f'the module {name}')}: {where} gave the name"
        f" to {_kind(error.obj)}. Run {again} again, and choose another name there."
    )


def _failing(trace: TracebackType | None) -> tuple[FrameType, ast.AST] | None:
    """The innermost of the learner's frames, and the expression at which it stopped."""
    last = None
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith("<cell "):
            last = trace
        trace = trace.tb_next
    if last is None or last.tb_lasti < 0:
        return None
    code = last.tb_frame.f_code
    line, end_line, start, end = list(code.co_positions())[last.tb_lasti // 2]
    if line is None or end_line is None or start is None or end is None:
        return None
    lines = [each.encode() for each in linecache.getlines(code.co_filename)[line - 1 : end_line]]
    if not lines:
        return None
    lines[-1] = lines[-1][:end]
    lines[0] = lines[0][start:]
    text = b"".join(lines).decode(errors="replace")
    # An expression over several lines, a statement such as raise, a handler.
    for whole in (f"({text})", text, f"try: pass\n{text}"):
        with contextlib.suppress(SyntaxError):
            return last.tb_frame, ast.parse(whole)
    return None


def _where(name: str, frame: FrameType, cell: str) -> str:
    bound = frame.f_globals.get(KEY, {}).get(name)
    if bound is None:
        return ""
    owner, caption, line = bound
    if owner != cell:
        return f"line {line} of the cell “{caption or owner}”"
    # The cell may say something else by now.
    tree = ast.parse("".join(linecache.getlines(f"<cell {cell}>")))
    stands = (name, line) in bindings(tree)
    return f"line {line} of this cell" if stands else "an earlier run of this cell"


def _kind(value: Any) -> str:
    name = type(value).__name__
    if name == "ndarray":
        return "an array"
    return f"{'an' if name[0] in 'aeioAEIO' else 'a'} {name}"
