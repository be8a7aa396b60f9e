"""What a cell's run emits: text, values, errors, and in which order."""

import asyncio
import builtins
import gc
import json
import logging
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pylib.kernel import execute, iostream, last_value, mpl_style
from pylib.kernel.execute import catch_up, run, serve

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
    assert len(result["text"]) < last_value.MAX_RESULT + 100
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


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        (["\x1b[31mred\x1b[0m\n"], "red\n"),
        (["a\x1b[1;38;5;9mb\x1b[2Kc\n"], "abc\n"),
        (["one \x1b", "[3", "1m", "two\x1b[", "0m\n"], "one two\n"),
        (["[31m is text\n"], "[31m is text\n"),
        (["an end \x1b[3"], "an end "),
        (["\x1b[" + "3" * 100 + "m\n"], "\n"),
    ],
)
def test_commands_to_a_terminal_are_left_out(pieces: list[str], shown: str) -> None:
    source = f"for piece in {pieces!r}: print(piece, end='', flush=True)"
    assert text_of(events_of(source)) == shown


def test_a_command_that_is_cut_off_waits_beside_the_other_stream() -> None:
    source = "import sys\nprint('\\x1b[3', end='')\nprint('mid', file=sys.stderr)\nprint('1mend')"
    events = events_of(source)
    assert (text_of(events), text_of(events, "stderr")) == ("end\n", "mid\n")


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
        ("print(np.log(0))", "Note: -inf was printed. log(0), a division by zero"),
        ("print('loss', np.log(-1.0), 'at', 3)", "Note: nan was printed. 0/0, inf - inf"),
        ("print(np.log(np.arange(2.0)))", "Note: -inf was printed."),
        ("print(f'{np.log(0.0)=}')", "Note: -inf was printed."),
        ("print(['n' + 'an'])", ""),
        ("print('information, finance:', 'n' + 'an' + 'cy')", ""),
        ("print('n' + 'an', 'is what the log of a negative number gives')", ""),
        ("help(np.log)", ""),
        ("import sys\nprint(np.log(0), file=sys.stderr)", "-inf\n"),
        ("print(np.nanmean.__doc__)", ""),
        ("def best(): return float('inf')\nprint(best())", ""),
    ],
)
def test_a_note_names_what_is_not_finite(source: str, note: str) -> None:
    text = text_of(events_of("import numpy as np\n" + source), "stderr")
    assert text.startswith(note) and bool(text) == bool(note)
    assert note.startswith("Note") or text == note


def test_a_note_on_what_is_printed_respects_functions_that_mean_it() -> None:
    namespace: dict[str, Any] = {}
    events_of("def best(): return float('inf')\ndef log(x): return x * 1e308", namespace)
    assert text_of(events_of("print(best())", namespace), "stderr") == ""
    assert text_of(events_of("print(log(10.0))", namespace), "stderr").startswith("Note: inf was")


def test_a_value_is_not_asked_for_anything_that_could_run_the_learners_code() -> None:
    source = (
        "class D:\n"
        "    def __getattr__(self, name): return self.values[name]\n"
        "    def __repr__(self): return 'a D'\n"
        "d = D()\nd"
    )
    events = events_of("import numpy as np\n" + source)
    assert [(e["kind"], e.get("text")) for e in events] == [("result", "a D"), ("done", None)]


def test_a_note_does_not_repeat_what_another_cell_made() -> None:
    namespace: dict[str, Any] = {}
    assert text_of(events_of("import numpy as np\nx = np.log(0.0)", namespace), "stderr")
    assert text_of(events_of("y = 1", namespace), "stderr") == ""


