"""Tries answers to exercises, as the page would, in a Python of its own; `proof` starts it.

JSON comes on standard input and goes to standard output.
"""

import ast
import copy
import json
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType, ModuleType
from typing import Any

import numpy as np

from pylib.kernel import checking, execute

Document = dict[str, Any]
Names = dict[str, Any]

ROUNDS = 12  # random inputs for each call
CALLS = 40  # of each function


def tried(exercise: Document, source: str, seconds: float = 60) -> Document:
    """What Check says of an answer.

    Returns:
        `ok`, `message`, the `error` of its code or None, and whether it `ended` in time.
    """
    request = {
        "session": f"{exercise['page']}:{exercise['session']}",
        "theme": "light",
        "stills": True,
    }
    events: list[Document] = []

    def post(text: str, _: object) -> None:
        events.append(json.loads(text))

    with _within(seconds) as clock:
        for cell in exercise["before"]:
            execute.serve(
                json.dumps(request | {"source": cell["source"], "cell": cell["id"]}), post
            )
        events.clear()
        own = {"source": source, "cell": exercise["id"], "check": exercise["check"]}
        execute.serve(json.dumps(request | own), post)
    error = next((event for event in events if event["kind"] == "error"), None)
    said = next((event for event in events if event["kind"] == "check"), checking.verdict("None."))
    return {
        "ok": said["ok"],
        "message": said["message"],
        "error": error and f"{error['type']}: {error['message']}",
        "ended": not clock.rang,
    }


@dataclass
class _Clock:
    rang: bool = False


@contextmanager
def _within(seconds: float) -> Iterator[_Clock]:
    """Ends what takes too long; systems without the signal wait."""
    clock = _Clock()
    if not hasattr(signal, "setitimer"):
        yield clock
        return

    def ring(_number: int, _frame: FrameType | None) -> None:
        clock.rang = True
        raise TimeoutError(f"it did not end within {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield clock
    except TimeoutError:  # raised where the kernel does not look
        return
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def is_equivalent(exercise: Document, source: str) -> bool:
    """Whether a changed solution gives the values of the solution, on random inputs too.

    Functions are called as the check calls them, then with their numbers changed at random: 0 and
    1 become one another, as they may be labels; whole numbers stay, as they may be sizes; arrays
    that are no probabilities change their signs too. A function that nothing calls shows no
    values: if it is changed, nobody can say that it gives the same.
    """
    other = _names(exercise, source)
    with _run_functions() as ran:
        right = _names(exercise, exercise["solution"])
        calls = _calls(exercise, right)
    changed = _functions(source)
    for name, function in _functions(exercise["solution"]).items():
        if name not in ran and changed.get(name) != function:
            return False
    rng = np.random.default_rng(0)
    for name, *arguments in calls:
        for number in range(ROUNDS):
            given = _changed(arguments, rng) if number else arguments
            if not _same(_result(right[name], *given), _result(other.get(name), *given)):
                return False
    called = {name for name, *_ in calls}
    return all(
        _same(value, other.get(name))
        for name, value in right.items()
        if name not in called and not name.startswith("_") and not _is_code(value)
    )


def _names(exercise: Document, source: str) -> Names:
    names: Names = {}
    for cell in exercise["before"]:
        execute.run(cell["source"], names, lambda event: None, cell=cell["id"])
    execute.run(source, names, lambda event: None, cell=exercise["id"])
    return names


@contextmanager
def _run_functions() -> Iterator[set[str]]:
    """The functions and methods of cells that run meanwhile, as the code names them."""
    ran: set[str] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith("<cell"):
            ran.add(frame.f_code.co_qualname)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield ran
    finally:
        sys.setprofile(before)


def _functions(source: str) -> dict[str, str]:
    """The functions and methods of an answer: their code, whatever line they stand in."""
    found: dict[str, str] = {}

    def look(node: ast.AST, prefix: str) -> None:
        for part in ast.iter_child_nodes(node):
            if isinstance(part, ast.ClassDef):
                look(part, f"{prefix}{part.name}.")
            elif isinstance(part, ast.FunctionDef):
                found[prefix + part.name] = ast.dump(part)

    look(ast.parse(source), "")
    return found


def _calls(exercise: Document, names: Names) -> list[tuple[str, list[Any], Names]]:
    """How the check calls the functions of an answer: names, arguments, those with a keyword."""
    calls: list[tuple[str, list[Any], Names]] = []

    def recorded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        left = iter(range(CALLS))

        def record(*args: Any, **kwargs: Any) -> Any:
            if next(left, None) is not None:
                given = {key: _copied(value) for key, value in kwargs.items()}
                calls.append((name, [_copied(arg) for arg in args], given))
            return function(*args, **kwargs)

        return record

    functions = {
        name: recorded(name, value)
        for name, value in names.items()
        if getattr(getattr(value, "__code__", None), "co_filename", "").startswith("<cell")
    }
    checking.judge(exercise["check"], exercise["solution"], exercise["id"], names | functions)
    return calls


def _copied(value: Any) -> Any:
    try:
        return copy.deepcopy(value)
    except Exception:  # a generator, a module
        return value


def _changed(value: Any, rng: np.random.Generator) -> Any:
    if type(value) in (list, tuple):
        return type(value)(_changed(one, rng) for one in value)
    if type(value) is dict:
        return {key: _changed(one, rng) for key, one in value.items()}
    if isinstance(value, float):
        return float(_changed(np.array(value), rng))
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        labels = (value == 0) | (value == 1)
        scaled = value * rng.uniform(0.6, 1.5, value.shape)
        if value.ndim and not np.all((value >= 0) & (value <= 1)):  # no probabilities
            scaled *= rng.choice([-1.0, 1.0], value.shape)
        return np.where(labels, rng.integers(2, size=value.shape), scaled)
    return value


def _result(function: Any, args: list[Any], kwargs: Names) -> Any:
    try:
        with np.errstate(all="ignore"), _within(10):
            return function(*map(_copied, args), **{k: _copied(v) for k, v in kwargs.items()})
    except Exception as error:
        return type(error)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, tuple | list) and isinstance(other, tuple | list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    try:
        first, second = np.asarray(one), np.asarray(other)
        if first.dtype.kind in "biufc" and second.dtype.kind in "biufc":
            alike = np.allclose(first, second, rtol=1e-9, atol=1e-14, equal_nan=True)
            return bool(first.shape == second.shape and alike)
        if isinstance(one, str | bytes | type | None):
            return bool(one == other)
    except Exception:
        return one is other
    return type(one) is type(other)  # such as models: what they do is seen elsewhere


def _is_code(value: Any) -> bool:
    return isinstance(value, ModuleType | type) or callable(value) or hasattr(value, "__next__")


def _patience(seconds: float) -> float:
    """How long an answer may take, where another took so long."""
    return 2 + 10 * seconds


def main() -> None:
    """Tries every answer of every exercise given."""
    results = []
    for exercise in json.load(sys.stdin):
        begin = time.perf_counter()
        solution, *others = exercise["answers"]
        answers = [tried(exercise, solution)]
        limit = _patience(time.perf_counter() - begin)
        answers += [tried(exercise, source, limit) for source in others]
        limit = min(limit, _patience((time.perf_counter() - begin) / len(answers)))
        changed = []
        for source in exercise["mutants"]:
            passed = tried(exercise, source, limit)["ok"]
            changed.append(
                ("equivalent" if is_equivalent(exercise, source) else "passes")
                if passed
                else "refused"
            )
        seconds = time.perf_counter() - begin
        results.append({"answers": answers, "mutants": changed, "seconds": seconds})
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
