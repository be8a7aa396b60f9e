"""What a cell finds around it while it runs: streams, warnings, matplotlib's settings and show.

Among it the event loop, and what Python calls where a debugger would stop.
"""

import builtins
import io
import os
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from types import FrameType, ModuleType
from typing import Any, NoReturn, TypeAlias

from pylib._watch import watch
from pylib.kernel import mpl_style
from pylib.kernel.display import Figures
from pylib.kernel.iostream import STDERR, STDOUT, Output
from pylib.kernel.progress import Progress
from pylib.kernel.sleeping import sleep

# Waits for a line that somebody types; None: the run was stopped.
Ask: TypeAlias = Callable[[], str | None]


class _Styled(Loader):
    """A loader that may be the one of many modules: what it loads gets the page's settings."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As the loader does."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """As the loader does; then the settings."""
        self._loader.exec_module(module)
        StyleFinder.style()


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
            spec.loader = _Styled(spec.loader)
        return spec

    @classmethod
    def style(cls) -> None:
        """Applies the settings once."""
        if not cls.styled:
            cls.styled = True
            mpl_style.use_style()


class Context:
    """Streams, warnings, matplotlib's settings, show and more: set for a run, then put back."""

    def __init__(
        self,
        output: Output,
        shown: Figures,
        ask: Ask | None = None,
        *,
        watched: bool = True,
    ) -> None:
        self._output = output
        self._shown = shown
        self._ask = ask
        self._watched = watched
        self._undo = ExitStack()

    def __enter__(self) -> None:
        put_back = self._undo.callback
        put_back(setattr, STDERR, "output", None)
        put_back(setattr, STDOUT, "output", None)
        STDOUT.output = STDERR.output = self._output
        if self._watched:
            put_back(watch(Progress(self._output)))
        # Nothing can be read: where the page cannot ask, error_help has the words for input().
        if self._ask is not None:
            self._set(builtins, input=self._input)
        self._set(sys, stdin=io.StringIO(), stdout=STDOUT, stderr=STDERR)
        self._set(sys, breakpointhook=_no_breakpoint)
        self._set(time, sleep=sleep)
        self._undo.enter_context(warnings.catch_warnings())
        warnings.resetwarnings()
        # Python itself hides these.
        for hidden in (
            DeprecationWarning,
            PendingDeprecationWarning,
            ImportWarning,
            ResourceWarning,
        ):
            warnings.simplefilter("ignore", hidden)
        # NumPy's own, which it cannot give in the browser: nonfinite has words in their place.
        warnings.filterwarnings("ignore", ".* encountered in ", RuntimeWarning)
        warnings.filterwarnings("ignore", ".*is non-interactive, and thus cannot be shown")
        # matplotlib goes by the clock here: it speaks of the machine, not of the code.
        warnings.filterwarnings("ignore", 'Creating legend with loc="best" can be slow')
        self._set(warnings, showwarning=self._show_warning)
        mpl_style.on_show.append(self._shown.show)
        put_back(mpl_style.on_show.remove, self._shown.show)
        put_back(self._shown.close_open)
        put_back(_put_back_tex)
        os.environ.setdefault("MPLBACKEND", "agg")
        if "matplotlib" in sys.modules:
            StyleFinder.style()
        elif StyleFinder not in sys.meta_path:
            sys.meta_path.insert(0, StyleFinder)
        self._put_the_pages_event_loop_aside()

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def _input(self, prompt: object = "", /) -> str:
        """`input` by a field in the page; prompt and answer stay, as in a terminal."""
        assert self._ask is not None
        words = str(prompt)
        self._output.flush()
        self._output.emit({"kind": "input", "prompt": words})
        answer = self._ask()
        if answer is None:
            raise KeyboardInterrupt
        self._output.write("stdout", f"{words}{answer}\n", flush=True)
        return answer

    def _put_the_pages_event_loop_aside(self) -> None:
        """In the browser asyncio takes JavaScript's loop for running, and no other can run."""
        asyncio = sys.modules.get("asyncio")
        running = asyncio and asyncio._get_running_loop()
        if asyncio is None or running is None:
            return
        self._undo.callback(asyncio._set_running_loop, running)
        asyncio._set_running_loop(None)
        # Its public name, deprecated in 3.14, takes milliseconds to say so.
        policy = asyncio.events._event_loop_policy
        for name in ("new_event_loop", "set_event_loop", "get_event_loop"):
            setattr(policy, name, _of_our_loops(name))
            self._undo.callback(delattr, policy, name)

    def _set(self, owner: ModuleType, **values: Any) -> None:
        for name, value in values.items():
            self._undo.callback(setattr, owner, name, getattr(owner, name))
            setattr(owner, name, value)

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


def _of_our_loops(name: str) -> Callable[..., Any]:
    def call(*args: Any) -> Any:
        from pylib.kernel import event_loop  # only now: few cells ask for a loop

        return getattr(event_loop, name)(*args)

    return call


def _no_breakpoint(*_: object, **__: object) -> NoReturn:
    raise RuntimeError(
        "breakpoint() waits for commands that are typed, and a cell cannot be typed to while it"
        " runs. Print the values here instead: print(x)."
    )


def _put_back_tex() -> None:
    """TeX is not there: with this setting no figure could be drawn any more."""
    settings = getattr(sys.modules.get("matplotlib"), "rcParams", None)
    if settings is not None:
        settings["text.usetex"] = False
