"""What each plot draws: lines, labels, limits, and that light and dark pages can show it."""

import io
from collections.abc import Callable
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from PIL import Image

from pylib import palette, plots
from pylib.kernel import mpl_style
from pylib.kernel.mpl_backend import alt_text, draw
from pylib.losses import (
    BCELoss,
    CrossEntropyLoss,
    DiceLoss,
    HuberLoss,
    L1Loss,
    LogCoshLoss,
    MSELoss,
)
from pylib.models import MLP, LinearRegression
from pylib.optimizers import SGD, Adam
from pylib.schedules import (
    CosineAnnealingLR,
    ExponentialLR,
    ReduceLROnPlateau,
    StepLR,
    warmup_cosine,
)
from pylib.surfaces import Beale, DoubleWell, Himmelblau, Parabola, Quadratic, Rosenbrock
from pylib.training import History, RangeTest, Trace, minimize


@pytest.fixture(autouse=True)
def page_style() -> None:
    mpl_style.use_style()


def legend(ax: Axes) -> list[str]:
    found = ax.get_legend()
    return [text.get_text() for text in found.get_texts()] if found else []


def figure_of(ax: Axes) -> Figure:
    assert isinstance(ax.figure, Figure)
    return ax.figure


def line(ax: Axes, label: str) -> Any:
    (found,) = [line for line in ax.lines if line.get_label() == label]
    return found


def history(*, validation: bool = True, epochs: int = 5) -> History:
    train = 0.5 ** np.arange(epochs)
    val = train + 0.1 if validation else np.array([])
    metric = 1 - val
    return History(np.ones(20), np.full(20, 0.1), train, val, metric, "accuracy")


def trace(lr: float = 0.05, steps: int = 20) -> Trace:
    return minimize(Quadratic(condition=10.0), SGD, [1.0, 0.5], steps=steps, lr=lr)


def points() -> tuple[Any, Any]:
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    return rng.normal(size=(60, 2)) + 3 * y[:, None], y


BOWL = Quadratic(condition=10.0)

EVERY_PLOT: dict[str, Callable[..., Axes]] = {
    "plot_boundary": lambda **k: plots.plot_boundary(
        lambda X: (X[:, 0] > 1.5).astype(int), *points(), **k
    ),
    "plot_confusion": lambda **k: plots.plot_confusion([0, 1, 1], [0, 1, 0], **k),
    "plot_eigen_components": lambda **k: plots.plot_eigen_components(BOWL, trace(), **k),
    "plot_fit": lambda **k: plots.plot_fit([0.0, 1.0], [0.0, 2.0], {"fit": lambda X: X}, **k),
    "plot_history": lambda **k: plots.plot_history(history(), **k),
    "plot_images": lambda **k: plots.plot_images(np.eye(8)[None], ["eye"], **k),
    "plot_loss": lambda **k: plots.plot_loss([MSELoss(), HuberLoss()], **k),
    "plot_path": lambda **k: plots.plot_path(BOWL, {"SGD": trace()}, **k),
    "plot_range_test": lambda **k: plots.plot_range_test(
        RangeTest(np.array([0.01, 0.1, 1.0]), np.array([2.0, 1.0, 4.0])), **k
    ),
    "plot_schedules": lambda **k: plots.plot_schedules(
        {"step": StepLR(0.1, 10), "cosine": CosineAnnealingLR(0.1, 30)}, 30, **k
    ),
    "plot_stability": lambda **k: plots.plot_stability({"here": (0.1, 0.9)}, **k),
    "plot_surface": lambda **k: plots.plot_surface(BOWL, {"SGD": trace()}, **k),
    "plot_updates": lambda **k: plots.plot_updates({"Adam": [0.01, 0.02], "SGD": [1e-5, 0.1]}, **k),
}


def test_every_plot_is_tested() -> None:
    assert sorted(EVERY_PLOT) == [name for name in plots.__all__ if name != "animate_path"]


