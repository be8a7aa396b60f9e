"""What a cell finds around it while it runs: streams, warnings, matplotlib's settings and show."""

import io
import os
import sys
import warnings
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType
from typing import Any

from pylib import style
from pylib.streams import STDERR, STDOUT, Event, Output
from pylib.style import Theme


class Figures:
    """Emits figures in one theme at once and keeps their other drawing for the end."""

    def __init__(self, output: Output, theme: Theme, width: float | None = None) -> None:
        self._output = output
        self._width = width
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

        drawing = figures.draw(figure, theme, self._width)
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


class StyleFinder:
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


class Surroundings:
    """Standard streams, warnings, matplotlib's settings and show: set for a run, then put back."""

    def __init__(self, output: Output, shown: Figures) -> None:
        self._output = output
        self._shown = shown
        self._warnings = warnings.catch_warnings()

    def __enter__(self) -> None:
        self._before = sys.stdin, sys.stdout, sys.stderr
        STDOUT.output = STDERR.output = self._output
        # input() finds no line to read; pylib.explain has the words for that.
        sys.stdin, sys.stdout, sys.stderr = io.StringIO(), STDOUT, STDERR
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
            StyleFinder.style()
        elif StyleFinder not in sys.meta_path:
            sys.meta_path.insert(0, StyleFinder)

    def __exit__(self, *_: object) -> None:
        self._shown.close_open()
        style.on_show.remove(self._shown.show)
        self._warnings.__exit__(None, None, None)
        sys.stdin, sys.stdout, sys.stderr = self._before
        STDOUT.output = STDERR.output = None

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
