"""What a cell's run emits: text, values, errors, and in which order."""

import json
import logging
import subprocess
import sys
import time
from itertools import pairwise
from typing import Any

import pytest

from pylib.kernel import execute, iostream
from pylib.kernel.execute import run, serve

Event = dict[str, Any]


def events_of(source: str, namespace: dict[str, Any] | None = None, **options: Any) -> list[Event]:
    events: list[Event] = []
    run(source, {} if namespace is None else namespace, events.append, **options)
    assert [event["kind"] for event in events].count("done") == 1
    assert events[-1]["kind"] == "done"
    json.dumps(events)
    return events


def text_of(events: list[Event], kind: str = "stdout") -> str:
    return "".join(event["text"] for event in events if event["kind"] == kind)


def error_of(source: str, **options: Any) -> Event:
    events = events_of(source, **options)
    assert events[-1]["ok"] is False
    (error,) = [event for event in events if event["kind"] == "error"]
    return error


# --- Values ---


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("1 + 1", "2"),
        ("x = 3\nx", "3"),
        ("x = 3", None),
        ("None", None),
        ("1 + 1;", None),
        ("1 + 1 ;  # hidden", None),
        ("'é' ;", None),
        ("'a;'", "'a;'"),
        ("'''a\n;'''", "'a\\n;'"),
        ("(1,\n 2)", "(1, 2)"),
        ("1  # ;", "1"),
        ("x = 1; x", "1"),
        ("if True:\n    5", None),
        ("", None),
        ("# only words", None),
        ("'one'\r\n'two'\r\n", "'two'"),
        ("from __future__ import annotations\ndef f(a: b): pass\nf.__annotations__", "{'a': 'b'}"),
    ],
)
def test_the_last_expression_is_the_result(source: str, result: str | None) -> None:
    events = events_of(source)
    assert events[-1]["ok"] is True
    assert [event["text"] for event in events if event["kind"] == "result"] == (
        [] if result is None else [result]
    )


def test_a_long_result_is_cut_and_says_so() -> None:
    (result, _) = events_of("'x' * 1_000_000")
    assert len(result["text"]) < execute.MAX_RESULT + 100
    assert result["text"].endswith("… (1000002 characters in all)")


def test_names_stay_in_the_namespace() -> None:
    namespace: dict[str, Any] = {}
    events_of("import math\ndef area(r): return math.pi * r**2", namespace)
    assert events_of("round(area(2), 3)", namespace)[0]["text"] == "12.566"


# --- Text ---


def test_each_line_comes_while_it_is_printed() -> None:
    """Every line of a slow loop is emitted before the next one is printed."""
    seen: list[tuple[str, float]] = []
    source = "import time\nfor i in range(3):\n    print(i)\n    time.sleep(0.1)"
    run(source, {}, lambda event: seen.append((event.get("text", "end"), time.perf_counter())))
    assert [text for text, _ in seen] == ["0\n", "1\n", "2\n", "end"]
    assert all(later - earlier > 0.09 for (_, earlier), (_, later) in pairwise(seen))


def test_text_without_a_line_end_comes_with_the_next_or_on_flush() -> None:
    source = "import time\nfor i in range(3):\n    print('.', end='')\n    time.sleep(0.06)"
    assert [e.get("text") for e in events_of(source)] == ["..", ".", None]
    source = "for i in range(3): print('.', end='', flush=True)"
    assert [e.get("text") for e in events_of(source)] == [".", ".", ".", None]


def test_a_flood_of_prints_comes_in_few_pieces() -> None:
    begin = time.perf_counter()
    events = events_of("for i in range(100_000): print(i)")
    assert text_of(events) == "".join(f"{i}\n" for i in range(100_000))
    assert len(events) < 500
    assert time.perf_counter() - begin < 5


