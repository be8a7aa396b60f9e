"""Which figures a run emits, when, and in which theme."""

import io
import logging
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pylib.kernel import mpl_style
from pylib.kernel.display import Later
from pylib.kernel.execute import run
from pylib.kernel.iostream import STDERR

Event = dict[str, Any]
PLT = "import matplotlib.pyplot as plt\n"


def events_of(source: str, namespace: dict[str, Any] | None = None, **options: Any) -> list[Event]:
    events: list[Event] = []
    run(source, {} if namespace is None else namespace, events.append, **options)
    return events


def outline(events: list[Event]) -> list[str]:
    """The run in short: text, and figures as number and theme."""
    short = {"figure": "{figure} {theme}", "stdout": "{text}", "result": "= {text}"}
    return [str(short.get(e["kind"], e["kind"])).format(**e).strip() for e in events]


def pixels(event: Event) -> Any:
    return np.asarray(Image.open(io.BytesIO(event["png"])).convert("RGB"))


def test_an_open_figure_is_shown_at_the_end_in_both_themes() -> None:
    events = events_of(PLT + "plt.plot([1, 2])\nprint('text')")
    assert outline(events) == ["text", "1 light", "1 dark", "done"]


def test_the_theme_on_the_screen_comes_first() -> None:
    events = events_of(PLT + "plt.plot([1])\nplt.figure()\nplt.plot([2])", theme="dark")
    assert outline(events) == ["1 dark", "2 dark", "1 light", "2 light", "done"]


def test_show_shows_at_once_and_only_once() -> None:
    source = PLT + "plt.plot([1])\nplt.show()\nprint('after')\nplt.show()\nplt.plot([2])"
    assert outline(events_of(source)) == ["1 light", "after", "2 light", "1 dark", "2 dark", "done"]


@pytest.mark.parametrize(
    "again", ["fig", "fig.show()", "plt.show()", "fig.canvas.draw()\nfig", "ax.get_xlim()\nfig"]
)
def test_a_figure_that_has_not_changed_is_shown_once(again: str) -> None:
    source = PLT + "fig, ax = plt.subplots()\nax.plot([1, 2])\n"
    for show in ("plt.show()", "fig.show()"):
        assert outline(events_of(f"{source}{show}\n{again}")) == ["1 light", "1 dark", "done"]
    assert outline(events_of(source + "fig")) == ["1 light", "1 dark", "done"]


@pytest.mark.parametrize("last", ["", "fig", "plt.show()", "fig.show()", "plt.show()\nfig"])
def test_what_nothing_changes_any_more_waits_for_its_other_drawing(last: str) -> None:
    waiting: list[Later] = []
    events: list[Event] = []
    source = PLT + "fig, ax = plt.subplots()\nax.plot([1, 2])\n" + last
    run(source, {}, events.append, waiting=waiting)
    begun = "plt.show()\n" in last  # the cell goes on: both are drawn at once
    assert outline(events) == ["1 light", *["1 dark"] * begun, "done"]
    for later in waiting:
        later()
    assert sorted(e["theme"] for e in events if e["kind"] == "figure") == ["dark", "light"]


@pytest.mark.parametrize(
    "change", ["ax.set_title('late')", "ax.lines[0].set_color('red')", "fig.set_size_inches(2, 2)"]
)
def test_a_figure_that_is_another_by_then_is_not_drawn(change: str) -> None:
    waiting: list[Later] = []
    events: list[Event] = []
    namespace: dict[str, Any] = {}
    source = PLT + "fig, ax = plt.subplots()\nax.plot([1, 2]);"
    run(source, namespace, events.append, waiting=waiting)
    run(change + ";", namespace, events.append, waiting=waiting)
    for later in waiting:
        later()
    assert outline(events) == ["1 light", "done", "done"]


def test_a_figure_that_a_function_shows_is_drawn_twice_at_once() -> None:
    source = (
        PLT + "fig, ax = plt.subplots()\ndef show():\n    for title in 'ab':\n"
        "        ax.set_title(title)\n        fig.show()\nshow()"
    )
    assert outline(events_of(source, waiting=[])) == [
        "1 light", "2 light", "1 dark", "2 dark", "done",
    ]  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("again", ["fig", "fig.show()", "fig.show()\nfig"])
def test_a_figure_that_was_changed_is_shown_again(again: str, theme: Any) -> None:
    source = PLT + "fig, ax = plt.subplots()\nplt.show()\nax.set_title('late')\n" + again
    events = [e for e in events_of(source, theme=theme) if e["kind"] == "figure"]
    assert [(e["figure"], e["alt"]) for e in events] == [
        (1, "A figure without title and labels."),
        (2, "late."),
    ] * 2
    assert [e["theme"] == theme for e in events] == [True, True, False, False]


