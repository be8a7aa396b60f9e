"""Surfaces as contours or in three dimensions, with the paths that optimizers take on them."""

import pickle
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import PowerNorm
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from pylib import _validate
from pylib._typing import FloatArray
from pylib.palette import GREY
from pylib.plots.canvas import finish, ink, named, new_axes, style
from pylib.training import Trace

if TYPE_CHECKING:
    from matplotlib.animation import FuncAnimation

__all__ = ["animate_path", "plot_path", "plot_surface"]

Bounds: TypeAlias = Sequence[tuple[float, float]]
Grid: TypeAlias = tuple[FloatArray, FloatArray, FloatArray, FloatArray]
Traces: TypeAlias = Trace | Sequence[Trace] | Mapping[str, Trace]


class Surface(Protocol):
    """A function of one or two weights, such as those of `pylib.surfaces`."""

    def __call__(self, w: Any, /) -> Any:
        """The height at points `(..., d)`."""


def plot_path(
    surface: Surface,
    traces: Traces = (),
    *,
    bounds: Bounds | None = None,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draws paths on the contours of a surface, or on the curve of a function of one weight.

    Each path begins at a ring and ends at a filled mark; known minima are stars.

    Args:
        surface: Of `pylib.surfaces`, or any function of points `(..., 2)`.
        traces: One trace of `minimize`, several, or a dict from name to trace.
        bounds: One (low, high) per weight; those of the surface, widened to hold the starts.
        ax: Where to draw; a new figure by default.
        title: In place of "Paths on ...".

    Returns:
        The Axes.

    Raises:
        ValueError: If the surface has no bounds and none are given.

    Examples:
        >>> from pylib.optimizers import SGD
        >>> from pylib.surfaces import Quadratic
        >>> from pylib.training import minimize
        >>> trace = minimize(Quadratic(), SGD, start=[1.0, 1.0], steps=20, lr=0.05)
        >>> ax = plot_path(Quadratic(), {"SGD": trace})
        >>> ax.get_xlabel(), ax.get_ylabel()
        ('w0', 'w1')
    """
    by_name = named(traces, "path")
    limits = _limits(surface, by_name, bounds)
    minima = np.asarray(getattr(surface, "minima", np.empty((0, len(limits)))))
    what = type(surface).__name__ if hasattr(surface, "bounds") else "the surface"
    heading = title or (f"Paths on {what}" if by_name else what)
    if len(limits) == 1:
        return _plot_path_1d(surface, by_name, limits[0], minima, new_axes(ax), heading)
    ax = new_axes(ax)
    # Fewer points would tear the innermost ring of Rosenbrock's or Beale's valley into dashes.
    x, y, height, levels = _grid(surface, limits, 481)
    ax.contour(x, y, height, levels=levels, colors=GREY, linewidths=0.7, zorder=1)
    for number, (name, trace) in enumerate(by_name.items()):
        _path(ax, trace.path[:, 0], trace.path[:, 1], number, name)
    if len(minima):
        _stars(ax, minima[:, 0], minima[:, 1])
    ax.set(xlim=limits[0], ylim=limits[1])
    return finish(ax, heading, "w0", "w1", grid=False)


def _plot_path_1d(
    surface: Surface,
    by_name: dict[str, Trace],
    limits: tuple[float, float],
    minima: FloatArray,
    ax: Axes,
    title: str,
) -> Axes:
    w = np.linspace(*limits, 401)
    height = _evaluate(surface, w[:, None])
    ax.plot(w, height, color=GREY, lw=1.5, zorder=1)
    for number, (name, trace) in enumerate(by_name.items()):
        _path(ax, trace.path[:, 0], trace.values, number, name)
    if len(minima):
        _stars(ax, minima[:, 0], _evaluate(surface, minima))
    low, high = float(np.min(height)), float(np.max(height))
    margin = 0.06 * (high - low)
    ax.set(xlim=limits, ylim=(low - margin, high + margin))
    return finish(ax, title, "w", "f(w)")


def animate_path(
    surface: Surface,
    traces: Traces,
    *,
    bounds: Bounds | None = None,
    frames: int = 120,
    interval: float = 1000 / 60,
    ax: Axes | None = None,
    title: str | None = None,
) -> "FuncAnimation":
    """Lets optimizers race: their paths grow on the contours of a surface, all by one clock.

    A frame shows every path up to one step, and a mark where it has got to. A path that is over
    stays where it ended. In the page this becomes a player; a name has to hold the animation, or a
    cell end with it, as matplotlib asks.

    Args:
        surface: Of `pylib.surfaces`, or any function of points `(..., d)`, d being 1 or 2.
        traces: One trace of `minimize`, several, or a dict from name to trace.
        bounds: One (low, high) per weight; those of the surface, widened to hold the starts.
        frames: At most so many frames, evenly spread from the first step to the last.
        interval: Milliseconds from one frame to the next.
        ax: Where to draw; a new figure by default.
        title: In place of "Race on ...".

    Returns:
        The animation; its artists are in the Axes.

    Raises:
        TypeError: If `frames` is not a whole number, or `interval` not a number.
        ValueError: If there is no trace, fewer than 2 frames, an interval that is not positive,
            or the surface has no bounds and none are given.

    Examples:
        >>> from pylib.optimizers import SGD, Adam
        >>> from pylib.surfaces import Rosenbrock
        >>> from pylib.training import minimize
        >>> valley = Rosenbrock()
        >>> race = animate_path(valley, {
        ...     "SGD": minimize(valley, SGD, [-1.2, 1.0], steps=300, lr=0.001),
        ...     "Adam": minimize(valley, Adam, [-1.2, 1.0], steps=300, lr=0.05),
        ... })
        >>> len(list(race.new_frame_seq()))
        120
        >>> plt.gcf().canvas.draw()  # as plt.show() does
    """
    from matplotlib.animation import FuncAnimation  # few plots move, and it takes a while to import

    by_name = named(traces, "path")
    if not by_name:
        raise ValueError("traces is empty; give at least one trace of minimize")
    most = _validate.whole("frames", frames, 2)
    interval = _validate.number("interval", interval, 0, open_low=True)
    what = type(surface).__name__ if hasattr(surface, "bounds") else "the surface"
    limits = _limits(surface, by_name, bounds)
    ax = plot_path(surface, bounds=limits, ax=ax, title=title or f"Race on {what}")
    runners: list[tuple[Any, Any, FloatArray, FloatArray]] = []
    for number, (name, trace) in enumerate(by_name.items()):
        x, y = trace.path.T if len(limits) == 2 else (trace.path[:, 0], trace.values)
        color, dashes, marker = style(number)
        (path,) = ax.plot([], [], color=color, ls=dashes, lw=2, zorder=3)
        (front,) = ax.plot([], [], color=color, ls="none", marker=marker, ms=8, zorder=4)
        front.set_label(name)
        runners.append((path, front, x, y))
    clock = ax.text(0.02, 0.02, "", transform=ax.transAxes, zorder=4, color=ink())
    ax.legend(loc="upper right")  # the best place would be another in each frame
    last = max(len(x) - 1 for _, _, x, _ in runners)
    steps = np.unique(np.linspace(0, last, min(most, last + 1)).round().astype(int))

    def move(step: int) -> list[Any]:
        for path, front, x, y in runners:
            path.set_data(x[: step + 1], y[: step + 1])
            here = min(step, len(x) - 1)
            front.set_data(x[here : here + 1], y[here : here + 1])
        clock.set_text(f"step {step}")
        return [clock, *(artist for runner in runners for artist in runner[:2])]

    return FuncAnimation(ax.figure, move, frames=steps.tolist(), interval=interval)  # type: ignore[arg-type]


def plot_surface(
    surface: Surface,
    traces: Traces = (),
    *,
    bounds: Bounds | None = None,
    ax: Axes | None = None,
    title: str | None = None,
) -> Axes:
    """Draws a surface of two weights in three dimensions, with paths on it.

    Args:
        surface: Of `pylib.surfaces`, or any function of points `(..., 2)`.
        traces: One trace of `minimize`, several, or a dict from name to trace.
        bounds: Two (low, high); those of the surface by default.
        ax: Axes with `projection="3d"`; a new figure by default.
        title: In place of the surface's name.

    Returns:
        The three-dimensional Axes.

    Raises:
        ValueError: If the surface has no bounds and none are given, if it has one weight, or if
            `ax` is flat.

    Examples:
        >>> from pylib.surfaces import Saddle
        >>> plot_surface(Saddle()).get_title()
        'Saddle'
    """
    if getattr(surface, "dim", 2) != 2:
        raise ValueError(f"{type(surface).__name__} has one weight; draw it with plot_path")
    if ax is None:
        figure = plt.figure()
        ax = figure.add_subplot(projection="3d")
        figure.subplots_adjust(left=0.0, right=0.94, bottom=0.05, top=0.93)
    axes: Any = ax
    if axes.name != "3d":
        raise ValueError("ax is flat; make it with plt.subplot(projection='3d')")
    by_name = named(traces, "path")
    limits = _limits(surface, by_name, bounds)
    x, y, height, _ = _grid(surface, limits, 49)
    # Low values get more of the colors: the valleys are where the paths go.
    norm = PowerNorm(0.4, float(height.min()), float(height.max()))
    axes.plot_surface(
        x, y, height, cmap="viridis", norm=norm, rcount=48, ccount=48, alpha=0.8, linewidth=0
    )
    for number, (name, trace) in enumerate(by_name.items()):
        seen = np.all([_inside(trace.path[:, i], limits[i]) for i in (0, 1)], axis=0)
        end = int(np.argmin(seen)) if not seen.all() else len(seen)
        color, _, marker = style((1, 4, 3, 5)[number % 4])  # those that viridis does not hold
        few = marker if end <= 60 else None
        axes.plot(
            *trace.path[:end].T,
            trace.values[:end],
            color=color,
            lw=2,
            marker=few,
            ms=3,
            label=name,
            zorder=5,
        )
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.set_major_locator(MaxNLocator(5))
    axes.set_zlabel("f(w)", labelpad=8)
    what = type(surface).__name__ if hasattr(surface, "bounds") else "The surface"
    return finish(axes, title or what, "w0", "w1", grid=False)


def _path(ax: Axes, x: FloatArray, y: FloatArray, number: int, name: str) -> None:
    color, dashes, marker = style(number)
    few = len(x) <= 60  # single steps are worth seeing
    ax.plot(
        x,
        y,
        color=color,
        ls="-" if few else dashes,
        lw=1.6 if few else 2,
        marker=marker if few else None,
        ms=4,
        label=name,
        zorder=3,
    )
    ax.plot(x[:1], y[:1], color=color, marker="o", ms=9, mfc="none", mew=1.8, zorder=4)
    ax.plot(x[-1:], y[-1:], color=color, marker=marker, ms=8, zorder=4)


def _stars(ax: Axes, x: FloatArray, y: FloatArray) -> None:
    ax.plot(x, y, ls="none", marker="*", ms=13, color=ink(), label="minimum", zorder=2)


def _limits(
    surface: Any, traces: Mapping[str, Trace], bounds: Bounds | None
) -> list[tuple[float, float]]:
    if bounds is not None:
        return [(float(low), float(high)) for low, high in bounds]
    if not hasattr(surface, "bounds"):
        raise ValueError("the surface has no bounds; give bounds=[(-3, 3), (-3, 3)]")
    limits = []
    for axis, (low, high) in enumerate(surface.bounds):
        starts = [float(trace.path[0, axis]) for trace in traces.values()]
        margin = 0.05 * (high - low)
        limits.append(
            (
                min([low, *(start - margin for start in starts)]),
                max([high, *(start + margin for start in starts)]),
            )
        )
    return limits


def _grid(surface: Surface, limits: Bounds, points: int) -> Grid:
    """Coordinates, heights and levels; the last ones where they are asked for again."""
    ours = type(surface).__module__.startswith("pylib.surfaces.")
    numbers = vars(surface) if ours else {"": surface}
    if not all(isinstance(each, _NUMBERS) for each in numbers.values()):
        return _new_grid(surface, limits, points)  # what a function looks at is not known
    asked = (type(surface), pickle.dumps(numbers), tuple(limits), points)
    if asked not in _last_grid:
        grid = _new_grid(surface, limits, points)
        for values in grid:
            values.flags.writeable = False
        _last_grid.clear()
        _last_grid[asked] = grid
    return _last_grid[asked]


_NUMBERS = (int, float, np.ndarray)
_last_grid: dict[Any, Grid] = {}


def _new_grid(surface: Surface, limits: Bounds, points: int) -> Grid:
    def axes(points: int) -> tuple[FloatArray, ...]:
        return np.meshgrid(*(np.linspace(*limit, points) for limit in limits))

    x, y = axes(points)
    heights = _at_once(surface, np.stack([x, y], axis=-1))
    if heights is None:  # one point at a time takes a while
        x, y = axes(min(points, 121))
        heights = _one_by_one(surface, np.stack([x, y], axis=-1))
    return x, y, heights, _levels(heights)


def _evaluate(surface: Surface, points: FloatArray) -> FloatArray:
    """The heights of points `(..., d)`, also for a function that takes one point at a time."""
    heights = _at_once(surface, points)
    return _one_by_one(surface, points) if heights is None else heights


def _at_once(surface: Surface, points: FloatArray) -> FloatArray | None:
    try:
        heights = np.asarray(surface(points), dtype=float)
    except (TypeError, ValueError, IndexError):
        return None
    return heights if heights.shape == points.shape[:-1] else None


def _one_by_one(surface: Surface, points: FloatArray) -> FloatArray:
    return np.apply_along_axis(lambda point: float(surface(point)), -1, points)


def _levels(height: FloatArray) -> FloatArray:
    """Levels that divide the drawn area evenly, closer together near the lowest point."""
    return np.unique(np.quantile(height, np.linspace(0.06, 1, 13)[:-1] ** 1.6))


def _inside(values: FloatArray, limits: tuple[float, float]) -> NDArray[np.bool_]:
    return (values >= limits[0]) & (values <= limits[1])
