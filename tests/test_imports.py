"""Who may import whom: the layers of the code, as allow-lists. The standard library is free."""

import ast
import posixpath
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
    "_watch": set(),
    "losses": NUMERIC,
    "optimizers": NUMERIC,
    "schedules": NUMERIC,
    "models": NUMERIC,
    "surfaces": NUMERIC,
    "data": NUMERIC,
    "gradcheck": NUMERIC,
    # Losses and optimizers to compare with come as arguments.
    "checks": {"pylib.gradcheck", *NUMERIC},
    # Optimizers and schedules come as arguments.
    "training": {"pylib._watch", *NUMERIC},
    # A walk of `minimize`, watched; plots draw it where it stands still.
    "microscope": {
        *("matplotlib", "pylib.optimizers", "pylib.plots", "pylib.surfaces", "pylib.training"),
        *NUMERIC,
    },
    "plots": {"matplotlib", "pylib.palette", "pylib.training", *NUMERIC},
    "race": {
        "pylib.data",
        "pylib.losses",
        "pylib.models",
        "pylib.optimizers",
        "pylib.schedules",
        "pylib.surfaces",
        "pylib.training",
        *NUMERIC,
    },
    # It runs what cells import; the library never imports it, nor it the library.
    "kernel": {"contourpy", "matplotlib", "numpy", "pylib._watch", "pylib.palette"},
}

# Of the kernel only these may load NumPy and matplotlib when they are imported: a cell that prints
# waits for neither.
DRAWS = {
    "animation",
    "dark_mode",
    "figure_layout",
    "incremental",
    "memento",
    "mpl_backend",
    "reuse",
}

