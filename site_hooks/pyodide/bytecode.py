"""Runs inside Pyodide when the site is built: makes packs of bytecode from Pyodide's own files.

The browser's Python runs only bytecode of its own version, so it is compiled by that version.
Everything a pack is made of, zlib too, comes from Pyodide: the bytes do not depend on the machine.

A pack is a gzip file: the length of a table, the table as JSON ([path, size]...), the contents.
"""

import ast
import gzip
import importlib.util
import io
import json
import marshal
import re
import struct
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.machinery import FrozenImporter
from pathlib import Path
from types import CodeType

from site_hooks.pyodide import put_off
from site_hooks.pyodide.lazy_names import lazy
from site_hooks.pyodide.needed import SITE, STDLIB

STOCK = "python_stdlib.zip"
WASM = "pyodide.asm.wasm"
MPL_DATA = f"{SITE}/matplotlib/mpl-data"
ZIP_DATE = (1980, 1, 1, 0, 0, 0)

FIRST_FONT = f"{MPL_DATA}/fonts/ttf/DejaVuSans.ttf"
FIRST_DATA = (f"{MPL_DATA}/matplotlibrc", FIRST_FONT, f"{SITE}/matplotlib/fontlist.json")
# Fonts of bold, italic and mathematical text: they come after the first plot.
NEXT_FONTS = tuple(
    f"{MPL_DATA}/fonts/ttf/DejaVuSans{style}.ttf"
    for style in ("-Bold", "-BoldOblique", "-Oblique", "Display", "Mono")
)
# Module -> the function that needs its grammar first, and imports it from pyparsing: a tenth of
# the import of matplotlib 3.10.8 is pyparsing's, and few first plots have a formula. Where an
# update has nothing to move, or no such function, the build says so.
LATE_GRAMMAR = {
    f"{SITE}/matplotlib/_fontconfig_pattern.py": "_make_fontconfig_parser",
    f"{SITE}/matplotlib/_mathtext.py": "Parser.__init__",
}
# What a module says -> what the pack's says in its place, so that less is imported at once: no
# look at pyparsing's version, which is pinned, and Pillow by a module that importer.py puts off,
# and that an array which is shown as an image does without.
# This is matplotlib 3.10.8; where an update does not say it any more, so does the build.
REWRITTEN = {
    f"{SITE}/matplotlib/__init__.py": {b"\n_check_versions()\n": b"\n\n"},
    f"{SITE}/matplotlib/colors.py": {
        b"from PIL.PngImagePlugin import PngInfo": b"from PIL import PngImagePlugin",
        b" PngInfo()": b" PngImagePlugin.PngInfo()",
    },
    f"{SITE}/matplotlib/image.py": {
        b"if isinstance(A, PIL.Image.Image):": b"if type(A).__module__.startswith('PIL.'):",
    },
}
# Packages that a first plot imports in stock Pyodide, and does not touch here: those of formulas,
# by LATE_GRAMMAR, and of picture files, by importer.py's WHEN_USED. They come later, or when used.
EXTRAS = ("PIL", "argparse", "gettext", "html", "pyparsing", "unittest")
NO_EXTRAS = ("PIL", "PIL._version")
# The packs of extension modules, by what they come with.
LIBRARIES = {"numpy": "numpy-libraries", "plotting": "plotting-libraries"}
FONTS = tuple(f"mathtext.{name}" for name in ("cal", "rm", "tt", "it", "bf", "sf", "bfit"))
# Imported where they can be, which is not here: nobody waits for them.
OF_WINDOWS = {"dateutil.tz.win", "dateutil.tzwin"}
# What of pylib runs cells; what of it draws comes with NumPy.
KERNEL = ("__init__.py", "_watch.py", "kernel/", "palette.py", "py.typed")
# What of pylib few pages use: it comes when it is imported, as importer.py's LATE says.
LATE = {
    "tables": ("data/breast_cancer.", "data/iris."),
    "instruments": ("microscope/", "race/"),
}
# Left out of every pack: nothing imports them, and no learner misses them.
LEFT_OUT = ("/RECORD", "/WHEEL", "/README.txt", ".1", ".pyi", ".c", ".h", ".pxd", ".a")


