"""The page's colours and matplotlib settings, and who is told of `plt.show()`.

It imports matplotlib only when the settings are applied; drawing is `pylib.figures`'.
"""

from collections.abc import Callable
from typing import Any, Literal, TypeAlias

Theme: TypeAlias = Literal["light", "dark"]

PAPER = {"light": "#ffffff", "dark": "#14171f"}
INK = {"light": "#1f2430", "dark": "#e6e8ee"}
GRID = {"light": "#d9dce3", "dark": "#343a48"}

# At least 3.1:1 against both papers, and at least 23 apart (CIE Lab, by Machado 2009) for
# normal, protanope, deuteranope and tritanope eyes.
BLUE, ORANGE, GREEN = "#1070fb", "#ce7e02", "#22a26c"
PURPLE, RED, GREY = "#b618a9", "#d71137", "#8d90a3"
CYCLE = (BLUE, ORANGE, GREEN, PURPLE, RED, GREY)

STYLE: dict[str, Any] = {
    "figure.figsize": (6.4, 4.8),
    "figure.dpi": 100,
    "figure.facecolor": PAPER["light"],
    "figure.max_open_warning": 0,
    # Room for tick labels of seven characters, an axis label and a title, without a layout pass
    # (a constrained layout takes five times as long); pylib.figures keeps that room at any size.
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

# The gid of artists that lie beside an image and not on it, such as captions.
ON_PAPER = "on paper"

# Takes the figures that `plt.show()` is to show; `pylib.runner` puts its own function here.
on_show: list[Callable[[list[Any]], None]] = []


def use_style() -> None:
    """Makes matplotlib draw for the page: the settings above, and `pylib.figures` as its backend.

    Examples:
        >>> use_style()
        >>> import matplotlib
        >>> matplotlib.rcParams["text.color"] == INK["light"]
        True
    """
    import matplotlib

    matplotlib.rcdefaults()
    matplotlib.rcParams.update(STYLE)
    matplotlib.use("module://pylib.figures")
