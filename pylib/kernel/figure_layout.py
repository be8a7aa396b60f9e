"""Room for a figure's labels: margins at any size, and a smaller figure for a narrow page.

Only where the cell has left the margins to us.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from textwrap import wrap

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpecBase, SubplotSpec
from matplotlib.legend import Legend
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from pylib.kernel.mpl_style import STYLE

# Labels that are shown at less than this part of their size are hard to read.
LEGIBLE = 0.75
# A legend that covers more of its axes than this hides what is plotted.
MOST_OF_AXES = 0.35

# Of a title at the usual size: the height of a line in inches, and characters in an inch of it.
TITLE_LINE = 0.21
TITLE_CHARACTERS = 8

MARGINS = ("left", "right", "bottom", "top", "wspace", "hspace")


def make_room(figure: Figure) -> None:
    """Gives labels the room in inches that they have in a figure of the usual size.

    Matplotlib's margins are fractions of the figure, so that labels would be cut off in a small
    one.
    """
    specs = _specs(figure)
    if not specs or not _is_ours(figure):
        return
    now = figure.subplotpars
    usual_width, usual_height = STYLE["figure.figsize"]
    left, right = now.left * usual_width, (1 - now.right) * usual_width
    bottom, top = now.bottom * usual_height, (1 - now.top) * usual_height
    if figure.get_suptitle():
        top += 0.3
    top += TITLE_LINE * max(a.get_title().count("\n") if s.is_first_row() else 0 for a, s in specs)
    grid = _grid(specs)
    between = left if any(a.get_ylabel() for a, s in specs if not s.is_first_col()) else 0.65
    below = 0.35
    below += 0.25 if any(a.get_xlabel() for a, s in specs if not s.is_last_row()) else 0.0
    below += 0.35 if any(a.get_title() for a, s in specs if not s.is_first_row()) else 0.0
    full_width, full_height = figure.get_size_inches()
    width = (full_width - left - right - (grid.ncols - 1) * between) / grid.ncols
    height = (full_height - bottom - top - (grid.nrows - 1) * below) / grid.nrows
    if min(width, height) > 0.5:
        figure.subplots_adjust(
            left=left / full_width,
            right=1 - right / full_width,
            bottom=bottom / full_height,
            top=1 - top / full_height,
            wspace=between / width,
            hspace=below / height,
        )


def is_too_wide(figure: Figure, width: float) -> bool:
    """Whether a page would show the figure too small to read, and a smaller one may help.

    Args:
        figure: A matplotlib `Figure`.
        width: The room that the page has for it, in CSS pixels.
    """
    specs = _specs(figure)
    one_column = bool(specs) and all(s.get_gridspec().ncols == 1 for _, s in specs)
    return one_column and _is_ours(figure) and width < LEGIBLE * figure.bbox.width


@contextmanager
def narrowed(figure: Figure, width: float) -> Iterator[None]:
    """Makes a figure so small that a page shows its labels at a legible size.

    It loses less of its height than of its width, for a narrow page is long; titles are broken
    into lines.

    Args:
        figure: A matplotlib `Figure`.
        width: The room that the page has for it, in CSS pixels.
    """
    wide, high = (float(inches) for inches in figure.get_size_inches())
    margins = {name: getattr(figure.subplotpars, name) for name in MARGINS}
    share = width / (LEGIBLE * figure.bbox.width)
    titles = [(ax.title, ax.get_title()) for ax in figure.axes]
    try:
        figure.set_size_inches(wide * share, high * share**0.5, forward=False)
        for title, words in titles:
            title.set_text(_broken(words, round(TITLE_CHARACTERS * wide * share)))
        yield
    finally:
        for title, words in titles:
            title.set_text(words)
        figure.set_size_inches(wide, high, forward=False)
        figure.subplots_adjust(**margins)


def _broken(title: str, most: int) -> str:
    """The title in as few lines as it takes, all about as long; formulas are left alone."""
    if len(title) <= most or "$" in title or "\n" in title:
        return title
    breaks = [
        wrap(title, width, break_long_words=False, break_on_hyphens=False)
        for width in range(max(most, 1), 0, -1)
    ]
    fewest = [lines for lines in breaks if len(lines) == len(breaks[0])]
    return "\n".join(fewest[-1])


class UnfitError(ValueError):
    """A figure has no room for its labels at this size."""


def check_fit(figure: Figure) -> None:
    """Sees that titles, labels and legends lie on the figure, and legends hide little of it.

    Args:
        figure: A matplotlib `Figure` that was just drawn, at the resolution that it still has.

    Raises:
        UnfitError: They do not.
    """
    labels: list[Artist] = [*figure.texts, *figure.legends]
    for ax in figure.axes:
        labels += [child for child in ax.get_children() if isinstance(child, Text | Legend)]
        labels += [ax.xaxis.label, ax.yaxis.label]
        low, high = sorted(ax.get_xlim())
        numbers = [text for text in ax.get_xticklabels() if low <= text.get_position()[0] <= high]
        labels += numbers
        if any(a.x1 > b.x0 for a, b in pairwise(_boxes(numbers))):
            raise UnfitError("labels along the horizontal axis lie on one another")
        if legend := ax.get_legend():
            taken, there = legend.get_window_extent(), ax.get_window_extent()
            if taken.width * taken.height > MOST_OF_AXES * there.width * there.height:
                raise UnfitError("a legend hides what is plotted")
    for label in labels:
        if not _lies_on(figure, label):
            raise UnfitError(f"{label} would be cut off")


def _boxes(labels: list[Text]) -> list[Bbox]:
    boxes = [label.get_window_extent() for label in labels if label.get_rotation() == 0]
    return sorted(boxes, key=lambda box: box.x0)


def _lies_on(figure: Figure, label: Artist) -> bool:
    box = label.get_window_extent()
    if box.width == 0 or not label.get_visible():
        return True
    whole = figure.bbox
    return box.x0 >= 0 and box.y0 >= 0 and box.x1 <= whole.x1 and box.y1 <= whole.y1


def _specs(figure: Figure) -> list[tuple[Axes, SubplotSpec]]:
    return [(ax, spec) for ax in figure.axes if (spec := ax.get_subplotspec()) is not None]


def _grid(specs: list[tuple[Axes, SubplotSpec]]) -> GridSpecBase:
    return specs[0][1].get_topmost_subplotspec().get_gridspec()


def _is_ours(figure: Figure) -> bool:
    now = figure.subplotpars
    untouched = all(getattr(now, name) == STYLE[f"figure.subplot.{name}"] for name in MARGINS)
    return untouched and figure.get_layout_engine() is None
