"""Who may import whom: the layers of the code, as allow-lists. The standard library is free."""

import ast
import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# What each module or package of pylib may import besides itself; nothing, if it is not named.
NUMERIC = {"numpy", "pylib._numerics", "pylib._typing", "pylib._validate"}
PYLIB = {
    "_numerics": {"numpy", "pylib._typing"},
    "_typing": {"numpy"},
    "_validate": {"numpy"},
    "losses": NUMERIC,
    "optimizers": NUMERIC,
    "schedules": NUMERIC,
    "models": NUMERIC,
    "surfaces": NUMERIC,
    "data": NUMERIC,
    "gradcheck": NUMERIC,
    # Optimizers and schedules come as arguments.
    "training": NUMERIC,
    "plots": {"matplotlib", "pylib.palette", "pylib.training", *NUMERIC},
    # It runs what cells import; the library never imports it, nor it the library.
    "kernel": {"matplotlib", "numpy", "pylib.palette"},
}

# Of the kernel only these may load NumPy and matplotlib when they are imported: a cell that prints
# waits for neither.
DRAWS = {"mpl_backend", "figure_layout", "dark_mode"}

# The same for site_hooks. mkdocs is imported by hooks.py alone: another builder is one file away.
SITE_HOOKS = {
    "hooks": {
        "mkdocs",
        *(
            f"site_hooks.{name}"
            for name in (
                "assets",
                "bundle",
                "cells",
                "formulas",
                "hashed",
                "hero",
                "repository",
                "notebooks",
                "notices",
                "opening",
                "outputs",
                "publish",
                "render",
                "runtime",
                "wheel",
            )
        ),
    },
    "cells": {"markdown", "pymdownx"},
    "notebooks": {"bs4"},
    "render": {"pygments", "site_hooks.cells", "site_hooks.outputs"},
    "outputs": {"PIL", "site_hooks.cells"},
    "bundle": {"site_hooks.memory", "site_hooks.packs", "site_hooks.runtime"},
    "memory": {"site_hooks.packs", "site_hooks.runtime"},
    "packs": {"site_hooks.runtime"},
    "notices": {"site_hooks.runtime"},
    "bytecode": {"matplotlib"},
    "publish": {"site_hooks.hashed"},
    "wheel": {"flit_core"},
}

PACKAGES = {"pylib": PYLIB, "site_hooks": SITE_HOOKS}


def files(package: str) -> list[Path]:
    return [p.relative_to(ROOT) for p in sorted((ROOT / package).rglob("*.py"))]


def unit(path: Path) -> str:
    """The module or package that a file belongs to: "losses" for pylib/losses/base.py."""
    return path.parts[1].removesuffix(".py")


def imported(path: Path, *, at_import: bool = False) -> set[str]:
    """What a file imports outside the standard library; of our own packages, module by module."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    nodes = list(ast.walk(tree))
    if at_import:
        inside = {
            id(node)
            for function in nodes
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            for node in ast.walk(function)
        }
        nodes = [node for node in nodes if id(node) not in inside]
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: write the whole name"
            module = node.module or ""
            own = module.split(".")[0] in PACKAGES
            names |= {f"{module}.{a.name}" for a in node.names} if own else {module}
    return {name for name in names if name.split(".")[0] not in sys.stdlib_module_names}


def rooms(names: set[str]) -> set[str]:
    """The packages, and of our own the rooms: "pylib.losses" for pylib.losses.base.Loss."""
    return {".".join(n.split(".")[: 2 if n.split(".")[0] in PACKAGES else 1]) for n in names}


@pytest.mark.parametrize(
    "path", [p for package in PACKAGES for p in files(package)], ids=lambda p: p.as_posix()
)
def test_a_module_imports_only_what_its_layer_may(path: Path) -> None:
    package = path.parts[0]
    own = f"{package}.{unit(path)}"
    allowed = PACKAGES[package].get(unit(path), set())
    assert rooms(imported(path)) - {own} <= allowed


@pytest.mark.parametrize("path", files("pylib/kernel"), ids=lambda p: p.stem)
def test_the_kernel_loads_numpy_and_matplotlib_only_to_draw(path: Path) -> None:
    if path.stem not in DRAWS:
        names = imported(path, at_import=True)
        assert not rooms(names) & {"numpy", "matplotlib"}
        assert not {name for name in names if set(name.split(".")) & DRAWS}


def test_the_lists_name_only_what_exists() -> None:
    for package, layers in PACKAGES.items():
        assert set(layers) <= {unit(path) for path in files(package)}
        used: dict[str, set[str]] = {}
        for path in files(package):
            used.setdefault(unit(path), set()).update(rooms(imported(path)))
        unused = {name: left for name in layers if (left := layers[name] - used[name])}
        # An allowance that nobody uses any more goes, except the numeric ones.
        assert all(left <= NUMERIC for left in unused.values()), unused


@pytest.mark.parametrize("path", files("pylib"), ids=lambda p: p.as_posix())
def test_pylib_does_not_know_the_browser(path: Path) -> None:
    assert not rooms(imported(path)) & {"js", "pyodide", "pyodide_js", "_pyodide"}


# --- The scripts of the page ---

CLIENT = ROOT / "site_hooks" / "client"


def reachable(start: str) -> set[str]:
    """A script and all that it imports, directly or not; types included."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            source = (CLIENT / f"{name}.ts").read_text("utf-8")
            waiting += re.findall(r"""(?:from|import\()\s*["']\./([\w-]+)["']""", source)
    return seen


def test_page_and_worker_share_only_their_protocol_and_where_files_lie() -> None:
    assert reachable("index") & reachable("worker") == {"protocol", "files", "place"}


def test_the_protocol_holds_types_only() -> None:
    assert reachable("protocol") == {"protocol"}
    source = (CLIENT / "protocol.ts").read_text("utf-8")
    assert not re.findall(
        r"^export (?!type|interface)|^(?:const|let|function|class) ", source, re.M
    )