def pack(files: Mapping[str, bytes] | Iterable[tuple[str, bytes]]) -> bytes:
    """Files in the given order, as one gzip file."""
    pairs = list(files.items() if isinstance(files, Mapping) else files)
    table = json.dumps([[path, len(content)] for path, content in pairs]).encode()
    table += b" " * (-len(table) % 4)  # the first content can be read by words
    body = b"".join([struct.pack("<I", len(table)), table, *(content for _, content in pairs)])
    return gzip.compress(body, compresslevel=9, mtime=0)


def compiled(source: bytes, path: str, *, docstrings: bool) -> CodeType:
    """The code of a module; without docstrings, lines and assertions stay as they are."""
    for old, new in REWRITTEN.get(path, {}).items():
        if old not in source:
            raise LookupError(f"{path} does not say {old!r} any more")
        source = source.replace(old, new)
    tree = put_off.rewritten(source, path.removeprefix(f"{STDLIB}/"))
    if path in LATE_GRAMMAR:
        import_late(tree, LATE_GRAMMAR[path])
    for node in () if docstrings else statements([tree]):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            match node.body:
                case [ast.Expr(ast.Constant(str())) as text, *rest]:
                    node.body = rest or [ast.copy_location(ast.Pass(), text)]
    code: CodeType = compile(tree, path, "exec", dont_inherit=True, optimize=0)
    return code


