"""What an animation emits: its frames, each equal to a full drawing."""

from typing import Any

import numpy as np
import pytest
from matplotlib.animation import Animation

from pylib.kernel import animation, mpl_backend, mpl_style
from pylib.kernel.execute import run
from pylib.palette import Theme

Event = dict[str, Any]
HEAD = """import numpy as np
import matplotlib.pyplot as plt
from matplotlib.animation import ArtistAnimation, FuncAnimation
fig, ax = plt.subplots()
"""
BALL = """ax.set(xlim=(0, 1), ylim=(0, 1), title="ball")
(ball,) = ax.plot([], [], "o", label="ball")
ax.legend(loc="upper left")
def move(k):
    ball.set_data([k / 10], [0.5])
    return [ball]
moving = FuncAnimation(fig, move, frames=10, interval=20)"""
MOVES = {
    "a ball": BALL,
    "blitted": BALL.replace("interval=20", "interval=20, blit=True"),
    "below others": BALL + "\nax.plot([0, 1], lw=9, zorder=5, alpha=0.5)\nax.text(0.3, 0.5, 'x')",
    "best legend": BALL.replace('(loc="upper left")', "()"),
    "title": BALL.replace("return", 'ax.set_title("step\\n" * (1 + k % 2))\n    return'),
    "limits": BALL.replace("return", "ax.set_xlim(0, 1 + k)\n    return"),
    "limits sometimes": BALL.replace("return", "k == 5 and ax.set_xlim(0, 3)\n    return"),
    "new artists": BALL.replace("return", "ax.plot([k / 10, 0], [1, 0])\n    return"),
    "hidden artists": BALL.replace("return", "ball.set_visible(k % 3 > 0)\n    return"),
    "image": BALL + "\npicture = ax.imshow(np.eye(9), extent=(0, 1, 0, 1))\nold = move\n"
    "def move(k):\n    picture.set_data(np.eye(9) * (k % 4)); return old(k)\nmoving._func = move",
    "colours": BALL.replace("return", "ball.set_color(str(k / 10))\n    return"),
    "legend texts": BALL.replace(
        "return", "ax.get_legend().get_texts()[0].set_text(str(k))\n    return"
    ),
    "annotation": BALL + "\nax.annotate('here', (0.5, 0.5), (0.2, 0.2),"
    " arrowprops={'arrowstyle': '->'})",
    "grids of axes": "plt.close()\nfig, (ax, other) = plt.subplots(1, 2)\n" + BALL
    + "\nother.bar([1, 2], [3, 4], hatch='//')\nfig.suptitle('two')",
    "three dimensions": "plt.close()\nfig = plt.figure()\nax = fig.add_subplot(projection='3d')\n"
    "(ball,) = ax.plot([0], [0], [0], 'o')\ndef move(k): ball.set_data_3d([k], [k], [k])\n"
    "moving = FuncAnimation(fig, move, frames=3)",
    "colour bar": BALL + "\nfig.colorbar(ax.contourf(np.eye(3)))",
    "artists": "moving = ArtistAnimation(fig, [ax.plot([0, k], color='k') for k in range(5)])",
    "generator": BALL.replace("frames=10", "frames=lambda: iter([0.1, 0.9]), save_count=9"),
    "animate_path": "plt.close()\nfrom pylib.plots import animate_path\n"
    "from pylib.optimizers import SGD, Adam\nfrom pylib.surfaces import Quadratic\n"
    "from pylib.training import minimize\nbowl = Quadratic(20.0)\n"
    "runs = [minimize(bowl, c, [1.5, 1.0], steps=9, lr=0.02) for c in (SGD, Adam, SGD, Adam)]\n"
    "moving = animate_path(bowl, runs)\nfig = moving._fig",
    "narrow": BALL,
    "tall": BALL + "\nfig.set_layout_engine('constrained')",
}  # fmt: skip


@pytest.fixture(autouse=True)
def page_style() -> None:
    mpl_style.use_style()


def events_of(source: str, namespace: dict[str, Any] | None = None, **options: Any) -> list[Event]:
    events: list[Event] = []
    run(HEAD + source, {} if namespace is None else namespace, events.append, **options)
    assert events[-1]["ok"], events
    return events


