"""What a live run takes over from the run before it, so that it makes little anew.

The cell's code runs as it stands. Where it calls `plt.subplots` as the run before it did, it gets
the same figure, put back to the state in which that call had left it; ticks and contour lines that
were made once are handed out again. Pictures are drawn by `mpl_backend`, and are those of a run
that makes everything anew.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import MethodType
from typing import Any

import contourpy
import matplotlib.pyplot as plt
import numpy as np
from matplotlib import rcParams
from matplotlib._pylab_helpers import Gcf
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.markers import MarkerStyle

from pylib.kernel.memento import Memento

# Figures of one run that are kept.
MOST_FIGURES = 8
# Contour sets of one run whose lines are kept.
MOST_CONTOURS = 8


class Kept:
    """What one cell's live runs hand on."""

    def __init__(self) -> None:
        self._figures: list[_Figure] = []
        self._contours: list[_Contours] = []

    @contextmanager
    def handed_on(self) -> Iterator[None]:
        """Lets code that runs in the block have what the run before it made."""
        subplots, generator = plt.subplots, contourpy.contour_generator
        set_marker = MarkerStyle._set_marker  # type: ignore[attr-defined]
        self._number = 0
        plt.subplots = self._subplots(subplots)
        contourpy.contour_generator = self._contour_generator(generator)
        MarkerStyle._set_marker = _copying_lightly(set_marker)  # type: ignore[attr-defined]
        try:
            yield
        finally:
            plt.subplots, contourpy.contour_generator = subplots, generator
            MarkerStyle._set_marker = set_marker  # type: ignore[attr-defined]

    def painter(self, figure: Figure) -> FigureCanvasAgg | None:
        """The canvas on which a figure was drawn before."""
        return next((one.painter for one in self._figures if one.figure is figure), None)

    def _subplots(self, make: Callable[..., Any]) -> Callable[..., Any]:
        def subplots(*args: Any, **kwargs: Any) -> Any:
            number = self._number
            self._number += 1
            call = (repr((args, kwargs)), Gcf.figs and max(Gcf.figs), settings())
            if number < len(self._figures) and self._figures[number].made_by(call):
                return self._figures[number].anew()
            made = make(*args, **kwargs)
            if number < MOST_FIGURES:
                del self._figures[number:]
                self._figures.append(_Figure(call, made))
            return made

        return subplots

    def _contour_generator(self, make: Callable[..., Any]) -> Callable[..., Any]:
        def contour_generator(*args: Any, **kwargs: Any) -> Any:
            if len(args) != 3 or any(np.ma.is_masked(values) for values in args):
                return make(*args, **kwargs)
            for kept in self._contours:
                if kept.made_of(args, kwargs):
                    return kept
            kept = _Contours(make(*args, **kwargs), args, kwargs)
            self._contours = [kept, *self._contours[: MOST_CONTOURS - 1]]
            return kept

        return contour_generator


