"""The frames of a matplotlib animation, as they are drawn: what each changes of the one before it.

matplotlib's `FuncAnimation` and `ArtistAnimation` move the artists, `incremental` draws them.
"""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pylib.kernel import mpl_backend
from pylib.kernel.dark_mode import dark_colours
from pylib.kernel.figure_layout import UnfitError, check_fit, is_too_wide, make_room, narrowed
from pylib.kernel.incremental import Changes, Scene
from pylib.palette import Theme

# Of an animation that does not say how many it has.
USUAL_FRAMES = 100
# All that a page has to hold of one animation.
MOST_BYTES = 96_000_000
# A frame that stands for itself comes so often, and whoever looks for another begins there.
WHOLE_EVERY = 32


# Changes that lie closer together, in pixels, are sent as one rectangle.
NEAR = 12

Rectangle = tuple[int, int, int, int]


@dataclass(frozen=True)
class Frame:
    """What a frame changes of the one before it: `pixels` of each (left, top, columns, rows)."""

    number: int
    theme: Theme
    rectangles: list[Rectangle]
    pixels: bytes
    is_whole: bool


def animation_of(figure: Figure) -> Any:
    """The animation that moves a figure's artists, or None."""
    module = sys.modules.get("matplotlib.animation")
    if module is None:
        return None
    # It waits to be told when its window is closed.
    for reference in figure.canvas.callbacks.callbacks.get("close_event", {}).values():
        owner = getattr(reference(), "__self__", None)
        if isinstance(owner, module.Animation):
            return owner
    return None


def count(animation: Any) -> int | None:
    """How many frames it says it has."""
    frames = getattr(animation, "_framedata", None)
    return getattr(animation, "_save_count", None) if frames is None else len(frames)


class Player:
    """Draws an animation.

    Args:
        figure: what it moves.
        animation: as `animation_of` found it.
        width: the room that the page has for it, in CSS pixels.
        ratio: pixels for each of the page's.

    Attributes:
        width: Of a frame, in CSS pixels.
        height: Of a frame, in CSS pixels.
        columns: Of a frame, in pixels.
        rows: Of a frame, in pixels.
        is_cut: Whether frames were left out at the end, for want of memory.
    """

    def __init__(
        self, figure: Figure, animation: Any, width: float | None, ratio: float = 2.0
    ) -> None:
        self._figure = figure
        self._animation = animation
        self._room = width
        self._ratio = ratio
        self.width = self.height = self.columns = self.rows = 0
        self.is_cut = False

    def first(self) -> None:
        """Puts the artists where the first frame has them."""
        with _at_rest(self._figure):
            self._animation._init_draw()
            for data in self._frames():
                self._move(data)
                break

    def last(self) -> None:
        """Puts the artists where the last frame has them."""
        with _at_rest(self._figure):
            self._animation._init_draw()
            for data in self._frames():
                self._move(data)

    def frames(self, themes: tuple[Theme, ...]) -> Iterator[Frame]:
        """Each frame in each of the themes, as soon as it is drawn."""
        figure = self._figure
        mpl_backend.check_size(figure)
        with ExitStack() as undo:
            undo.enter_context(_at_rest(figure))
            self._animation._init_draw()
            frames = self._frames()
            for data in frames:
                self._move(data)
                break
            else:
                return
            if self._room is not None and is_too_wide(figure, self._room):
                undo.enter_context(_made_narrow(figure, self._room))
            make_room(figure)
            scale = mpl_backend.fineness(figure, self._ratio)
            undo.callback(setattr, figure, "dpi", figure.dpi)
            figure.dpi *= scale
            scenes = {theme: Scene(figure, _Canvas(figure)) for theme in themes}
            changes = Changes(figure)
            seen: dict[Theme, Any] = {}
            size, number = 0, 0
            while True:
                is_new = changes.look(next(iter(scenes.values())).renderer)
                for theme, scene in scenes.items():
                    pixels = _drawn(figure, theme, scene, None if is_new else changes)
                    self.rows, self.columns = pixels.shape[:2]
                    self.width, self.height = round(self.columns / scale), round(self.rows / scale)
                    whole = number % WHOLE_EVERY == 0
                    frame = _frame(number, theme, pixels, None if whole else seen[theme])
                    size += len(frame.pixels)
                    if size > MOST_BYTES:
                        self.is_cut = True
                        return
                    seen[theme] = pixels.copy()
                    yield frame
                changes.drawn()
                number += 1
                for data in frames:
                    self._move(data)
                    break
                else:
                    return

    def _frames(self) -> Iterator[Any]:
        frames = iter(self._animation.new_saved_frame_seq())
        return frames if count(self._animation) is not None else islice(frames, USUAL_FRAMES)

    def _move(self, data: Any) -> None:
        self._animation._pre_draw(data, False)
        self._animation._draw_frame(data)


