"""Room for labels: a figure on a narrow page is drawn smaller, so that its labels are not."""

import io
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from pylib.kernel import mpl_style
from pylib.kernel.execute import run
from pylib.kernel.figure_layout import LEGIBLE, narrow_rooms
from pylib.kernel.mpl_backend import draw
from pylib.palette import Theme

PHONE = 310.0  # CSS pixels for a figure on a page of 360
DRAWN = 300.0  # what it is drawn for there
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
    share = DRAWN / LEGIBLE / 640
    assert (width, height) == pytest.approx((640 * share, 480 * share**0.5), abs=1)


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


def plots(rows: int, columns: int, **options: Any) -> Figure:
    """Plots side by side, with all that stands around them."""
    figure: Figure
    figure, axes = plt.subplots(rows, columns, figsize=(4 * columns, 3.4 * rows), **options)
    for number, ax in enumerate(axes.flat):
        ax.plot([0, 2 + number, 1, 0], label="a run")
        ax.set(title=f"Plot {number}", xlabel="epoch", ylabel="loss")
        ax.legend()
    return figure


class Seen:
    """What a figure looks like while it is drawn."""

    def __init__(self, figure: Figure) -> None:
        self.boxes: list[Any] = []
        self.labels: list[bool] = []
        draw_axes = figure.axes[0].draw

        def draw_and_note(renderer: Any) -> None:
            self.boxes = [ax.get_tightbbox(renderer) for ax in figure.axes]
            self.labels = [ax.yaxis.get_tick_params()["labelleft"] for ax in figure.axes]
            draw_axes(renderer)

        figure.axes[0].draw = draw_and_note  # type: ignore[method-assign]