def test_the_output_ends_at_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iostream, "MAX_OUTPUT", 1_000_000)
    source = "while True:\n    try:\n        print('x' * 999)\n    except ValueError: pass"
    events = events_of(source)
    assert 1_000_000 < len(text_of(events)) < 1_020_000
    assert events[-2]["message"].startswith("The cell has written more than 1 MB")
    assert events[-2]["line"] == 3


def test_stdout_and_stderr_keep_their_order() -> None:
    source = (
        "import sys\nprint('a', end='')\nprint('b', end='', file=sys.stderr)\nprint('c', end='')"
    )
    assert [(e["kind"], e.get("text")) for e in events_of(source)][:3] == [
        ("stdout", "a"),
        ("stderr", "b"),
        ("stdout", "c"),
    ]


def test_a_logger_of_an_earlier_run_writes_into_this_one() -> None:
    namespace: dict[str, Any] = {}
    events_of(
        "import logging, sys\nlog = logging.Logger('cell')\n"
        "log.addHandler(logging.StreamHandler(sys.stdout))",
        namespace,
    )
    assert text_of(events_of("log.warning('still here')", namespace)) == "still here\n"
    assert isinstance(namespace["log"], logging.Logger)


def test_the_streams_are_put_back() -> None:
    before = sys.stdin, sys.stdout, sys.stderr, sys.modules["__main__"]
    events_of("print(1)\n1/0")
    assert (sys.stdin, sys.stdout, sys.stderr, sys.modules["__main__"]) == before


def test_only_text_can_be_written() -> None:
    assert error_of("import sys\nsys.stdout.write(b'x')")["type"] == "TypeError"


def test_an_emit_that_prints_does_not_call_itself() -> None:
    kinds: list[str] = []

    def emit(event: Event) -> None:
        print("from emit")
        kinds.append(event["kind"])

    run("print('a')\nprint('b')", {}, emit)
    assert kinds == ["stdout", "stdout", "done"]


def test_a_failing_emit_ends_the_run_and_is_raised_once() -> None:
    calls: list[str] = []

    def emit(event: Event) -> None:
        calls.append(event["kind"])
        raise OSError("the page is gone")

    with pytest.raises(OSError, match="the page is gone"):
        run("print('a')\nprint('b')", {}, emit)
    assert calls == ["stdout"]


# --- Warnings ---


def test_numpys_silence_in_the_browser_is_made_up_for_by_a_note() -> None:
    events = events_of("import numpy as np\np = np.array([0.0, 1.0])\nloss = -np.log(p)")
    text = text_of(events, "stderr")
    assert text.startswith("Note: loss holds inf. log(0), a division by zero")
    assert events[-1]["ok"] is True


@pytest.mark.parametrize(
    ("source", "note"),
    [
        ("x = np.zeros(1)\nx / x", "Note: the value holds nan."),
        ("x = np.float64(1e200)\nfor _ in range(3): x *= x", "Note: x is inf."),
        ("losses = []\nfor k in (0.0, 1.0): losses.append(-np.log(k))", "Note: losses holds inf."),
        ("a = np.float32(-1)\nb = np.log(a)\nc = b + 1", "Note: b and c hold nan."),
        ("best = np.inf", ""),
        ("x = np.array([np.nan, 1])", ""),
        ("x = np.ones(3)", ""),
        ("names = ['a']\nd = {}\nn = 5", ""),
    ],
)
def test_a_note_names_what_is_not_finite(source: str, note: str) -> None:
    text = text_of(events_of("import numpy as np\n" + source), "stderr")
    assert text.startswith(note) and bool(text) == bool(note)


def test_a_note_does_not_repeat_what_another_cell_made() -> None:
    namespace: dict[str, Any] = {}
    assert text_of(events_of("import numpy as np\nx = np.log(0.0)", namespace), "stderr")
    assert text_of(events_of("y = 1", namespace), "stderr") == ""


def test_a_warning_from_a_library_names_the_learners_line() -> None:
    source = "from pylib.models import activations\nimport statistics, warnings\n"
    source += "def f():\n    warnings.warn('careful', stacklevel=99)\nf()"
    assert text_of(events_of(source), "stderr") == "UserWarning: careful (line 4)\n"


