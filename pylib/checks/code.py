"""What a learner's code defines, calls, gives for other values, and whether it is their own."""

import ast
import traceback
from collections.abc import Iterator, Mapping
from types import CodeType, ModuleType
from typing import Any

from pylib.checks.failures import CheckError

_LIBRARY = "pylib"
_ANSWER = "<answer>"


def check_defined(names: Mapping[str, Any], *wanted: str) -> None:
    """Refuse an answer that gives a name no value.

    Args:
        names: The names with their values: in a check, `globals()`.
        *wanted: The names that it should define.

    Raises:
        CheckError: One is missing, or is None or `...`.

    Examples:
        >>> check_defined({"w": 1.0}, "w")
        >>> check_defined({"w": 1.0}, "w", "loss")
        Traceback (most recent call last):
        ...
        pylib.checks.failures.CheckError: loss has no value; define it
    """
    for name in wanted:
        if names.get(name) is None or names[name] is ...:
            raise CheckError(f"{name} has no value; define it")


def check_called(source: str, *functions: str) -> None:
    """Refuse code in which a function is never called.

    Args:
        source: The code: in a check, `__source__`.
        *functions: Names, such as "clip_grad_norm" or "step"; "optimizer.step" is that one's only.

    Raises:
        CheckError: There is no such call. One in a comment or a string does not count.

    Examples:
        >>> check_called("optimizer.step(model.backward(g))", "backward", "optimizer.step")
        >>> check_called("optimizer.step(grads)  # backward(g)", "backward")
        Traceback (most recent call last):
        ...
        pylib.checks.failures.CheckError: backward() is never called
    """
    calls = [node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    called = {ast.unparse(function) for function in calls}
    for name in functions:
        if not any(call == name or call.endswith(f".{name}") for call in called):
            raise CheckError(f"{name}() is never called")


def check_own(function: Any, *, name: str = "") -> None:
    """Refuse a function that is pylib's own, or only hands on to pylib, where it is to be written.

    Read, not run: its code and that of the learner's functions that it names are searched for
    anything of pylib's.

    Args:
        function: What the learner's code should define.
        name: What the message calls it; its own name by default.

    Raises:
        CheckError: It is no function, is one of pylib's, or uses pylib.

    Examples:
        >>> def gradient(y_hat, y):
        ...     return 2 * (y_hat - y) / len(y)
        >>> check_own(gradient)
        >>> from pylib.losses import MSELoss
        >>> check_own(MSELoss().gradient)
        Traceback (most recent call last):
        ...
        pylib.checks.failures.CheckError: gradient is pylib's own; write it yourself
    """
    name = name or getattr(function, "__name__", "") or "this"
    if not callable(function):
        raise CheckError(f"{name} is of type {type(function).__name__}; it should be a function")
    for used in _used(function, set()):
        if used is function or used is getattr(function, "__func__", None):
            raise CheckError(f"{name} is pylib's own; write it yourself")
        called = getattr(used, "__name__", type(used).__name__)
        raise CheckError(f"{name} hands on to pylib's {called}; write it yourself")


def run_with(source: str, names: Mapping[str, Any], **values: Any) -> dict[str, Any]:
    """Run a learner's code once more, with other values for some of its names.

    A line that is right for one table only is told so from one that is right for every table. Each
    name's first assignment, at the begin of a line, is left out; the value given stands in for it.

    Args:
        source: The code: in a check, `__source__`.
        names: The names that it may use: in a check, `globals()`. They stay as they are.
        **values: The other values, by name.

    Returns:
        The names with their values, after the run.

    Raises:
        CheckError: The code stops with an error.

    Examples:
        >>> source = "a = [1, 5]; best = a[0]"
        >>> run_with(source, {}, a=[7, 3])["best"]
        7
        >>> run_with(source, {}, a={})
        Traceback (most recent call last):
        ...
        pylib.checks.failures.CheckError: With another a your code stops in line 1 (KeyError: 0)
    """
    tree = ast.parse(source)
    for name in values:
        first = next((node for node in tree.body if _binds(node, name)), None)
        if first is not None:
            tree.body.remove(first)
    scope = {**names, **values}
    try:
        exec(compile(tree, _ANSWER, "exec", dont_inherit=True), scope)
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        line = [frame.lineno for frame in frames if frame.filename == _ANSWER][-1]
        raise CheckError(
            f"With another {' and '.join(values)} your code stops in line {line} "
            f"({type(error).__name__}: {error})"
        ) from None
    return scope


def _binds(node: ast.stmt, name: str) -> bool:
    """Whether a statement only gives this one name a value."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)] == [name]


def _used(value: Any, seen: set[int]) -> Iterator[Any]:
    """What of pylib's a value is, or the code behind it names."""
    if id(value) in seen:
        return
    seen.add(id(value))
    if _is_library(value):
        yield value
        return
    inner = getattr(value, "__wrapped__", None) or getattr(value, "func", None)
    for part in (inner, getattr(value, "__func__", None), getattr(value, "__self__", None)):
        if part is not None and not isinstance(part, ModuleType):
            yield from _used(part, seen)
    if isinstance(value, type):
        parts = [*value.__bases__, *vars(value).values()]
        for part in parts:
            if part is not object:
                yield from _used(part, seen)
        return
    code = getattr(value, "__code__", None)
    if isinstance(code, CodeType):
        scope = {**getattr(value, "__globals__", {}), **_closure(value, code)}
        for used in _names(code):
            if used.split(".")[0] == _LIBRARY:
                yield ModuleType(used)
            elif used in scope:
                yield from _used(scope[used], seen)
    elif not isinstance(value, ModuleType) and hasattr(type(value), "__call__"):  # noqa: B004
        yield from _used(type(value), seen)


def _is_library(value: Any) -> bool:
    file = getattr(getattr(value, "__code__", None), "co_filename", "")
    if isinstance(file, str) and file.startswith("<"):  # typed into a cell, a console or an example
        return False
    if isinstance(value, ModuleType):
        home = value.__name__
    else:
        home = getattr(value, "__module__", None) or type(value).__module__
        if not isinstance(home, str):
            return False
    return home.split(".")[0] == _LIBRARY


def _closure(function: Any, code: CodeType) -> dict[str, Any]:
    found = {}
    for name, cell in zip(code.co_freevars, function.__closure__ or (), strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:  # not bound yet
            continue
    return found


def _names(code: CodeType) -> Iterator[str]:
    yield from (*code.co_names, *code.co_freevars)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)
