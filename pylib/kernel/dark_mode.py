"""A figure's colours exchanged for a dark page while it is drawn, and put back afterwards."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any, Literal, TypeAlias

import matplotlib
from matplotlib import rcParams
from matplotlib.colors import ListedColormap, to_rgba, to_rgba_array
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from pylib.palette import GRID, INK, ON_PAPER, PAPER

RGBA: TypeAlias = tuple[float, float, float, float]
# What a colour is for; a ground is what others are drawn on.
Role: TypeAlias = Literal["line", "ground", "area"]

# Data that stands out less against the dark paper (WCAG 2.2, contrast ratio) is made lighter.
LEAST_CONTRAST = 3.0


@contextmanager
def dark_colours(figure: Figure, only: Iterable[Any] | None = None) -> Iterator[None]:
    """Gives a figure made for a light page the colours of the dark one.

    Paper, ink, grid and neutral greys are exchanged. Colours that carry data stay, unless they are
    too dark to be seen, such as navy: those are made lighter in the same hue. Everything drawn over
    an image or filled contours stays. A figure with a background of its own
    (neither white nor light grey) stays as it is.

    Args:
        figure: A matplotlib `Figure`; as it was again when the block ends.
        only: The artists that are drawn; all by default.

    Examples:
        >>> figure = Figure()
        >>> with dark_colours(figure):
        ...     [round(255 * part) for part in figure.get_facecolor()[:3]]
        [20, 23, 31]
        >>> figure.get_facecolor()
        (1.0, 1.0, 1.0, 1.0)
    """
    if not _has_light_paper(figure):
        yield
        return
    # Ticks that are made while it is drawn take their colours from the settings.
    settings = {
        name: _dark(value, "line")
        for name in _COLOUR_SETTINGS
        if isinstance(value := rcParams[name], str) and value not in ("auto", "inherit", "none")
    }
    made = [(to_rgba(rcParams[name]), dark) for name, dark in settings.items()]
    undo = _recolour(figure, _dark, only)
    try:
        with matplotlib.rc_context(settings):
            yield
    finally:
        for setter, value in reversed(undo):
            setter(value)
        if only is None:
            _recolour(figure, partial(_light, made))


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


def _dark(colour: Any, role: Role) -> RGBA:
    """The dark page's colour for a light page's; white is paper only where it is no line."""
    r, g, b, alpha = rgba = to_rgba(colour)
    for light, dark in _PAIRS:
        if _close(rgba, light):
            return (*dark, alpha)
    if _close(rgba, _WHITE):
        return rgba if role == "line" else (*_PAPERS[1], alpha)
    if max(r, g, b) - min(r, g, b) > 0.02:
        return rgba if role == "ground" else _seen(rgba)
    # A neutral grey lies as far from ink to paper on the dark page as on the light one.
    ink, paper = _PAIRS[0][1], _PAPERS[1]
    mixed = [i + (p - i) * g for i, p in zip(ink, paper, strict=True)]
    return (mixed[0], mixed[1], mixed[2], alpha)


@lru_cache(maxsize=1024)
def _seen(rgba: RGBA) -> RGBA:
    """The colour, mixed with as much white as it takes to be seen on the dark paper."""
    r, g, b, alpha = rgba
    low, high = 0.0, 1.0
    if _contrast(rgba) >= LEAST_CONTRAST:
        return rgba
    for _ in range(12):  # to less than a step of 8 bits
        white = (low + high) / 2
        mixed = (r + (1 - r) * white, g + (1 - g) * white, b + (1 - b) * white, alpha)
        low, high = (low, white) if _contrast(mixed) >= LEAST_CONTRAST else (white, high)
    return (r + (1 - r) * high, g + (1 - g) * high, b + (1 - b) * high, alpha)


def _contrast(rgba: RGBA) -> float:
    """To the dark paper: (L + .05) / (L_paper + .05), for a colour that is no darker than it."""
    return (_luminance(rgba[:3]) + 0.05) / (_luminance(_PAPERS[1]) + 0.05)


def _luminance(rgb: tuple[float, float, float]) -> float:
    r, g, b = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in rgb)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def _light(made: list[tuple[RGBA, RGBA]], colour: Any, role: Role) -> RGBA:
    """Undoes `_dark` for the colours that new ticks take from the settings."""
    rgba = to_rgba(colour)
    for light, dark in made:
        if _close(rgba, dark):
            return (*light[:3], rgba[3])
    return rgba


def _has_light_paper(figure: Figure) -> bool:
    r, g, b, alpha = to_rgba(figure.get_facecolor())
    return alpha == 0 or (max(r, g, b) - min(r, g, b) < 0.02 and min(r, g, b) > 0.7)


def _recolour(
    figure: Figure, change: Callable[[Any, Role], RGBA], only: Iterable[Any] | None = None
) -> list[tuple[Callable[[Any], Any], Any]]:
    """Changes every artist's colours; returns the setters and values that undo it."""
    undo: list[tuple[Callable[[Any], Any], Any]] = []
    # A figure has few colours, and they are looked up by many: None stays as it is.
    known: dict[tuple[Any, Role], list[RGBA] | None] = {}

    def changed(old: Any, role: Role) -> list[RGBA] | None:
        colours = to_rgba_array(old)
        if not colours[:, 3].any():
            return None  # what is not drawn; a hatch keeps its colour as long as no edge is given
        new = [change(tuple(map(float, c)), role) for c in colours]
        return new if any(not _close(a, b) for a, b in zip(new, colours, strict=True)) else None

    grounds = [figure, figure.patch]
    for axes in figure.axes:
        grounds += [axes, axes.patch]
    for artist in _artists(figure, only):
        if _is_mapped(artist):  # contour lines in colours of their own
            undo.append((artist.set_cmap, artist.cmap))
            artist.set_cmap(ListedColormap([change(c, "line") for c in artist.cmap.colors]))
            continue
        for name in ("color", "markerfacecolor", "markeredgecolor", "facecolor", "edgecolor"):
            getter = getattr(artist, f"get_{name}", None)
            if getter is None or (name == "color" and hasattr(artist, "get_facecolor")):
                continue
            raw = getattr(artist, f"_{name}", None)
            if isinstance(raw, str) and raw == "auto":
                continue  # a marker that follows the line's colour, before and after
            old = getter()
            if hasattr(artist, "do_3d_projection") and len(to_rgba_array(old)) > 1:
                continue  # the shades of a lit body, in the order of the last drawing
            role: Role = "area" if name == "facecolor" else "line"
            if role == "area" and (artist in grounds or isinstance(artist, FancyBboxPatch)):
                role = "ground"  # that patch is the frame of a legend or of a text
            if isinstance(old, str | tuple):
                if (old, role) not in known:
                    known[old, role] = changed(old, role)
                new = known[old, role]
            else:
                new = changed(old, role)
            if new is None:
                continue
            setter = getattr(artist, f"set_{name}")
            # What was left to the settings, or to other colours, is left to them again.
            held = {key: value for key, value in vars(artist).items() if "color" in key}
            undo += [(vars(artist).update, held), (setter, old)]
            setter(new if hasattr(artist, "get_paths") else new[0])
    for axes in figure.axes if only is None else ():
        for axis in _axes3d(axes):
            grid = axis._axinfo["grid"]
            undo.append((partial(grid.__setitem__, "color"), grid["color"]))
            grid["color"] = change(grid["color"], "line")
    return undo


def _axes3d(axes: Any) -> list[Any]:
    return [axes.xaxis, axes.yaxis, axes.zaxis] if axes.name == "3d" else []


def _artists(figure: Figure, only: Iterable[Any] | None = None) -> Iterator[Any]:
    """Every artist, or those, that is not data drawn over colours of its own."""
    over_colours = {id(child) for axes in figure.axes for child in _data_over_colours(axes)}
    seen: set[int] = set()
    waiting: list[Any] = [figure] if only is None else list(only)
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