@pytest.mark.parametrize(
    "leave",
    [
        "print(open(NAME).read())",
        "f = open(NAME)\ndel f",
        "import sqlite3\nsqlite3.connect(NAME)\n0;",
    ],
)
def test_what_is_left_open_is_not_warned_of_as_in_plain_python(leave: str, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("")
    namespace: dict[str, Any] = {"NAME": str(tmp_path / "a.txt")}
    events = events_of(leave, namespace)
    events += events_of("import gc\ngc.collect();", namespace)
    assert text_of(events, "stderr") == ""


def test_a_warning_from_a_library_names_the_learners_line() -> None:
    source = "from pylib.models import activations\nimport statistics, warnings\n"
    source += "def f():\n    warnings.warn('careful', stacklevel=99)\nf()"
    assert text_of(events_of(source), "stderr") == "UserWarning: careful (line 4)\n"


def test_a_warning_that_depends_on_the_machines_speed_is_not_shown() -> None:
    text = 'Creating legend with loc="best" can be slow with large amounts of data.'
    assert text_of(events_of(f"import warnings\nwarnings.warn({text!r})"), "stderr") == ""


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


def test_an_error_whose_traceback_cannot_be_written_is_still_reported() -> None:
    source = (
        "class Odd(Exception):\n    @property\n    def __notes__(self): return 1 / 0\nraise Odd"
    )
    assert error_of(source)["type"] == "Odd"
    source = "e = ValueError('deep')\nfor _ in range(2000): e = ExceptionGroup('g', [e])\nraise e"
    assert error_of(source)["type"] == "ExceptionGroup"


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("a = []; a.append(a); a", "[[...]]"),
        ("a = {}; a['a'] = a; a", "{'a': {...}}"),
        ("a = ([],); a[0].append(a); a", "([(...)],)"),
        ("a = [1]\nfor _ in range(100): a = [a]\nlen(repr(a)), a[0] is a", "(203, False)"),
        ("a = [0]\nfor _ in range(100): a = [a, a]\nlen(a)", "2"),
        ("[[0] * 3] * 2", "[[0, 0, 0], [0, 0, 0]]"),
    ],
)
def test_lists_in_lists_are_shown(source: str, result: str) -> None:
    assert events_of(source)[0]["text"] == result


@pytest.mark.parametrize("box", ["[a]", "(a,)", "{'a': a}", "{0: [a]}"])
def test_a_value_nested_too_deep_is_refused_before_it_is_written_out(box: str) -> None:
    error = error_of(f"a = []\nfor _ in range(300): a = {box}\na")
    assert error["type"] == "RecursionError"
    assert error["message"].startswith("This value cannot be written out: lists lie in lists")


def test_a_debugger_says_that_it_cannot_ask() -> None:
    before = sys.breakpointhook
    error = error_of("x = 1\nbreakpoint()\nprint('not reached')", cell="a")
    assert error["line"] == 2
    assert error["message"].startswith("breakpoint() waits for commands")
    assert error["traceback"].count("File") == 2
    assert sys.breakpointhook is before


# --- Names bound anew ---


def message_after(first: str, second: str, same: bool = False) -> str:
    namespace: dict[str, Any] = {}
    events_of(first, namespace, cell="first")
    events = events_of(second, namespace, cell="first" if same else "second")
    assert events[-1]["ok"] is False
    message: str = next(e["message"] for e in events if e["kind"] == "error")
    return message


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("x = 1\nlist = [1]", "list(range(3))", "list is Python's own, but line 2 of the cell"),
        ("print = 3", "x = 1\nprint('a')", "of the cell “first” gave the name to an int."),
        ("sum = 0", "max([1, 2]) + sum([3])", "sum is Python's own"),
        ("for max in [1]: pass", "print(\n    max(\n1, 2))", "max is Python's own, but line 1"),
        ("len = 2", "sorted(['a'], key=len)", "len is Python's own"),
        ("list = [1]", "isinstance(3, list)", "list is Python's own"),
        ("float = 1.5", "import numpy as np\nnp.zeros(3, dtype=float)", "float is Python's own"),
        ("ValueError = 3", "try: int('x')\nexcept ValueError: pass", "ValueError is Python's own"),
        ("ValueError = 3", "raise ValueError", "ValueError is Python's own"),
        ("str = 'a'", "def f(): return 'é' + str(3)\nf()", "str is Python's own"),
        ("def f(list): return list(range(3))", "f([1])", "inside f() it is a list"),
        ("f = 2", "f(3 + 4)", "f is an int and cannot be called: line 1 of the cell"),
        ("import numpy as np\nnp = 3", "np.array([1])", "np no longer means NumPy: line 2 of"),
        ("import time\ntime = 2.5", "time.sleep(1)", "Run import time again"),
        ("from random import random", "random.random()", "random no longer means the module"),
    ],
)
def test_a_name_that_was_bound_anew_is_said_with_its_place(
    first: str, second: str, words: str
) -> None:
    assert words in message_after(first, second)


