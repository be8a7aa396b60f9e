"""One figure drawn as a PNG for a light or for a dark page, and said in words.

Colours and settings are `pylib.style`'s; what is plotted is left to the cell and `pylib.plots`.
matplotlib takes this module as its backend (`module://pylib.figures`), so `plt.show()` ends here.
"""

import io
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, TypeAlias

import matplotlib
from matplotlib import rcParams
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from pylib.style import GRID, INK, ON_PAPER, PAPER, STYLE, Theme, on_show

RGBA: TypeAlias = tuple[float, float, float, float]

# Above this many pixels a figure is drawn coarser than at twice the page's pixels.
MAX_PIXELS = 16e6


# --- The backend: Agg, whose plt.show() hands the open figures to whoever runs the cell. ---


class FigureManager(FigureManagerBase):
    """A manager whose `show` passes figures on and closes them, as a notebook does."""

    def show(self) -> None:
        """Shows this figure alone (`fig.show()`)."""
        _show([self.canvas.figure])

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:
        """Shows every open figure (`plt.show()`)."""
        _show(open_figures())


class FigureCanvas(FigureCanvasAgg):
    """The Agg canvas with the manager above."""

    manager_class: ClassVar[Any] = FigureManager


def _show(figures: list[Figure]) -> None:
    for receiver in on_show:
        receiver(figures)


def open_figures() -> list[Figure]:
    """The figures that pyplot holds open, in the order of their numbers."""
    from matplotlib._pylab_helpers import Gcf

    return [manager.canvas.figure for manager in Gcf.get_all_fig_managers()]


def close(figure: Figure) -> None:
    """Lets pyplot forget a figure; whoever holds it may still change and draw it."""
    from matplotlib._pylab_helpers import Gcf

    for number, manager in list(Gcf.figs.items()):
        if manager.canvas.figure is figure:
            Gcf.destroy(number)


# --- Drawing ---


@dataclass(frozen=True)
class Drawing:
    """One PNG of a figure; `width` and `height` are CSS pixels, half of the PNG's own."""

    png: bytes
    width: int
    height: int


def draw(figure: Figure, theme: Theme) -> Drawing:
    """Draws a figure as a PNG at twice the page's pixels, in the colours of a theme.

    A figure is made for a light page. For a dark one, paper, ink, grid and neutral greys are
    exchanged while it is drawn and put back afterwards. Colours that carry data stay, and so
    does everything drawn over an image or filled contours. A figure with a background of
    its own (neither white nor light grey) looks the same on both pages.

    Args:
        figure: A matplotlib `Figure`. 100 of its dots per inch are 100 CSS pixels.
        theme: `"light"` or `"dark"`.

    Returns:
        The PNG and its size in CSS pixels.

    >>> from matplotlib.figure import Figure

    from pylib.style import GRID, INK, ON_PAPER, PAPER, STYLE, Theme, on_show
    >>> drawing = draw(Figure(figsize=(3, 2), dpi=100), "dark")
    >>> drawing.width, drawing.height, drawing.png[1:4]
    (300, 200, b'PNG')
    """
    inches = figure.get_size_inches()
    pixels = float(inches[0] * inches[1]) * figure.dpi**2
    scale = min(2.0, (MAX_PIXELS / max(pixels, 1.0)) ** 0.5)
    _make_room(figure)
    buffer = io.BytesIO()
    options = {
        "format": "png",
        "dpi": figure.dpi * scale,
        "metadata": {"Software": None},  # the same bytes from every matplotlib
        "pil_kwargs": {"compress_level": 3, "compress_type": 3},  # run lengths: half the time
    }
    if theme == "dark" and _has_light_paper(figure):
        dark_defaults = {
            name: _dark(value, False)
            for name in _COLOUR_SETTINGS
            if isinstance(value := rcParams[name], str) and value not in ("auto", "inherit", "none")
        }
        undo = _recolour(figure, _dark)
        try:
            with matplotlib.rc_context(dark_defaults):
                figure.savefig(buffer, **options)
        finally:
            for setter, value in reversed(undo):
                setter(value)
            _recolour(figure, _light)  # ticks that were made while it was drawn
    else:
        figure.savefig(buffer, **options)
    png = buffer.getvalue()
    width, height = struct.unpack(">II", png[16:24])
    return Drawing(png, round(width / scale), round(height / scale))


