"""What a learner may write next: names with their signatures, and the first line of what they do.

An editor asks for the members of a value in a namespace, between two runs. The same descriptions of
the libraries are made at build (`python -m pylib.kernel.names MODULE ...`), for editors that have
no Python yet. No property of a learner's objects is called, and none of their methods.
"""

import inspect
import json
import re
import sys
from collections.abc import Iterable
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, TypeAlias

Name: TypeAlias = dict[str, Any]

MOST = 500  # names of one answer
WORDS = 140  # characters of a description
_MISSING = object()
# Of Python's own modules, those that a lesson's program may want.
_STANDARD = (
    "abc argparse array ast asyncio base64 bisect calendar cmath collections contextlib copy csv"
    " dataclasses datetime decimal difflib enum fractions functools gc glob hashlib heapq html"
    " inspect io itertools json logging math numbers operator os pathlib pickle platform pprint"
    " queue random re secrets shutil statistics string struct sys tempfile textwrap threading time"
    " timeit traceback types typing unicodedata unittest urllib uuid warnings weakref zipfile zlib"
)
_PLAIN = (bool, int, float, complex, str, bytes, type(None))


def members(namespace: dict[str, Any], path: str) -> list[Name] | None:
    """What can follow `path` and a dot; of an empty path, the names of the namespace.

    Args:
        namespace: Where the path begins.
        path: Names with dots between them, such as `model.params`.

    Returns:
        `KnownName`s of protocol.ts; `None` where the path leads nowhere.

    Examples:
        >>> members({"x": 3, "_x": 4}, "")
        [{'name': 'x', 'kind': 'variable', 'detail': 'int 3'}]
        >>> members({"x": 3}, "y") is None
        True
    """
    if not path:
        return _described(
            (name, value) for name, value in list(namespace.items()) if not name.startswith("_")
        )
    first, *rest = path.split(".")
    value = namespace.get(first, _MISSING)
    for name in rest:
        value = _static(value, name)
    return None if value is _MISSING else of(value)


def of(value: Any) -> list[Name]:
    """The public members of a value, without a call of any of them."""
    names: set[str] = set()
    for kind in value.__mro__ if _is(value, type) else type(value).__mro__:
        names.update(vars(kind))
    names.update(_own(value))
    if _is_pylib(value):
        names.update(value.__all__)
    public = sorted(name for name in names if not name.startswith("_"))
    found = ((name, _static(value, name)) for name in public)
    return _described((name, member) for name, member in found if member is not _MISSING)


def index(modules: list[str]) -> dict[str, list[Name]]:
    """Of each module, or class by its full name, the members: what an editor knows from the start.

    A star behind a module's name asks for those of its classes too. Behind "" stand the modules
    that a program can import, behind a package's name those that lie in it.
    """
    from importlib import import_module

    made: dict[str, list[Name]] = {}
    waiting = list(modules)
    while waiting:
        wanted = waiting.pop(0)
        name = wanted.removesuffix("*")
        module, _, attribute = name.rpartition(".")
        try:
            found: Any = import_module(name)
        except ModuleNotFoundError:
            found = getattr(import_module(module), attribute)
        listed = getattr(found, "__all__", None)
        entries = [entry for entry in of(found) if listed is None or entry["name"] in listed]
        if wanted != name:
            waiting += [f"{name}.{each['name']}" for each in entries if each["kind"] == "class"]
        made[name] = [
            each
            for each in entries
            if each["kind"] != "module" or f"{name}.{each['name']}" in modules
        ]
    made[""] = [{"name": name, "kind": "module"} for name in _STANDARD.split()]
    for path in list(made):
        _add_to_parents(made, path)
    return made


def _add_to_parents(made: dict[str, list[Name]], path: str) -> None:
    """Lists a module in the one that it lies in, up to the first of its path, which lies in ""."""
    while path:
        parent, _, name = path.rpartition(".")
        known = made.setdefault(parent, [])
        value = sys.modules.get(path) or _static(sys.modules.get(parent), name)
        if value is not _MISSING and all(entry["name"] != name for entry in known):
            known.append(described(name, value))
        elif not parent:  # a module of Python's own that has its members here
            next(entry for entry in known if entry["name"] == name).update(described(name, value))
        path = parent


def _own(value: Any) -> dict[str, Any]:
    """What lies in the value itself."""
    if _is(value, type):
        return {}
    try:
        own = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}
    return own if isinstance(own, dict) else {}


def _is_pylib(value: Any) -> bool:
    return (
        _is(value, ModuleType) and value.__name__.startswith("pylib.") and "__all__" in _own(value)
    )


def _static(value: Any, name: str) -> Any:
    """An attribute as it lies there: what would be computed is a property, and is not followed."""
    try:
        found = inspect.getattr_static(value, name)
    except AttributeError:
        # The browser's packages import their names when they are asked for.
        return getattr(value, name, _MISSING) if _is_pylib(value) else _MISSING
    if _is(found, staticmethod, classmethod):
        return found.__func__
    return found


def _described(pairs: Iterable[tuple[str, Any]]) -> list[Name]:
    found = []
    for name, value in pairs:
        try:
            found.append(described(name, value))
        except BaseException:  # whatever a learner's object does, exit() too: it is left out
            continue
        if len(found) == MOST:
            break
    return found