def test_the_mend_of_a_name_that_was_bound_anew_works() -> None:
    namespace: dict[str, Any] = {}
    events_of("list = [1, 2]", namespace)
    (error, _) = events_of("list(range(2))", namespace)
    assert "Write del list in a cell" in error["message"]
    second = "list(range(3))\nlist = 2"
    assert "line 1 of the cell “first”" in message_after("list = [1]", second)
    gone = "an earlier run of this cell gave the name"
    assert gone in message_after("x = 1\nlist = [1]", "\nlist(3)", same=True)
    assert "line 1 of this cell" in message_after("x = 1", "list = 2; x = 3\nlist(3)\nlist = 4")
    events_of("del list", namespace)
    assert events_of("list(range(2))", namespace)[0]["text"] == "[0, 1]"


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("list = [1]", "list + 3", "can only concatenate list"),
        ("list = ['a']", "sum(list)", "+ does not work between int and str"),
        ("list = [1]", "list.shape", "A Python list has no .shape"),
        ("data = 3", "data.mean()", "There is no .mean here"),
        ("list = lambda: 3", "list(1)", "<lambda>() takes 0 positional arguments"),
        ("x = 1", "2(3 + 4)", "Something of type int is called like a function"),
        ("list = [1]", "list; 2(3 + 4)", "Something of type int is called like a function"),
        ("def f(): return 3", "f()()", "Something of type int is called like a function"),
    ],
)
def test_other_errors_do_not_blame_a_name(first: str, second: str, words: str) -> None:
    assert words in message_after(first, second)


def test_the_kernel_does_without_the_learners_builtins() -> None:
    namespace: dict[str, Any] = {}
    shadows = [name for name in dir(builtins) if name.isidentifier() and not name.startswith("_")]
    shadows = [name for name in shadows if name not in ("None", "True", "False")]
    assert events_of(" = ".join(shadows) + " = 3", namespace)[-1]["ok"]
    events = events_of("int + 1\n0.0 * len\nlen.foo", namespace)
    assert events[0]["message"].startswith("There is no .foo here")


def test_builtins_that_a_cell_threw_away_are_there_again() -> None:
    namespace: dict[str, Any] = {}
    events_of("__builtins__ = {}", namespace)
    assert events_of("len([1])", namespace)[0]["text"] == "1"


# --- await ---

ASYNC = "import asyncio\nasync def main(x=3):\n    await asyncio.sleep(0.01)\n    return x\n"


@pytest.fixture(params=["as at build", "as in the page"])
def event_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """In the page asyncio always takes a loop for running: the one of JavaScript."""
    loop, policy = asyncio.new_event_loop(), asyncio.get_event_loop_policy()
    if request.param == "as in the page":
        asyncio._set_running_loop(loop)
    yield
    in_the_page = request.param == "as in the page"
    assert (asyncio._get_running_loop() is loop) == in_the_page
    assert asyncio.get_event_loop_policy() is policy
    assert "new_event_loop" not in vars(policy)
    asyncio._set_running_loop(None)
    loop.close()


@pytest.mark.usefixtures("event_loop")
@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("await main()", "3"),
        ("x = await main()\nx + 1", "4"),
        ("x = await main()", None),
        ("await main();", None),
        ("await asyncio.gather(main(1), main(2))", "[1, 2]"),
        ("task = asyncio.create_task(main())\nawait asyncio.sleep(0)\nawait task", "3"),
        ("[await main(i) for i in range(3)]", "[0, 1, 2]"),
        ("async with asyncio.Lock(): x = await main()\nx", "3"),
        ("asyncio.run(main())", "3"),
        ("asyncio.new_event_loop().run_until_complete(main())", "3"),
        ("def f(): return asyncio.run(main(4))\nf()", "4"),
    ],
)
def test_what_is_awaited_runs(source: str, result: str | None) -> None:
    events = events_of(ASYNC + source)
    assert events[-1]["ok"] is True
    assert [e["text"] for e in events if e["kind"] == "result"] == ([result] if result else [])


