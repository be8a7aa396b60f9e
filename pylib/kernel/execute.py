"""Runs one cell's source in a namespace and emits what happens as events.

Who calls it shows them: the worker in the page, the build, the tests. What a cell prints is
gathered by `iostream`, what it draws by `display`; words for errors are
`error_help`'s. The events are those of `client/shared/protocol.ts`.
"""

import ast
import builtins
import contextlib
import json
import linecache
import sys
import time
from collections.abc import Callable, Sequence
from types import CodeType, ModuleType, TracebackType
from typing import Any

from pylib.kernel import mpl_style
from pylib.kernel.context import Context
from pylib.kernel.display import Figures
from pylib.kernel.error_help import explain
from pylib.kernel.iostream import Event, Output
from pylib.kernel.nonfinite import note_on
from pylib.palette import Theme

MAX_RESULT = 100_000
MAX_FRAMES = 10  # from each end of a traceback


def run(
    source: str,
    namespace: dict[str, Any],
    emit: Callable[[Event], None],
    *,
    cell: str = "cell",
    theme: Theme = "light",
    width: float | None = None,
) -> None:
    r"""Runs a cell and emits its output, the last expression's value, figures, errors and `done`.

    Nothing the cell does raises here, not even `exit()`; only a failing `emit` does.

    Args:
        source: Python source.
        namespace: Where its names live; kept between the runs of one session.
        emit: Takes one event, a dict as `RunEvent` of protocol.ts.
        cell: The cell's id: tracebacks call its source `<cell ID>`.
        theme: The theme whose drawing of a figure comes first; the other's follows at the end.
        width: The room that the page has for a figure, in CSS pixels; any by default.

    Examples:
        >>> events = []
        >>> run("x = 2\nprint('x is', x)\nx ** 2", {}, events.append)
        >>> [(event["kind"], event.get("text")) for event in events]
        [('stdout', 'x is 2\n'), ('result', '4'), ('done', None)]
    """
    begin = time.perf_counter()
    filename = f"<cell {cell}>"
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    lines = [line + "\n" for line in source.split("\n")]
    linecache.cache[filename] = (len(source), None, lines, filename)
    namespace.setdefault("__name__", "__main__")
    namespace.setdefault("__builtins__", builtins)
    output = Output(emit)
    shown = Figures(output, theme, width)
    ok = True
    with Context(output, shown):
        try:
            code, last, names = _compile(source, filename)
            exec(code, namespace)
            value = eval(last, namespace) if last is not None else None
            output.flush()
            if value is not None:
                _show_value(value, output, shown)
            values = [(name, namespace[name]) for name in names if name in namespace]
            if note := note_on(source, [*values, ("the value", value)]):
                output.write("stderr", note + "\n", flush=True)
            shown.show_open()
        except BaseException as error:
            ok = False
            if not isinstance(error, KeyboardInterrupt):  # who stops a run does not wait
                with contextlib.suppress(Exception):
                    shown.show_open()
            output.flush()
            output.emit(_error_event(error, cell, namespace))
        output.flush()
        ms = (time.perf_counter() - begin) * 1000
        shown.show_other_theme()
    output.emit({"kind": "done", "ok": ok, "ms": ms})
    if output.failure is not None:
        raise output.failure


def serve(request_json: str, post: Callable[[str, bytes | None], None]) -> None:
    """Runs what a page asks for and posts each event as JSON, a figure's PNG beside it.

    Args:
        request_json: A `RunRequest` of protocol.ts.
        post: Takes one JSON text per event, and the bytes of its `png` where it has one.

    Examples:
        >>> request = {"id": 1, "source": "1 + 1", "session": "p:main"}
        >>> request |= {"cell": "a", "theme": "light"}
        >>> events = []
        >>> serve(json.dumps(request), lambda event, png: events.append((event, png)))
        >>> events[0]
        ('{"kind": "result", "text": "2"}', None)
    """
    request = json.loads(request_json)
    session = request["session"]
    if session not in _sessions:
        _sessions[session] = ModuleType("__main__")
        if "matplotlib" in sys.modules:  # one session's settings do not reach the next
            mpl_style.use_style()
    module = _sessions[session]
    before = sys.modules["__main__"]
    sys.modules["__main__"] = module  # pickle and dataclasses look classes up there
    try:
        run(
            request["source"],
            module.__dict__,
            lambda event: post(_without_png(event), event.get("png")),
            cell=request["cell"],
            theme=request["theme"],
            width=request.get("width"),
        )
    finally:
        sys.modules["__main__"] = before


def _without_png(event: Event) -> str:
    return json.dumps({name: value for name, value in event.items() if name != "png"})


_sessions: dict[str, ModuleType] = {}


