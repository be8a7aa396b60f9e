"""A figure drawn again and again while some of its artists move: the rest is drawn once.

What lies below the first artist that moves is kept as pixels; what lies above it and does not move
is drawn from what it told the renderer before. Where anything else has changed, all is drawn. The
pixels are those of a full drawing.
"""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.legend import Legend
from matplotlib.text import Annotation
from matplotlib.transforms import BboxBase, Transform

Command = tuple[str, tuple[Any, ...]]


class Changes:
    """What has changed in a figure since it was drawn last: by what its artists say of themselves.

    Args:
        figure: it stays at its size.
    """

    def __init__(self, figure: Figure) -> None:
        self._figure = figure
        self._plan: Any = None
        self._visible: dict[int, bool] = {}
        self.artists: list[Any] = []
        self.moving: set[int] = set()
        self.begun = 0

    def look(self, renderer: Any) -> bool:
        """Sees which artists move. Whether all has to be drawn, rather than what moves."""
        for ax in self._figure.axes:
            ax._unstale_viewLim()  # type: ignore[attr-defined]
        plan = self._new_plan(renderer)
        now = {id(artist): artist.get_visible() for artist in self.artists}
        moved = {id(a) for a in self.artists if _is_stale(a, now[id(a)], self._visible)}
        seldom = any(hasattr(a, "get_ticklocs") for a in self.artists if id(a) in moved)
        as_before = plan is not None and plan == self._plan and not seldom
        self._plan, self._visible = plan, now
        if not as_before:
            self.moving = set()
            self.begun += 1
            return True
        if moved:
            moved |= {id(a) for a in self.artists if _follows_others(a)}
        if not moved <= self.moving:
            self.moving |= moved
            self.begun += 1
        for ax in self._figure.axes:
            if {id(ax.title), id(ax._left_title), id(ax._right_title)} & moved:  # type: ignore[attr-defined]
                ax._update_title_position(renderer)  # type: ignore[attr-defined]
        return False

    def moving_artists(self) -> list[Any]:
        """Those that move."""
        return [artist for artist in self.artists if id(artist) in self.moving]

    def drawn(self) -> None:
        """All that has changed so far is drawn."""
        waiting: list[Any] = [self._figure]
        while waiting:
            artist = waiting.pop()
            artist._stale = False
            waiting += _parts(artist)

    def _new_plan(self, renderer: Any) -> Any:
        """What stands where; lists the artists in the order of their drawing. None: not known."""
        figure: Any = self._figure
        self.artists = []
        if figure.subfigs or figure.get_layout_engine() is not None:
            return None
        plan: list[Any] = [figure.dpi, *figure.get_size_inches(), figure.get_visible()]
        self.artists.append(figure.patch)
        for artist in figure._get_draw_artists(renderer):
            if not isinstance(artist, Axes):
                self.artists.append(artist)
                continue
            if type(artist) is not Axes or artist.child_axes:
                return None
            if artist.get_rasterization_zorder() is not None:
                return None
            plan += [artist.get_visible(), *artist.bbox.bounds, *artist.viewLim.bounds]
            plan += [artist.get_xscale(), artist.get_yscale(), artist.axison, artist._frameon]  # type: ignore[attr-defined]
            if artist.get_visible():
                self.artists += _in_order(artist)
        plan += [(id(artist), artist.zorder) for artist in self.artists]
        return plan


def _in_order(axes: Any) -> list[Any]:
    """What `Axes.draw` draws, in its order."""
    artists = axes.get_children()
    artists.remove(axes.patch)
    framed = axes.axison and axes._frameon
    if not framed:
        for spine in axes.spines.values():
            artists.remove(spine)
    if not axes.axison:
        for axis in axes._axis_map.values():
            artists.remove(axis)
    artists.sort(key=lambda artist: artist.zorder)
    return [axes.patch, *artists] if framed else artists


def _is_stale(artist: Any, is_visible: bool, before: dict[int, bool]) -> bool:
    if is_visible != before.get(id(artist)):
        return True
    return is_visible and _holds_stale(artist)


def _holds_stale(artist: Any) -> bool:
    return artist.stale or any(_holds_stale(part) for part in _parts(artist))