def test_a_warning_is_shown_again_in_the_next_run() -> None:
    namespace: dict[str, Any] = {}
    source = "import warnings\nfor _ in range(9): warnings.warn('careful')"
    for _ in range(2):
        text = text_of(events_of(source, namespace), "stderr")
        assert text == "UserWarning: careful (line 2)\n"


# --- Errors ---


def test_an_error_has_words_frames_and_the_whole_traceback() -> None:
    source = "def f(x):\n    return x / 0\n\nprint('before')\nf(2)"
    events = events_of(source, cell="mean")
    assert [event["kind"] for event in events] == ["stdout", "error", "done"]
    error = events[1]
    assert error["type"] == "ZeroDivisionError"
    assert error["detail"] == "division by zero"
    assert error["message"].startswith("Something is divided by zero.")
    assert error["line"] == 2
    assert error["frames"] == [
        {"cell": "mean", "line": 5, "source": "f(2)", "function": "<module>"},
        {"cell": "mean", "line": 2, "source": "return x / 0", "function": "f"},
    ]
    assert error["traceback"].startswith('Traceback (most recent call last):\n  File "<cell mean>"')
    assert "execute.py" not in error["traceback"]
    assert error["name"] is None


def test_frames_are_the_learners_own() -> None:
    error = error_of("import json\njson.loads('{')", cell="a")
    assert [frame["line"] for frame in error["frames"]] == [2]
    assert "json/decoder.py" in error["traceback"].replace("\\", "/")


def test_the_line_is_one_of_the_cell_that_runs() -> None:
    namespace: dict[str, Any] = {}
    events_of("\n\ndef f():\n    return missing", namespace, cell="first")
    events = events_of("f()", namespace, cell="second")
    error = events[0]
    assert (error["line"], error["name"]) == (1, "missing")
    assert [(frame["cell"], frame["line"]) for frame in error["frames"]] == [
        ("second", 1),
        ("first", 4),
    ]
    assert error["frames"][1]["source"] == "return missing"


def test_a_syntax_error_has_its_line_and_no_foreign_frames() -> None:
    error = error_of("x = 1\nfor i in range(3)\n    print(i)", cell="a")
    assert (error["type"], error["line"], error["frames"]) == ("SyntaxError", 2, [])
    assert error["message"].startswith("Line 2: A colon is missing")
    assert "ast.py" not in error["traceback"]


@pytest.mark.parametrize("source", ["x = \0", "\ufeffx = 'a", "def f(:", "(" * 1000, "\t x\n y"])
def test_source_that_cannot_be_read_is_an_error_of_the_cell(source: str) -> None:
    refused = ("SyntaxError", "IndentationError", "ValueError", "MemoryError")
    assert error_of(source)["type"] in refused


def test_an_assigned_local_is_not_a_missing_name_of_another_cell() -> None:
    error = error_of("def f():\n    print(x)\n    x = 1\nf()")
    assert (error["type"], error["name"]) == ("UnboundLocalError", None)


def test_endless_recursion_is_an_ordinary_error() -> None:
    error = error_of("def f(n):\n    return f(n + 1)\nf(0)")
    assert error["type"] == "RecursionError"
    assert len(error["frames"]) == 2 * execute.MAX_FRAMES
    assert error["frames"][0]["function"] == "<module>"
    assert events_of("1 + 1")[0]["text"] == "2"


@pytest.mark.parametrize("leave", ["exit()", "import sys; sys.exit(3)", "raise SystemExit('bye')"])
def test_exit_ends_the_cell_only(leave: str) -> None:
    error = error_of(leave + "\nprint('not reached')")
    assert error["type"] == "SystemExit"
    assert "Variables are kept" in error["message"]


