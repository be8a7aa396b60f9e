"""Progress of long trainings, and lines that are typed for input()."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from pylib import _watch
from pylib.kernel.execute import run
from pylib.kernel.iostream import Output
from pylib.kernel.progress import Progress

FIT = """
import time
from pylib.models import LinearRegression
from pylib.losses import MSELoss
from pylib.optimizers import SGD
from pylib.training import fit
class Slow(LinearRegression):
    def forward(self, X):
        time.sleep(WAIT)
        return super().forward(X)
model = Slow()
fit(model, MSELoss(), SGD(model.params, lr=0.1), [[0.0], [1.0]], [0.0, 2.0], epochs=20);
"""


def progress_of(source: str, **more: Any) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    run(source, {}, events.append, **more)
    assert events[-1]["ok"], events
    return [event for event in events if event["kind"] == "progress"]


def test_a_long_fit_tells_how_far_it_is_and_that_it_is_over() -> None:
    told = progress_of(FIT.replace("WAIT", "0.02"))
    assert [event["done"] for event in told] == sorted(event["done"] for event in told)
    assert told[0]["done"] > 5  # not before half a second
    assert told[-1] == {"kind": "progress", "what": "fit", "done": 20, "total": 20}
    assert 2 <= len(told) <= 8


def test_a_short_fit_tells_nothing_and_neither_does_the_build() -> None:
    assert not progress_of(FIT.replace("WAIT", "0"))
    assert not progress_of(FIT.replace("WAIT", "0.02"), stills=True)


def test_minimize_tells_too_and_nobody_watches_afterwards() -> None:
    source = (
        "import time\nfrom pylib.optimizers import SGD\nfrom pylib.surfaces import Function\n"
        "from pylib.training import minimize\n"
        "def value(w):\n    time.sleep(0.03)\n    return float(w @ w)\n"
        "minimize(Function(value, lambda w: 2 * w), SGD, [1.0], steps=30, lr=0.1);"
    )
    assert progress_of(source)[-1] == {
        "kind": "progress",
        "what": "minimize",
        "done": 30,
        "total": 30,
    }
    assert not _watch._watchers


def test_trainings_that_follow_each_other_share_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    events: list[dict[str, Any]] = []
    clock = iter(range(100))
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock) * 0.3)
    watcher = Progress(Output(events.append))
    for _ in range(2):
        for done in range(1, 5):
            watcher("fit", done, 4)
    assert [event["done"] for event in events] == [3, 4, 3, 4]


def asked(source: str, answers: list[str | None], **more: Any) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    ask: Callable[[], str | None] = lambda: answers.pop(0)  # noqa: E731
    run(source, {}, events.append, ask=ask, **more)
    return events


def test_input_asks_and_its_line_stays_in_the_output() -> None:
    events = asked("print('Hello.')\nname = input('Name? ')\nname", ["Ada"])
    assert [event["kind"] for event in events] == ["stdout", "input", "stdout", "result", "done"]
    assert events[1] == {"kind": "input", "prompt": "Name? "}
    assert events[2]["text"] == "Name? Ada\n"
    assert events[3]["text"] == "'Ada'"


def test_a_stop_while_input_waits_ends_the_run() -> None:
    events = asked("input()\nprint('on')", [None])
    assert [event["kind"] for event in events] == ["input", "error", "done"]
    assert events[1]["type"] == "KeyboardInterrupt"


def test_where_nobody_can_be_asked_input_says_why() -> None:
    events: list[dict[str, Any]] = []
    run("input('Name? ')", {}, events.append)
    assert "cross-origin isolated" in events[-2]["message"]
    assert input.__module__ == "builtins"
