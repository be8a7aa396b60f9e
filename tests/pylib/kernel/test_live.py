"""What a live run emits: fast pictures that equal full drawings, pixel by pixel."""

import json
from typing import Any

import matplotlib.pyplot as plt
import pytest

from pylib.kernel import mpl_backend
from pylib.kernel.execute import run, serve
from pylib.palette import Theme

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