def test_a_figure_that_was_changed_back_is_shown_again() -> None:
    source = (
        "fig, ax = plt.subplots()\nplt.show()\nax.set_title('late')\nfig.show()\n"
        "ax.set_title('')\nfig"
    )
    assert outline(events_of(PLT + source))[:3] == ["1 light", "2 light", "3 light"]


def test_what_is_said_while_a_figure_is_drawn_is_said_once() -> None:
    events = events_of(PLT + "plt.title('\u6f22')")
    said = "".join(event["text"] for event in events if event["kind"] == "stderr")
    assert said.count("Glyph 28450") == 1


def test_a_missing_font_is_logged_once_in_a_run() -> None:
    source = PLT + "plt.title('a', family='Nowhere Sans')\nplt.xlabel('b', family='Nowhere Sans')"
    logger, handler = logging.getLogger("matplotlib.font_manager"), logging.StreamHandler(STDERR)
    logger.addHandler(handler)
    try:
        for _ in range(2):
            said = [e["text"] for e in events_of(source) if e["kind"] == "stderr"]
            assert said == ["findfont: Font family 'Nowhere Sans' not found.\n"]
    finally:
        logger.removeHandler(handler)


@pytest.mark.parametrize(
    ("source", "note"),
    [
        (
            "from matplotlib.widgets import Button\nfig, ax = plt.subplots()\nButton(ax, 'Go')",
            "Note: the value does not answer here",
        ),
        (
            "from matplotlib.widgets import Slider\nfig, ax = plt.subplots()\n"
            "rate = Slider(ax, 'rate', 0, 1)\nrate.on_changed(print)",
            "Note: rate does not answer here",
        ),
    ],
)
def test_what_would_move_in_a_window_is_said_to_stand_still(source: str, note: str) -> None:
    namespace: dict[str, Any] = {}
    events = events_of(PLT + source, namespace)
    assert [e["text"][: len(note)] for e in events if e["kind"] == "stderr"] == [note]
    assert outline(events)[-3:] == ["1 light", "1 dark", "done"]
    name = note.split()[1]
    if name in namespace:
        assert outline(events_of(f"type({name}).__name__", namespace))[1:] == ["done"]


def test_tex_is_refused_in_words_and_does_not_break_the_next_cells() -> None:
    def no_tex(*_: object, **__: object) -> None:
        raise RuntimeError("Failed to process string with tex because latex could not be found")

    namespace: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matplotlib.texmanager.TexManager.make_dvi", no_tex)
        patch.setattr("matplotlib.texmanager.TexManager.get_text_width_height_descent", no_tex)
        source = "plt.rcParams['text.usetex'] = True\nplt.plot([1])\nplt.title('x')"
        events = events_of(PLT + source, namespace)
        (error,) = [event for event in events if event["kind"] == "error"]
        assert error["message"].startswith("LaTeX is not there, so text.usetex is off again.")
        events = events_of("plt.plot([1])\nplt.title('x')", namespace)
        assert outline(events) == ["1 light", "1 dark", "done"]


def test_a_figure_without_measure_is_an_error_in_words() -> None:
    events = events_of(PLT + "plt.figure(figsize=(1000, 1000), dpi=1000)\nplt.plot([1])")
    assert outline(events) == ["error", "done"]
    assert events[0]["message"].startswith("A figure of figsize=(1000, 1000) inches at dpi=1000")
    assert outline(events_of(PLT + "plt.plot([1])")) == ["1 light", "1 dark", "done"]


def test_a_figure_shows_itself() -> None:
    source = PLT + "fig, ax = plt.subplots()\nplt.figure()\nfig.show()\nprint('then')"
    assert outline(events_of(source))[:3] == ["1 light", "then", "2 light"]


def test_both_drawings_show_the_figure_as_it_was_shown() -> None:
    source = PLT + "fig, ax = plt.subplots()\nax.plot([1, 2])\nplt.show()\nax.set_facecolor('red')"
    drawings = [pixels(event) for event in events_of(source) if event["kind"] == "figure"]
    assert not any((image == (255, 0, 0)).all(axis=2).any() for image in drawings)


def test_figures_come_before_the_error() -> None:
    events = events_of(PLT + "plt.plot([1])\n1 / 0")
    assert outline(events) == ["1 light", "error", "1 dark", "done"]