@pytest.mark.parametrize("name", EVERY_PLOT)
def test_one_call_gives_a_finished_figure(name: str) -> None:
    ax = EVERY_PLOT[name]()
    assert isinstance(ax, Axes)
    assert ax.get_title()
    if name != "plot_images":
        assert ax.get_xlabel() and ax.get_ylabel()
    if name not in ("plot_confusion", "plot_images"):
        assert legend(ax)
    assert len(alt_text(figure_of(ax))) > 6


@pytest.mark.parametrize("name", EVERY_PLOT)
def test_axes_and_title_can_be_given(name: str) -> None:
    projection = "3d" if name == "plot_surface" else None
    ax = plt.figure().add_subplot(projection=projection)
    assert EVERY_PLOT[name](ax=ax, title="Mine") is ax
    assert ax.get_title() == "Mine"
    assert len(plt.get_fignums()) == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", EVERY_PLOT)
def test_text_is_legible_in_both_themes(name: str, theme: palette.Theme) -> None:
    """Paper in the corners, ink somewhere, and nothing that looks cut off at the edges."""
    png = draw(figure_of(EVERY_PLOT[name]()), theme).png
    pixels = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))
    paper = np.array([round(255 * part) for part in to_rgb(palette.PAPER[theme])])
    ink = np.array([round(255 * part) for part in to_rgb(palette.INK[theme])])
    frame = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    assert (frame == paper).all()
    assert (pixels == ink).all(axis=-1).sum() > 200


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", EVERY_PLOT)
def test_lines_stand_out_from_the_paper(name: str, theme: palette.Theme) -> None:
    """In the colours that colour-blind eyes tell apart, or in ink, which follows the theme."""
    over_an_image = name in ("plot_stability",)
    for drawn in EVERY_PLOT[name]().lines:
        colour = to_hex(drawn.get_color())
        if drawn.get_linestyle() != "None" and not over_an_image:
            assert colour in palette.CYCLE or colour == palette.INK["light"]
            seen = palette.INK[theme] if colour == palette.INK["light"] else colour
            assert contrast(to_rgb(seen), to_rgb(palette.PAPER[theme])) > 3


@pytest.mark.parametrize("name", EVERY_PLOT)
def test_named_lines_differ_in_more_than_colour(name: str) -> None:
    ax = EVERY_PLOT[name]()
    if name == "plot_surface":
        return
    looks = [
        (drawn.get_linestyle(), str(drawn.get_marker()))
        for drawn in ax.lines
        if drawn.get_label() in legend(ax) and drawn.get_label() != "minimum"
    ]
    if name != "plot_loss":  # there dashes tell value from gradient
        assert len(set(looks)) == len(looks)


# --- Losses ---


def test_loss_curves_are_the_losses() -> None:
    ax = plots.plot_loss(MSELoss(), target=1.0, show=("value", "gradient", "curvature"))
    x = line(ax, "value").get_xdata()
    np.testing.assert_allclose(line(ax, "value").get_ydata(), (x - 1) ** 2)
    np.testing.assert_allclose(line(ax, "gradient").get_ydata(), 2 * (x - 1))
    np.testing.assert_allclose(line(ax, "curvature").get_ydata(), 2.0)
    assert ax.get_title() == "MSELoss of one prediction, target 1"


def test_several_losses_are_named() -> None:
    ax = plots.plot_loss([HuberLoss(delta=0.5), HuberLoss(delta=2.0), L1Loss()], show="value")
    assert legend(ax) == ["HuberLoss(delta=0.5)", "HuberLoss(delta=2.0)", "L1Loss"]
    ax = plots.plot_loss({"a": MSELoss(), "b": LogCoshLoss()})
    assert legend(ax) == ["a value", "a gradient", "b value", "b gradient"]


def test_a_steep_gradient_does_not_flatten_the_loss() -> None:
    ax = plots.plot_loss(BCELoss(), target=1, span=(0.001, 0.999), xlabel="probability")
    assert ax.get_ylim()[0] > -10
    assert ax.get_xlabel() == "probability"