def _parts(artist: Any) -> list[Any]:
    if not hasattr(artist, "get_ticklocs"):
        return artist.get_children()  # type: ignore[no-any-return]
    # An axis would work out where its ticks are to be.
    made = [artist.__dict__.get(name, ()) for name in ("majorTicks", "minorTicks")]
    return [artist.label, artist.offsetText, *made[0], *made[1]]


def _follows_others(artist: Any) -> bool:
    """Whether its place may depend on where others are."""
    is_best = isinstance(artist, Legend) and artist._loc_real == 0  # type: ignore[attr-defined]
    return is_best or isinstance(artist, Annotation)


class Scene:
    """The drawing of a figure in one set of colours."""

    def __init__(self, figure: Figure, canvas: FigureCanvasAgg) -> None:
        self._figure = figure
        self._canvas = canvas
        self._renderer: Any = canvas.get_renderer()  # type: ignore[no-untyped-call]
        self._begun = -1
        self._below: Any = None
        self._steps: list[Any] = []

    @property
    def renderer(self) -> Any:
        """Where it is drawn."""
        return self._renderer

    def begins(self, changes: Changes) -> bool:
        """Whether what does not move is to be drawn, too."""
        return self._begun != changes.begun

    def draw_all(self) -> Any:
        """The pixels of the whole figure."""
        self._renderer.clear()
        self._figure.draw(self._renderer)
        return self._pixels()

    def draw(self, changes: Changes) -> Any:
        """The pixels after artists have moved."""
        if self.begins(changes):
            self._begin(changes)
            return self._pixels()
        self._renderer.restore_region(self._below)
        for step in self._steps:
            if isinstance(step, list):
                for name, args in step:
                    getattr(self._renderer._renderer, name)(*args)
            else:
                step.draw(self._renderer)
        return self._pixels()

    def _begin(self, changes: Changes) -> None:
        self._begun = changes.begun
        self._renderer.clear()
        self._below = None
        self._steps = []
        for artist in changes.artists:
            moves = id(artist) in changes.moving
            if self._below is None and moves:
                self._below = self._renderer.copy_from_bbox(self._figure.bbox)
            if self._below is None or moves:
                artist.draw(self._renderer)
            else:
                self._steps.append(_recorded(artist, self._renderer))
                continue
            if moves:
                self._steps.append(artist)
        if self._below is None:  # nothing moves
            self._below = self._renderer.copy_from_bbox(self._figure.bbox)

    def _pixels(self) -> Any:
        return np.asarray(self._renderer.buffer_rgba())


def _recorded(artist: Any, renderer: Any) -> list[Command]:
    """Draws an artist; returns what it told Agg, such that it can be told again."""
    agg = renderer._renderer
    commands: list[Command] = []
    renderer._renderer = _Recorder(agg, commands)
    renderer._update_methods()
    try:
        artist.draw(renderer)
    finally:
        renderer._renderer = agg
        renderer._update_methods()
    return commands


class _Recorder:
    """Stands in for matplotlib's Agg renderer, and keeps what it is told."""

    def __init__(self, agg: Any, commands: list[Command]) -> None:
        self._agg = agg
        self._commands = commands

    def __getattr__(self, name: str) -> Callable[..., None]:
        method = getattr(self._agg, name)
        if not name.startswith("draw_"):
            return method  # type: ignore[no-any-return]

        def tell(*args: Any) -> None:
            method(*args)
            self._commands.append((name, tuple(_frozen(args))))

        return tell


def _frozen(args: Iterable[Any]) -> Iterable[Any]:
    """Arguments as they are now: artists go on to change some of them."""
    for arg in args:
        if isinstance(arg, GraphicsContextBase):
            copy: Any = GraphicsContextBase()
            copy.copy_properties(arg)
            copy._cliprect = arg._cliprect and arg._cliprect.frozen()  # type: ignore[attr-defined]
            yield copy
        elif isinstance(arg, Transform | BboxBase):
            yield arg.frozen()
        elif isinstance(arg, FT2Font):
            yield np.array(arg.get_image())
        elif isinstance(arg, np.ndarray):
            yield arg.copy()
        else:
            yield arg
