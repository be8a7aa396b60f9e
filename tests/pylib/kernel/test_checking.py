"""Running with a check: what is judged, in which words, and in which order events come."""

import json
from typing import Any

import matplotlib.pyplot as plt
import pytest

from pylib.kernel.checking import first_blank
from pylib.kernel.execute import run, serve
from tests.pylib.kernel.test_execute import events_of

Event = dict[str, Any]


def checked(source: str, check: str, **options: Any) -> Event:
    """The one check event, which comes straight before `done`."""
    events = events_of(source, check=check, **options)
    assert [event["kind"] for event in events].count("check") == 1
    assert events[-2]["kind"] == "check"
    return events[-2]


PASSED = {"kind": "check", "ok": True, "message": "", "line": None, "ran": True}


def failed(message: str, line: int | None = None) -> Event:
    return {"kind": "check", "ok": False, "message": message, "line": line, "ran": True}


def test_what_the_check_lets_pass_has_no_words() -> None:
    assert checked("w = 2", "assert w == 2, 'No.'") == PASSED


def test_an_assertion_s_message_is_the_feedback() -> None:
    assert checked("w = 3", "assert w == 2, f'w is {w}.'") == failed("w is 3.")
    assert checked("w = 3", "x = 1\nassert w == 2") == failed("This does not hold yet: w == 2")


def test_a_cell_without_a_check_has_no_check_event() -> None:
    assert [event["kind"] for event in events_of("w = ___")] == ["error", "done"]


def test_the_check_s_words_come_after_all_output() -> None:
    source = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nprint('out')\n3"
    events: list[Event] = []
    run(source, {}, events.append, check="plt.plot([1])\nassert False, 'x'")
    kinds = [event["kind"] for event in events]
    assert plt.get_fignums() == []
    assert kinds == ["stdout", "result", "figure", "figure", "check", "done"]


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("a = 1\nb = ___", 2),
        ("f(___, ___)", 1),
        ("# ___\nb = '___' + ___", 2),
        ("def f(:\n    return ___", 2),
        ("f(\n___", 2),
        ("x = '___'", None),
        ("____ = a___ = 1", None),
    ],
)
def test_the_first_blank_is_found_in_code_only(source: str, line: int | None) -> None:
    assert first_blank(source) == line


def test_a_blank_is_named_before_anything_runs() -> None:
    events = events_of("print('ran')\nw = ___", check="assert w")
    words = "Line 2 still has a blank ___. Put your own code in its place."
    assert events == [failed(words, 2) | {"ran": False}, {"kind": "done", "ok": True, "ms": 0.0}]


def test_an_error_of_the_code_is_shown_as_ever_and_nothing_is_judged() -> None:
    events = events_of("w = 1\nw / 0", check="raise AssertionError('judged')")
    assert [event["kind"] for event in events] == ["error", "check", "done"]
    assert events[0]["type"] == "ZeroDivisionError"
    words = "Your code ends with an error. Mend that first, then check again."
    assert events[1] == failed(words, 2)
    assert events[2]["ok"] is False


def test_a_failed_check_leaves_the_run_ended_well() -> None:
    assert events_of("w = 1", check="assert False, 'x'")[-1]["ok"] is True


def test_an_error_of_the_learner_s_function_is_told_with_its_line() -> None:
    event = checked("def f(x):\n    return 1 / x", "f(0)")
    assert event["line"] == 2
    assert event["message"].startswith(
        "Called by the check, your code stops in line 2: Something is divided by zero."
    )
    own = checked("def f(x):\n    assert x > 0, 'above 0'\n", "f(0)")
    assert own["message"] == "Called by the check, your code stops in line 2: above 0"


def test_an_error_of_the_check_itself_is_told_apart() -> None:
    event = checked("w = [1]", "assert abs(w) < 1, 'x'")
    assert event["message"].startswith("The check stumbles over your answer (TypeError): ")
    assert event["line"] is None


def test_a_name_that_is_gone_is_named() -> None:
    event = checked("v = 1", "assert w == 1, 'x'")
    assert event["message"].startswith("The check looks for w, and your code gives it no value.")


def test_the_check_is_not_seen_by_the_cell_nor_its_prints_by_the_page(capfd: Any) -> None:
    namespace: dict[str, Any] = {}
    check = "import warnings; warnings.warn('so'); print('hidden'); v = 2; w = 3"
    events = events_of("w = 1", namespace, check=check)
    assert capfd.readouterr() == ("", "")
    assert [event["kind"] for event in events] == ["check", "done"]
    assert namespace["w"] == 1
    assert "v" not in namespace


def test_the_check_reads_the_learner_s_code() -> None:
    assert checked("w = 1  # mine", "assert 'mine' in __source__") == PASSED


def test_a_check_that_is_stopped_says_nothing() -> None:
    events: list[Event] = []
    run("w = 1", {}, events.append, check="raise KeyboardInterrupt")
    assert [event["kind"] for event in events] == ["error", "done"]
    assert events[-1]["ok"] is False
    events.clear()
    run("raise KeyboardInterrupt", {}, events.append, check="assert False")
    assert [event["kind"] for event in events] == ["error", "done"]


def ask(source: str, check: str | None, session: str, cell: str = "ex") -> list[Event]:
    request = {"source": source, "session": session, "cell": cell, "theme": "light"}
    events: list[Event] = []
    serve(json.dumps(request | {"check": check}), lambda text, _: events.append(json.loads(text)))
    return events


def test_names_of_an_earlier_try_do_not_make_a_wrong_answer_pass() -> None:
    ask("w = 2", None, "p:ex-a")
    event = ask("v = 1", "assert w == 2, 'x'", "p:ex-a")[-2]
    assert event["message"].startswith("The check looks for w")


def test_what_other_cells_of_the_session_made_is_there() -> None:
    ask("data = [1, 2]", None, "p:shared", "data")
    ask("w = 2", None, "p:shared")
    assert ask("v = data", "assert v == [1, 2] and 'w' not in globals()", "p:shared")[-2] == PASSED
    assert ask("v, data", None, "p:shared", "data")[0]["text"] == "([1, 2], [1, 2])"


def test_a_blank_that_is_run_without_a_check_is_named_too() -> None:
    (error, _) = events_of("w = ___")
    assert error["message"] == "There is still a blank ___ here. Put your own code in its place."