def test_a_loss_of_the_learners_own_can_be_drawn() -> None:
    class Quartic:
        def __call__(self, prediction: Any, target: Any) -> float:
            return float(((prediction - target) ** 4).mean())

        def gradient(self, prediction: Any, target: Any) -> Any:
            return 4 * (prediction - target) ** 3 / np.size(prediction)

    ax = plots.plot_loss(Quartic(), span=(-2, 2))
    assert line(ax, "value").get_ydata().max() == 16
    assert line(ax, "gradient").get_ydata().max() == 32


def test_an_unknown_curve_is_refused() -> None:
    with pytest.raises(ValueError, match="show has 'slope'; use 'value', 'gradient'"):
        plots.plot_loss(MSELoss(), show="slope")  # type: ignore[arg-type]


# --- Surfaces ---


def test_a_path_begins_at_its_start_and_ends_at_its_last_point() -> None:
    walk = trace(steps=5)
    ax = plots.plot_path(BOWL, {"SGD": walk})
    drawn = line(ax, "SGD").get_xydata()
    np.testing.assert_array_equal(drawn, walk.path)
    np.testing.assert_array_equal(line(ax, "minimum").get_xydata(), BOWL.minima)
    assert ax.collections[0].get_array() is not None


def test_the_bounds_hold_every_start_but_not_every_excess() -> None:
    far = Trace(np.array([[9.0, 0.0], [500.0, 0.0]]), np.ones(2), np.ones(1))
    ax = plots.plot_path(BOWL, far)
    assert 9 < ax.get_xlim()[1] < 12
    assert plots.plot_path(BOWL, far, bounds=[(-1, 1), (-2, 2)]).get_ylim() == (-2, 2)


def test_all_minima_are_marked() -> None:
    ax = plots.plot_path(Himmelblau())
    assert len(line(ax, "minimum").get_xdata()) == 4
    assert ax.get_title() == "Himmelblau"


@pytest.mark.parametrize(
    ("surface", "bounds"),
    [(Beale(), [(0, 4.5), (-1, 2)]), (Rosenbrock(), None), (BOWL, None)],
)
def test_the_innermost_ring_of_a_narrow_valley_is_whole(
    surface: Any, bounds: list[tuple[float, float]] | None
) -> None:
    rings: Any = plots.plot_path(surface, bounds=bounds).collections[0]
    assert [len(rings.allsegs[level]) for level in (0, 1)] == [1, 1]


def test_a_function_of_one_weight_is_a_curve() -> None:
    well = DoubleWell()
    walk = minimize(well, SGD, [2.0], steps=4, lr=0.05)
    ax = plots.plot_path(well, [walk])
    np.testing.assert_array_equal(line(ax, "path 1").get_ydata(), walk.values)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("w", "f(w)")


def test_a_function_without_bounds_needs_them() -> None:
    def valley(w: Any) -> Any:
        return float(w[0] ** 2 + w[1] ** 4)  # takes one point at a time

    with pytest.raises(ValueError, match="the surface has no bounds; give bounds="):
        plots.plot_path(valley)
    ax = plots.plot_path(valley, bounds=[(-1, 1), (-1, 1)])
    assert ax.get_xlim() == (-1, 1)
    rings: Any = ax.collections[0]
    assert abs(rings.allsegs[0][0]).max() < 0.5  # around the minimum


def test_a_surface_is_drawn_with_its_heights() -> None:
    ax: Any = plots.plot_surface(Rosenbrock(), minimize(Rosenbrock(), Adam, [-1.0, 1.0], 9, 0.1))
    assert ax.name == "3d"
    assert ax.get_zlabel() == "f(w)"
    with pytest.raises(ValueError, match="projection='3d'"):
        plots.plot_surface(Rosenbrock(), ax=plt.subplots()[1])


# --- Training ---


def test_learning_curves_count_epochs_from_one() -> None:
    ax = plots.plot_history(history())
    np.testing.assert_array_equal(line(ax, "training").get_xdata(), [1, 2, 3, 4, 5])
    np.testing.assert_allclose(line(ax, "validation").get_ydata(), history().val_loss)


def test_several_histories_and_no_validation() -> None:
    both = {"SGD": history(), "Adam": history(validation=False)}
    assert legend(plots.plot_history(both)) == [
        "SGD, training",
        "SGD, validation",
        "Adam, training",
    ]