def test_a_figure_that_cannot_be_drawn_is_an_error_and_the_next_is_shown() -> None:
    source = PLT + "plt.title(r'$\\frac{1}$')\nplt.figure()\nplt.plot([1])"
    events = events_of(source)
    assert outline(events) == ["1 light", "error", "1 dark", "done"]
    assert events[1]["type"] == "ValueError"
    assert outline(events_of("1")) == ["= 1", "done"]


def test_no_figure_is_left_for_the_next_run() -> None:
    namespace: dict[str, Any] = {}
    events_of(PLT + "fig, ax = plt.subplots()\nax.plot([1])", namespace)
    assert outline(events_of("plt.get_fignums()", namespace)) == ["= []", "done"]


def test_a_run_that_was_stopped_leaves_no_figure_for_the_next() -> None:
    namespace: dict[str, Any] = {}
    events = events_of(PLT + "plt.plot([1])\nraise KeyboardInterrupt", namespace)
    assert outline(events) == ["error", "done"]
    assert outline(events_of("plt.get_fignums()", namespace)) == ["= []", "done"]


def test_a_figure_as_the_last_value_is_shown_again() -> None:
    namespace: dict[str, Any] = {}
    events_of(PLT + "fig, ax = plt.subplots()", namespace)
    events = events_of("ax.plot([3, 1])\nax.set_title('Again')\nfig", namespace)
    assert outline(events) == ["1 light", "1 dark", "done"]
    assert events[0]["alt"] == "Again."


@pytest.mark.parametrize(
    "last",
    [
        "plt.plot([1])",
        "plt.title('x')",
        "plt.hist([1, 2, 2])",
        "plt.subplots(2, 2)",
        "plt.subplots(2, 2)[1]",
        "plt.boxplot([1, 2])",
        "plt.gca()",
    ],
)
def test_matplotlibs_objects_are_not_written_out(last: str) -> None:
    assert "result" not in [event["kind"] for event in events_of(PLT + last)]


def test_a_figure_event_has_all_that_the_page_needs() -> None:
    source = PLT + "plt.plot([1, 2])\nplt.title('Loss')\nplt.xlabel('step')\nplt.ylabel('loss')"
    figure = events_of(source)[0]
    assert (figure["figure"], figure["width"], figure["height"]) == (1, 640, 480)
    assert figure["alt"] == "Loss. Horizontal axis: step. Vertical axis: loss."
    assert pixels(figure).shape == (960, 1280, 3)


def test_light_and_dark_drawings_differ_in_paper() -> None:
    light, dark = (pixels(e) for e in events_of(PLT + "plt.plot([1, 2])") if e["kind"] == "figure")
    assert tuple(light[0, 0]) == (0xFF, 0xFF, 0xFF)
    assert tuple(dark[0, 0]) == (0x14, 0x17, 0x1F)


def test_settings_of_the_cell_win_over_the_pages() -> None:
    """The page's style is there when matplotlib is imported, and is not applied again later."""
    code = (
        "from pylib.kernel.execute import run\n"
        "def emit(event): print(event.get('text', ''), end='')\n"
        "events = []\n"
        'run(\'import matplotlib\\nprint(matplotlib.rcParams["axes.spines.top"])\\n'
        'matplotlib.rcParams["lines.linewidth"] = 7\\n'
        "import matplotlib.pyplot as plt\\n(line,) = plt.plot([1])\\n"
        "print(line.get_linewidth())', {}, events.append)\n"
        "print(''.join(e['text'] for e in events if e['kind'] == 'stdout'))\n"
        "print([e['theme'] for e in events if e['kind'] == 'figure'])"
    )
    out = subprocess.check_output([sys.executable, "-W", "error", "-c", code], text=True)
    assert out.split("\n")[:4] == ["False", "7.0", "", "['light', 'dark']"]


def test_plt_show_works_where_matplotlib_is_imported_through_pylib() -> None:
    code = (
        "from pylib.kernel.execute import run\nevents = []\n"
        "run('from pylib.plots import plot_fit\\nimport matplotlib.pyplot as plt\\n"
        "plot_fit([0, 1], [0, 1], {})\\nplt.show()\\nprint(1)', {}, events.append)\n"
        "print([e['kind'] for e in events])"
    )
    out = subprocess.check_output([sys.executable, "-W", "error", "-c", code], text=True)
    assert out == "['figure', 'stdout', 'figure', 'done']\n"


def test_the_backend_a_script_asks_for_does_no_harm() -> None:
    source = "import matplotlib\nmatplotlib.use('Agg')\n" + PLT + "plt.plot([1])\nplt.show()"
    try:
        assert outline(events_of(source)) == ["1 light", "1 dark", "done"]
    finally:
        mpl_style.use_style()