def _make_room(figure: Figure) -> None:
    """Gives labels the room in inches that they have in a figure of the usual size.

    Only where the cell has left the margins alone; matplotlib's are fractions of the figure, so
    that labels would be cut off in a small one.
    """
    now = figure.subplotpars
    names = ("left", "right", "bottom", "top", "wspace", "hspace")
    untouched = all(getattr(now, name) == STYLE[f"figure.subplot.{name}"] for name in names)
    specs = [(ax, spec) for ax in figure.axes if (spec := ax.get_subplotspec()) is not None]
    if not untouched or not specs or figure.get_layout_engine() is not None:
        return
    usual_width, usual_height = STYLE["figure.figsize"]
    left, right = now.left * usual_width, (1 - now.right) * usual_width
    bottom, top = now.bottom * usual_height, (1 - now.top) * usual_height
    if figure.get_suptitle():
        top += 0.3
    grid = specs[0][1].get_topmost_subplotspec().get_gridspec()
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


def alt_text(figure: Figure) -> str:
    """Says in words what a figure shows: its titles, axis labels and legend entries.

    Args:
        figure: A matplotlib `Figure`.

    Returns:
        Sentences for the image's `alt` attribute.

    >>> from matplotlib.figure import Figure

    from pylib.style import GRID, INK, ON_PAPER, PAPER, STYLE, Theme, on_show
    >>> ax = Figure().subplots()
    >>> _ = ax.set(title="Squared error", xlabel="prediction", ylabel="loss")
    >>> alt_text(ax.figure)
    'Squared error. Horizontal axis: prediction. Vertical axis: loss.'
    """
    parts = [figure.get_suptitle()]
    axes: Any
    for axes in figure.axes:
        if hasattr(axes, "_colorbar"):
            parts.append(_named("Colour", axes.get_ylabel() or axes.get_xlabel()))
            continue
        parts += [axes.get_title(loc) for loc in ("left", "center", "right")]
        parts.append(_named("Horizontal axis", axes.get_xlabel()))
        parts.append(_named("Vertical axis", axes.get_ylabel()))
        if axes.name == "3d":
            parts.append(_named("Third axis", axes.get_zlabel()))
        if (legend := axes.get_legend()) is not None:
            parts.append(_named("Shown", ", ".join(t.get_text() for t in legend.get_texts())))
    sentences = [" ".join(part.replace("$", "").split()) for part in parts]
    text = " ".join(s if s[-1] in ".?!" else s + "." for s in sentences if s)
    return text or "A figure without title and labels."


def _named(name: str, text: str) -> str:
    return f"{name}: {text}" if text.strip() else ""


# --- Exchanging colours ---

_COLOUR_SETTINGS = (
    "text.color",
    "xtick.color",
    "ytick.color",
    "xtick.labelcolor",
    "ytick.labelcolor",
    "axes.labelcolor",
    "axes.edgecolor",
    "grid.color",
)


def _rgb(colour: str) -> tuple[float, float, float]:
    return tuple(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))  # type: ignore[return-value]


_PAIRS = [(_rgb(pair["light"]), _rgb(pair["dark"])) for pair in (INK, GRID)]
_PAPERS = (_rgb(PAPER["light"]), _rgb(PAPER["dark"]))
_WHITE = (1.0, 1.0, 1.0)