@pytest.mark.parametrize(
    ("show", "labels", "length"),
    [
        ("batches", ("update", "loss"), 20),
        ("metric", ("epoch", "accuracy"), 5),
        ("lr", ("update", "learning rate"), 20),
    ],
)
def test_other_curves_of_a_history(show: Any, labels: tuple[str, str], length: int) -> None:
    ax = plots.plot_history({"a": history(), "b": history()}, show)
    assert (ax.get_xlabel(), ax.get_ylabel()) == labels
    assert len(line(ax, "b").get_xdata()) == length


def test_a_wide_range_of_losses_is_logarithmic_unless_told() -> None:
    assert plots.plot_history(history(validation=False, epochs=9)).get_yscale() == "log"
    assert plots.plot_history(history(validation=False, epochs=3)).get_yscale() == "linear"
    far = history(validation=False, epochs=9)
    assert plots.plot_history(far, log=False).get_yscale() == "linear"


def test_a_history_without_what_is_asked_for_is_refused() -> None:
    with pytest.raises(ValueError, match="give fit validation="):
        plots.plot_history(history(validation=False), "metric")
    with pytest.raises(ValueError, match="show is 'accuracy'"):
        plots.plot_history(history(), "accuracy")  # type: ignore[arg-type]


def test_schedules_are_called_for_each_step() -> None:
    ax: Any = plots.plot_schedules([ExponentialLR(0.1, 0.9), warmup_cosine(0.1, 3, 10)], 10)
    np.testing.assert_allclose(ax.lines[0].get_ydata(), 0.1 * 0.9 ** np.arange(10))
    assert ax.get_ylim()[0] == 0
    with pytest.raises(ValueError, match="steps is 0"):
        plots.plot_schedules(StepLR(0.1, 3), 0)


def test_held_rates_are_stairs() -> None:
    ax = plots.plot_schedules({"step": StepLR(0.1, 10), "exp": ExponentialLR(0.1, 0.9)}, 30)
    assert [drawn.get_drawstyle() for drawn in ax.lines] == ["steps-post", "default"]


def test_a_function_is_a_schedule_too() -> None:
    def half(step: int) -> float:
        return 0.1 / (1 + step)

    assert legend(plots.plot_schedules(half, 5, log=True)) == ["half"]


def test_updates_are_counted_by_size() -> None:
    ax: Any = plots.plot_updates({"a": np.array([[0.1, -0.1], [0.0, 1.0]])}, bins=10)
    heights = np.concatenate([patch.get_xy()[:, 1] for patch in ax.patches])
    assert heights.max() == 2
    with pytest.raises(ValueError, match="every update is zero"):
        plots.plot_updates([0.0, 0.0])


# --- Predictions ---


def test_the_boundary_is_where_the_model_changes_its_mind() -> None:
    X, y = points()
    ax = plots.plot_boundary(lambda X: (X[:, 0] > 1.5).astype(int), X, y, labels=["no", "yes"])
    (edge,) = contours(ax)
    at = np.concatenate([path.vertices[:, 0] for path in edge.get_paths()])
    np.testing.assert_allclose(at, 1.5, atol=0.06)
    assert legend(ax) == ["no", "yes"]
    assert len(line(ax, "yes").get_xdata()) == 30


def test_a_model_of_several_classes_has_a_boundary() -> None:
    X, _ = points()
    y = np.arange(60) % 3
    assert len(legend(plots.plot_boundary(MLP([2, 8, 3], seed=0), X, y))) == 3
    with pytest.raises(ValueError, match=r"X has shape \(60,\); a plane needs \(N, 2\)"):
        plots.plot_boundary(MLP([2, 8, 3], seed=0), X[:, 0], y)