def pictures(events: list[Event], theme: Theme) -> list[Any]:
    """The frames as a page puts them together."""
    made: list[Any] = []
    for event in events:
        if event["kind"] != "animation" or event["theme"] != theme:
            continue
        assert event["frame"] == len(made)
        shape = (event["rows"], event["columns"], 4)
        made.append(np.zeros(shape, np.uint8) if event["isWhole"] else made[-1].copy())
        rgba = np.frombuffer(event["rgba"], np.uint8)
        for left, top, columns, rows in event["rectangles"]:
            patch, rgba = np.split(rgba, [4 * columns * rows])
            made[-1][top : top + rows, left : left + columns] = patch.reshape(rows, columns, 4)
        assert not len(rgba)
    return made


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("move", MOVES)
def test_each_frame_is_a_full_drawing(move: str, theme: Theme) -> None:
    width = 330 if move == "narrow" else 700
    fast = pictures(events_of(MOVES[move], theme=theme, ratio=1.0, width=width), theme)
    namespace: dict[str, Any] = {}
    exec(HEAD + MOVES[move], namespace)
    moving, figure = namespace["moving"], namespace["fig"]
    mpl_backend.close(figure)
    full = []
    with animation._at_rest(figure):
        moving._init_draw()
        for data in moving.new_saved_frame_seq():
            moving._pre_draw(data, False)
            moving._draw_frame(data)
            canvas = animation._Canvas(figure)
            full.append(mpl_backend.rasterize(figure, theme, width, 1.0, canvas).pixels)
    assert len(fast) == len(full) > 1
    assert [np.array_equal(a, b) for a, b in zip(fast, full, strict=True)] == [True] * len(full)


def test_a_frame_says_what_it_changes() -> None:
    light = [e for e in events_of(BALL, ratio=1.0) if e.get("theme") == "light"]
    first, second = light[:2]
    assert (first["isWhole"], first["frame"], first["frames"], first["interval"]) == (
        True,
        0,
        10,
        20,
    )
    assert first["alt"].startswith("Animation. ball.")
    assert len(second["rectangles"]) == 2  # where the ball was, and where it is
    assert len(second["rgba"]) == 4 * sum(c * r for _, _, c, r in second["rectangles"]) < 8000


def test_frames_come_while_they_are_drawn() -> None:
    source = BALL.replace("return", "print(k, flush=True)\n    return")
    kinds = [event["kind"] for event in events_of(source, ratio=1.0)]
    assert kinds[-7:-1] == ["stdout", "animation", "animation"] * 2


def test_the_build_gets_the_first_and_the_last_frame() -> None:
    shown = [e for e in events_of(BALL, stills=True) if e["kind"] == "figure"]
    assert [(e["figure"], e["theme"]) for e in shown] == [
        (1, "light"), (2, "light"), (1, "dark"), (2, "dark"),
    ]  # fmt: skip
    assert [e["alt"].split(".")[0] for e in shown[:2]] == [
        "First frame of an animation", "Last frame of an animation",
    ]  # fmt: skip
    assert shown[0]["png"] != shown[1]["png"]


def test_a_live_run_shows_the_first_frame() -> None:
    *_, frame, done = events_of(BALL, live=True, ratio=1.0)
    assert (frame["kind"], done["ok"]) == ("frame", True)


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(animation, "MOST_BYTES", 5_000_000)
    events = events_of(BALL.replace("k / 10", "k / 100").replace("frames=10", "frames=100"))
    sent = sum(len(event["rgba"]) for event in events if event["kind"] == "animation")
    assert 0 < sent <= 5_000_000
    assert events[-2]["text"].startswith("Note: the animation ends early")


def test_an_endless_animation_has_as_many_frames_as_one_saves() -> None:
    source = BALL.replace("frames=10, interval=20", "cache_frame_data=False")
    assert len(pictures(events_of(source, ratio=0.2), "light")) == animation.USUAL_FRAMES


def test_an_error_in_a_frame_is_the_learners() -> None:
    events: list[Event] = []
    source = HEAD + BALL.replace("return", "k == 4 and 1 / 0\n    return")
    run(source, {}, events.append, ratio=1.0)
    (error,) = [event for event in events if event["kind"] == "error"]
    assert (error["type"], error["line"]) == ("ZeroDivisionError", 10)
    assert len(pictures(events, "light")) == 4


def test_it_is_found_by_its_figure() -> None:
    namespace: dict[str, Any] = {}
    exec(HEAD + BALL, namespace)
    found = animation.animation_of(namespace["fig"])
    assert found is namespace["moving"]
    assert isinstance(found, Animation)
    found._draw_was_started = True  # type: ignore[attr-defined]
    mpl_backend.close(namespace["fig"])


@pytest.mark.parametrize(
    "moving",
    ["FuncAnimation(fig, move, frames=0)", "FuncAnimation(fig, move, frames=lambda: iter([]))"],
)
@pytest.mark.parametrize("stills", [False, True])
def test_an_animation_without_frames_is_a_figure(moving: str, stills: bool) -> None:
    events: list[Event] = []
    code = BALL.replace("FuncAnimation(fig, move, frames=10, interval=20)", moving)
    run(HEAD + code, {}, events.append, stills=stills)
    assert events[-1]["ok"], events
    pictures = [event for event in events if event["kind"] in ("figure", "animation")]
    assert {event["kind"] for event in pictures} == {"figure"}
    assert {event["theme"] for event in pictures} == {"light", "dark"}
