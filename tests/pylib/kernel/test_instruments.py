"""Values that the page shows with an instrument: what is emitted for it."""

import json
from typing import Any

import pytest

from pylib.kernel.execute import draw_svg, run, serve

Event = dict[str, Any]
CELL = """from pylib.microscope import dissect
from pylib.optimizers import Adam
from pylib.surfaces import Quadratic
print("walking")
dissect(Quadratic(), Adam, [1.0, 1.0], steps=3, lr=0.1)"""


def events_of(source: str, **options: Any) -> list[Event]:
    events: list[Event] = []
    run(source, {}, events.append, **options)
    return events


@pytest.mark.parametrize("live", [False, True])
def test_a_dissection_comes_as_its_record(live: bool) -> None:
    text, shown, done = events_of(CELL, live=live)
    assert (text["text"], done["ok"]) == ("walking\n", True)
    assert (shown["kind"], shown["instrument"], shown["figure"]) == ("instrument", "microscope", 1)
    assert shown["alt"].startswith("Adam on Quadratic: 3 steps from (1, 1) to ")
    record = json.loads(shown["record"])
    assert record["path"][0] == [1.0, 1.0]
    assert len(record["path"]) == 4


def test_for_a_page_that_stays_a_figure_of_the_same_number_comes_too() -> None:
    kinds = [
        (event["kind"], event.get("figure"), event.get("theme"))
        for event in events_of(CELL, stills=True)
    ]
    assert kinds == [
        ("stdout", None, None),
        ("instrument", 1, None),
        ("figure", 1, "light"),
        ("figure", 1, "dark"),
        ("done", None, None),
    ]


def test_figures_before_it_and_after_it_are_counted_with_it() -> None:
    before = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nplt.figure()\n"
    events = events_of(f"{before}{CELL}", live=True)
    assert [event["figure"] for event in events if "figure" in event] == [1, 2, 3]


def test_it_cannot_be_drawn_as_svg() -> None:
    request = {"id": 1, "source": CELL, "session": "lab:svg", "cell": "a", "theme": "light"}
    serve(json.dumps(request), lambda event, data: None)
    asked = {"session": "lab:svg", "cell": "a", "figure": 1}
    assert draw_svg(json.dumps(asked)) is None


def test_a_learners_object_is_shown_as_what_it_is() -> None:
    source = "class A:\n    def _instrument_(self): return 'microscope', {}\n"
    (result, done) = events_of(f"{source}    def __repr__(self): return 'mine'\nA()")
    assert (result["kind"], result["text"], done["ok"]) == ("result", "mine", True)