def test_a_confusion_matrix_counts() -> None:
    ax = plots.plot_confusion([0, 0, 1, 2], [0, 2, 1, 2], labels=["a", "b", "c"])
    assert [t.get_text() for t in ax.texts] == ["1", "0", "1", "0", "1", "0", "0", "0", "1"]
    assert ax.get_title() == "Confusion matrix: 75.0 % correct"
    assert [t.get_text() for t in ax.get_xticklabels()] == ["a", "b", "c"]
    with pytest.raises(ValueError, match="y has 2 classes and y_hat 1"):
        plots.plot_confusion([0, 1], [0])


@pytest.mark.parametrize("draw_it", [plots.plot_confusion, plots.plot_boundary])
@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        ([-1, 1], ValueError, "y has class -1; classes count from 0"),
        ([0.7, 1.0], TypeError, "not made of whole numbers; give classes 0, 1"),
        ([np.nan, 1.0], TypeError, "not made of whole numbers"),
        (["a", "b"], TypeError, "y has dtype <U1"),
    ],
)
def test_classes_are_whole_numbers_from_0(
    draw_it: Callable[..., Axes], y: Any, error: type[Exception], message: str
) -> None:
    arguments: tuple[Any, ...] = (y, [0, 1])
    if draw_it is plots.plot_boundary:
        arguments = (lambda X: (X[:, 0] > 0).astype(int), [[0.0, 0.0], [1.0, 1.0]], y)
    with pytest.raises(error, match=message):
        draw_it(*arguments)


def test_what_does_not_fit_a_plot_is_named() -> None:
    with pytest.raises(ValueError, match="X has 2 rows and y 3; give one class for each"):
        plots.plot_boundary(lambda X: X[:, 0] > 0, [[0.0, 0.0], [1.0, 1.0]], [0, 1, 1])
    with pytest.raises(ValueError, match="DoubleWell has one weight; draw it with plot_path"):
        plots.plot_surface(DoubleWell())
    for loss in (DiceLoss(), CrossEntropyLoss()):
        with pytest.raises(ValueError, match="has no term for each element; plot_loss draws"):
            plots.plot_loss(loss, target=0.0, span=(0.01, 0.99))
    for schedule in (0.1, ReduceLROnPlateau(0.1)):
        with pytest.raises(TypeError, match="mine is .*; give a function of the step"):
            plots.plot_schedules({"mine": schedule}, steps=3)  # type: ignore[dict-item]
    assert not plt.get_fignums()  # refused before anything is drawn


def test_numbers_in_the_confusion_matrix_can_be_read() -> None:
    true = np.repeat([0, 1, 2, 3], 20)
    ax: Any = plots.plot_confusion(true, np.where(np.arange(80) % 20 > 4 * true, true, 0))
    cells = ax.images[0].cmap(ax.images[0].norm(ax.images[0].get_array()))
    for text, cell in zip(ax.texts, cells.reshape(-1, 4), strict=True):
        assert contrast(to_rgb(text.get_color()), cell[:3]) > 4


def contours(ax: Axes) -> list[Any]:
    return [c for c in ax.collections if type(c).__name__ == "QuadContourSet"]


def contrast(a: Any, b: Any) -> float:
    light = []
    for rgb in (np.array(a), np.array(b)):
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        light.append(float(linear @ [0.2126, 0.7152, 0.0722]))
    return (max(light) + 0.05) / (min(light) + 0.05)


def test_fits_are_drawn_beyond_the_data() -> None:
    model = LinearRegression()
    model.w[:], model.b[:] = 2.0, 1.0
    ax = plots.plot_fit([[0.0], [10.0]], [1.0, 21.0], {"line": model})
    x, y = line(ax, "line").get_data()
    np.testing.assert_allclose(y, 2 * x + 1)
    assert x.min() < 0 and x.max() > 10
    with pytest.raises(ValueError, match="give one feature"):
        plots.plot_fit(np.ones((3, 2)), np.ones(3), model)


def test_images_lie_side_by_side_with_captions() -> None:
    ax: Any = plots.plot_images(np.arange(3 * 64.0).reshape(3, 64), [5, 6, 7], columns=2)
    sheet = ax.images[0].get_array()
    np.testing.assert_allclose(sheet[:8, :8], np.arange(64.0).reshape(8, 8) / 63)
    assert [t.get_text() for t in ax.texts] == ["5", "6", "7"]
    with pytest.raises(ValueError, match="2 images and 1 captions"):
        plots.plot_images(np.ones((2, 4, 4)), ["one"])
    with pytest.raises(ValueError, match=r"images have shape \(4,\)"):
        plots.plot_images(np.ones(4))


