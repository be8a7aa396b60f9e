"""Runs one cell's source in a namespace and emits what happens as events.

Who calls it shows them: the worker in the page, the build, the tests. What a cell prints is
gathered by `iostream`, what it draws by `display`, its last value shown by `last_value`; words for
errors are `error_help`'s. The events are those of `client/shared/protocol.ts`.
"""

import ast
import builtins
import contextlib
import gc
import json
import linecache
import sys
import time
from collections.abc import Callable
from types import CodeType, ModuleType, TracebackType
from typing import Any

from pylib.kernel import mpl_style
from pylib.kernel.bindings import bindings, note_bindings
from pylib.kernel.context import Ask, Context
from pylib.kernel.display import Figures, Later, LiveFigures
from pylib.kernel.iostream import Event, Output
from pylib.kernel.nonfinite import note_on
from pylib.kernel.still import note_on_still
from pylib.palette import Theme

MAX_FRAMES = 10  # from each end of a traceback
MOST_WAITING = 8  # drawings for the other theme, each of which holds its figure
FIGURES = "__figures__"  # where a namespace keeps the figures of each cell's last run
BEFORE_CHECK = "Your code ends with an error. Mend that first, then check again."
COROUTINE = 0x80  # inspect.CO_COROUTINE


def run(
    source: str,
    namespace: dict[str, Any],
    emit: Callable[[Event], None],
    *,
    cell: str = "cell",
    caption: str = "",
    theme: Theme = "light",
    width: float | None = None,
    live: bool = False,
    ratio: float = 2.0,
    stills: bool = False,
    narrow: bool = False,
    check: str | None = None,
    ask: Ask | None = None,
    waiting: list[Later] | None = None,
) -> None:
    r"""Runs a cell and emits its output, the last expression's value, figures, errors and `done`.

    Nothing the cell does raises here, not even `exit()`; only a failing `emit` does.

    Args:
        source: Python source.
        namespace: Where its names live; kept between the runs of one session.
        emit: Takes one event, a dict as `RunEvent` of protocol.ts.
        cell: The cell's id: tracebacks call its source `<cell ID>`.
        caption: The cell's caption, by which other cells' errors name it; its id by default.
        theme: The theme whose drawing of a figure comes first; the other's follows at the end.
        width: The room that the page has for a figure, in CSS pixels; any by default.
        live: A control is being moved: figures are emitted as raw pixels, in this theme alone.
        ratio: Pixels of the screen in a CSS pixel: frames are drawn for it.
        stills: Of an animation only the first and the last frame are emitted, as figures; how far
            a training has come is not told.
        narrow: Figures that a narrow page shows otherwise are drawn for it too, in both themes:
            events of the kind `narrow`, which no page asks for.
        check: Judges what the cell did: a `check` event before `done`. With a blank left in the
            source nothing runs.
        ask: Has somebody type a line for `input()`, after the event that asks for it; `None` where
            the run was stopped. Without it, `input()` says that it cannot ask.
        waiting: Takes the drawings for the other theme that nothing in the cell can change any
            more, to be made when there is time; by default all are made before `done`.

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
    namespace["__builtins__"] = builtins
    output = Output(emit)
    judged: Event | None = None
    if check is not None:
        from pylib.kernel import checking

        if blank := checking.first_blank(source):
            output.emit(checking.blank_verdict(blank))
            output.emit({"kind": "done", "ok": True, "ms": 0.0})
            return
    shown: Figures = (
        LiveFigures(output, theme, width, ratio, (id(namespace), cell))
        if live
        else Figures(output, theme, width, ratio, stills, narrow, waiting)
    )
    ok = True
    bound: list[tuple[str, int]] = []
    with Context(output, shown, ask, watched=not stills), shown.handed_on():
        try:
            tree = ast.parse(source, filename)
            bound = bindings(tree)
            names = dict.fromkeys(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
            codes = _compile(tree, source, filename)
            shown.last = codes[-1]
            value = _execute(codes, namespace)
            output.flush()
            note_bindings(bound, (cell, caption), namespace)
            if value is not None:
                from pylib.kernel.last_value import show_value

                show_value(value, output, shown)
            values = [(name, namespace[name]) for name in names if name in namespace]
            values.append(("the value", value))
            own = {*dict(bound), "the value"}
            made = [(name, made) for name, made in values if name in own]
            notes = note_on(source, values, output.printed_number), note_on_still(made)
            output.write("stderr", "".join(f"{note}\n" for note in notes if note), flush=True)
            shown.show_open()
        except BaseException as error:
            ok = False
            if not isinstance(error, KeyboardInterrupt):  # who stops a run does not wait
                with contextlib.suppress(Exception):
                    shown.show_open()
            output.flush()
            event = _error_event(error, cell, caption, namespace, bound)
            output.emit(event)
            if check is not None and not isinstance(error, KeyboardInterrupt):
                judged = checking.verdict(BEFORE_CHECK, event["line"])
        output.flush()
        ms = (time.perf_counter() - begin) * 1000
        if check is not None and ok:
            try:
                judged = checking.judge(check, source, cell, namespace)
            except KeyboardInterrupt as error:
                ok = False
                output.emit(_error_event(error, cell, caption, namespace, bound))
            shown.close_open()
        shown.show_other_theme()
    namespace.setdefault(FIGURES, {})[cell] = shown.figures
    if judged is not None:
        output.emit(judged)
    output.emit({"kind": "done", "ok": ok, "ms": ms})
    if output.failure is not None:
        raise output.failure


def serve(
    request_json: str,
    post: Callable[[str, bytes | memoryview | None], None],
    ask: Ask | None = None,
) -> None:
    """Runs what a page asks for and posts each event as JSON, a picture's bytes beside it.

    Args:
        request_json: A `RunRequest` of protocol.ts.
        post: Takes one JSON text per event, and the bytes of its `png` or `rgba` where it has one.
        ask: As `run` takes it.

    Examples:
        >>> request = {"id": 1, "source": "1 + 1", "session": "p:main"}
        >>> request |= {"cell": "a", "theme": "light"}
        >>> events = []
        >>> serve(json.dumps(request), lambda event, data: events.append((event, data)))
        >>> events[0]
        ('{"kind": "result", "text": "2"}', None)
    """
    request = json.loads(request_json)
    session = request["session"]
    if session not in _sessions:
        _sessions[session] = ModuleType("__main__")
        if "matplotlib" in sys.modules:  # one session's settings do not reach the next
            mpl_style.use_style()
    if request.get("check") is not None:
        from pylib.kernel import checking

        _sessions[session] = checking.anew(_sessions[session], request["cell"])
    module = _sessions[session]
    before = sys.modules["__main__"]
    sys.modules["__main__"] = module  # pickle and dataclasses look classes up there
    try:
        run(
            request["source"],
            module.__dict__,
            lambda event: post(*_parted(event)),
            cell=request["cell"],
            caption=request.get("caption", ""),
            theme=request["theme"],
            width=request.get("width"),
            live=request.get("live", False),
            ratio=request.get("ratio", 2.0),
            stills=request.get("stills", False),
            narrow=request.get("narrow", False),
            check=request.get("check"),
            ask=ask,
            waiting=None if request.get("stills", False) else _waiting,
        )
    finally:
        sys.modules["__main__"] = before
    drew = module.__dict__.get(FIGURES, {}).get(request["cell"])
    if sys.platform == "emscripten" and drew and not request.get("live", False):
        # Figures hold themselves; collected when Python likes, they fill a page's memory first.
        if gc.collect in _waiting:
            _waiting.remove(gc.collect)
        _waiting.append(gc.collect)
    while len(_waiting) > MOST_WAITING:
        catch_up()


def catch_up() -> bool:
    """Does one thing that a run left for later: a figure drawn for the other theme, or clearing up.

    Returns:
        Whether there was any.
    """
    if not _waiting:
        return False
    # The run has ended: nobody can be told, and an interrupt that comes now was meant for the run.
    with contextlib.suppress(Exception, KeyboardInterrupt):
        _waiting.pop(0)()
    return True


def draw_svg(request_json: str) -> str | None:
    """A figure of a cell's last run as SVG, for a page that asks with a `DrawRequest`."""
    from pylib.kernel import mpl_backend

    request = json.loads(request_json)
    module = _sessions.get(request["session"])
    kept = module.__dict__.get(FIGURES, {}) if module else {}
    figures = kept.get(request["cell"], [])
    number = request["figure"]
    figure = figures[number - 1] if number <= len(figures) else None
    return None if figure is None else mpl_backend.draw_svg(figure)