def _close(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return all(abs(x - y) < 2e-3 for x, y in zip(a[:3], b[:3], strict=True))


def _dark(colour: Any, is_surface: bool) -> RGBA:
    """The dark page's colour for a light page's; white is paper only where it is a surface."""
    r, g, b, alpha = rgba = _to_rgba(colour)
    for light, dark in _PAIRS:
        if _close(rgba, light):
            return (*dark, alpha)
    if _close(rgba, _WHITE):
        return (*_PAPERS[1], alpha) if is_surface else rgba
    if max(r, g, b) - min(r, g, b) > 0.02:
        return rgba
    # A neutral grey lies as far from ink to paper on the dark page as on the light one.
    ink, paper = _PAIRS[0][1], _PAPERS[1]
    mixed = [i + (p - i) * g for i, p in zip(ink, paper, strict=True)]
    return (mixed[0], mixed[1], mixed[2], alpha)


def _light(colour: Any, is_surface: bool) -> RGBA:
    """Undoes `_dark` for the colours that new ticks take from the defaults."""
    rgba = _to_rgba(colour)
    for light, dark in _PAIRS:
        if _close(rgba, dark):
            return (*light, rgba[3])
    return rgba


def _to_rgba(colour: Any) -> RGBA:
    from matplotlib.colors import to_rgba

    return to_rgba(colour)


def _has_light_paper(figure: Figure) -> bool:
    r, g, b, alpha = _to_rgba(figure.get_facecolor())
    return alpha == 0 or (max(r, g, b) - min(r, g, b) < 0.02 and min(r, g, b) > 0.7)


def _recolour(
    figure: Figure, change: Callable[[Any, bool], RGBA]
) -> list[tuple[Callable[[Any], Any], Any]]:
    """Changes every artist's colours; returns the setters and values that undo it."""
    from matplotlib.colors import ListedColormap, to_rgba_array

    undo: list[tuple[Callable[[Any], Any], Any]] = []
    for artist in _artists(figure):
        if _is_mapped(artist):  # contour lines in colours of their own
            undo.append((artist.set_cmap, artist.cmap))
            artist.set_cmap(ListedColormap([change(c, False) for c in artist.cmap.colors]))
            continue
        for name in ("color", "markerfacecolor", "markeredgecolor", "facecolor", "edgecolor"):
            getter = getattr(artist, f"get_{name}", None)
            if getter is None or (name == "color" and hasattr(artist, "get_facecolor")):
                continue
            old = getter()
            colours = to_rgba_array(old)
            surface = name == "facecolor"
            new = [change(tuple(map(float, c)), surface) for c in colours]
            if not any(not _close(a, b) for a, b in zip(new, colours, strict=True)):
                continue
            setter = getattr(artist, f"set_{name}")
            undo.append((setter, old))
            setter(new if hasattr(artist, "get_paths") else new[0])
    for axes in figure.axes:
        for axis in _axes3d(axes):
            grid = axis._axinfo["grid"]
            undo.append((partial(grid.__setitem__, "color"), grid["color"]))
            grid["color"] = change(grid["color"], False)
    return undo


def _axes3d(axes: Any) -> list[Any]:
    return [axes.xaxis, axes.yaxis, axes.zaxis] if axes.name == "3d" else []


def _artists(figure: Figure) -> Iterator[Any]:
    """Every artist that is not data drawn over colours of its own."""
    over_colours = {id(child) for axes in figure.axes for child in _data_over_colours(axes)}
    seen: set[int] = set()
    waiting: list[Any] = [figure]
    while waiting:
        artist = waiting.pop()
        if id(artist) in seen or id(artist) in over_colours:
            continue
        seen.add(id(artist))
        # Colours that stand for numbers stay.
        if getattr(artist, "colors", None) is not None or not _is_mapped(artist):
            yield artist
        waiting += artist.get_children()
        extra = [getattr(artist, name, None) for name in ("line", "pane", "arrow_patch")]
        if hasattr(artist, "get_bbox_patch"):
            extra.append(artist.get_bbox_patch())
        waiting += [a for a in extra if hasattr(a, "get_children")]


def _is_mapped(artist: Any) -> bool:
    return hasattr(artist, "get_array") and artist.get_array() is not None


def _data_over_colours(axes: Any) -> list[Any]:
    """The lines, patches and texts of axes whose data area an image or filled contours cover."""
    filled = bool(axes.images) or any(
        getattr(c, "filled", False) or type(c).__name__ in ("QuadMesh", "PolyQuadMesh")
        for c in axes.collections
    )
    if not filled or axes.name == "3d" or hasattr(axes, "_colorbar"):
        return []
    children = [*axes.lines, *axes.patches, *axes.texts, *axes.collections]
    return [child for child in children if child.get_gid() != ON_PAPER]