def described(name: str, value: Any) -> Name:
    """One name: its kind, what it is or how it is called, and what it does.

    Examples:
        >>> def half(x: float, times: int = 1) -> float:
        ...     "Halves a number."
        >>> described("half", half)
        {'name': 'half', 'kind': 'function', 'detail': '(x, times=1)', 'doc': 'Halves a number.'}
    """
    entry: Name = {"name": name}
    if _is(value, ModuleType):
        entry |= {"kind": "module", "doc": _summary(value.__doc__)}
    elif _is(value, type) or _is_function(value):
        doc = value.__doc__ if isinstance(value.__doc__, str) else ""
        entry["kind"] = "class" if _is(value, type) else "function"
        entry["detail"] = _signature(value, doc)
        entry["doc"] = _summary(doc)
        entry["params"] = _parameters(doc, entry["detail"])
    elif _is(value, property) or type(value).__name__ in (
        "getset_descriptor",
        "member_descriptor",
        "cached_property",
    ):
        doc = value.__doc__ if isinstance(value.__doc__, str) else ""
        entry |= {"kind": "property", "doc": _summary(doc)}
    else:
        entry |= {"kind": "variable", "detail": _sort(value)}
    return {key: found for key, found in entry.items() if found}


def _is_function(value: Any) -> bool:
    kinds = (FunctionType, MethodType, BuiltinFunctionType)
    descriptors = ("ufunc", "method_descriptor", "_ArrayFunctionDispatcher", "wrapper_descriptor")
    return _is(value, *kinds) or type(value).__name__ in descriptors


def _is(value: Any, *kinds: type) -> bool:
    """By its type alone: isinstance() asks a value that says no for its class."""
    return issubclass(type(value), kinds)


def _sort(value: Any) -> str:
    """What a variable holds, in a few words."""
    kind = type(value).__name__
    numpy = sys.modules.get("numpy")
    if numpy is not None and type(value) is numpy.ndarray:
        return f"array {value.shape} {value.dtype}"
    if type(value) in _PLAIN:
        text = repr(value)
        return f"{kind} {text if len(text) <= 40 else text[:39] + '…'}"
    if type(value) in (list, tuple, dict, set):
        return f"{kind} of {len(value)}"
    return kind


class _Shown:
    """Stands for a default in a signature."""

    def __init__(self, value: Any) -> None:
        parts = value if type(value) is tuple else (value,)
        self._text = "…"
        if all(type(part) in _PLAIN for part in parts):
            self._text = repr(value)
        elif _is(value, type) or _is_function(value):
            self._text = value.__name__

    def __repr__(self) -> str:
        return self._text if len(self._text) <= 40 else "…"


def _signature(value: Any, doc: str) -> str:
    """How it is called, without types; of what NumPy wrote in C, as its own words have it."""
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        line = re.match(r"\s*[\w.]+(\(.*\))", doc)
        return line[1] if line else ""
    empty = inspect.Parameter.empty
    parameters = list(signature.parameters.values())
    if parameters and parameters[0].name == "self":
        del parameters[0]
    shown = [
        each.replace(
            annotation=empty, default=empty if each.default is empty else _Shown(each.default)
        )
        for each in parameters
    ]
    return str(signature.replace(parameters=shown, return_annotation=empty))


def _summary(doc: Any) -> str:
    """The first line that says something: a C function's words begin with its signature."""
    if not isinstance(doc, str):
        return ""
    doc = re.sub(r"^.*\n[ \t]*([=~-])\1{2,}[ \t]*$", "", doc.strip(), flags=re.M)  # headings
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", doc)]
    said = [part for part in paragraphs if part and not re.match(r"[\w.]+\(", part)]
    return _cut(re.split(r"(?<=\D\.) ", said[0])[0]) if said else ""


def _parameters(doc: str, signature: str) -> dict[str, str]:
    """What its docstring says of each parameter first: written Google's way, or NumPy's."""
    names = set(re.findall(r"\w+", signature))
    found: dict[str, str] = {}
    doc = inspect.cleandoc(doc)
    google = re.search(r"^Args:\n((?: +.*\n|\s*\n)+)", f"{doc}\n", re.M)
    numpy = re.search(r"^Parameters\n-+\n(.*?)(?:^\w[\w ]*\n-+$|\Z)", doc, re.M | re.S)
    if google:
        for match in re.finditer(r"^    (\w+): (.*(?:\n {5,}.*)*)", google[1], re.M):
            found[match[1]] = " ".join(match[2].split())
    elif numpy:
        for match in re.finditer(r"^(\w[\w, *]*) : (.*)$", numpy[1], re.M):
            for name in re.findall(r"\w+", match[1]):
                found[name] = match[2]
    return {
        name: _cut(re.split(r"(?<=\.) |; ", words)[0])
        for name, words in found.items()
        if name in names
    }


def _cut(words: str) -> str:
    plain = words.replace("`", "")
    return plain if len(plain) <= WORDS else f"{plain[: WORDS - 1]}…"


if __name__ == "__main__":
    json.dump(index(sys.argv[1:]), sys.stdout, ensure_ascii=False, sort_keys=True)