def survey(cells: str) -> str:
    """What cells need, for a page: `pylib.kernel.needs.survey`, loaded when it is asked for."""
    from pylib.kernel import needs

    return needs.survey(cells)


def names(request_json: str) -> str:
    """What a session's value holds, for a page that asks with a `NamesRequest`; JSON."""
    from pylib.kernel.names import members

    request = json.loads(request_json)
    module = _sessions.get(request["session"])
    return json.dumps(members(module.__dict__, request["path"]) if module else None)


def _parted(event: Event) -> tuple[str, bytes | memoryview | None]:
    """An event as JSON, and the bytes that do not go into it."""
    data = event.get("png", event.get("rgba"))
    return json.dumps({k: v for k, v in event.items() if k not in ("png", "rgba")}), data


_sessions: dict[str, ModuleType] = {}
_waiting: list[Later] = []


def main() -> None:
    """Runs the cells of a JSON document on standard input, for the build.

    The document is `{"page": "losses/mse", "cells": [{"id", "source", "session"}, ...]}`, where a
    cell's `narrow` is as `run` takes it; on standard output comes
    `{"cells": [{"id": ..., "events": [...]}, ...], "modules": [...]}`:
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
            "stills": True,
            "narrow": cell.get("narrow", False),
        }

        def post(text: str, png: bytes | memoryview | None, events: list[Event] = events) -> None:
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


def _compile(tree: ast.Module, source: str, filename: str) -> list[CodeType]:
    """The statements, then a last expression that has no semicolon, or None."""
    last = ast.Expression(ast.Constant(None))
    if tree.body and isinstance(expression := tree.body[-1], ast.Expr):
        line = source.encode().split(b"\n")[(expression.end_lineno or 1) - 1]
        if not line[expression.end_col_offset or 0 :].lstrip().startswith(b";"):
            tree.body.pop()
            last = ast.Expression(expression.value)
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    return [
        compile(part, filename, mode, flags, dont_inherit=True)
        for part, mode in ((tree, "exec"), (ast.fix_missing_locations(last), "eval"))
    ]


def _execute(codes: list[CodeType], namespace: dict[str, Any]) -> Any:
    """The value of the last code; all run in an event loop where one of them awaits."""
    if any(code.co_flags & COROUTINE for code in codes):
        from pylib.kernel import event_loop

        return event_loop.run(event_loop.run_codes(codes, namespace))
    value = None
    for code in codes:
        value = eval(code, namespace)
    return value


# --- Errors ---


def _error_event(
    error: BaseException,
    cell: str,
    caption: str,
    namespace: dict[str, Any],
    bound: list[tuple[str, int]],
) -> Event:
    """An exception as `ErrorEvent` of protocol.ts: the learner's frames, plain words, all of it."""
    # Only now: a page's start must be quick.
    import traceback

    from pylib.kernel.error_help import explain

    own = _without_ours(error.__traceback__)
    frames = _learner_frames(own)
    lines = [frame["line"] for frame in frames if frame["cell"] == cell]
    line = lines[-1] if lines else None
    note_bindings(bound, (cell, caption), namespace, until=lines[0] if lines else 0)
    if isinstance(error, SyntaxError) and error.filename == f"<cell {cell}>":
        line, own = error.lineno, None  # the frames are ast's
    kind = type(error).__name__
    try:
        detail = str(error)
        message = explain(error, namespace, cell)
    except Exception:  # a __str__ of the learner's own may fail
        detail = message = kind
    try:
        trace = "".join(traceback.format_exception(type(error), error, own))
    except Exception:  # such as groups of errors nested too deep
        trace = f"{kind}: {detail}\n"
    if len(frames) > 2 * MAX_FRAMES:
        frames = frames[:MAX_FRAMES] + frames[-MAX_FRAMES:]
    return {
        "kind": "error",
        "type": kind,
        "message": message,
        "detail": detail,
        "line": line,
        "frames": frames,
        "traceback": trace,
        "name": error.name if type(error) is NameError else None,
    }


def _without_ours(trace: TracebackType | None) -> TracebackType | None:
    """The traceback from the learner's first frame on; from behind ours, if they have none."""
    inner = trace
    while inner is not None and not inner.tb_frame.f_code.co_filename.startswith("<cell "):
        inner = inner.tb_next
    if inner is None:
        folder = run.__code__.co_filename.rpartition("execute.py")[0]
        inner = trace
        while inner is not None and inner.tb_frame.f_code.co_filename.startswith(folder):
            inner = inner.tb_next
    return inner


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
