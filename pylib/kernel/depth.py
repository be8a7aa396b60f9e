"""How much of Python a cell needs, by what its code imports: a run waits for no more.

The depths are those of `client/shared/depth.ts`.
"""

import ast
from collections.abc import Iterator
from typing import Literal, get_args

Depth = Literal["python", "numpy", "all"]
DEPTHS: tuple[Depth, ...] = get_args(Depth)

# What draws, with all that comes beside it. The rest of pylib needs NumPy only.
_ALL = {
    *("matplotlib", "mpl_toolkits", "pylab", "pylib.plots", "PIL", "contourpy", "cycler"),
    *("dateutil", "fontTools", "kiwisolver", "packaging", "pyparsing", "pytz", "six"),
}
_NUMPY = {"numpy", "pylib"}


def depth(source: str) -> Depth:
    r"""The least that has every module which the code names in an import, wherever that stands.

    Args:
        source: Python source; what is none needs Python alone, to say so.

    Examples:
        >>> depth("print(1)"), depth("from pylib.losses import MSELoss")
        ('python', 'numpy')
        >>> depth("def draw():\n    from pylib import plots")
        'all'
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return "python"
    needed = {_depth_of(name) for name in _imported(tree)}
    return max(needed, key=DEPTHS.index, default="python")


def _imported(tree: ast.AST) -> Iterator[str]:
    """Dotted names of modules; of `from a import b` also `a.b`, which may be one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _depth_of(module: str) -> Depth:
    parts = module.split(".")
    within = {".".join(parts[:end]) for end in range(1, len(parts) + 1)}
    if within & _ALL:
        return "all"
    return "numpy" if within & _NUMPY else "python"
