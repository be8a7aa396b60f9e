"""What a live run emits: fast pictures that equal full drawings, pixel by pixel."""

import json
from typing import Any

import matplotlib.pyplot as plt
import pytest
from matplotlib import rcParams

from pylib import plots
from pylib.kernel import mpl_backend, mpl_style
from pylib.kernel.execute import run, serve
from pylib.palette import Theme


@pytest.fixture(autouse=True)
def page_style() -> None:
    mpl_style.use_style()


Event = dict[str, Any]
PLOT = """import matplotlib.pyplot as plt
fig, ax = plt.subplots()
ax.plot([1, 3, 2])
ax.set(title="three", xlabel="x", ylabel="y")"""


def events_of(source: str, namespace: dict[str, Any] | None = None, **options: Any) -> list[Event]:
    events: list[Event] = []
    run(source, {} if namespace is None else namespace, events.append, live=True, **options)
    return events


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_live_run_gives_the_pixels_of_the_theme_on_the_screen(theme: Theme) -> None:
    text, frame, done = events_of(f"{PLOT}\nprint('drawn')", theme=theme, ratio=1.5)
    assert (text["text"], done["ok"]) == ("drawn\n", True)
    assert [frame[name] for name in ("kind", "figure", "theme")] == ["frame", 1, theme]
    assert [frame[name] for name in ("width", "height", "columns", "rows")] == [640, 480, 960, 720]
    assert frame["alt"] == "three. Horizontal axis: x. Vertical axis: y."
    namespace: dict[str, Any] = {}
    exec(PLOT, namespace)
    full = mpl_backend.rasterize(namespace["fig"], theme, ratio=1.5).pixels
    plt.close("all")
    assert bytes(frame["rgba"]) == full.tobytes()


def test_a_figure_that_has_not_changed_comes_once() -> None:
    source = f"{PLOT}\nplt.show()\nfig.show()\nax.set_title('four')\nfig"
    assert [event["kind"] for event in events_of(source)] == ["frame", "frame", "done"]


def test_a_frame_s_pixels_are_posted_beside_it() -> None:
    request = {"id": 1, "source": PLOT, "session": "p:live", "cell": "a", "theme": "light"}
    posted: list[tuple[Event, Any]] = []
    serve(
        json.dumps({**request, "live": True, "ratio": 1.0}),
        lambda event, data: posted.append((json.loads(event), data)),
    )
    frame, pixels = posted[0]
    assert frame["kind"] == "frame"
    assert len(pixels) == 4 * frame["columns"] * frame["rows"]


# --- A fast picture equals the full drawing ---

