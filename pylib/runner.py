"""Runs one cell's source in a namespace and emits what happens as events.

Who calls it shows them: the worker in the page, the build, the tests. Words for errors are
`pylib.explain`'s, drawings `pylib.figures`'. The events are those of `client/protocol.ts`.
"""

import ast
import builtins
import contextlib
import io
import json
import linecache
import os
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import CodeType, FrameType, ModuleType, TracebackType
from typing import Any, TypeAlias

from pylib import style
from pylib.explain import explain
from pylib.notes import note_on
from pylib.style import Theme

Event: TypeAlias = dict[str, Any]

MAX_OUTPUT = 20_000_000  # characters of one run; the page shows far fewer
MAX_RESULT = 100_000
MAX_FRAMES = 10  # from each end of a traceback


def run(
    source: str,
    namespace: dict[str, Any],
    emit: Callable[[Event], None],
    *,
    cell: str = "cell",
    theme: Theme = "light",
) -> None:
    r"""Runs a cell and emits its output, the last expression's value, figures, errors and `done`.

    Nothing the cell does raises here, not even `exit()`; only a failing `emit` does.

    Args:
        source: Python source.
        namespace: Where its names live; kept between the runs of one session.
        emit: Takes one event, a dict as `RunEvent` of protocol.ts.
        cell: The cell's id: tracebacks call its source `<cell ID>`.
        theme: The theme whose drawing of a figure comes first; the other's follows at the end.

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
    output = _Output(emit)
    shown = _Figures(output, theme)
    ok = True
    with _Surroundings(output, shown):
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


def serve(request_json: str, post: Callable[[str], None]) -> None:
    """Runs what a page asks for and posts each event as JSON.

    Args:
        request_json: A `RunRequest` of protocol.ts.
        post: Takes one JSON text per event.

    Examples:
        >>> request = {"id": 1, "source": "1 + 1", "session": "p:main"}
        >>> request |= {"cell": "a", "theme": "light"}
        >>> events = []
        >>> serve(json.dumps(request), events.append)
        >>> events[0]
        '{"kind": "result", "text": "2"}'
    """
    request = json.loads(request_json)
    session = request["session"]
    if session not in _sessions:
        _sessions[session] = ModuleType("__main__")
        if "matplotlib" in sys.modules:  # one session's settings do not reach the next
            style.use_style()
    module = _sessions[session]
    before = sys.modules["__main__"]
    sys.modules["__main__"] = module  # pickle and dataclasses look classes up there
    try:
        run(
            request["source"],
            module.__dict__,
            lambda event: post(json.dumps(event)),
            cell=request["cell"],
            theme=request["theme"],
        )
    finally:
        sys.modules["__main__"] = before


def forget(session: str) -> None:
    """Drops a session's variables.

    Examples:
        >>> forget("p:main")
    """
    _sessions.pop(session, None)


_sessions: dict[str, ModuleType] = {}


def main() -> None:
    """Runs the cells of a JSON document on standard input, for the build.

    The document is `{"page": "losses/mse", "cells": [{"id", "source", "session"}, ...]}`; on
    standard output comes `{"cells": [{"id": ..., "events": [...]}, ...], "modules": [...]}`:
    the events of each cell, and the files of pylib that were imported.
    """
    document = json.load(sys.stdin)
    results = []
    for cell in document["cells"]:
        events: list[str] = []
        request = {
            "source": cell["source"],
            "session": f"{document['page']}:{cell['session']}",
            "cell": cell["id"],
            "theme": "light",
        }
        serve(json.dumps(request), events.append)
        results.append({"id": cell["id"], "events": [json.loads(event) for event in events]})
    json.dump({"cells": results, "modules": _modules_of_pylib()}, sys.stdout)


def _modules_of_pylib() -> list[str]:
    from pathlib import Path  # the page does without

    package = Path(__file__).parent
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


def _show_value(value: Any, output: "_Output", shown: "_Figures") -> None:
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


# --- Text ---


class _Output:
    """Gathers text and emits it soon: each line at once, a flood about 20 times a second."""

    INTERVAL = 0.05  # seconds between the events of a flood
    BURST = 200  # events before text counts as a flood
    CHUNK = 8_000

    def __init__(self, emit: Callable[[Event], None]) -> None:
        self._emit = emit
        self._emitting = False
        self.failure: Exception | None = None
        self._kind = "stdout"
        self._pieces: list[str] = []
        self._size = 0
        self._since = 0.0  # when the first of the pieces was written
        self._total = 0
        self._next = 0.0  # when the next event is due; each adds an interval

    def write(self, kind: str, text: str, flush: bool = False) -> None:
        """Takes printed text; emits it at a line's end, or sooner where asked."""
        if self._emitting:  # an emit that prints must not call itself
            return
        if kind != self._kind:
            self.flush()
            self._kind = kind
        now = time.perf_counter()
        if not self._pieces:
            self._since = now
        self._pieces.append(text)
        self._size += len(text)
        if self._size > self.CHUNK or (
            now > self._next and (flush or "\n" in text or now - self._since > self.INTERVAL)
        ):
            self.flush()
            self._next = max(self._next, now - self.BURST * self.INTERVAL) + self.INTERVAL
            if self._total > MAX_OUTPUT:
                megabytes = MAX_OUTPUT // 1_000_000
                raise RuntimeError(
                    f"The cell has written more than {megabytes} MB and was ended."
                    " Print less: every hundredth step, or a mean."
                )

    def flush(self) -> None:
        """Emits the gathered text."""
        text = "".join(self._pieces)
        self._pieces.clear()
        self._size = 0
        if text and self._total <= MAX_OUTPUT:
            self._total += len(text)
            self.emit({"kind": self._kind, "text": text})

    def emit(self, event: Event) -> None:
        """Emits one event; after a failure, none."""
        if self.failure is not None:
            return
        self._emitting = True
        try:
            self._emit(event)
        except Exception as error:
            self.failure = error
            raise
        finally:
            self._emitting = False


