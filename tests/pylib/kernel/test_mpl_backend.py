"""A figure drawn for light and for dark pages: what changes, what stays, and what it says."""

import io
from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.colors import rgb_to_hsv, to_hex, to_rgb
from matplotlib.figure import Figure
from PIL import Image

from pylib import palette
from pylib.kernel import mpl_backend, mpl_style
from pylib.kernel.mpl_backend import alt_text, draw

DARK_INK, DARK_PAPER = palette.INK["dark"], palette.PAPER["dark"]


@pytest.fixture(autouse=True)
def page_style() -> Iterator[None]:
    mpl_style.use_style()
    yield
    plt.close("all")


def image(figure: Figure, theme: palette.Theme) -> Any:
    """The drawing's pixels, (height, width, 3)."""
    return np.asarray(Image.open(io.BytesIO(draw(figure, theme).png)).convert("RGB"))


def has(pixels: Any, colour: str) -> bool:
    wanted = np.array([round(255 * part) for part in to_rgb(colour)])
    return bool((pixels == wanted).all(axis=-1).any())


def colours_of(figure: Figure) -> list[str]:
    """Every colour of every artist, to see whether drawing left a trace."""
    found = []
    for artist in figure.findobj():
        for name in ("color", "facecolor", "edgecolor", "markerfacecolor"):
            if hasattr(artist, f"get_{name}"):
                found.append(f"{artist} {name} {getattr(artist, f'get_{name}')()}")
    return found


# --- Colours ---


