"""matplotlib's settings in the page, and who is told of `plt.show()`.

It imports matplotlib only when the settings are applied; drawing is `mpl_backend`'s.
"""

from collections.abc import Callable
from typing import Any

from pylib.kernel.iostream import STDERR
from pylib.palette import CYCLE, GRID, INK, PAPER

STYLE: dict[str, Any] = {
    "figure.figsize": (6.4, 4.8),
    "figure.dpi": 100,
    "figure.facecolor": PAPER["light"],
    "figure.max_open_warning": 0,
    # Room for tick labels of seven characters, an axis label and a title, without a layout pass
    # (a constrained layout takes five times as long); mpl_backend keeps that room at any size.
    "figure.subplot.left": 0.155,
    "figure.subplot.right": 0.965,
    "figure.subplot.bottom": 0.135,
    "figure.subplot.top": 0.905,
    "figure.subplot.wspace": 0.34,
    "figure.subplot.hspace": 0.5,
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.titlesize": 12.5,
    "axes.facecolor": PAPER["light"],
    "axes.edgecolor": INK["light"],
    "axes.labelcolor": INK["light"],
    "axes.titlecolor": INK["light"],
    "axes.prop_cycle": f"cycler('color', {list(CYCLE)})",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.formatter.limits": (-3, 5),  # longer numbers get a power of ten
    "axes3d.xaxis.panecolor": (0.5, 0.53, 0.6, 0.06),
    "axes3d.yaxis.panecolor": (0.5, 0.53, 0.6, 0.1),
    "axes3d.zaxis.panecolor": (0.5, 0.53, 0.6, 0.08),
    "text.color": INK["light"],
    "xtick.color": INK["light"],
    "ytick.color": INK["light"],
    "grid.color": GRID["light"],
    "lines.linewidth": 2.0,
    "legend.edgecolor": GRID["light"],
    "legend.framealpha": 0.9,
    "savefig.bbox": "standard",
}

# Takes the figures that `plt.show()` is to show; `execute` puts its own function here.
on_show: list[Callable[[list[Any]], None]] = []


def use_style() -> None:
    """Makes matplotlib draw for the page: the settings above, and `mpl_backend` as its backend.

    Examples:
        >>> use_style()
        >>> import matplotlib
        >>> matplotlib.rcParams["text.color"] == INK["light"]
        True
    """
    import logging

    import matplotlib

    matplotlib.rcdefaults()
    matplotlib.rcParams.update(STYLE)
    matplotlib.use("module://pylib.kernel.mpl_backend")
    logging.getLogger("matplotlib.font_manager").addFilter(_is_new)


def _is_new(record: Any) -> bool:
    """Lets each message through once in a run: a missing font is logged for every text."""
    said = STDERR.output.logged if STDERR.output else set()
    message = record.getMessage()
    is_new = message not in said
    said.add(message)
    return is_new