class _Canvas(FigureCanvasAgg):
    """A canvas that is drawn when it is asked for, and on which no animation starts by itself."""

    def __init__(self, figure: Figure) -> None:
        super().__init__(figure)
        self._is_saving = True

    def draw_idle(self, *args: Any, **kwargs: Any) -> None:
        """Waits."""


@contextmanager
def _at_rest(figure: Figure) -> Iterator[None]:
    canvas = figure.canvas
    _Canvas(figure)  # takes its place
    try:
        yield
    finally:
        figure.set_canvas(canvas)


@contextmanager
def _made_narrow(figure: Figure, width: float) -> Iterator[None]:
    """Smaller, as `mpl_backend` draws it; unless labels would not fit in the first frame."""
    narrow = narrowed(figure, width)
    narrow.__enter__()
    try:
        make_room(figure)
        figure.draw_without_rendering()
        check_fit(figure)
    except UnfitError:
        narrow.__exit__(None, None, None)
        yield
        return
    except BaseException:
        narrow.__exit__(None, None, None)
        raise
    try:
        yield
    finally:
        narrow.__exit__(None, None, None)


def _drawn(figure: Figure, theme: Theme, scene: Scene, changes: Changes | None) -> Any:
    """The pixels in one theme; `changes` is None where all has to be drawn."""
    only = None if changes is None or scene.begins(changes) else changes.moving_artists()
    with dark_colours(figure, only) if theme == "dark" else nullcontext():
        return scene.draw_all() if changes is None else scene.draw(changes)


def _frame(number: int, theme: Theme, pixels: NDArray[np.uint8], before: Any) -> Frame:
    if before is None or before.shape != pixels.shape:
        rows, columns = pixels.shape[:2]
        return Frame(number, theme, [(0, 0, columns, rows)], pixels.tobytes(), is_whole=True)
    differ: Any = (pixels.view(np.uint32) != before.view(np.uint32))[..., 0]
    found = list(_rectangles(differ))
    parts = [pixels[top : top + rows, left : left + columns] for left, top, columns, rows in found]
    return Frame(number, theme, found, b"".join(p.tobytes() for p in parts), is_whole=False)


def _rectangles(differ: Any) -> Iterator[Rectangle]:
    for top, bottom in _runs(differ.any(axis=1)):
        for left, right in _runs(differ[top:bottom].any(axis=0)):
            inside = differ[top:bottom, left:right].any(axis=1).nonzero()[0]
            first, last = int(inside[0]), int(inside[-1])
            yield left, top + first, right - left, last - first + 1


def _runs(line: Any) -> Iterator[tuple[int, int]]:
    """From where to where something differs; gaps that are no wider than `NEAR` are passed over."""
    places = line.nonzero()[0]
    if len(places):
        gaps = (np.diff(places) > NEAR).nonzero()[0]
        begins, ends = [0, *(gaps + 1)], [*gaps, len(places) - 1]
        yield from ((int(places[a]), int(places[b]) + 1) for a, b in zip(begins, ends, strict=True))
