"""Room for a figure's labels: margins at any size, and a smaller figure for a narrow page.

There plots side by side come to stand one below the other. Only where the cell has left the margins
to us.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from textwrap import wrap
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec, GridSpecBase, SubplotSpec
from matplotlib.legend import Legend
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from pylib.kernel.mpl_style import STYLE

# Labels that are shown at less than this part of their size are hard to read.
LEGIBLE = 0.75
# On narrow pages a figure is drawn for one of few rooms, in CSS pixels, and shown a little larger
# or smaller: so a drawing of the build has the very shape of the one that follows it in the page.
ROOMS = (300, 400)
NARROW = 600
# A legend that covers more of its axes than this hides what is plotted.
MOST_OF_AXES = 0.35

# More plots than these would make a page of their own, and small ones are meant to be pictures.
MOST_STACKED = 6

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
    if words := figure.get_suptitle():
        top += 0.3 + TITLE_LINE * words.count("\n")
    breaks = [(a.get_title().count("\n"), s.is_first_row()) for a, s in specs]
    top += TITLE_LINE * max(count for count, is_first in breaks if is_first)
    grid = _grid(specs)
    between = left if any(a.get_ylabel() for a, s in specs if not s.is_first_col()) else 0.65
    below = 0.35
    below += 0.25 if any(a.get_xlabel() for a, s in specs if not s.is_last_row()) else 0.0
    below += 0.35 if any(a.get_title() for a, s in specs if not s.is_first_row()) else 0.0
    below += TITLE_LINE * max((count for count, is_first in breaks if not is_first), default=0)
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
    if not _specs(figure) or not _is_ours(figure) or width >= LEGIBLE * figure.bbox.width:
        return False
    return _is_one_column(figure) or _is_plain_grid(figure)


def room(width: float) -> float:
    """The room that a figure is drawn for where a page has so much.

    Examples:
        >>> [room(width) for width in (250, 304, 400, 599, 700)]
        [300, 300, 400, 400, 700]
    """
    if width >= NARROW:
        return width
    return max((one for one in ROOMS if one <= width), default=ROOMS[0])


def narrow_rooms(figure: Figure) -> list[tuple[int, int]]:
    """The rooms that narrow pages have another drawing for, and the width where each one's ends."""
    limit = min(NARROW, round(LEGIBLE * float(figure.bbox.width)))
    ends = [min(end, limit) for end in (*ROOMS[1:], NARROW)]
    return [
        (one, end)
        for one, end in zip(ROOMS, ends, strict=True)
        if one < end and is_too_wide(figure, one)
    ]


@contextmanager
def narrowed(figure: Figure, width: float) -> Iterator[None]:
    """Makes a figure so small that a page shows its labels at a legible size.

    A plot loses less of its height than of its width, for a narrow page is long. Plots side by side
    come to stand one below the other; titles are broken into lines. It is drawn for the nearest of
    few rooms: see `room`.

    Args:
        figure: A matplotlib `Figure`.
        width: The room that the page has for it, in CSS pixels.
    """
    width = room(width)
    wide, high = (float(inches) for inches in figure.get_size_inches())
    margins = {name: getattr(figure.subplotpars, name) for name in MARGINS}
    share = width / (LEGIBLE * figure.bbox.width)
    heads = [text for text in figure.texts if text.get_text() == figure.get_suptitle()]
    titles = [(text, text.get_text()) for text in [*heads, *(ax.title for ax in figure.axes)]]
    with ExitStack() as undo:
        undo.callback(figure.subplots_adjust, **margins)
        undo.callback(figure.set_size_inches, wide, high, forward=False)
        if _is_one_column(figure):
            height = high * share**0.5
        else:
            grid = _grid(_specs(figure))
            height = high / grid.nrows * (share * grid.ncols) ** 0.5 * _stack(figure, undo)
        figure.set_size_inches(wide * share, height, forward=False)
        for text, words in titles:
            undo.callback(text.set_text, words)
            text.set_text(_broken(words, round(TITLE_CHARACTERS * wide * share)))
        yield


def _is_one_column(figure: Figure) -> bool:
    return all(spec.get_gridspec().ncols == 1 for _, spec in _specs(figure))


def _is_plain_grid(figure: Figure) -> bool:
    """Whether the figure is a grid of plots, each in a cell of its own, and nothing beside it."""
    specs = _specs(figure)
    grid = _grid(specs)
    beside = [*figure.legends, *figure.lines, *figure.patches, *figure.images, *figure.artists]
    texts = [text for text in figure.texts if text.get_text() != figure.get_suptitle()]
    return (
        len(specs) == len(figure.axes)
        and len({spec.num1 for _, spec in specs}) <= MOST_STACKED
        and not beside
        and not texts
        and isinstance(grid, GridSpec)
        and grid.figure is figure
        and all(getattr(grid, name) is None for name in MARGINS)
        # A colour bar takes its place from a plot: it makes a grid in that plot's cell.
        and all(spec.get_gridspec() is grid and spec.num1 == spec.num2 for _, spec in specs)
    )


def _stack(figure: Figure, undo: ExitStack) -> int:
    """Puts the plots of a grid one below the other, in reading order; returns how many."""
    specs = _specs(figure)
    cells = sorted({spec.num1 for _, spec in specs})
    column = GridSpec(len(cells), 1, figure)
    for ax, spec in specs:
        undo.callback(ax.set_subplotspec, spec)
        ax.set_subplotspec(column[cells.index(spec.num1)])
        # Where plots share an axis, only the outer ones bear its numbers.
        for axis, shared, side in (
            (ax.xaxis, ax.get_shared_x_axes(), "labelbottom"),
            (ax.yaxis, ax.get_shared_y_axes(), "labelleft"),
        ):
            if len(shared.get_siblings(ax)) > 1 and not axis.get_tick_params().get(side, True):
                set_params: Any = axis.set_tick_params
                undo.callback(set_params, **{side: False})
                set_params(**{side: True})
    return len(cells)


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
    # matplotlib takes a place of its own for a colour bar that several plots share.
    shared = any(hasattr(ax, "_colorbar") and ax.get_subplotspec() is None for ax in figure.axes)
    return untouched and not shared and figure.get_layout_engine() is None
