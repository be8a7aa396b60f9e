"""Why some directions converge late: eigen-components of a loss, and the edge of stability."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize

from pylib._typing import FloatArray
from pylib.plots.canvas import finish, new_axes, style
from pylib.training import Trace

__all__ = ["plot_eigen_components", "plot_stability"]


class Bowl(Protocol):
    """A quadratic surface, such as `pylib.surfaces.Quadratic`."""

    minima: FloatArray

    def hessian(self, w: Any, /) -> FloatArray:
        """The second derivatives at w, shape `(d, d)`."""


def plot_eigen_components(
    surface: Bowl,
    trace: Trace,
    *,
    bars: int = 16,
    ax: Axes | None = None,
    title: str = "Loss by direction of the bowl",
) -> Axes:
    """Draws the loss along a path as stacked bars, one color for each eigen-direction.

    With eigenvalues λ and eigenvectors u of the Hessian, the height above the minimum w* is
    Σ ½ λ (u·(w − w*))²; each term of the sum is one part of a bar.

    Args:
        surface: A quadratic with `hessian(w)` and its minimum in `minima`.
        trace: What `minimize` returned on it.
        bars: At most so many steps, evenly spread from the first to the last.
        ax: Where to draw; a new figure by default.
        title: Of the plot.

    Returns:
        The Axes.

    Examples:
        >>> from pylib.optimizers import SGD
        >>> from pylib.surfaces import Quadratic
        >>> from pylib.training import minimize
        >>> bowl = Quadratic(condition=10.0)
        >>> ax = plot_eigen_components(bowl, minimize(bowl, SGD, [1.0, 1.0], steps=30, lr=0.1))
        >>> len(ax.containers)
        2

    Source:
        G. Goh, Why Momentum Really Works, Distill (2017), <https://distill.pub/2017/momentum/>.
    """
    minimum = np.asarray(surface.minima)[0]
    eigenvalues, directions = np.linalg.eigh(surface.hessian(minimum))
    coordinates = (np.asarray(trace.path) - minimum) @ directions  # (T + 1, d) @ (d, d)
    parts = 0.5 * eigenvalues * coordinates**2  # (T + 1, d)
    steps = np.unique(np.linspace(0, len(parts) - 1, min(bars, len(parts))).round().astype(int))
    ax = new_axes(ax)
    positions = np.arange(len(steps))
    base = np.zeros(len(steps))
    hatches = ("", "//", "..", "\\\\", "xx", "--")
    for number in reversed(range(len(eigenvalues))):  # the steepest direction first, at the bottom
        rank = len(eigenvalues) - 1 - number
        part = parts[steps, number]
        ax.bar(
            positions,
            part,
            0.8,
            bottom=base,
            color=style(rank)[0],
            hatch=hatches[rank % len(hatches)],
            edgecolor="#ffffff",
            linewidth=0,
            label=f"curvature {eigenvalues[number]:.3g}",
        )
        base = base + part
    ax.set_xticks(positions, [str(step) for step in steps])
    return finish(ax, title, "step", "loss above the minimum")


def plot_stability(
    points: Mapping[str, tuple[float, float]] | None = None,
    *,
    curvature: float = 1.0,
    top: float = 4.4,
    ax: Axes | None = None,
    title: str = "Gradient descent with momentum on a bowl",
) -> Axes:
    """Draws how fast momentum converges, over the learning rate and the momentum.

    On ½ L w², `v = b v + L w; w = w − lr v` is a linear map whose largest |eigenvalue| is the
    factor per step. It is below 1 for lr L < 2 + 2b. Its eigenvalues are complex, and the path
    oscillates, where b > (1 − √(lr L))²; there the factor is √b.

    Args:
        points: Settings to mark: name -> (lr, momentum).
        curvature: L, which scales the learning rates of the points.
        top: Largest lr L that is drawn.
        ax: Where to draw; a new figure by default.
        title: Of the plot.

    Returns:
        The Axes: lr L across, momentum upwards.

    Raises:
        ValueError: If curvature or top is not positive.

    Examples:
        >>> ax = plot_stability({"mine": (0.1, 0.9)}, curvature=10.0)
        >>> ax.get_xlabel()
        'learning rate × curvature'

    Source:
        G. Goh, Why Momentum Really Works, Distill (2017), <https://distill.pub/2017/momentum/>.
    """
    if not (curvature > 0 and top > 0):
        raise ValueError(f"curvature is {curvature} and top {top}; both must be positive")
    steps = np.linspace(0, top, 221)
    momenta = np.linspace(0, 1, 101)[:-1]
    factor = _factor(steps[None, :], momenta[:, None])  # (100, 221)
    ax = new_axes(ax)
    image = ax.pcolormesh(steps, momenta, factor, cmap="viridis", norm=Normalize(0, 1.5))
    ax.contour(steps, momenta, factor, levels=[1.0], colors="#ffffff", linewidths=2)
    ax.text(1.15, 0.42, "converges", color="#ffffff", ha="center")
    ax.text(0.8 * top, 0.3, "diverges", color="#10131a", ha="center")
    below = steps[steps <= 4]
    ax.plot(below, (1 - np.sqrt(below)) ** 2, color="#ffffff", lw=1.4, ls="--")
    for number, (name, (lr, momentum)) in enumerate((points or {}).items()):
        _, _, marker = style(number)
        spot = (lr * curvature, momentum)
        look: dict[str, Any] = {"marker": marker, "color": "#ffffff", "mec": "#10131a", "ms": 9}
        ax.plot(*spot, ls="none", label=name, clip_on=False, zorder=5, **look)
    ax.set(xlim=(0, top), ylim=(0, momenta[-1]))
    bar = ax.figure.colorbar(image, ax=ax, extend="max")
    bar.set_label("factor per step (below 1: converges)")
    if points:
        ax.legend(loc="lower right")  # to look for the best place in so many cells is slow
    return finish(ax, title, "learning rate × curvature", "momentum", legend=False, grid=False)


def _factor(a: FloatArray, b: FloatArray) -> FloatArray:
    """The spectral radius of [[1 + b − a, −b], [1, 0]], for a = lr L."""
    half = (1 + b - a) / 2
    root = np.sqrt((half**2 - b).astype(complex))
    return np.asarray(np.maximum(np.abs(half + root), np.abs(half - root)))