@pytest.mark.parametrize("shape", [(1, 2), (1, 3), (2, 2), (2, 3)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_plots_side_by_side_stand_one_below_the_other(shape: tuple[int, int], theme: Theme) -> None:
    figure = plots(*shape)
    seen = Seen(figure)
    width, height = size(figure, PHONE, theme)
    count = shape[0] * shape[1]
    assert width == pytest.approx(DRAWN / LEGIBLE, abs=1)
    # Each plot keeps the square root of what its width is of the 4 inches that it had.
    assert height == pytest.approx(count * 340 * (DRAWN / LEGIBLE / 400) ** 0.5, abs=1)
    for upper, lower in pairwise(seen.boxes):
        assert upper.y0 > lower.y1, "they do not lie on one another, and read from the top"
        assert upper.x1 == pytest.approx(lower.x1, abs=5)


@pytest.mark.parametrize("options", [{}, {"sharey": True, "sharex": True}])
def test_drawing_plots_one_below_the_other_leaves_the_figure_as_it_was(
    options: dict[str, bool],
) -> None:
    fresh, figure = plots(1, 3, **options), plots(1, 3, **options)
    place = [ax.get_position().bounds for ax in figure.axes]
    spec = [ax.get_subplotspec() for ax in figure.axes]
    stacked = draw(figure, "light", PHONE).png
    assert [ax.get_position().bounds for ax in figure.axes] == place
    assert [ax.get_subplotspec() for ax in figure.axes] == spec
    draw(figure, "dark", PHONE)
    assert draw(figure, "light", PHONE).png == stacked
    assert draw(figure, "light").png == draw(fresh, "light").png


def test_plots_that_share_an_axis_get_their_own_numbers_when_they_are_stacked() -> None:
    figure = plots(1, 2, sharey=True)
    seen = Seen(figure)
    draw(figure, "light", PHONE)
    assert seen.labels == [True, True]
    draw(figure, "light")
    assert seen.labels == [True, False]
    figure = plots(1, 2)
    figure.axes[1].tick_params(labelleft=False)
    seen = Seen(figure)
    draw(figure, "light", PHONE)
    assert seen.labels == [True, False], "that was the author's choice"


def test_a_second_scale_moves_with_its_plot() -> None:
    figure = plots(1, 2)
    twin = figure.axes[0].twinx()
    twin.plot([1, 2])
    seen = Seen(figure)
    assert size(figure, PHONE)[1] > 600
    assert seen.boxes[2].y0 > seen.boxes[1].y1


def test_a_long_title_over_stacked_plots_is_broken() -> None:
    figure = plots(1, 2)
    title = "The largest curvature of the loss while a network trains, with and without momentum"
    figure.suptitle(title)
    for ax in figure.axes:
        ax.set_title(title + ", and with both of them at a tenth of the rate that was best before")
    seen = Seen(figure)
    assert size(figure, PHONE)[1] > 600
    assert seen.boxes[0].y0 > seen.boxes[1].y1
    assert figure.get_suptitle() == title


def test_plots_with_something_beside_them_keep_their_places() -> None:
    def as_wide_as_before(figure: Figure) -> bool:
        return size(figure, PHONE)[0] == size(figure, None)[0]

    figure, ax = plt.subplots()
    figure.colorbar(ax.imshow([[0, 1], [2, 3]]))
    assert as_wide_as_before(figure)

    figure = plots(1, 2)
    figure.colorbar(plt.cm.ScalarMappable(), ax=figure.axes)
    assert as_wide_as_before(figure)

    figure = plots(1, 2)
    figure.legend(["a"])
    assert as_wide_as_before(figure)

    figure = plots(1, 2)
    figure.text(0.5, 0.01, "below all")
    assert as_wide_as_before(figure)

    figure = plots(1, 2)
    figure.add_axes((0.4, 0.4, 0.1, 0.1))
    assert as_wide_as_before(figure)

    assert as_wide_as_before(plt.subplot_mosaic("AAB;CCB")[0])
    assert as_wide_as_before(plots(1, 2, gridspec_kw={"wspace": 0.1}))
    assert as_wide_as_before(plots(1, 2, layout="constrained"))
    assert as_wide_as_before(plt.subplots(2, 5)[0]), "many small pictures"
    figure = plt.figure()
    part: Any = figure.subfigures(1, 1)
    part.subplots(1, 2)
    assert as_wide_as_before(figure)
    assert as_wide_as_before(plt.figure())


def test_margins_that_the_author_chose_are_kept() -> None:
    figure = line()
    figure.subplots_adjust(left=0.3)
    assert size(figure, PHONE) == USUAL
    constrained, _ = plt.subplots(layout="constrained")
    assert size(constrained, PHONE) == USUAL


def test_a_page_with_less_room_than_any_gets_the_figure_of_a_phone() -> None:
    assert size(line(), 20.0) == size(line(), PHONE)


SIDE_BY_SIDE = """import matplotlib.pyplot as plt
figure, axes = plt.subplots(1, 2, figsize=(8, 3.4))"""


def test_a_drawing_of_the_build_has_the_shape_of_those_that_follow_in_the_page() -> None:
    events: list[dict[str, Any]] = []
    run(SIDE_BY_SIDE, {}, events.append, narrow=True)
    made = [event for event in events if event["kind"] == "narrow"]
    assert [(event["below"], event["theme"]) for event in made] == [
        (400, "light"), (400, "dark"), (600, "light"), (600, "dark")
    ]  # fmt: skip
    at = 0
    for width in (250, 304, 399, 400, 599):
        at += made[at]["below"] <= width and 2
        for live in (False, True):
            seen: list[dict[str, Any]] = []
            run(SIDE_BY_SIDE, {}, seen.append, width=width, live=live)
            assert (seen[0]["width"], seen[0]["height"]) == (made[at]["width"], made[at]["height"])
    assert made[0]["height"] > made[0]["width"]


@pytest.mark.parametrize(
    ("inches", "rooms"), [(8, [(300, 400), (400, 600)]), (6.4, [(300, 400), (400, 480)]), (3, [])]
)
def test_a_figure_that_is_legible_as_it_is_has_no_other(
    inches: float, rooms: list[tuple[int, int]]
) -> None:
    figure, _ = plt.subplots(figsize=(inches, 3))
    assert narrow_rooms(figure) == rooms
    events: list[dict[str, Any]] = []
    run(SIDE_BY_SIDE, {}, events.append)
    assert {event["kind"] for event in events} == {"figure", "done"}  # no page asks for them


def test_a_colour_bar_that_plots_share_stays_beside_them() -> None:
    figure, axes = plt.subplots(1, 2)
    image = axes[1].imshow(np.eye(3))
    bar = figure.colorbar(image, ax=axes)
    draw(figure, "light", 1000)
    right = max(ax.get_position().x1 for ax in axes)
    assert bar.ax.get_position().x0 > right
