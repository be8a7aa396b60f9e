"""For the browser, imports of Python's own start that it does without until something needs them.

Pyodide 314.0.4 imports all of asyncio, and with it sockets and subprocesses, which no browser has;
and what unpacks archives, which come unpacked here. Not needed once its start leaves these modules
out of `sys.modules`. Where an update of Python or Pyodide does not say any more what is put off
here, the build says so.
"""

import ast
import importlib
from collections.abc import Mapping, Sequence

# File below the library's folder -> modules that its functions import when they are called.
IN_FUNCTIONS = {
    "asyncio/events.py": ("signal", "socket", "subprocess"),
    "asyncio/futures.py": ("concurrent.futures", "logging"),
    "asyncio/runners.py": ("signal",),
    "asyncio/tasks.py": ("concurrent.futures",),
    "pyodide/_package_loader.py": ("pathlib", "shutil", "tempfile", "zipfile"),
    "pyodide/common.py": ("pathlib", "shutil"),
}
# Pyodide only asks for the text of these paths.
PLACE = b"""
class Place:
    def __init__(self, path):
        self.path = path
    def __str__(self):
        return self.path
"""
# What a file says at its top -> what it says in the browser, with the same meaning.
INSTEAD = {
    "asyncio/__init__.py": {
        b"return unix_events._Default": b"from . import unix_events; return unix_events._Default"
    },
    "asyncio/events.py": {
        b"socket.AF_UNSPEC": b"0",
        b"socket.AI_PASSIVE": b"1",
        b"=subprocess.PIPE": b"=-1",
    },
    "asyncio/futures.py": {b"logging.DEBUG - 1": b"9"},
    "asyncio/tasks.py": {
        b"concurrent.futures.FIRST_COMPLETED": b"'FIRST_COMPLETED'",
        b"concurrent.futures.FIRST_EXCEPTION": b"'FIRST_EXCEPTION'",
        b"concurrent.futures.ALL_COMPLETED": b"'ALL_COMPLETED'",
    },
    "pyodide/_package_loader.py": {
        b"SITE_PACKAGES = Path(": PLACE + b"SITE_PACKAGES = Place(",
        b"DSO_DIR = Path(": b"DSO_DIR = Place(",
        b"DSO_DIR = SITE_PACKAGES.parents[1]": b"pass",
        # Python starts without packages, and Pyodide's own loader gets none here.
        b'SITE_PACKAGES.glob("*.dist-info")': b"()",
        b"\nif IN_PYODIDE:\n    shutil.": b"\nif False:\n    shutil.",
    },
    "pyodide/webloop.py": {
        b"(asyncio.DefaultEventLoopPolicy)": b"(asyncio.events._BaseDefaultEventLoopPolicy)"
    },
}
FILES = (*INSTEAD, *(IN_FUNCTIONS.keys() - INSTEAD.keys()))
# Modules of asyncio that are imported when a name of theirs is looked up.
ASYNCIO = (
    "base_events",
    "graph",
    "streams",
    "subprocess",
    "taskgroups",
    "threads",
    "unix_events",
)

LOOKUP = """
_otherwise = __getattr__
def __getattr__(name):
    place = _PLACES.get(name)
    if place is None:
        return _otherwise(name)
    from importlib import import_module
    module = import_module(f"asyncio.{place}")
    if name == place:
        return module
    value = globals()[name] = getattr(module, name)
    return value
def __dir__():
    return sorted({*globals(), *_PLACES})
"""


def rewritten(source: bytes, file: str) -> ast.Module:
    """The code of a file of the standard library, or of Pyodide's own, as the browser has it.

    Raises:
        LookupError: what is put off is not there any more.
    """
    tree = ast.parse(instead(source, file))
    put_off(tree, file)
    if file == "asyncio/__init__.py":
        late = {name: importlib.import_module(f"asyncio.{name}").__all__ for name in ASYNCIO}
        late_asyncio(tree, late, importlib.import_module("asyncio").__all__)
    return tree