class _Stream(io.TextIOBase):
    """`sys.stdout` or `sys.stderr` of whichever run goes on, also for a logger made earlier."""

    encoding = "utf-8"

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self.output: _Output | None = None

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() takes text, not {type(text).__name__}")
        if self.output is not None:
            self.output.write(self._kind, text)
        return len(text)

    def flush(self) -> None:
        if self.output is not None:
            self.output.write(self._kind, "", flush=True)


_STDOUT, _STDERR = _Stream("stdout"), _Stream("stderr")


# --- Figures ---


class _Figures:
    """Emits figures in one theme at once and keeps their other drawing for the end."""

    def __init__(self, output: _Output, theme: Theme) -> None:
        self._output = output
        other: Theme = "light" if theme == "dark" else "dark"
        self._themes = (theme, other)
        self._others: list[Event] = []
        self._drawn: list[Any] = []

    def show(self, shown: list[Any]) -> None:
        """Emits these figures and closes them; each is shown once in a run."""
        from pylib import figures

        self._output.flush()
        for figure in shown:
            figures.close(figure)
            if any(figure is other for other in self._drawn):
                continue
            self._output.emit(self._event(figure, len(self._drawn) + 1, self._themes[0]))
            self._drawn.append(figure)
            # Drawn now, since the cell may go on to change the figure.
            self._others.append(self._event(figure, len(self._drawn), self._themes[1]))

    def _event(self, figure: Any, number: int, theme: Theme) -> Event:
        import base64

        from pylib import figures

        drawing = figures.draw(figure, theme)
        return {
            "kind": "figure",
            "figure": number,
            "theme": theme,
            "png": base64.b64encode(drawing.png).decode(),
            "width": drawing.width,
            "height": drawing.height,
            "alt": figures.alt_text(figure),
        }

    def show_open(self) -> None:
        """Emits the figures that pyplot still holds, if the cell has used it."""
        if "matplotlib.pyplot" in sys.modules:
            from pylib import figures

            self.show(figures.open_figures())

    def close_open(self) -> None:
        """Closes what could not be shown."""
        if "matplotlib.pyplot" in sys.modules:
            from pylib import figures

            for figure in figures.open_figures():
                figures.close(figure)

    def show_other_theme(self) -> None:
        """Emits the drawings that were kept."""
        for event in self._others:
            self._output.emit(event)


class _StyleFinder:
    """Gives matplotlib the page's settings in the moment it is imported, and not before."""

    styled = False

    @classmethod
    def find_spec(
        cls, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Finds matplotlib as the other finders do, and has the settings follow its import."""
        if name != "matplotlib":
            return None
        from importlib.util import find_spec

        sys.meta_path.remove(cls)
        spec = find_spec(name)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def execute_then_style(module: ModuleType) -> None:
                execute(module)
                cls.style()

            spec.loader.exec_module = execute_then_style  # type: ignore[method-assign]
        return spec

    @classmethod
    def style(cls) -> None:
        """Applies the settings once."""
        if not cls.styled:
            cls.styled = True
            style.use_style()


# --- What a cell finds around it ---


class _Surroundings:
    """Standard streams, warnings, matplotlib's settings and show: set for a run, then put back."""

    def __init__(self, output: _Output, shown: _Figures) -> None:
        self._output = output
        self._shown = shown
        self._warnings = warnings.catch_warnings()

    def __enter__(self) -> None:
        self._before = sys.stdin, sys.stdout, sys.stderr
        _STDOUT.output = _STDERR.output = self._output
        # input() finds no line to read; pylib.explain has the words for that.
        sys.stdin, sys.stdout, sys.stderr = io.StringIO(), _STDOUT, _STDERR
        self._warnings.__enter__()
        warnings.resetwarnings()
        for hidden in (DeprecationWarning, PendingDeprecationWarning, ImportWarning):
            warnings.simplefilter("ignore", hidden)
        # NumPy's own, which it cannot give in the browser: pylib.notes has words in their place.
        warnings.filterwarnings("ignore", ".* encountered in ", RuntimeWarning)
        warnings.filterwarnings("ignore", ".*is non-interactive, and thus cannot be shown")
        warnings.showwarning = self._show_warning
        style.on_show.append(self._shown.show)
        os.environ.setdefault("MPLBACKEND", "agg")
        if "matplotlib" in sys.modules:
            _StyleFinder.style()
        elif _StyleFinder not in sys.meta_path:
            sys.meta_path.insert(0, _StyleFinder)

    def __exit__(self, *_: object) -> None:
        self._shown.close_open()
        style.on_show.remove(self._shown.show)
        self._warnings.__exit__(None, None, None)
        sys.stdin, sys.stdout, sys.stderr = self._before
        _STDOUT.output = _STDERR.output = None

    def _show_warning(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: object = None,
        line: str | None = None,
    ) -> None:
        """Names the learner's own line, also for a warning from inside a library."""
        frame: FrameType | None = sys._getframe()
        while frame is not None and not filename.startswith("<cell "):
            filename, lineno = frame.f_code.co_filename, frame.f_lineno
            frame = frame.f_back
        where = f" (line {lineno})" if filename.startswith("<cell ") else ""
        self._output.write("stderr", f"{category.__name__}: {message}{where}\n")


if __name__ == "__main__":
    main()