def luminance(colour: str) -> float:
    rgb = np.array(to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


def contrast(a: str, b: str) -> float:
    low, high = sorted([luminance(a), luminance(b)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("colour", palette.CYCLE)
def test_the_cycle_stands_out_on_both_papers(colour: str, theme: str) -> None:
    assert contrast(colour, palette.PAPER[theme]) >= 3.1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_ink_is_legible(theme: str) -> None:
    assert contrast(palette.INK[theme], palette.PAPER[theme]) > 12


# G. M. Machado et al., A Physiologically-based Model for Simulation of Color Vision Deficiency
# (2009), severity 1.0, for linear RGB.
SIGHT = {
    "all colours": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def lab(linear: Any) -> Any:
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    xyz = np.array(to_xyz) @ np.clip(linear, 0, 1) / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("sight", SIGHT)
def test_the_cycle_can_be_told_apart(sight: str) -> None:
    seen = []
    for colour in palette.CYCLE:
        rgb = np.array(to_rgb(colour))
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        seen.append(lab(np.array(SIGHT[sight]) @ linear))
    apart = [np.linalg.norm(a - b) for i, a in enumerate(seen) for b in seen[:i]]
    assert min(apart) > 23


# --- Light and dark ---


def test_ink_paper_and_grid_change_and_the_data_does_not() -> None:
    figure, ax = plt.subplots()
    ax.plot([0, 1], [0, 1], color=palette.BLUE, linewidth=8)
    ax.grid(visible=True)
    light, dark = image(figure, "light"), image(figure, "dark")
    for theme, pixels in (("light", light), ("dark", dark)):
        assert to_hex(pixels[0, 0] / 255) == palette.PAPER[theme]
        assert to_hex(pixels[-1, -1] / 255) == palette.PAPER[theme]
        assert has(pixels, palette.BLUE)
        assert has(pixels, palette.INK[theme])
        assert has(pixels, palette.GRID[theme])
    assert not has(dark, palette.INK["light"])
    assert not has(light, palette.INK["dark"])


@pytest.mark.parametrize("name", ["blue", "navy", "darkred", "indigo", "#400000", "#000033"])
def test_data_too_dark_for_the_dark_page_is_made_lighter_in_its_hue(name: str) -> None:
    figure, ax = plt.subplots()
    ax.plot([0, 1], [0, 1], color=name, linewidth=12)
    seen = image(figure, "dark")[461, 717] / 255  # the middle of the line
    assert 2.98 <= contrast(to_hex(seen), DARK_PAPER) < 3.1
    assert rgb_to_hsv(seen)[0] == pytest.approx(rgb_to_hsv(to_rgb(name))[0], abs=0.01)
    assert has(image(figure, "light"), name)
    assert ax.lines[0].get_color() == name


@pytest.mark.parametrize("draw_it", ["bar", "scatter", "fill", "text", "collection", "contour"])
def test_whatever_carries_data_is_made_lighter(draw_it: str) -> None:
    figure, ax = plt.subplots()
    match draw_it:
        case "bar":
            ax.bar([0], [1], color="navy")
        case "scatter":
            ax.scatter([0, 1], [0, 1], s=4000, c=["navy", "yellow"])
        case "fill":
            ax.fill_between([0, 1], [0, 1], color="navy")
        case "text":
            ax.text(0.2, 0.2, "\u2588", color="navy", fontsize=90)
        case "collection":
            ax.hlines([0.5], 0, 1, colors="navy", linewidth=20)
        case "contour":
            ax.contour(np.arange(9.0).reshape(3, 3), colors="navy", linewidths=20)
    dark = image(figure, "dark")
    assert not has(dark, "navy")
    assert has(image(figure, "light"), "navy")
    assert draw_it != "scatter" or has(dark, "yellow")


def test_what_can_be_seen_on_the_dark_page_and_backgrounds_keep_their_colours() -> None:
    figure, ax = plt.subplots()
    ax.set_facecolor("midnightblue")
    ax.plot([0, 1], [0, 1], color="green", linewidth=12)  # 3.5 : 1
    ax.text(0, 1, "box", color="white", bbox={"fc": "navy"}, fontsize=40)
    ax.plot([0, 1], [1, 0], color="yellow", linewidth=12)
    themes: tuple[palette.Theme, ...] = ("light", "dark")
    for theme in themes:
        pixels = image(figure, theme)
        for name in ("midnightblue", "green", "navy", "yellow"):
            assert has(pixels, name), (theme, name)


def test_the_shades_of_a_lit_surface_stay() -> None:
    figure = plt.figure()
    ax: Any = figure.add_subplot(projection="3d")
    x, y = np.meshgrid(np.linspace(-1, 1, 5), np.linspace(-1, 1, 5))
    surface = ax.plot_surface(x, y, x * y, color="darkgreen")
    shades = {to_hex(shade) for shade in surface.get_facecolor()}
    assert min(contrast(shade, DARK_PAPER) for shade in shades) < 2
    themes: tuple[palette.Theme, ...] = ("light", "dark", "light")
    seen = [{shade for shade in shades if has(image(figure, theme), shade)} for theme in themes]
    assert seen[0] == seen[1] == seen[2]


@pytest.mark.parametrize("colour", [palette.INK["light"], "navy", "0.3"])
def test_what_is_made_in_the_dark_is_light_again(colour: str) -> None:
    """Such as the first frame of an animation, and ticks where a drawing finds more room."""
    made: list[Any] = []
    with plt.rc_context({"text.color": colour}):
        figure, ax = plt.subplots()
        figure.canvas.mpl_connect("draw_event", lambda _: made.append(ax.text(0, 0, "made")))
        draw(figure, "dark")
    assert to_hex(made[0].get_color()) == to_hex(colour)


def everything() -> Figure:
    """A figure with all that has a colour: legends, ticks, bars, contours, images, 3-D axes."""
    figure = plt.figure(figsize=(8, 6))
    figure.suptitle("Everything")
    ax = figure.add_subplot(221)
    ax.plot([0, 1], "k--", marker="o", label="black")
    ax.axhline(0.5, color="0.4")
    ax.annotate("here", (0, 0), (1, 1), arrowprops={"arrowstyle": "->"}, bbox={"fc": "w"})
    ax.tick_params(axis="x", colors="black")
    ax.legend()
    ax = figure.add_subplot(222)
    ax.bar([0, 1], [1, 2], edgecolor="black")
    ax.scatter([0, 1], [1, 2], color="k")
    ax.contour(np.arange(9.0).reshape(3, 3), colors="black")
    ax.table([["1"]])
    ax = figure.add_subplot(223)
    figure.colorbar(ax.imshow(np.arange(9.0).reshape(3, 3)), label="height")
    ax.text(1, 1, "on it", color="k")
    ax3 = figure.add_subplot(224, projection="3d")
    ax3.plot([0, 1], [0, 1], [0, 1], color="k")
    return figure


@pytest.mark.parametrize("first", ["light", "dark"])
def test_drawing_leaves_the_figure_as_it_was(first: palette.Theme) -> None:
    figure = everything()
    fresh = draw(everything(), "light").png
    draw(figure, first)
    draw(figure, "dark")
    assert draw(figure, "light").png == fresh
    before = colours_of(figure)
    dark = draw(figure, "dark").png
    assert colours_of(figure) == before
    assert draw(figure, "dark").png == dark


def test_a_dark_drawing_does_not_depend_on_what_was_drawn_before() -> None:
    figure = everything()
    draw(figure, "light")
    assert draw(figure, "dark").png == draw(everything(), "dark").png


@pytest.mark.parametrize("hatch", ["//", None])
def test_a_light_drawing_does_not_depend_on_a_dark_one_before(hatch: str | None) -> None:
    """Markers that follow their line go on to follow it; a hatch keeps its colour."""
    figure, ax = plt.subplots()
    ax.bar([1, 2], [3, 4], hatch=hatch)
    (line,) = ax.plot([1, 2], [5, 5], "o-", color="0.2", ms=12)
    light = image(figure, "light")
    image(figure, "dark")
    assert (image(figure, "light") == light).all()
    line.set_color("#c00000")
    image(figure, "dark")
    assert line.get_markerfacecolor() == line.get_markeredgecolor() == "#c00000"


def test_a_grey_marker_is_as_grey_as_its_line_on_the_dark_page() -> None:
    figure, ax = plt.subplots()
    ax.plot([1, 2], [5, 5], "o", color="0.2", ms=30)
    alone = image(figure, "dark")
    ax.lines[0].set_markerfacecolor("0.2")
    ax.lines[0].set_markeredgecolor("0.2")
    assert (image(figure, "dark") == alone).all()


def test_nothing_dark_is_left_on_the_dark_page() -> None:
    """Outside the image, no pixel is darker than the paper: no black line, text or tick."""
    figure, ax = plt.subplots()
    ax.plot([0, 1], "k", label="black line")
    ax.contour(np.arange(9.0).reshape(3, 3), colors="k")
    ax.text(0.5, 0.5, "black text", color="black")
    ax.tick_params(colors="k")
    ax.spines[:].set_color("k")
    ax.legend(labelcolor="k")
    pixels = image(figure, "dark").astype(int)
    assert (pixels.sum(axis=2) >= 0x14 + 0x17 + 0x1F - 6).all()


def test_what_is_drawn_over_an_image_stays() -> None:
    figure, ax = plt.subplots()
    ax.imshow(np.full((4, 4), 0.5), cmap="gray", vmin=0, vmax=1)
    ax.plot([0, 3], [0, 3], color="black", linewidth=10)
    ax.text(0, 3, "W", color="white", fontsize=60)
    dark = image(figure, "dark")
    inside = dark[300:600, 500:800]
    assert has(inside, "#000000")
    assert has(dark, "#ffffff")


def test_a_caption_beside_an_image_changes() -> None:
    figure, ax = plt.subplots()
    ax.imshow(np.full((4, 4), 0.5), cmap="gray", vmin=0, vmax=1)
    ax.set_axis_off()
    ax.text(0, 4, "caption", fontsize=30, gid=palette.ON_PAPER, color="k")
    assert has(image(figure, "dark"), DARK_INK)


def test_a_figure_with_a_background_of_its_own_looks_the_same() -> None:
    figure, ax = plt.subplots(facecolor="lightyellow")
    ax.plot([1, 2])
    assert draw(figure, "light").png == draw(figure, "dark").png


def test_a_dark_style_of_the_cell_stays_as_it_is() -> None:
    with plt.style.context("dark_background"):
        figure, ax = plt.subplots()
        ax.set_title("white on black")
        assert draw(figure, "light").png == draw(figure, "dark").png


def test_three_dimensional_panes_and_grids_change() -> None:
    figure = plt.figure()
    ax: Any = figure.add_subplot(projection="3d")
    ax.plot([0, 1], [0, 1], [0, 1])
    dark = image(figure, "dark").astype(int)
    light = image(figure, "light").astype(int)
    assert dark.mean() < 60
    assert light.mean() > 220
    assert has(dark, DARK_INK)


# --- Size ---


@pytest.mark.parametrize(("size", "dpi"), [((6.4, 4.8), 100), ((3, 2.5), 100), ((4, 3), 150)])
def test_a_drawing_has_twice_the_pages_pixels(size: tuple[float, float], dpi: int) -> None:
    drawing = draw(Figure(figsize=size, dpi=dpi), "light")
    assert (drawing.width, drawing.height) == (round(size[0] * dpi), round(size[1] * dpi))
    png = Image.open(io.BytesIO(drawing.png))
    assert png.size == (2 * drawing.width, 2 * drawing.height)


def test_a_huge_figure_is_drawn_coarser() -> None:
    drawing = draw(Figure(figsize=(60, 40)), "light")
    assert (drawing.width, drawing.height) == pytest.approx((6000, 4000), abs=1)
    png = Image.open(io.BytesIO(drawing.png))
    assert png.size[0] * png.size[1] <= mpl_backend.MAX_PIXELS * 1.01


@pytest.mark.parametrize(("size", "dpi"), [((1000, 1000), 1000), ((6.4, 4.8), 1e5), ((1e9, 1), 1)])
def test_a_figure_without_measure_is_refused_in_words(
    size: tuple[float, float], dpi: float
) -> None:
    figure = plt.figure(figsize=size, dpi=dpi)
    with pytest.raises(ValueError, match=r"million pixels, and there is memory for 100 million"):
        draw(figure, "light")
    figure = plt.figure()
    figure.set_size_inches(size)
    with pytest.raises(ValueError, match=r"figsize=\(.*\) inches at dpi="):
        figure.savefig(io.BytesIO(), dpi=dpi)


def test_a_figure_for_print_can_be_saved() -> None:
    file = io.BytesIO()
    plt.figure(figsize=(6.4, 4.8)).savefig(file, format="png", dpi=600)
    assert Image.open(file).size == (3840, 2880)


@pytest.mark.parametrize(
    ("shape", "size"),
    [((1, 1), (6.4, 2.4)), ((1, 3), (9, 3)), ((2, 2), (6.4, 5)), ((3, 1), (5, 7))],
)
def test_labels_are_not_cut_off_and_do_not_overlap(
    shape: tuple[int, int], size: tuple[float, float]
) -> None:
    figure, axes = plt.subplots(*shape, figsize=size, squeeze=False)
    for ax in axes.flat:
        ax.plot([0, 1], [-0.0075, 0.0025])
        ax.set(title="A title", xlabel="number of steps", ylabel="loss")
    if shape != (1, 1):
        figure.suptitle("All of them")
    draw(figure, "light")
    boxes = [ax.get_tightbbox() for ax in axes.flat]
    for box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0
        assert box.x1 <= figure.bbox.x1 and box.y1 <= figure.bbox.y1
    overlaps = [a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i]]
    assert not any(overlaps)


def test_margins_that_the_cell_chose_stay() -> None:
    figure, ax = plt.subplots(figsize=(4, 2))
    figure.subplots_adjust(left=0.3)
    before = ax.get_position().bounds
    draw(figure, "light")
    assert ax.get_position().bounds == before


# --- Words ---


def test_alt_text_names_titles_axes_and_legend() -> None:
    figure, (left, right) = plt.subplots(1, 2)
    figure.suptitle("Two losses")
    left.plot([1], label="MSE")
    left.plot([2], label="Huber")
    left.set(title="Value", xlabel="residual $r$", ylabel="loss")
    left.legend()
    right.set_title("Which is best?")
    assert alt_text(figure) == (
        "Two losses. Value. Horizontal axis: residual r. Vertical axis: loss. "
        "Shown: MSE, Huber. Which is best?"
    )


def test_alt_text_names_colours_and_the_third_axis() -> None:
    figure, ax = plt.subplots()
    figure.colorbar(ax.imshow([[0, 1]]), label="height")
    assert alt_text(figure) == "Colour: height."
    solid: Any = plt.figure().add_subplot(projection="3d")
    solid.set_zlabel("f")
    assert alt_text(solid.figure) == "Third axis: f."


def test_alt_text_is_never_empty() -> None:
    assert alt_text(Figure()) == "A figure without title and labels."
