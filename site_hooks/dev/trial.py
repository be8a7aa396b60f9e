"""Tries answers to exercises, as the page would, in a Python of its own; `proof` starts it.

JSON comes on standard input and goes to standard output.
"""

import copy
import json
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType, ModuleType
from typing import Any

import numpy as np

from pylib.kernel import checking, execute

Document = dict[str, Any]
Names = dict[str, Any]

ROUNDS = 12  # random inputs for each call


def tried(exercise: Document, source: str, seconds: float = 60) -> Document:
    """What Check says of an answer: `ok`, `message`, and the `error` of its code, if it has one."""
    request = {
        "session": f"{exercise['page']}:{exercise['session']}",
        "theme": "light",
        "stills": True,
    }
    events: list[Document] = []

    def post(text: str, _: object) -> None:
        events.append(json.loads(text))

    with _within(seconds):
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
    }


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    """Ends what takes too long; systems without the signal wait."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"it did not end within {seconds:.0f} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except TimeoutError:  # raised where the kernel does not look
        return
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def is_equivalent(exercise: Document, source: str) -> bool:
    """Whether a changed solution gives the values of the solution, on random inputs too.

    Functions are called as the check calls them, then with their numbers changed at random: 0 and
    1 become one another, as they may be labels; whole numbers stay, as they may be sizes; arrays
    that are no probabilities change their signs too.
    """
    right, other = _names(exercise, exercise["solution"]), _names(exercise, source)
    calls = _calls(exercise, right)
    rng = np.random.default_rng(0)
    for name, arguments in calls:
        for number in range(ROUNDS):
            given = [_changed(value, rng) if number else value for value in arguments]
            if not _same(_result(right[name], given), _result(other.get(name), given)):
                return False
    called = {name for name, _ in calls}
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


def _calls(exercise: Document, names: Names) -> list[tuple[str, list[Any]]]:
    """How the check calls the functions of an answer: names and arguments."""
    calls: list[tuple[str, list[Any]]] = []

    def recorded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def record(*args: Any, **kwargs: Any) -> Any:
            if not kwargs and len(calls) < 40:
                calls.append((name, [_copied(arg) for arg in args]))
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
    if isinstance(value, float):
        return float(_changed(np.array(value), rng))
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        labels = (value == 0) | (value == 1)
        scaled = value * rng.uniform(0.6, 1.5, value.shape)
        if value.ndim and not np.all((value >= 0) & (value <= 1)):  # no probabilities
            scaled *= rng.choice([-1.0, 1.0], value.shape)
        return np.where(labels, rng.integers(2, size=value.shape), scaled)
    return value


def _result(function: Any, arguments: list[Any]) -> Any:
    try:
        with np.errstate(all="ignore"), _within(10):
            return function(*[_copied(value) for value in arguments])
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


def main() -> None:
    """Tries every answer of every exercise given."""
    results = []
    for exercise in json.load(sys.stdin):
        begin = time.perf_counter()
        answers = [tried(exercise, source) for source in exercise["answers"]]
        limit = 2 + 10 * (time.perf_counter() - begin) / max(1, len(answers))
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
