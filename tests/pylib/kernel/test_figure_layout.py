"""Room for labels: a figure on a narrow page is drawn smaller, so that its labels are not."""

import io
from collections.abc import Iterator

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from pylib.kernel import mpl_style
from pylib.kernel.figure_layout import LEGIBLE
from pylib.kernel.mpl_backend import draw
from pylib.palette import Theme

PHONE = 310.0  # CSS pixels for a figure on a page of 360
USUAL = (640, 480)


@pytest.fixture(autouse=True)
def page_style() -> Iterator[None]:
    mpl_style.use_style()
    yield
    plt.close("all")


def line(title: str = "Learning curve", names: int = 1) -> Figure:
    """An ordinary figure of one plot."""
    figure, ax = plt.subplots()
    for number in range(names):
        ax.plot([0, 2, 1, 0], label=f"the loss of run number {number}")
    ax.set(title=title, xlabel="epoch", ylabel="loss")
    ax.legend(loc="lower center")
    return figure


def size(figure: Figure, width: float | None, theme: Theme = "light") -> tuple[int, int]:
    drawing = draw(figure, theme, width)
    return drawing.width, drawing.height


def lines_above(figure: Figure, width: float | None) -> int:
    """How many lines of text stand above the plot; none of them may touch the edge."""
    figure.axes[0].set_ylabel("")
    figure.axes[0].set_yticks([])
    drawn = Image.open(io.BytesIO(draw(figure, "light", width).png)).convert("L")
    left, right = 0.3 * drawn.width, 0.9 * drawn.width
    blank = np.asarray(drawn.crop((round(left), 0, round(right), drawn.height))).min(axis=1) > 200
    assert blank[:4].all(), "the first line is cut off"
    first_curve = round(0.17 * drawn.height)
    return int((np.diff(blank[:first_curve].astype(int)) == -1).sum())


@pytest.mark.parametrize("width", [None, 0.75 * 640, 900.0])
def test_where_labels_are_legible_a_figure_has_the_size_that_its_author_chose(
    width: float | None,
) -> None:
    assert size(line(), width) == USUAL


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_phone_shows_labels_at_a_legible_size(theme: Theme) -> None:
    width, height = size(line(), PHONE, theme)
    assert width == pytest.approx(PHONE / LEGIBLE, abs=1)
    assert width / height < 640 / 480, "it loses less of its height"


def test_drawing_for_a_phone_leaves_the_figure_as_it_was() -> None:
    figure = line()
    before = [*figure.get_size_inches(), *vars(figure.subplotpars).values()]
    place = figure.axes[0].get_position().bounds
    draw(figure, "light", PHONE)
    assert [*figure.get_size_inches(), *vars(figure.subplotpars).values()] == before
    assert figure.axes[0].get_position().bounds == place


def test_a_long_title_is_broken_into_lines_that_are_not_cut_off() -> None:
    title = "The largest curvature of the loss while a network trains"
    figure = line(title)
    assert size(figure, PHONE)[0] < 640
    assert figure.axes[0].get_title() == title
    assert lines_above(figure, PHONE) == 2


def test_a_label_that_would_be_cut_off_keeps_the_figure_wide() -> None:
    figure = line()
    figure.axes[0].set_ylabel("the mean of the squared differences of all rows, in square meters")
    assert size(figure, PHONE) == USUAL
    formula = "$y = " + " + ".join(f"x_{i}" for i in range(20)) + "$"
    assert size(line(formula), PHONE) == USUAL, "a formula has no place to break"


def test_a_title_of_three_lines_is_not_cut_off_on_a_wide_page() -> None:
    figure, ax = plt.subplots()
    ax.set_title("One\nTwo\nThree")
    assert lines_above(figure, None) == 3


def test_a_legend_that_would_hide_the_plot_keeps_the_figure_wide() -> None:
    assert size(line(names=7), PHONE) == USUAL


def test_names_along_the_axis_that_would_lie_on_one_another_keep_the_figure_wide() -> None:
    figure, ax = plt.subplots()
    ax.bar(["SGD", "Momentum", "RMSprop", "Adam", "AdamW"], [1, 2, 3, 4, 5])
    assert size(figure, PHONE) == USUAL


@pytest.mark.parametrize(
    "title", ["Loss with pylib.optimizers.RMSprop(lr=0.01)", " " * 60, "a" + " " * 80 + "b"]
)
def test_any_title_is_drawn_and_no_word_is_broken(title: str) -> None:
    figure, ax = plt.subplots()
    seen: list[str] = []
    ax.set_title(title)
    ax.title.add_callback(lambda _: seen.append(ax.get_title()))
    draw(figure, "light", PHONE)
    assert [text.split() for text in seen] == [title.split()] * len(seen)
    assert ax.get_title() == title
    assert tuple(figure.get_size_inches()) == (6.4, 4.8)


def test_plots_side_by_side_are_not_squeezed() -> None:
    assert size(plt.subplots(1, 2)[0], PHONE) == USUAL
    figure, ax = plt.subplots()
    figure.colorbar(ax.imshow([[0, 1], [2, 3]]))
    assert size(figure, PHONE) == USUAL


def test_margins_that_the_author_chose_are_kept() -> None:
    figure = line()
    figure.subplots_adjust(left=0.3)
    assert size(figure, PHONE) == USUAL
    constrained, _ = plt.subplots(layout="constrained")
    assert size(constrained, PHONE) == USUAL


def test_a_page_without_any_room_gets_the_usual_figure() -> None:
    assert size(line(), 20.0) == USUAL