# --- Conditioning ---


def test_eigen_components_add_up_to_the_loss() -> None:
    walk = trace(steps=10)
    ax = plots.plot_eigen_components(BOWL, walk, bars=11)
    heights = np.sum([[bar.get_height() for bar in bars] for bars in ax.containers], axis=0)
    np.testing.assert_allclose(heights, walk.values, atol=1e-12)
    assert legend(ax) == ["curvature 10", "curvature 1"]


def test_stability_ends_at_two_plus_twice_the_momentum() -> None:
    """The factor per step passes 1 at lr L = 2 + 2b (teaching result 5), and is √b below."""
    ax = plots.plot_stability()
    (edge,) = contours(ax)
    a, b = np.concatenate([path.vertices for path in edge.get_paths()]).T
    np.testing.assert_allclose(a[a > 0.1], 2 + 2 * b[a > 0.1], atol=0.03)
    with pytest.raises(ValueError, match="must be positive"):
        plots.plot_stability(curvature=0.0)


def test_points_on_the_stability_map_are_scaled_by_the_curvature() -> None:
    ax = plots.plot_stability({"here": (0.1, 0.5)}, curvature=10.0)
    assert line(ax, "here").get_xydata().tolist() == [[1.0, 0.5]]


def test_a_range_test_whose_loss_never_fell_suggests_nothing() -> None:
    result = RangeTest(np.array([1e3, 2e3]), np.array([1.0, 3.0]))
    ax = plots.plot_range_test(result)
    assert legend(ax) == ["smoothed loss", "no suggestion: the loss never fell"]
    assert not any(np.isnan(np.asarray(drawn.get_xdata(), float)).any() for drawn in ax.lines)


# --- Races ---


def race(**options: Any) -> Any:
    traces = {"SGD": trace(steps=40), "fast": trace(0.15, steps=10)}
    moving: Any = plots.animate_path(BOWL, traces, **options)
    moving.pause()
    moving._draw_was_started = True
    return moving, traces


def test_a_race_has_one_clock_and_every_path_ends_at_its_last_point() -> None:
    moving, traces = race()
    (ax,) = moving._fig.axes
    assert legend(ax) == ["minimum", "SGD", "fast"]
    assert list(moving.new_frame_seq()) == list(range(41))
    for step in (0, 5, 40):
        moving._draw_frame(step)
        assert ax.texts[0].get_text() == f"step {step}"
        for name, each in traces.items():
            (x,), (y,) = line(ax, name).get_data()
            assert [x, y] == each.path[min(step, len(each.path) - 1)].tolist()
        assert [len(one.get_xdata()) for one in ax.lines[1::2]] == [step + 1, min(step + 1, 11)]


def test_a_long_race_is_shown_in_as_many_frames_as_asked() -> None:
    moving, _ = race(frames=5, interval=40)
    assert list(moving.new_frame_seq()) == [0, 10, 20, 30, 40]
    assert moving._interval == 40
    assert moving._fig.axes[0].get_title() == "Race on Quadratic"


def test_a_race_on_a_curve() -> None:
    walk = minimize(Parabola(1.0), SGD, [1.5], steps=4, lr=0.2)
    moving: Any = plots.animate_path(Parabola(1.0), walk, title="down")
    moving._draw_was_started = True
    moving._draw_frame(4)
    (ax,) = moving._fig.axes
    assert line(ax, "path").get_ydata() == [walk.values[-1]]
    assert ax.get_title() == "down"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"traces": {}}, "traces is empty"),
        ({"frames": 1}, "frames is 1; it must be a whole number of at least 2"),
        ({"interval": 0}, "interval is 0; it must be finite and above 0"),
    ],
)
def test_a_race_without_runners_or_time_is_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        plots.animate_path(BOWL, **{"traces": trace(), **options})