def statements(nodes: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """These and all statements within, which `ast.walk` reaches by way of every expression."""
    for node in nodes:
        yield node
        for name in ("body", "orelse", "finalbody", "handlers", "cases"):
            yield from statements(getattr(node, name, ()))


def import_late(tree: ast.Module, function: str) -> None:
    """Moves what a module takes from pyparsing into a function; the names stay the module's.

    Raises:
        LookupError: there is nothing to move, or no such function.
    """
    late = [node for node in tree.body if _is_grammar(node)]
    taken = [node.names for node in late if isinstance(node, ast.ImportFrom)]
    names = [alias.name for aliases in taken for alias in aliases]
    place: ast.AST = tree
    for part in function.split("."):
        inside = ast.iter_child_nodes(place)
        place = next((n for n in inside if getattr(n, "name", "") == part), place)
        if isinstance(place, ast.ClassDef):
            late += [_attribute(place, node) for node in place.body if _is_grammar(node)]
            place.body = [node for node in place.body if not _is_grammar(node)]
    if not names or not isinstance(place, ast.FunctionDef):
        raise LookupError(f"{function} does not import pyparsing late")
    tree.body = [node for node in tree.body if node not in late]
    place.body[0:0] = [ast.copy_location(ast.Global(names), place), *late]


def _is_grammar(node: ast.stmt) -> bool:
    """Whether the statement needs pyparsing when the module is imported."""
    match node:
        case ast.ImportFrom(module="pyparsing"):
            return True
        case ast.Expr(value) | ast.Assign(value=value):
            return ast.unparse(value).startswith(
                ("ParserElement.", "staticmethod(pyparsing_common.")
            )
    return False


def _attribute(owner: ast.ClassDef, node: ast.stmt) -> ast.stmt:
    """A class's `name = value` as a function has to say it."""
    moved = ast.parse(f"{owner.name}.{ast.unparse(node)}").body[0]
    return ast.copy_location(moved, node)


def pyc(code: CodeType) -> bytes:
    """A .pyc file that is never compared with its source."""
    return importlib.util.MAGIC_NUMBER + struct.pack("<I", 1) + bytes(8) + marshal.dumps(code)


def module_name(path: str, root: str) -> str | None:
    """The dotted name of the module at a path below a folder; None for what is no module."""
    stem, dot, suffix = path.removeprefix(root + "/").partition(".")
    if not dot or (suffix != "py" and not suffix.endswith("so")):
        return None
    return stem.replace("/", ".").removesuffix(".__init__")


def start(core: Path) -> bytes:
    """Pyodide's standard library with what its start does without put off, to see what it needs."""
    made = io.BytesIO()
    with zipfile.ZipFile(core / STOCK) as stock, zipfile.ZipFile(made, "w") as archive:
        for name in stock.namelist():
            content = stock.read(name)
            if name in put_off.FILES:
                content = ast.unparse(put_off.rewritten(content, name)).encode()
            archive.writestr(zipfile.ZipInfo(name, ZIP_DATE), content)
    return made.getvalue()


def installed(core: Path) -> dict[str, bytes]:
    """Path -> content of everything that stock Pyodide with our packages holds."""
    files = {}
    with zipfile.ZipFile(core / STOCK) as stock:
        for name in stock.namelist():
            if not name.endswith("/"):
                files[f"{STDLIB}/{name}"] = stock.read(name)
    for path in Path(SITE).rglob("*"):
        if path.is_file():
            files[str(path)] = path.read_bytes()
    return {path: files[path] for path in sorted(files) if not path.endswith(LEFT_OUT)}


def is_extra(name: str) -> bool:
    """Whether a module comes after a first plot."""
    return name.partition(".")[0] in EXTRAS and name not in NO_EXTRAS


def group(path: str) -> str:
    """The pack of a file that is not needed first: one per package, one for the library."""
    if path.startswith(f"{MPL_DATA}/fonts"):
        return "fonts" if path in NEXT_FONTS else "more-fonts"
    if not path.startswith(SITE) or ".dist-info/" in path:
        return "more-python"
    parts = path.removeprefix(SITE + "/").split("/")
    if "tests" in parts:
        return f"more-{parts[0]}-tests"
    return "more-matplotlib" if parts[0] in ("mpl_toolkits", "pylab.py") else f"more-{parts[0]}"


def font_patterns() -> dict[str, dict[str, list[str]]]:
    """The fonts that matplotlib's own settings and styles name, as its grammar reads them."""
    from matplotlib import rcParamsDefault, style
    from matplotlib._fontconfig_pattern import parse_fontconfig_pattern

    settings = [rcParamsDefault, *style.library.values()]
    named = {f"{setting[name]}" for setting in settings for name in setting if name in FONTS}
    return {font: parse_fontconfig_pattern(font) for font in sorted(named)}


def runtime_packs(
    core: Path, importer: Path, stages: Sequence[Mapping[str, str]]
) -> dict[str, bytes]:
    """All packs but pylib's.

    Args:
        core: the folder with Pyodide's core files.
        importer: the source of the module that imports from the first pack.
        stages: what `needed` found: at the start, for plain cells, with NumPy, for a first plot.
    """
    at_boot, at_python, at_numpy, modules = stages
    files = installed(core)

    def depth(name: str) -> str:
        if name in at_python:
            return "python"
        return "numpy" if name in at_numpy else "plotting"

    boot = io.BytesIO()
    # Python runs cells while what NumPy needs is still on its way, and NumPy is imported while what
    # matplotlib needs is.
    code = {name: bytearray() for name in ("python", "numpy", "plotting", "extras")}
    entries: list[tuple[str, str, int, int, str]] = []
    libraries: dict[str, list[tuple[str, bytes]]] = {
        name: [] for name in (*LIBRARIES.values(), "extras")
    }
    with zipfile.ZipFile(boot, "w", zipfile.ZIP_STORED) as archive:
        source = importer.read_bytes()
        own = f"{STDLIB}/{importer.name}"
        archive.writestr(
            zipfile.ZipInfo(importer.name + "c", ZIP_DATE),
            pyc(compiled(source, own, docstrings=False)),
        )
        for name, path in modules.items():
            if path.endswith(".py"):
                # NumPy's docstrings are its manual: learners ask for them with help().
                made = compiled(files[path], path, docstrings=path.startswith(f"{SITE}/numpy/"))
                if name in at_boot:
                    inside = path.removeprefix(STDLIB + "/") + "c"
                    archive.writestr(zipfile.ZipInfo(inside, ZIP_DATE), pyc(made))
                else:
                    content = marshal.dumps(made)
                    held = "extras" if is_extra(name) else depth(name)
                    entries.append((name, held, len(code[held]), len(content), path))
                    code[held] += content
            else:
                held = LIBRARIES[depth(name)] if path.endswith(".so") else ""
                held = "extras" if held and is_extra(name) else held
                entries.append((name, held, 0, 0, path))
                if held:
                    libraries[held].append((path, files[path]))

    first = [path for path in files if path in FIRST_DATA or path.endswith(".mplstyle")]
    sources = [path for path in modules.values() if path.endswith(".py")]
    taken = {*first, *sources, *(path for held in libraries.values() for path, _ in held)}
    rest: dict[str, dict[str, bytes]] = {}
    for path, content in files.items():
        if path not in taken:
            rest.setdefault(group(path), {})[path] = content
    index = {
        "code": entries,
        "modules": {
            name: [
                found
                for path in held
                if (found := module_name(path, SITE if path.startswith(SITE) else STDLIB))
                and found not in OF_WINDOWS
                and not FrozenImporter.find_spec(found)  # Python has these in itself
            ]
            for name, held in rest.items()
        },
        "files": {name: list(rest[name]) for name in ("fonts", "more-fonts")},
        "roots": {name: STDLIB if name == "more-python" else SITE for name in rest},
        "patterns": font_patterns(),
    }
    extras = [("/lib/extras.code", bytes(code["extras"])), *libraries.pop("extras")]
    fonts = [(path, b"") for name in ("fonts", "more-fonts") for path in rest[name]]
    return {
        "core": pack(
            [
                ("pyodide.asm.mjs", (core / "pyodide.asm.mjs").read_bytes()),
                ("boot.zip", boot.getvalue()),
            ]
        ),
        "wasm": gzip.compress((core / WASM).read_bytes(), compresslevel=9, mtime=0),
        **{name: pack(held) for name, held in libraries.items()},
        "python": pack(
            [
                ("/lib/index.marshal", marshal.dumps(index)),
                ("/lib/python.code", bytes(code["python"])),
            ]
        ),
        "numpy": pack([("/lib/numpy.code", bytes(code["numpy"]))]),
        # What matplotlib's import reads comes with its code, and again with what drawing reads: the
        # font comes while matplotlib is imported.
        "plotting": pack(
            [
                ("/lib/plotting.code", bytes(code["plotting"])),
                *((path, files[path]) for path in first if path != FIRST_FONT),
            ]
        ),
        "extras": pack(extras),
        "data": pack([*((path, files[path]) for path in first), *fonts]),
        "sources": pack({path: files[path] for path in sources} | {own: source}),
        **{name: pack(rest[name]) for name in sorted(rest)},
    }


def pylib_packs(folder: Path) -> dict[str, bytes]:
    """The sources of pylib with their bytecode beside them, as Python itself would keep it.

    What runs cells is a pack of its own, because Python runs cells before it has NumPy; so is what
    few pages use.
    """
    packs: dict[str, dict[str, bytes]] = {"kernel": {}, "pylib": {}, **{name: {} for name in LATE}}
    for path in sorted(folder.rglob("*"), key=lambda path: path.as_posix()):
        if not path.is_file() or "__pycache__" in path.parts:
            continue
        inside = path.relative_to(folder).as_posix()
        target = f"{SITE}/{folder.name}/{inside}"
        content = path.read_bytes()
        early = "kernel" if inside.startswith(KERNEL) and not draws(content) else "pylib"
        late = (name for name, starts in LATE.items() if inside.startswith(starts))
        held = packs[next(late, early)]
        held[target] = content
        if path.suffix == ".py":
            cached = importlib.util.cache_from_source(target)
            held[cached] = pyc(_own_code(content, target, inside))
    return {name: pack(held) for name, held in packs.items()}


def draws(source: bytes) -> bool:
    """Whether a module imports NumPy or matplotlib when it is imported itself."""
    imports = re.findall(rb"^(?:from|import) (\w+)", source, re.MULTILINE)
    return not {b"numpy", b"matplotlib", b"contourpy"}.isdisjoint(imports)


def _own_code(source: bytes, path: str, inside: str) -> CodeType:
    package, _, file = inside.rpartition("/")
    if file != "__init__.py" or inside.startswith(KERNEL):
        return compiled(source, path, docstrings=True)
    tree = lazy(source, f"pylib.{package.replace('/', '.')}")
    code: CodeType = compile(tree, path, "exec", dont_inherit=True, optimize=0)
    return code


def memory_pack(folder: Path) -> bytes:
    """What record.ts found: the pages first, because they are read by words."""
    return pack([(name, (folder / name).read_bytes()) for name in ("pages", "head.json")])