@pytest.mark.parametrize("event_loop", ["as in the page"], indirect=True)
def test_the_usual_loop_is_there_as_before_python_314(event_loop: None) -> None:
    source = "asyncio.get_event_loop().run_until_complete(main())"
    assert events_of(ASYNC + source)[0]["text"] == "3"
    assert events_of(ASYNC + "asyncio.run(main())\n" + source)[0]["text"] == "3"


@pytest.mark.usefixtures("event_loop")
@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("await main() / 0", 5, "unsupported"),
        ("async def bad():\n    await main()\n    1 / 0\nawait bad()", 7, "divided by zero"),
        ("asyncio.run(main())\nawait main()", 5, "write await main() in its place"),
        ("asyncio.create_task(main(1))", 5, "asyncio is not running here"),
        ("await asyncio.wait_for(main(), 0.001)", 5, "took longer than its time limit"),
        ("await asyncio.Queue().get()", None, "awaits something that nothing here will ever"),
        ("x = await asyncio.sleep(0)\nawait exit()", 6, "asked Python to exit"),
        ("await asyncio.sleep(0)\nraise KeyboardInterrupt", 6, "was stopped"),
    ],
)
def test_an_error_while_something_is_awaited(source: str, line: int | None, words: str) -> None:
    source = source.replace("await main() / 0", "await main() / (await main('a'))")
    error = error_of(ASYNC + source, cell="a")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # asyncio.run() did not take its coroutine
        gc.collect()
    assert words in error["detail"] + error["message"]
    assert error["line"] == line


def test_a_task_ends_with_its_cell() -> None:
    namespace: dict[str, Any] = {}
    events_of(ASYNC + "task = asyncio.create_task(main())\nawait asyncio.sleep(0)", namespace)
    (error, _) = events_of("await task", namespace)
    assert error["message"].startswith("What is awaited here was cancelled.")


def test_timers_take_their_time_side_by_side() -> None:
    begin = time.perf_counter()
    events_of("import asyncio\nawait asyncio.gather(*(asyncio.sleep(0.2) for _ in range(50)))")
    assert 0.2 <= time.perf_counter() - begin < 5


# --- Sessions ---


def served(source: str, session: str) -> list[Event]:
    events: list[Event] = []
    request = {"id": 1, "source": source, "session": session, "cell": "a", "theme": "light"}

    def post(text: str, png: bytes | memoryview | None) -> None:
        events.append(json.loads(text) | ({} if png is None else {"png": png}))

    serve(json.dumps(request), post)
    return events


def test_sessions_are_apart() -> None:
    served("x = 1", "page:main")
    assert served("x + 1", "page:main")[0]["text"] == "2"
    assert served("x", "page:other")[0]["name"] == "x"


def test_one_sessions_settings_of_matplotlib_do_not_reach_the_next() -> None:
    plt = "import matplotlib.pyplot as plt\n"
    setting, asking = "plt.rcParams['lines.linewidth'] = 7.5\n", "plt.rcParams['lines.linewidth']"
    try:
        assert served(plt + setting + asking, "style:main")[0]["text"] == "7.5"
        assert served(asking, "style:main")[0]["text"] == "7.5"
        assert served(plt + asking, "style:other")[0]["text"] == "2.0"
        assert served(asking, "style:other")[0]["text"] == "2.0"
    finally:
        mpl_style.use_style()


def test_figures_are_posted_as_bytes_beside_their_event() -> None:
    events = served("import matplotlib.pyplot as plt\nplt.plot([1, 2])", "plot:main")
    light, done = events
    assert light["png"].startswith(b"\x89PNG")
    assert (light["kind"], light["figure"], light["theme"]) == ("figure", 1, "light")
    assert "png" not in done


def test_a_figure_comes_for_the_other_theme_when_there_is_time() -> None:
    events = served("import matplotlib.pyplot as plt\nplt.plot([1, 2])", "plot:main")
    while catch_up():
        pass
    light, done, dark = events
    assert done["kind"] == "done"
    assert (dark["theme"], dark["figure"], dark["alt"]) == ("dark", 1, light["alt"])
    assert light["png"] != dark["png"]


