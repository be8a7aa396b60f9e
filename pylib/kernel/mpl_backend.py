"""One figure drawn as a PNG for a light or for a dark page, and said in words.

Settings are `mpl_style`'s, dark colours `dark_mode`'s; what is plotted, the cell's.
matplotlib takes this module as its backend (see `mpl_style`), so `plt.show()` ends here.
"""

import io
import struct
import zlib
from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from numpy.typing import NDArray

from pylib.kernel.dark_mode import dark_colours
from pylib.kernel.figure_layout import UnfitError, check_fit, is_too_wide, make_room, narrowed
from pylib.kernel.mpl_style import on_show
from pylib.palette import Theme

# Above this many pixels a figure is drawn coarser than at twice the page's pixels.
MAX_PIXELS = 16e6
# Above this many a figure is refused: a drawing takes at least 4 bytes for each.
MOST_PIXELS = 1e8


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

    def get_renderer(self) -> Any:
        """Agg's renderer, unless Python would run out of memory before it can say so."""
        check_size(self.figure)
        return super().get_renderer()  # type: ignore[no-untyped-call]


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


# Pixels for each of the page's: a picture that stays may be looked at closely.
FINEST = 2.0


@dataclass(frozen=True)
class Raster:
    """A figure in pixels, of shape (rows, columns, 4); `width` and `height` are CSS pixels."""

    pixels: NDArray[np.uint8]
    width: int
    height: int
    is_opaque: bool


@dataclass(frozen=True)
class Drawing:
    """One PNG of a figure; `width` and `height` are CSS pixels, half of the PNG's own."""

    png: bytes
    width: int
    height: int


def draw(figure: Figure, theme: Theme, width: float | None = None) -> Drawing:
    """Draws a figure as a PNG at twice the page's pixels, in the colours of a theme.

    Args:
        figure: A matplotlib `Figure`. 100 of its dots per inch are 100 CSS pixels.
        theme: `"light"` or `"dark"`.
        width: The room that the page has for it, in CSS pixels; any by default.

    Returns:
        The PNG and its size in CSS pixels.

    Raises:
        ValueError: the figure has too many pixels.

    Examples:
        >>> from matplotlib.figure import Figure
        >>> drawing = draw(Figure(figsize=(3, 2), dpi=100), "dark")
        >>> drawing.width, drawing.height, drawing.png[1:4]
        (300, 200, b'PNG')
    """
    raster = rasterize(figure, theme, width)
    pixels = raster.pixels[:, :, :3] if raster.is_opaque else raster.pixels
    return Drawing(_png(pixels), raster.width, raster.height)


def rasterize(
    figure: Figure,
    theme: Theme,
    width: float | None = None,
    ratio: float = FINEST,
    painter: FigureCanvasAgg | None = None,
) -> Raster:
    """Draws a figure in pixels, in the colours of a theme.

    A figure is made for a light page; for a dark one its colours are exchanged while it is drawn
    (see `dark_mode`). For a narrow page it is drawn smaller (see `figure_layout`).

    Args:
        figure: A matplotlib `Figure`. 100 of its dots per inch are 100 CSS pixels.
        theme: `"light"` or `"dark"`.
        width: The room that the page has for it, in CSS pixels; any by default.
        ratio: Pixels for each of the page's, at most `FINEST`.
        painter: The canvas of this figure to draw on; a new one by default.

    Returns:
        The pixels and the figure's size in CSS pixels.

    Raises:
        ValueError: the figure has too many pixels.

    Examples:
        >>> from matplotlib.figure import Figure
        >>> raster = rasterize(Figure(figsize=(3, 2), dpi=100), "light", ratio=1.0)
        >>> raster.width, raster.pixels.shape
        (300, (200, 300, 4))
    """
    check_size(figure)
    with dark_colours(figure) if theme == "dark" else nullcontext():
        if width is not None and is_too_wide(figure, width):
            with narrowed(figure, width), suppress(UnfitError):
                return _drawn(figure, ratio, painter, check_fit)
        return _drawn(figure, ratio, painter)