def _copying_lightly(set_marker: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """`MarkerStyle._set_marker`, which makes a deep copy of a marker for each tick.

    It binds paths and transforms, and does not change those that it holds: they can be shared. As
    after a deep copy, the function that makes them anew is bound to a copy of its own.
    """

    def set_light(self: Any, marker: Any) -> None:
        if not isinstance(marker, MarkerStyle):
            set_marker(self, marker)
            return
        held: Any = MarkerStyle.__new__(MarkerStyle)
        held.__dict__.update(marker.__dict__)
        make = MethodType(held._marker_function.__func__, held)
        held._marker_function = make
        self.__dict__ = held.__dict__ | {"_marker_function": make}

    return set_light


def settings() -> dict[str, Any]:
    """All settings of matplotlib, as they are now."""
    return dict(dict.items(rcParams))


class _Figure:
    """A figure with its axes, as `plt.subplots` gave them."""

    def __init__(self, call: tuple[Any, ...], made: tuple[Figure, Any]) -> None:
        self._call = call
        self._made = made
        self._manager: Any = made[0].canvas.manager
        self._axes = list(made[0].axes)
        canvas = made[0].canvas
        # What it has learned of the sizes of texts is not learned again.
        self.painter = FigureCanvasAgg(made[0])
        made[0].set_canvas(canvas)
        self._joined = self._groups()
        self._memento = Memento(made[0])
        self._pools = [_TickPool(axis, self._memento) for axis in _plain_axis(self._axes)]

    @property
    def figure(self) -> Figure:
        """The figure."""
        return self._made[0]

    def made_by(self, call: tuple[Any, ...]) -> bool:
        # Which axes go together is known to their class; axes joined since would stay so.
        return self._call == call and self._joined == self._groups()

    def anew(self) -> tuple[Figure, Any]:
        """The same figure as if it had just been made."""
        self._memento.restore()
        for pool in self._pools:
            pool.refill()
        Gcf.set_active(self._manager)
        return self._made

    def _groups(self) -> list[set[int]]:
        groups: Any = [*Axes._shared_axes.values(), Axes._twinned_axes]  # type: ignore[attr-defined]
        return [
            {id(one) for one in group.get_siblings(ax)} for ax in self._axes for group in groups
        ]


def _plain_axis(axes: list[Axes]) -> list[Any]:
    return [axis for ax in axes if type(ax) is Axes for axis in (ax.xaxis, ax.yaxis)]


class _TickPool:
    """Ticks of one axis, to be handed out again instead of new ones; it takes long to make them."""

    def __init__(self, axis: Any, figure: Memento) -> None:
        self._axis = axis
        self._figure = figure
        self._settings: list[dict[str, Any]] = []
        self._free: dict[Any, list[tuple[Any, Memento]]] = {}
        self._taken: list[tuple[Any, tuple[Any, Memento]]] = []
        self._make = axis._get_tick
        self.refill()

    def refill(self) -> None:
        """The figure is as new: no tick is in use."""
        for key, entry in self._taken:
            self._free.setdefault(key, []).append(entry)
        self._taken.clear()
        self._axis._get_tick = self._get_tick

    def _get_tick(self, major: bool) -> Any:
        axis = self._axis
        looks = axis._major_tick_kw if major else axis._minor_tick_kw
        places = [spine._position or ("outward", 0.0) for spine in axis.axes.spines.values()]
        key = (major, repr(looks), repr(places), self._number_of_settings())
        free = self._free.get(key)
        if free:
            tick, memento = entry = free.pop()
            memento.restore()
            memento.invalidate()
        else:
            tick = self._make(major)
            entry = (tick, Memento(tick, self._figure.ids))
        self._taken.append((key, entry))
        return tick

    def _number_of_settings(self) -> int:
        now = settings()
        if now not in self._settings:
            self._settings.append(now)
        return self._settings.index(now)


class _Contours:
    """A contour generator that works out each line once."""

    def __init__(self, generator: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._generator = generator
        self._args = [_as_it_is(values) for values in args]
        self._kwargs = kwargs
        self._known: dict[tuple[str, tuple[float, ...]], Any] = {}

    def made_of(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
        """Whether these numbers make the same contours."""
        return self._kwargs == kwargs and all(
            _is_same(a, b) for a, b in zip(self._args, map(np.ma.getdata, args), strict=True)
        )

    def create_contour(self, level: float) -> Any:
        """The lines at a height."""
        return self._once("create_contour", level)

    def create_filled_contour(self, lower: float, upper: float) -> Any:
        """The areas between two heights."""
        return self._once("create_filled_contour", lower, upper)

    def _once(self, what: str, *levels: float) -> Any:
        key = (what, tuple(map(float, levels)))
        if key not in self._known:
            self._known[key] = getattr(self._generator, what)(*levels)
        return self._known[key]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._generator, name)


def _as_it_is(values: Any) -> Any:
    array = np.ma.getdata(values)
    return array if not array.flags.writeable and array.base is None else array.copy()


def _is_same(a: Any, b: Any) -> bool:
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    lies = a.__array_interface__["data"][0] == b.__array_interface__["data"][0]
    if lies and a.strides == b.strides and not a.flags.writeable and not b.flags.writeable:
        return True
    return np.array_equal(a, b)


class _Ticks:
    """Ticks of one axis while its figure is drawn: matplotlib asks for them up to five times."""

    def __init__(self, axis: Any) -> None:
        self._axis = axis
        self._update = axis._update_ticks
        self._boxes = axis._get_ticklabel_bboxes
        self._seen: tuple[Any, ...] = ()
        self._ticks: list[Any] = []
        self._known: Any = None
        axis._update_ticks = self.update_ticks
        axis._get_ticklabel_bboxes = self.boxes

    def update_ticks(self) -> list[Any]:
        """The ticks that are drawn; the same as before where the axis is as it was."""
        seen = (*self._axis.get_view_interval(), *self._axis.axes.bbox.bounds)
        if seen != self._seen:
            self._ticks, self._known = self._update(), None
            self._seen = seen
        return self._ticks

    def boxes(self, ticks: list[Any], renderer: Any = None) -> Any:
        """The boxes of their labels."""
        if ticks is not self._ticks:
            return self._boxes(ticks, renderer)
        if self._known is None:
            self._known = self._boxes(ticks, renderer)
        return self._known

    def end(self) -> None:
        """The figure is drawn."""
        del self._axis._update_ticks, self._axis._get_ticklabel_bboxes


@contextmanager
def ticks_made_once(figure: Figure) -> Iterator[None]:
    """Spares what matplotlib would work out again while a figure is drawn."""
    ticks = [_Ticks(axis) for axis in _plain_axis(figure.axes)]
    try:
        yield
    finally:
        for each in ticks:
            each.end()