def test_no_more_figures_wait_than_there_is_room_for() -> None:
    events = served("import matplotlib.pyplot as plt\n" + "plt.figure()\n" * 12, "many:main")
    themes = [event.get("theme") for event in events]
    assert themes == ["light"] * 12 + [None] + ["dark"] * (12 - execute.MOST_WAITING)
    while catch_up():
        pass
    assert [event["figure"] for event in events[13:]] == list(range(1, 13))


def test_a_drawing_that_fails_later_leaves_the_others() -> None:
    source = (
        "import matplotlib.pyplot as plt\nfrom matplotlib.lines import Line2D\n"
        "class Once(Line2D):\n    drawn = 0\n"
        "    def draw(self, renderer):\n        Once.drawn += 1\n"
        "        if Once.drawn > 1: raise ValueError('again')\n"
        "plt.figure().add_artist(Once([0, 1], [0, 1]))\nplt.figure();"
    )
    events = served(source, "once:main")
    while catch_up():
        pass
    assert [(e["kind"], e.get("theme"), e.get("figure")) for e in events] == [
        ("figure", "light", 1), ("figure", "light", 2), ("done", None, None), ("figure", "dark", 2),
    ]  # fmt: skip


def test_a_cell_is_named_by_its_caption() -> None:
    events: list[Event] = []
    request = {"session": "caption:main", "theme": "light", "caption": "Some values"}
    for cell, source in {"a": "print = 3", "b": "print(1)"}.items():
        asked = request | {"source": source, "cell": cell}
        serve(json.dumps(asked), lambda text, png: events.append(json.loads(text)))
    assert "line 1 of the cell “Some values”" in events[1]["message"]


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
        "pylib/_watch.py",
        "pylib/kernel/__init__.py",
        "pylib/kernel/bindings.py",
        "pylib/kernel/context.py",
        "pylib/kernel/display.py",
        "pylib/kernel/error_help/__init__.py",
        "pylib/kernel/error_help/array_rules.py",
        "pylib/kernel/error_help/page_rules.py",
        "pylib/kernel/error_help/python_rules.py",
        "pylib/kernel/error_help/rebound.py",
        "pylib/kernel/error_help/rule.py",
        "pylib/kernel/error_help/suggest.py",
        "pylib/kernel/error_help/syntax_rules.py",
        "pylib/kernel/execute.py",
        "pylib/kernel/iostream.py",
        "pylib/kernel/mpl_style.py",
        "pylib/kernel/nonfinite.py",
        "pylib/kernel/progress.py",
        "pylib/kernel/sleeping.py",
        "pylib/kernel/still.py",
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


def test_running_a_cell_imports_no_module_that_starts_late() -> None:
    """What only an error, a figure or an await needs comes when it is needed."""
    code = (
        "import sys; from pylib.kernel.execute import run; run('print(1)', {}, lambda event: None);"
        "late = {'asyncio', 'difflib', 'traceback', 'logging', 'pylib.kernel.error_help'};"
        "print(sorted(late & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout == "[]\n"


def test_an_answer_for_the_page_is_handed_on_and_shown_to_nobody() -> None:
    asked = json.dumps({"course": "Quadratic", "length": 2, "contenders": [{"optimizer": "SGD"}]})
    source = f'__import__("pylib.race.page", fromlist=["page"]).race({asked!r}, globals())'
    events: list[Event] = []
    namespace: dict[str, Any] = {}
    execute.run(source, namespace, events.append)
    assert [event["kind"] for event in events] == ["answer", "done"]
    assert json.loads(events[0]["text"])["runs"][0]["evaluations"] == [0, 1, 2]
    assert not {name for name in namespace if not name.startswith("__")}


def test_only_the_library_answers_the_page() -> None:
    source = "class Mine:\n    def _answer_(self):\n        return 1\nMine()"
    events: list[Event] = []
    execute.run(source, {}, events.append)
    assert [event["kind"] for event in events] == ["result", "done"]