def draw_svg(figure: Figure) -> str:
    r"""Draws a figure as SVG, for a light page.

    Args:
        figure: A matplotlib `Figure`.

    Examples:
        >>> draw_svg(Figure(figsize=(3, 2)))[-7:]
        '</svg>\n'
    """
    from matplotlib.backends.backend_svg import FigureCanvasSVG  # asked for by few

    check_size(figure)
    make_room(figure)
    canvas, out = figure.canvas, io.StringIO()
    try:
        FigureCanvasSVG(figure).print_svg(out, metadata={"Date": None})  # type: ignore[no-untyped-call]
    finally:
        figure.set_canvas(canvas)
    return out.getvalue()


def check_size(figure: Figure) -> None:
    """Refuses a figure that there is no memory for.

    Raises:
        ValueError: the figure has too many pixels.
    """
    width, height = (float(inches) * figure.dpi for inches in figure.get_size_inches())
    if not width * height <= MOST_PIXELS:
        inches = ", ".join(f"{float(side):g}" for side in figure.get_size_inches())
        raise ValueError(
            f"A figure of figsize=({inches}) inches at dpi={figure.dpi:g} has"
            f" {width * height / 1e6:,.0f} million pixels, and there is memory for"
            f" {MOST_PIXELS / 1e6:.0f} million. The usual size is figsize=(6.4, 4.8) at dpi=100."
        )


def _drawn(
    figure: Figure,
    ratio: float,
    painter: FigureCanvasAgg | None,
    check: Callable[[Figure], None] = lambda figure: None,
) -> Raster:
    scale = fineness(figure, ratio)
    make_room(figure)
    pixels = _paint(figure, figure.dpi * scale, painter, check)
    height, width = pixels.shape[:2]
    opaque = figure.patch.get_visible() and to_rgba(figure.get_facecolor())[3] == 1
    return Raster(pixels, round(width / scale), round(height / scale), opaque)


def fineness(figure: Figure, ratio: float) -> float:
    """Pixels for each of the page's that a figure is drawn with."""
    inches = figure.get_size_inches()
    area = float(inches[0] * inches[1]) * figure.dpi**2
    return float(min(ratio, FINEST, (MAX_PIXELS / max(area, 1.0)) ** 0.5))


def _paint(
    figure: Figure, dpi: float, painter: Any, check: Callable[[Figure], None]
) -> NDArray[np.uint8]:
    """The figure in pixels: what `savefig` does.

    `check` sees the figure as it was painted.
    """
    canvas, usual_dpi = figure.canvas, figure.dpi
    try:
        if painter is None:
            painter = FigureCanvasAgg(figure)
        figure.set_canvas(painter)
        figure.dpi = dpi
        painter.draw()
        check(figure)
        return np.asarray(painter.buffer_rgba())
    finally:
        figure.dpi = usual_dpi
        figure.set_canvas(canvas)


def _png(pixels: NDArray[np.uint8]) -> bytes:
    """Pixels of height, width and 3 or 4 channels, as PNG (ISO/IEC 15948:2004).

    Each row is stored as its difference to the row above (filter type 2): most of a plot's rows
    are alike. Pillow tries five filters on every row, which takes four times as long.
    """
    height, width, channels = pixels.shape
    rows = np.zeros((height, 1 + width * channels), np.uint8)
    rows[:, 1:] = pixels.reshape(height, -1)
    rows[1:, 1:] -= rows[:-1, 1:]
    rows[1:, 0] = 2
    colour_type = 2 if channels == 3 else 6
    header = struct.pack(">IIBBBBB", width, height, 8, colour_type, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows.data, 1)), (b"IEND", b""))
    parts = [b"\x89PNG\r\n\x1a\n"]
    for name, content in chunks:
        checked = name + content
        parts += [struct.pack(">I", len(content)), checked, struct.pack(">I", zlib.crc32(checked))]
    return b"".join(parts)


def alt_text(figure: Figure) -> str:
    """Says in words what a figure shows: its titles, axis labels and legend entries.

    Args:
        figure: A matplotlib `Figure`.

    Returns:
        Sentences for the image's `alt` attribute.

    Examples:
        >>> from matplotlib.figure import Figure
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