# The same for site_hooks. mkdocs is imported by few files alone: another builder is not far away.
BUILD = {
    f"site_hooks.{name}"
    for name in ("errors", "kept", "live", "node", "paths", "side_by_side", "words")
}
SITE_HOOKS = {
    "hooks": {
        "markdown",
        "mkdocs",
        *BUILD,
        *(f"site_hooks.{name}" for name in ("assets", "content", "publish", "settings")),
    },
    "settings": {"mkdocs", *BUILD},
    "plugin": {
        "mkdocs",
        *BUILD,
        *(f"site_hooks.{name}" for name in ("assets", "content", "hooks", "settings")),
    },
    "__main__": {"site_hooks.dev", "site_hooks.publish"},
    "kept": {"site_hooks.errors"},
    "live": {"site_hooks.errors"},
    "side_by_side": {"site_hooks.errors"},
    "words": {"site_hooks.errors", "site_hooks.paths"},
    "node": {"site_hooks.errors", "site_hooks.paths", "site_hooks.side_by_side"},
    "compressed": {"brotli", *BUILD},
    # Code is read by one reader, at build and in the page.
    "content": {
        *(
            "PIL",
            "bs4",
            "markdown",
            "markupsafe",
            "mkdocstrings",
            "mkdocstrings_handlers",
            "numpy",
            "py_mini_racer",
            "pygments",
            "pylib.kernel",
        ),
        *BUILD,
    },
    "pyodide": {"matplotlib", *BUILD},
    "assets": {"flit_core", "site_hooks.compressed", "site_hooks.pyodide", *BUILD},
    "publish": {"site_hooks.compressed", *BUILD},
    "client": {"numpy", "pylib.kernel"},
    "handout": {"bs4", "playwright", "site_hooks.content", "site_hooks.hooks", *BUILD},
    "dev": {
        *("mkdocs", "numpy", "packaging", "pylib.kernel"),
        *(f"site_hooks.{name}" for name in ("assets", "content", "hooks")),
        *BUILD,
    },
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
        # An allowance that nobody uses any more goes, except those that all may use.
        assert all(left <= NUMERIC | BUILD for left in unused.values()), unused


def test_no_room_imports_itself_by_way_of_others() -> None:
    for package, layers in PACKAGES.items():
        arrows = {f"{package}.{name}": allowed for name, allowed in layers.items()}
        for start in arrows:
            seen: set[str] = set()
            waiting = list(arrows[start])
            while waiting:
                room = waiting.pop()
                assert room != start, f"{start} is imported by what it imports"
                if room not in seen:
                    seen.add(room)
                    waiting += arrows.get(room, ())


@pytest.mark.parametrize("path", files("pylib"), ids=lambda p: p.as_posix())
def test_pylib_does_not_know_the_browser(path: Path) -> None:
    assert not rooms(imported(path)) & {"js", "pyodide", "pyodide_js", "_pyodide"}


# --- The scripts of the page ---

CLIENT = ROOT / "site_hooks" / "client"

# What each folder of the client may import besides itself; a file named here has its own list.
SHARED = {"shared"}
CLIENT_LAYERS = {
    "shared": set(),
    "page": SHARED,
    "session": {*SHARED, "page"},
    "storage": {*SHARED, "page"},
    "python": SHARED,
    "cell": {*SHARED, "page", "session", "storage"},
    "practice": {*SHARED, "page", "storage", "cell"},
    "lms": {*SHARED, "page", "storage", "cell"},
    "embed": {*SHARED, "page", "cell"},
    # Pictures of surfaces, for those that draw on them.
    "plane": set(),
    # An instrument, which a cell that shows one loads.
    "microscope": {*SHARED, "page", "cell", "plane"},
    # A page's script of its own, with Python in workers of its own.
    "grade": {*SHARED, "page", "session", "practice"},
    # It is handed the page's session and cells.
    "race": {*SHARED, "page", "session", "cell", "plane", "practice/styles.ts", "grade/csv.ts"},
    "choose": {*SHARED, "page", "practice/styles.ts"},
    "index.ts": {
        *("page", "session", "storage", "cell", "practice", "embed", "race", "choose"),
        *SHARED,
    },
    # It lies at the site's root and starts with every page: nothing of the page may come into it.
    "storage/service-worker.ts": {"storage/site-cache.ts", "shared/words.ts"},
}
SCRIPTS = [path.relative_to(CLIENT).as_posix() for path in sorted(CLIENT.rglob("*.ts"))]


def scripts_imported(name: str) -> set[str]:
    """The scripts that a script names in its imports, those of types included."""
    source = (CLIENT / name).read_text("utf-8")
    found = re.findall(r"""(?:from|import\()\s*["'](\.[\w./-]+)(?<!\.py)(?<!\.json)["']""", source)
    here = posixpath.dirname(name)
    return {posixpath.normpath(posixpath.join(here, f"{path}.ts")) for path in found}


def reachable(start: str) -> set[str]:
    """A script and all that it imports, directly or not; types included."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += scripts_imported(name)
    return seen


def folder(name: str) -> str:
    return name.partition("/")[0]


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_imports_only_what_its_layer_may(name: str) -> None:
    allowed = CLIENT_LAYERS.get(name)
    if allowed is None:
        allowed = {*CLIENT_LAYERS[folder(name)], folder(name)}
    outside = {other for other in scripts_imported(name) if not {other, folder(other)} & allowed}
    assert not outside


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_imports_itself_by_way_of_others(name: str) -> None:
    assert name not in set().union(*(reachable(other) for other in scripts_imported(name)))


def test_the_client_s_layers_name_only_what_exists() -> None:
    assert set(CLIENT_LAYERS) <= {*SCRIPTS, *(folder(name) for name in SCRIPTS)}
    assert {folder(name) for name in SCRIPTS} <= set(CLIENT_LAYERS)


def test_page_and_worker_share_only_the_shared_folder() -> None:
    both = reachable("index.ts") & reachable("python/worker.ts")
    assert {folder(name) for name in both} == {"shared"}


def test_the_service_worker_brings_nothing_but_what_is_saved() -> None:
    start = "storage/service-worker.ts"
    assert reachable(start) == {
        start,
        "storage/site-cache.ts",
        "shared/manifest.ts",
        "shared/past-cache.ts",
        "shared/site.ts",
        "shared/words.ts",
    }


@pytest.mark.parametrize("name", [name for name in SCRIPTS if name != "shared/site.ts"])
def test_only_one_script_makes_the_sites_root_and_the_keys_of_what_is_kept(name: str) -> None:
    source = (CLIENT / name).read_text("utf-8")
    assert not re.findall(r"""["'`](?:lesson:|py-cell:\$|python [%$])""", source)
    beside = r'new URL\("[\w-]+\.(?:js|json|css)", $'  # a file of the client, by its name
    assert all(re.search(beside, before) for before in re.findall(r"(.*)import\.meta", source))
    asked = r"(?:localStorage\.\w+|locks\.request|[sS]torage\.(?:getDirectoryHandle|removeEntry))\("
    assert all(rest.startswith("keys.") for rest in re.split(asked, source)[1:])


@pytest.mark.parametrize("name", ["protocol", "manifest"])
def test_borders_hold_types_only(name: str) -> None:
    assert reachable(f"shared/{name}.ts") == {f"shared/{name}.ts"}
    source = (CLIENT / "shared" / f"{name}.ts").read_text("utf-8")
    assert not re.findall(
        r"^export (?!type|interface)|^(?:const|let|function|class) ", source, re.M
    )