def instead(source: bytes, file: str) -> bytes:
    """The source with what the browser has in place of what it says.

    Raises:
        LookupError: it does not say so any more.
    """
    for old, new in INSTEAD.get(file, {}).items():
        if old not in source:
            raise LookupError(f"{file} does not say {old.decode()!r} any more")
        source = source.replace(old, new)
    return source


def put_off(tree: ast.Module, file: str) -> None:
    """Moves the imports of a file into the functions that use them.

    Raises:
        LookupError: one of the modules is not imported at the file's top, or is used there.
    """
    late = set(IN_FUNCTIONS.get(file, ()))
    moved = {name: node for node in tree.body for name in _bound(node, late)}
    if missing := late - {module for node in moved.values() for module in _modules(node)}:
        raise LookupError(
            f"{file} does not import {', '.join(sorted(missing))} at its top any more"
        )
    tree.body = [node for node in tree.body if node not in moved.values()]
    for function in _functions(tree):
        used = _looked_up(function)
        imports = {id(moved[name]): moved[name] for name in sorted(used & moved.keys())}
        place = 1 if ast.get_docstring(function, clean=False) is not None else 0
        function.body[place:place] = imports.values()
    if early := {node.id for node in _at_import(tree.body)} & moved.keys():
        raise LookupError(f"{file} needs {', '.join(sorted(early))} when it is imported")


def late_asyncio(
    tree: ast.Module, names: Mapping[str, Sequence[str]], exported: Sequence[str]
) -> None:
    """Takes the modules of ASYNCIO out of its `__init__.py`; their names import them.

    Args:
        tree: the file.
        names: module of ASYNCIO -> the names that it gives.
        exported: all names of asyncio.

    Raises:
        LookupError: one of the modules is not imported there.
    """
    stars = {node.module: node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    if missing := names.keys() - stars.keys():
        raise LookupError(f"asyncio does not import {', '.join(sorted(missing))} any more")
    tree.body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.ImportFrom) and node.module in names)
        and not isinstance(node, ast.Assign | ast.If)  # `__all__`, and what differs by system
    ]
    places = {name: module for module, held in names.items() for name in (module, *held)}
    late = f"__all__ = {[*exported]!r}\n_PLACES = {places!r}{LOOKUP}"
    tree.body += ast.parse(late).body


def _bound(node: ast.stmt, late: set[str]) -> list[str]:
    """The names that an import of late modules binds; none for any other statement."""
    if not isinstance(node, ast.Import | ast.ImportFrom) or not late.intersection(_modules(node)):
        return []
    return [(alias.asname or alias.name).partition(".")[0] for alias in node.names]


def _modules(node: ast.stmt) -> list[str]:
    match node:
        case ast.Import(names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=str(module), level=0):
            return [module]
    return []


def _functions(tree: ast.Module) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions of a module and the methods of its classes, without those inside of them."""
    found: list[ast.FunctionDef | ast.AsyncFunctionDef] = []
    held = list(tree.body)
    while held:
        match held.pop():
            case ast.FunctionDef() | ast.AsyncFunctionDef() as function:
                found.append(function)
            case ast.ClassDef(body=body) | ast.If(body=body) | ast.Try(body=body):
                held += body
    return found


def _looked_up(function: ast.AST) -> set[str]:
    """The names that a function uses and does not bind itself."""
    names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
    own = {node.arg for node in ast.walk(function) if isinstance(node, ast.arg)}
    own |= {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    return {node.id for node in names} - own


def _at_import(nodes: Sequence[ast.AST]) -> list[ast.Name]:
    """The names that are looked up when a module is imported: not those of bodies, nor types."""
    found = []
    held = list(nodes)
    while held:
        node = held.pop()
        match node:
            case ast.Name():
                found.append(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                held += [*node.decorator_list, *node.args.defaults]
                held += [default for default in node.args.kw_defaults if default]
            case ast.AnnAssign():
                held += [node.value] if node.value else []
            case ast.If(test=ast.Constant(False)):
                pass
            case _:
                held += ast.iter_child_nodes(node)
    return found
