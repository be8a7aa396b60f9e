"""The figures of one run: emitted as events, in the theme on the screen first.

Those of a live run come as raw pixels, in that theme alone.
"""

import json
import sys
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import CodeType, FrameType
from typing import Any, TypeAlias

from pylib.kernel.iostream import Event, Output
from pylib.palette import Theme

# What can be done after a run, when there is time for it.
Later: TypeAlias = Callable[[], object]


class Figures:
    """Emits figures in one theme at once and keeps their other drawing for the end.

    Attributes:
        last: The code of the cell's last expression.
    """

    def __init__(
        self,
        output: Output,
        theme: Theme,
        width: float | None = None,
        ratio: float = 2.0,
        stills: bool = False,
        narrow: bool = False,
        waiting: list[Later] | None = None,
    ) -> None:
        self._output = output
        self._width = width
        self._ratio = ratio
        self._stills = stills
        self._narrow = narrow
        other: Theme = "light" if theme == "dark" else "dark"
        self._themes = (theme, other)
        self._waiting = waiting
        self.last: CodeType | None = None
        self._others: list[Event] = []
        self._drawn: list[tuple[Any, Event]] = []

    def handed_on(self) -> AbstractContextManager[None]:
        """What code that runs finds of the run before it: nothing."""
        return nullcontext()

    def show(self, shown: list[Any]) -> None:
        """Emits these figures and closes them; one that looks as when it was shown, not again."""
        from pylib.kernel import mpl_backend

        self._output.flush()
        for figure in shown:
            mpl_backend.close(figure)
            moving = _animation(figure)
            if moving is not None and self._animate(figure, moving):
                continue
            narrow = self._for_narrow_pages(figure)
            event = self._event(figure, len(self._drawn) + 1, self._themes[0])
            last = next((e for drawn, e in reversed(self._drawn) if drawn is figure), None)
            if last is not None and last.get("png") == event["png"]:
                continue
            self._add(figure, event)
            self._others += narrow

    def show_instrument(self, value: Any, name: str, record: Any) -> None:
        """Emits what the page shows with an instrument of its own; for a page that stays, a figure.

        Args:
            value: What `last_value` was given.
            name: The instrument's name.
            record: What it shows; JSON.
        """
        self._output.flush()
        number = len(self._drawn) + 1
        event = {"kind": "instrument", "figure": number, "instrument": name, "alt": repr(value)}
        self._output.emit(event | {"record": json.dumps(record, allow_nan=False)})
        if self._stills:
            self.show([value._still_()])
        else:
            self._drawn.append((None, event))

    def _add(self, figure: Any, event: Event) -> None:
        self._output.emit(event)
        self._drawn.append((figure, event))
        if self._waiting is not None and self._is_last():
            figure.stale = False
            self._waiting.append(lambda: self._draw_other(figure, event))
        else:  # now, since the cell may go on to change the figure
            self._others.append(self._other(figure, event))

    def _is_last(self) -> bool:
        """Whether the cell shows figures as the last that it does, or has come to its end."""
        frame: FrameType | None = sys._getframe()
        while frame is not None and not frame.f_code.co_filename.startswith("<cell "):
            frame = frame.f_back
        return frame is None or frame.f_code is self.last

    def _other(self, figure: Any, event: Event) -> Event:
        """A figure's event for the theme that is not on the screen."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the first drawing has given them
            other = self._event(figure, event["figure"], self._themes[1])
        return other | {"alt": event["alt"]}

    def _draw_other(self, figure: Any, event: Event) -> None:
        if not figure.stale:  # else it is another picture now, and this one has no second drawing
            self._output.emit(self._other(figure, event))

    def _for_narrow_pages(self, figure: Any) -> list[Event]:
        """Before the usual drawing, which gives the figure margins of its own."""
        if not self._narrow:
            return []
        from pylib.kernel.figure_layout import narrow_rooms

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the usual drawing gives them
            return [
                self._event(figure, len(self._drawn) + 1, theme, room)
                | {"kind": "narrow", "below": end}
                for room, end in narrow_rooms(figure)
                for theme in self._themes
            ]

    def _animate(self, figure: Any, moving: Any) -> bool:
        """Emits each frame as it is drawn; or the first one and the last, for a page that stays.

        Returns:
            Whether there was any.
        """
        from pylib.kernel import animation, mpl_backend

        if any(drawn is figure for drawn, _ in self._drawn):
            return True
        player = animation.Player(figure, moving, self._width, self._ratio)
        if self._stills:
            for which, put in (("First", player.first), ("Last", player.last)):
                put()
                event = self._event(figure, len(self._drawn) + 1, self._themes[0])
                event["alt"] = f"{which} frame of an animation. {event['alt']}"
                self._add(figure, event)
            return True
        event = {"kind": "animation", "figure": len(self._drawn) + 1}
        self._drawn.append((figure, event))
        alt = ""
        for frame in player.frames(self._themes):
            alt = alt or f"Animation. {mpl_backend.alt_text(figure)}"
            self._output.emit(
                event
                | {
                    "theme": frame.theme,
                    "frame": frame.number,
                    "frames": animation.count(moving),
                    "interval": moving._interval,
                    "repeats": moving._repeat,
                    "width": player.width,
                    "height": player.height,
                    "columns": player.columns,
                    "rows": player.rows,
                    "isWhole": frame.is_whole,
                    "rectangles": frame.rectangles,
                    "alt": alt,
                    "rgba": frame.pixels,
                }
            )
        if player.is_cut:
            note = "Note: the animation ends early, for it takes too much memory. Give it fewer"
            self._output.write("stderr", f"{note} frames, or its figure a smaller figsize.\n")
        if not alt:
            self._drawn.pop()
        return bool(alt)

    @property
    def figures(self) -> list[Any]:
        """Those that were shown, in their order."""
        return [figure for figure, _ in self._drawn]

    def _event(self, figure: Any, number: int, theme: Theme, width: float | None = None) -> Event:
        from pylib.kernel import mpl_backend

        drawing = mpl_backend.draw(figure, theme, width or self._width)
        return {
            "kind": "figure",
            "figure": number,
            "theme": theme,
            "png": drawing.png,
            "width": drawing.width,
            "height": drawing.height,
            "alt": mpl_backend.alt_text(figure),
        }

    def show_open(self) -> None:
        """Emits the figures that pyplot still holds, if the cell has used it."""
        if "matplotlib.pyplot" in sys.modules:
            from pylib.kernel import mpl_backend

            self.show(mpl_backend.open_figures())

    def close_open(self) -> None:
        """Closes what could not be shown."""
        if "matplotlib.pyplot" in sys.modules:
            from pylib.kernel import mpl_backend

            for figure in mpl_backend.open_figures():
                mpl_backend.close(figure)

    def show_other_theme(self) -> None:
        """Emits the drawings that were kept."""
        for event in self._others:
            self._output.emit(event)


class LiveFigures(Figures):
    """Emits figures as frames: for the theme and the pixels of the screen, and nothing else."""

    def __init__(
        self,
        output: Output,
        theme: Theme,
        width: float | None = None,
        ratio: float = 2.0,
        cell: tuple[int, str] = (0, ""),
    ) -> None:
        super().__init__(output, theme, width, ratio)
        self._cell = cell
        self._kept: Any = None

    def handed_on(self) -> AbstractContextManager[None]:
        """Lets the cell's code have what its last live run made, while it is the last such cell."""
        if "matplotlib.pyplot" not in sys.modules:
            return nullcontext()
        from pylib.kernel import reuse

        if _last.get("cell") != self._cell:
            _last.update(cell=self._cell, kept=reuse.Kept())
        self._kept = _last["kept"]
        handed_on: AbstractContextManager[None] = self._kept.handed_on()
        return handed_on

    def show(self, shown: list[Any]) -> None:
        """Emits these figures and closes them; one that looks as when it was shown, not again."""
        from pylib.kernel import mpl_backend, reuse

        self._output.flush()
        for figure in shown:
            mpl_backend.close(figure)
            if (moving := _animation(figure)) is not None:
                from pylib.kernel import animation

                animation.Player(figure, moving, self._width).first()
            painter = self._kept and self._kept.painter(figure)
            with reuse.ticks_made_once(figure):
                raster = mpl_backend.rasterize(
                    figure, self._themes[0], self._width, self._ratio, painter
                )
            rgba = raster.pixels.copy().data.cast("B")  # the next run draws on the same canvas
            last = next((e for drawn, e in reversed(self._drawn) if drawn is figure), None)
            if last is not None and last["rgba"] == rgba:
                continue
            rows, columns = raster.pixels.shape[:2]
            event = {
                "kind": "frame",
                "figure": len(self._drawn) + 1,
                "theme": self._themes[0],
                "width": raster.width,
                "height": raster.height,
                "columns": columns,
                "rows": rows,
                "alt": mpl_backend.alt_text(figure),
                "rgba": rgba,
            }
            self._output.emit(event)
            self._drawn.append((figure, event))


def _animation(figure: Any) -> Any:
    if "matplotlib.animation" not in sys.modules:
        return None
    from pylib.kernel import animation

    moving = animation.animation_of(figure)
    return None if moving is not None and animation.count(moving) == 0 else moving


# What the cell that ran live last hands on: memory for one cell, not for all.
_last: dict[str, Any] = {}