def main() -> None:
    """Runs the cells of a JSON document on standard input, for the build.

    The document is `{"page": "losses/mse", "cells": [{"id", "source", "session"}, ...]}`; on
    standard output comes `{"cells": [{"id": ..., "events": [...]}, ...], "modules": [...]}`:
    the events of each cell, PNGs in base64, and the files of pylib that were imported.
    """
    import base64  # the page does without

    document = json.load(sys.stdin)
    results = []
    for cell in document["cells"]:
        events: list[Event] = []
        request = {
            "source": cell["source"],
            "session": f"{document['page']}:{cell['session']}",
            "cell": cell["id"],
            "theme": "light",
        }

        def post(text: str, png: bytes | None, events: list[Event] = events) -> None:
            held = {} if png is None else {"png": base64.b64encode(png).decode()}
            events.append(json.loads(text) | held)

        serve(json.dumps(request), post)
        results.append({"id": cell["id"], "events": events})
    json.dump({"cells": results, "modules": _modules_of_pylib()}, sys.stdout)


def _modules_of_pylib() -> list[str]:
    from pathlib import Path  # the page does without

    package = Path(__file__).parents[1]
    modules = list(sys.modules.values())
    files = [Path(file) for module in modules if (file := getattr(module, "__file__", None))]
    return sorted(
        f"{package.name}/{file.relative_to(package).as_posix()}"
        for file in files
        if file.is_relative_to(package)
    )


# --- Running ---


def _compile(source: str, filename: str) -> tuple[CodeType, CodeType | None, list[str]]:
    """The statements, a last expression without a semicolon, and the names in them."""
    tree = ast.parse(source, filename)
    names = dict.fromkeys(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    last = None
    if tree.body and isinstance(expression := tree.body[-1], ast.Expr):
        line = source.encode().split(b"\n")[(expression.end_lineno or 1) - 1]
        if not line[expression.end_col_offset or 0 :].lstrip().startswith(b";"):
            tree.body.pop()
            value = ast.Expression(expression.value)
            last = compile(value, filename, "eval", dont_inherit=True)
    return compile(tree, filename, "exec", dont_inherit=True), last, list(names)


def _show_value(value: Any, output: "Output", shown: "Figures") -> None:
    """Emits a value as a notebook does: figures are drawn, matplotlib's other objects not shown."""
    if _is_artist(value):
        if hasattr(value, "savefig"):
            shown.show([value])
        return
    if isinstance(value, dict):
        parts: Sequence[Any] = list(value.values())
    elif isinstance(value, (list, tuple)):
        parts = value
    else:  # a grid of axes is an array of objects
        parts = list(value.flat) if getattr(value, "dtype", None) == "O" else []
    if parts and any(_is_artist(part) for part in parts[:100]):
        return
    text = repr(value)
    if len(text) > MAX_RESULT:
        text = f"{text[:MAX_RESULT]}… ({len(text)} characters in all)"
    output.emit({"kind": "result", "text": text})


def _is_artist(value: Any) -> bool:
    while isinstance(value, (list, tuple)) and value:  # boxplot and hist nest their artists
        value = value[-1]
    return type(value).__module__.partition(".")[0] in ("matplotlib", "mpl_toolkits")


# --- Errors ---


def _error_event(error: BaseException, cell: str, namespace: dict[str, Any]) -> Event:
    """An exception as `ErrorEvent` of protocol.ts: the learner's frames, plain words, all of it."""
    import traceback  # only now: a page's start must be quick

    own = error.__traceback__
    while own is not None and own.tb_frame.f_code.co_filename == run.__code__.co_filename:
        own = own.tb_next
    frames = _learner_frames(own)
    line = next((f["line"] for f in reversed(frames) if f["cell"] == cell), None)
    if isinstance(error, SyntaxError) and error.filename == f"<cell {cell}>":
        line, own = error.lineno, None  # the frames are ast's
    try:
        detail = str(error)
        message = explain(error, [*namespace, *dir(builtins)])
    except Exception:  # a __str__ of the learner's own may fail
        detail = message = type(error).__name__
    if len(frames) > 2 * MAX_FRAMES:
        frames = frames[:MAX_FRAMES] + frames[-MAX_FRAMES:]
    return {
        "kind": "error",
        "type": type(error).__name__,
        "message": message,
        "detail": detail,
        "line": line,
        "frames": frames,
        "traceback": "".join(traceback.format_exception(type(error), error, own)),
        "name": error.name if type(error) is NameError else None,
    }


def _learner_frames(trace: TracebackType | None) -> list[dict[str, Any]]:
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename.startswith("<cell "):
            source = linecache.getline(code.co_filename, trace.tb_lineno).strip()
            frames.append(
                {
                    "cell": code.co_filename[len("<cell ") : -1],
                    "line": trace.tb_lineno,
                    "source": source,
                    "function": code.co_name,
                }
            )
        trace = trace.tb_next
    return frames


if __name__ == "__main__":
    main()