HEAD = """import matplotlib.pyplot as plt
import numpy as np
from pylib.losses import BCELoss, HuberLoss, MSELoss
from pylib.models import LinearRegression
from pylib.optimizers import SGD, Adam
from pylib.plots import *
from pylib.schedules import CosineAnnealingLR, StepLR
from pylib.surfaces import *
from pylib.training import History, RangeTest, minimize
def history(scale, epochs):
    loss = scale * 0.7 ** np.arange(epochs)
    return History(np.repeat(loss, 4), np.full(4 * epochs, 0.1), loss, loss + 0.1, loss, "loss")
def walk(surface, lr, steps=30, start=(1.5, 1.0)):
    return minimize(surface, SGD, start[: surface.dim], steps=steps, lr=lr, report=None)
"""
# What a control might change in a cell, one run after the other.
DRAGS = {
    "plot_path": [
        "plot_path(Quadratic(20.0), {'SGD': walk(Quadratic(20.0), 0.02)})",
        "plot_path(Quadratic(20.0), {'SGD': walk(Quadratic(20.0), 0.09)})",
        "plot_path(Quadratic(5.0), {'SGD': walk(Quadratic(5.0), 0.09, 100)})",
        "plot_path(Beale(), [walk(Beale(), 0.01), walk(Beale(), 0.002)], title='Two')",
        "plot_path(Quadratic(20.0), bounds=[(-1, 3), (-9, 2)])",
    ],
    "plot_path of one weight": [
        f"plot_path(Parabola({a}), walk(Parabola({a}), {lr}))"
        for a, lr in [(1.0, 0.1), (1.0, 0.9), (900.0, 0.001)]
    ],
    "plot_surface": [
        f"plot_surface(Quadratic(5.0), walk(Quadratic(5.0), {lr}))" for lr in (0.02, 0.3)
    ],
    "plot_loss": [
        f"plot_loss([MSELoss(), HuberLoss(delta={d})], show={c!r})"
        for d, c in [(0.5, "value"), (2.0, "value"), (2.0, "gradient")]
    ],
    "plot_history": [
        f"plot_history(history({s}, {n}))" for s, n in [(1.0, 5), (9.0, 5), (1.0, 60)]
    ],
    "plot_range_test": [
        f"plot_range_test(RangeTest(np.geomspace(1e-4, {top}, 50), np.linspace(3, {low}, 50)))"
        for top, low in [(1.0, 1), (0.1, 1), (1.0, 9)]
    ],
    "plot_schedules": [
        f"plot_schedules([StepLR({lr}, 10, 0.5), CosineAnnealingLR({lr}, 40)], {n}, log={log})"
        for lr, n, log in [(0.1, 30, False), (0.2, 30, False), (0.2, 90, True)]
    ],
    "plot_updates": [
        f"plot_updates({{'Adam': np.geomspace(1e-6, {top}, 200)}}, bins={bins})"
        for top, bins in [(1e-2, 50), (1e3, 20)]
    ],
    "plot_stability": [
        f"plot_stability({{'you': ({lr}, {b})}}, curvature=10.0)"
        for lr, b in [(0.1, 0.9), (0.3, 0.1)]
    ],
    "plot_eigen_components": [
        f"plot_eigen_components(Quadratic({k}), walk(Quadratic({k}), 0.05))" for k in (10.0, 20.0)
    ],
    "plot_fit": [
        f"plot_fit([0.0, 1.0], [0.0, 2.0], {{'fit': lambda X: {w} * X}})" for w in (0.5, 40.0)
    ],
    "plot_boundary": [
        "X = np.array([[0.0, 0.0], [1.0, 1.0], [0.0, 1.0]])\n"
        f"plot_boundary(lambda X: ({w} * X[:, 0] + X[:, 1] > 1).astype(int), X, [0, 1, 1])"
        for w in (1.0, -3.0)
    ],
    "plot_confusion": [
        f"plot_confusion(np.array([0, 1, 2, 1]), np.array([0, 1, 2, {k}]))" for k in (1, 2)
    ],
    "plot_images": [
        f"plot_images(np.random.default_rng({k}).random((2, 8, 8)), ['a', 'b'])" for k in (1, 2)
    ],
    "limits, titles, legends": [
        "fig, ax = plt.subplots()\nax.plot([1, 2, 3], label='a')\nax.set_title('one')",
        "fig, ax = plt.subplots()\nax.plot([1, 2, 3], label='a')\nax.set_title('two\\nlines')",
        "fig, ax = plt.subplots()\nax.plot([1, 9, 3], label='a')\nax.legend()\nax.grid(True)",
        "fig, ax = plt.subplots()\nax.plot([1, 9, 3])\nax.plot([1, 2], 'o')\nax.set(xlim=(-2, 5))",
        "fig, ax = plt.subplots()\nax.plot([1e-9, 9e-9])\nax.set_yscale('log')",
        "fig, ax = plt.subplots()\nax.plot([1e7, 9e7])\nax.tick_params(labelsize=20, color='r')",
        "fig, ax = plt.subplots()\nax.plot([-1, 1])\nax.spines[['left', 'bottom']]"
        ".set_position('zero')",
        "fig, ax = plt.subplots()\nax.plot([-1, 1])\nax.xaxis.get_major_ticks()[0].label1"
        ".set_color('red')\nax.minorticks_on()",
        "fig, ax = plt.subplots()\nax.plot([-1, 1])\nax.twinx().plot([100, 3])",
        "fig, ax = plt.subplots()\nax.plot([-1, 1])\nax.invert_yaxis()\nax.set_aspect('equal')",
        "plt.rcParams['xtick.color'] = 'green'\nfig, ax = plt.subplots()\nax.plot([-1, 1])",
        "fig, ax = plt.subplots()\nplt.rcParams['xtick.labelsize'] = 20\nax.plot([-1, 1])",
        "fig, ax = plt.subplots()",
    ],
    "grids of axes": [
        "fig, axs = plt.subplots(1, 2)\naxs[0].plot([1, 2])\naxs[1].bar([1, 2], [3, 4])",
        "fig, axs = plt.subplots(1, 2)\naxs[0].plot([1, 7])\naxs[1].scatter([1, 2], [3, 4])",
        "fig, axs = plt.subplots(2, 2, sharex=True)\naxs[0, 0].plot([1, 7])",
        "fig, axs = plt.subplots(2, 2, sharex=True)\naxs[1, 0].plot([1, 900])",
        "fig, axs = plt.subplots(1, 2)\nfig.align_labels()\nfig.suptitle('over both')",
        "for k in range(3): plt.subplots()[1].plot([k, 1])",
        "for k in range(3): plt.subplots(figsize=(3, 2 + k))[1].plot([k, 2])",
    ],
    "colours": [
        "z = np.random.default_rng(0).random((9, 9))\nfig, ax = plt.subplots()\n"
        f"fig.colorbar(ax.{call})"
        for call in ("imshow(z)", "imshow(2 * z)", "contourf(z)", "contourf(z, 3)", "contour(z)",
                     "contour(z, levels=[0.2, 0.5])", "pcolormesh(z)")
    ],
}  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("drag", DRAGS)
def test_a_fast_picture_is_the_full_drawing(
    drag: str, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    namespace: dict[str, Any] = {}
    for source in [*DRAGS[drag], *DRAGS[drag]]:
        settings = dict(dict.items(rcParams))
        *frames, done = events_of(HEAD + source, namespace, theme=theme, ratio=1.0)
        assert done["ok"], frames
        fast = [bytes(frame["rgba"]) for frame in frames if frame["kind"] == "frame"]
        dict.update(rcParams, settings)
        full = full_drawings(HEAD + source, theme, monkeypatch)
        assert len(fast) == len(full) > 0
        assert [a == b for a, b in zip(fast, full, strict=True)] == [True] * len(full), source


def full_drawings(source: str, theme: Theme, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What a run that makes everything anew draws in one theme, for the same screen."""
    full: list[bytes] = []
    rasterize = mpl_backend.rasterize

    def seen(figure: Any, on: Theme, *args: Any) -> Any:
        raster = rasterize(figure, on, ratio=1.0)
        if on == theme:
            full.append(raster.pixels.tobytes())
        return raster

    with monkeypatch.context() as patch:
        patch.setattr(mpl_backend, "rasterize", seen)
        run(source, {}, lambda event: None, theme=theme)
    return full


def test_every_plot_is_dragged() -> None:
    moving = {"animate_path"}  # in test_animation
    assert set(plots.__all__) - moving <= {name.partition(" ")[0] for name in DRAGS}


def test_a_run_gets_the_figure_of_the_run_before_it() -> None:
    namespace: dict[str, Any] = {}
    events_of(PLOT, namespace)
    first = namespace["fig"]
    events_of(f"{PLOT}\nax.plot([1, 2])", namespace)
    assert namespace["fig"] is first
    assert len(first.axes[0].lines) == 2
    run(PLOT, namespace, lambda event: None)  # a run that is not live makes its own
    assert namespace["fig"] is not first


@pytest.mark.parametrize(
    "other", ["plt.subplots(figsize=(3, 2))", "plt.subplots(1, 2)", "plt.subplots(num=7)"]
)
def test_another_call_gets_another_figure(other: str) -> None:
    namespace: dict[str, Any] = {}
    events_of(PLOT, namespace)
    first = namespace["fig"]
    events_of(f"import matplotlib.pyplot as plt\nfig = {other}[0]", namespace)
    assert namespace["fig"] is not first