def test_a_stop_from_outside_is_reported() -> None:
    error = error_of("print('a')\nraise KeyboardInterrupt")
    assert (error["type"], error["message"]) == ("KeyboardInterrupt", "The run was stopped.")


def test_input_says_why_it_cannot_ask() -> None:
    events = events_of("name = input('Name? ')")
    assert text_of(events) == "Name? "
    assert "input() cannot ask" in events[1]["message"]


@pytest.mark.parametrize("method", ["__str__", "__repr__"])
def test_an_exception_that_cannot_be_said_is_still_reported(method: str) -> None:
    source = f"class Odd(Exception):\n    def {method}(self): return 1 / 0\nraise Odd('x')"
    assert error_of(source)["type"] == "Odd"


def test_a_value_whose_repr_fails_is_an_error() -> None:
    error = error_of("class Odd:\n    def __repr__(self): return 1 / 0\nOdd()")
    assert (error["type"], error["line"]) == ("ZeroDivisionError", 2)


def test_the_source_of_a_function_can_be_looked_up() -> None:
    source = "import inspect\ndef twice(x):\n    return 2 * x\nprint(inspect.getsource(twice))"
    assert text_of(events_of(source)) == "def twice(x):\n    return 2 * x\n\n"


# --- Sessions ---


def served(source: str, session: str) -> list[Event]:
    events: list[Event] = []
    request = {"id": 1, "source": source, "session": session, "cell": "a", "theme": "light"}

    def post(text: str, png: bytes | None) -> None:
        events.append(json.loads(text) | ({} if png is None else {"png": png}))

    serve(json.dumps(request), post)
    return events


def test_sessions_are_apart() -> None:
    served("x = 1", "page:main")
    assert served("x + 1", "page:main")[0]["text"] == "2"
    assert served("x", "page:other")[0]["name"] == "x"


def test_figures_are_posted_as_bytes_beside_their_event() -> None:
    light, dark, done = served("import matplotlib.pyplot as plt\nplt.plot([1, 2])", "plot:main")
    assert light["png"] != dark["png"]
    for figure in (light, dark):
        assert figure["png"].startswith(b"\x89PNG")
        assert (figure["kind"], figure["figure"]) == ("figure", 1)
    assert "png" not in done


def test_classes_of_a_cell_can_be_pickled() -> None:
    source = "import pickle\nclass A: n = 1\npickle.loads(pickle.dumps(A())).n"
    assert served(source, "pickle:main")[0]["text"] == "1"


def test_the_build_runs_a_page_of_cells() -> None:
    cells = [
        {"id": "a", "source": "x = 2\nprint(x)", "session": "main", "raises": None},
        {"id": "b", "source": "x / 0", "session": "main", "raises": "ZeroDivisionError"},
        {"id": "c", "source": "x", "session": "apart", "raises": "NameError"},
    ]
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-m", "pylib.kernel.execute"],
        input=json.dumps({"page": "losses/mse", "cells": cells}),
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stderr == ""
    document = json.loads(answer.stdout)
    a, b, c = document["cells"]
    assert [event["kind"] for event in a["events"]] == ["stdout", "done"]
    assert [event.get("type") for event in b["events"]] == ["ZeroDivisionError", None]
    assert c["events"][0]["name"] == "x"
    assert document["modules"] == [
        "pylib/__init__.py",
        "pylib/kernel/__init__.py",
        "pylib/kernel/context.py",
        "pylib/kernel/display.py",
        "pylib/kernel/error_help.py",
        "pylib/kernel/execute.py",
        "pylib/kernel/iostream.py",
        "pylib/kernel/mpl_style.py",
        "pylib/kernel/nonfinite.py",
        "pylib/palette.py",
    ]


def test_running_a_cell_imports_neither_numpy_nor_matplotlib() -> None:
    code = (
        "import sys; from pylib.kernel.execute import run; run('print(1)', {}, lambda event: None);"
        "print(sorted({'numpy', 'matplotlib', 'pylib.kernel.mpl_backend'} & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout == "[]\n"
