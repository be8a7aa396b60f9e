"""What all plots share: axes, line styles, labels, and names for what is drawn."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import rcParams
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, NullFormatter

from pylib.palette import CYCLE

__all__ = ["STYLES", "DashStyle", "finish", "ink", "log_axis", "named", "new_axes", "style"]

DashStyle: TypeAlias = str | tuple[float, tuple[float, ...]]

# Color, dashes and marker change together, so that a curve is known without its color.
DASHES: tuple[DashStyle, ...] = ("-", "--", "-.", ":", (0, (6, 1.5, 1, 1.5, 1, 1.5)), (0, (3, 1)))
MARKERS = ("o", "s", "^", "D", "v", "P")
STYLES: tuple[tuple[str, DashStyle, str], ...] = tuple(zip(CYCLE, DASHES, MARKERS, strict=True))


def style(number: int) -> tuple[str, DashStyle, str]:
    """Color, dashes and marker of the n-th thing drawn, from 0.

    Examples:
        >>> style(0)
        ('#1070fb', '-', 'o')
    """
    return STYLES[number % len(STYLES)]


def ink() -> str:
    """The color of axes and text, for reference lines and marks."""
    return str(rcParams["axes.edgecolor"])


def new_axes(ax: Axes | None, width: float = 6.4, height: float = 4.8) -> Axes:
    """The given axes, or those of a new figure (inches; 100 of the page's pixels each)."""
    if ax is not None:
        return ax
    return plt.subplots(figsize=(width, height))[1]


def finish(
    ax: Axes, title: str, xlabel: str, ylabel: str, *, legend: bool = True, grid: bool = True
) -> Axes:
    """Writes title and axis labels, and the legend if anything has a name."""
    ax.set(title=title, xlabel=xlabel, ylabel=ylabel)
    if grid:
        ax.grid(visible=True, linewidth=0.8)
        ax.set_axisbelow(True)
    if legend and ax.get_legend_handles_labels()[0]:
        ax.legend()
    return ax


def log_axis(ax: Axes, which: Literal["x", "y"]) -> None:
    """Makes an axis logarithmic, with powers of ten in plain text (10⁻³): quick to draw.

    Examples:
        >>> ax = new_axes(None)
        >>> log_axis(ax, "y")
        >>> ax.get_yscale(), ax.yaxis.get_major_formatter()(1e-3, 0)
        ('log', '10⁻³')
    """
    if which == "x":
        ax.set_xscale("log")
    else:
        ax.set_yscale("log")
    axis = ax.xaxis if which == "x" else ax.yaxis
    axis.set_major_formatter(FuncFormatter(lambda value, _: _power_of_ten(value)))
    axis.set_minor_formatter(NullFormatter())


def _power_of_ten(value: float) -> str:
    exponent = round(float(np.log10(value)), 6)
    if exponent != int(exponent):
        return f"{value:g}"
    if -2 <= exponent <= 3:
        return f"{10**exponent:g}"
    return "10" + str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def named(things: Any, name: str = "") -> dict[str, Any]:
    """One thing, several, or a dict of them, as a dict from name to thing.

    Examples:
        >>> named({"a": 1})
        {'a': 1}
        >>> named([3, 4], "run")
        {'run 1': 3, 'run 2': 4}
        >>> named(3, "run")
        {'run': 3}
    """
    if isinstance(things, Mapping):
        return dict(things)
    if isinstance(things, Sequence) and not isinstance(things, str) and not _is_record(things):
        return {f"{name} {number}": thing for number, thing in enumerate(things, start=1)}
    return {name: things}


def _is_record(thing: Any) -> bool:
    return hasattr(thing, "_fields")  # a named tuple is one thing
