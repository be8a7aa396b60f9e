"""Errors in plain words: real mistakes, made for real, and what is said about them."""

import http.client
import io
import re
import socket
import sys
import urllib.error
import urllib.request
import warnings
import zoneinfo
from typing import Any

import pytest

from pylib.kernel.error_help import RULES, explain
from pylib.kernel.error_help.rule import Rule, fits

# (source, what is said). Each is run, so that the words fit this Python's and NumPy's messages.
MISTAKES = [
    ("np.ones(3) + np.ones(4)", "shapes (3,) and (4,), which do not fit together"),
    ("np.ones((3, 1)) - np.ones((2, 3))", "shapes (3,1) and (2,3)"),
    ("np.ones((2, 3)) @ np.ones((4, 3))", "the left has 3 columns and the right 4 rows"),
    ("np.dot(np.ones((2, 3)), np.ones(2))", "shapes (2,3) and (2,) needs 3 to equal 2"),
    ("np.ones(6).reshape(4, 2)", "An array of 6 numbers cannot take the shape (4,2)"),
    ("np.concatenate([np.ones((2, 3)), np.ones((3, 2))])", "Print their shapes"),
    ("if np.ones(2) > 0: pass", "neither true nor false"),
    ("np.array([[1, 2], [3]])", "rows of this list differ in length"),
    ("a, b = [1, 2, 3]", "more values on the right than the 2 names"),
    ("a, b = [1]", "2 names on the left, and only 1"),
    ("import math\nmath.log(0)", "max(p, 1e-12)"),
    ("np.linalg.inv(np.zeros((2, 2)))", "This matrix has no inverse"),
    ("int('x')", "The text 'x' is not a number"),
    ("float('1,5')", "The text '1,5' is not a number"),
    (
        "np.seterr(all='raise')\nnp.log(np.zeros(1))",
        "divide by zero encountered in log\nThe numbers left",
    ),
    ("import math\nmath.exp(1000)", "keep its argument below 709"),
    ("2.0 ** 10000", "grew past the largest float"),
    ("1 / 0", "divided by zero"),
    ("a = np.array([1, 2])\na += 0.5", "An array of int64 cannot hold the float64 numbers"),
    ("float(np.ones(2))", "Pick one (a[0]), or reduce them"),
    ("'loss ' + 0.5", "a value of type float cannot be joined"),
    ("None + 1", "+ does not work between NoneType and int"),
    ("[[1]][0, 1]", "one index at a time"),
    ("[1][0.5]", "a whole number, and this is a float"),
    ("2 (3 + 4)", "Something of type int is called like a function"),
    ("for i in 3: pass", "A value of type int holds no elements"),
    ("len(5)", "object of type 'int' has no len()"),
    ("def f(a, b): pass\nf(1)", "f() was called without 'b'"),
    ("def f(a): pass\nf(1, 2)", "f() takes 1 positional argument, and 2 were given"),
    ("def f(a): pass\nf(a=1, rate=2)", "f() has no setting named rate"),
    ("np.ones(3)[5]", "There is no element 5: this direction (axis 0) has 3"),
    ("[1][3]", "counting begins at 0"),
    ("np.ones((2, 2))[0, 0, 0]", "This array has 2 dimension(s), and 3 indices"),
    ("np.ones(3)[1.0]", "whole number"),
    ("np.ones(3)[np.array([True])]", "Make the mask from the same array"),
    ("{'lr': 1}['rate']", "There is no entry 'rate'"),
    ("None.shape", "The value before .shape is None"),
    ("[1].shape", "np.array(a)"),
    ("np.ones(2).foo", "There is no .foo here: 'numpy.ndarray' object does not have it. Check"),
    ("np.sqroot(2)", "There is no .sqroot here: module 'numpy' does not have it."),
    ("np.arrange(3)", "Did you mean .arange?"),
    ("[1].apend(2)", "A Python list has no .apend. Did you mean .append?"),
    ("import torch_nightly", "torch_nightly is not available in this page. Check the spelling"),
    ("import matplotlb", "matplotlb is not available in this page. Did you mean matplotlib?"),
    ("import pylib.loss", "no module pylib.loss. Did you mean pylib.losses? It has losses,"),
    ("from pylib.losses import mseloss", "has no mseloss. Did you mean MSELoss?"),
    ("from pylib.losses import MSE", "pylib.losses has no MSE"),
    ("from pylib.losses import MSEloss", "has no MSEloss. Did you mean MSELoss? dir(pylib.losses)"),
    ("open('missing.csv')", "There is no file 'missing.csv': Python runs in the page"),
    ("np.loadtxt('data.csv')", "There is no file data.csv: Python runs in the page"),
    ("input()", "input() cannot ask"),
    ("def f():\n    print(x)\n    x = 1\nf()", "Inside this function x is read before"),
    ("def f(): return f()\nf()", "called itself too often"),
    ("import functools\nf = functools.partial(lambda: f())\nf()", "called itself too often"),
    (
        "class D:\n    def __getattr__(self, n): return self.values[n]\nD().x",
        "A __getattr__ that reads",
    ),
    ("a = []\nfor _ in range(100_000): a = [a]\nrepr(a)", "lists lie in lists there"),
    ("eval('+'.join(['1'] * 100_000))", "too many parts for Python to read"),
    ("np.zeros(10**15)", "an array of shape (1000000000000000,) needs 7.11 PiB"),
    ("np.zeros(10**19, dtype=object)", "an array or a list in the page ends at 2 GB"),
    ("bytearray(10**30)", "an array or a list in the page ends at 2 GB"),
    ("[0] * 10**18", "an array or a list in the page ends at 2 GB"),
    ("int(2.0 * 1e308)", "infinity has no whole number"),
    ("int(float('nan'))", "NaN has no whole number"),
    ("np.array([1], np.int8) + 300", "300 does not fit into an array of type int8"),
    ("assert 1 == 2", "An assert was not true"),
    ("exit()", "Variables are kept"),
    ("raise KeyboardInterrupt", "The run was stopped"),
    ("import asyncio\nasyncio.get_running_loop()", "asyncio is not running here"),
    ("import asyncio\nraise asyncio.CancelledError", "What is awaited here was cancelled"),
    ("raise TimeoutError", "took longer than its time limit"),
    ("import bdb\nraise bdb.BdbQuit", "A debugger waits for commands"),
    ("assert False, 'the loss must fall'", "the loss must fall"),
    ("raise RuntimeError", "RuntimeError"),
    # spelling and layout
    ("if True\n    x = 1", "Line 1: A colon is missing"),
    ("x = 1\nprint('a'", "Line 2: The bracket ( is opened here"),
    ("x = [1, 2\ny = 3", "The bracket [ is opened here"),
    ("f(x))", "There is one ) too many"),
    ("x = (1, 2]", "The bracket ( is closed by ]"),
    ("x = 'abc", "closing quotation mark is missing"),
    ("x = '''abc", "closing quotation mark is missing"),
    (
        "x = 1\nprint(“a”)",
        "Line 2: The “, character 7 of the line, is not part of Python; pasted text often brings"
        ' it. Type a straight " instead.',
    ),
    ("print(‘a’)", "Type a straight ' instead."),
    ("x = 3 − 2", "Type the minus - instead."),
    ("x = 3，4", "Type , instead."),
    ("x = 3 € 4", "Take it out, or put it in quotes."),
    ('print("a”)', "the ” of this line does not end it"),
    (
        "x = 1\nx =\u00a02",
        "Line 2: There is a no-break space (U+00A0), character 4 of the line, that",
    ),
    ("x\u200b = 2", "a zero-width space (U+200B), character 2"),
    ("\ufeffx = 2", "a byte order mark (U+FEFF), character 1"),
    ("x = 1\u2028y = 2", "a line separator (U+2028), character 6"),
    ("x = \u00062", "an invisible character (U+0006), character 5"),
    (
        "%matplotlib inline\nx = 1",
        "Line 1: Lines that begin with % are commands to Jupyter. Figures are shown",
    ),
    (
        "x = 1\n!pip install torch",
        "Line 2: Nothing can be installed in this page. There are NumPy,",
    ),
    ("pip install torch", "Nothing can be installed"),
    ("%%time\nx = 1", "To take the time, write"),
    ("%load_ext autoreload", "commands to Jupyter, not Python: take the line out"),
    ("files = !ls", "Lines with ! are commands"),
    ("np.mean?", "help(np.mean)"),
    ("?np.mean", "help(np.mean)"),
    (">>> x = 3", ">>> and ... stand before what is typed"),
    ("def f():\n    await g()", "Write async def in its first line"),
    ("print 'a'", "print is a function"),
    ("if x = 3: pass", "One = gives a value"),
    ("1 = x", "One = gives a value"),
    ("True = 1", "True is a fixed word"),
    ("return 1", "return stands outside a function"),
    ("if 1:\n        x = 1\n\ty = 2", "Tabs and spaces are mixed"),
    ("f(1 2)", "Put a comma or an operator between them"),
    ("def f():\nreturn 1", "Line 2: The line after the colon of line 1 must be indented"),
    ("if 1:\n    x = 1\n  y = 2", "Line 3: This line is indented differently"),
    ("x = 1\n  y = 2", "Line 2: This line has spaces before it"),
    ("for = 3", "Line 1: Python cannot read this line"),
]


# Errors as Python raises them in the browser (Pyodide 314), and not elsewhere.
IN_THE_PAGE: list[tuple[BaseException, str]] = [
    (FileNotFoundError(44, "No such file or directory", "a.csv"), "There is no file 'a.csv'"),
    (ValueError("Maximum allowed dimension exceeded"), "an array or a list in the page ends at"),
    (ValueError("array is too big; `arr.size * arr.dtype.itemsize` is larger"), "ends at 2 GB"),
    (MemoryError(), "ends at 2 GB"),
    (OverflowError("cannot fit 'int' into an index-sized integer"), "ends at 2 GB"),
    (EOFError(), "input() cannot ask"),
    (RuntimeError("can't start new thread"), "Python has one thread"),
    (ModuleNotFoundError("No module named '_multiprocessing'"), "Python has one thread"),
    (NotImplementedError("This Python build lacks multiprocessing.synchronize"), "one thread"),
    (OSError(138, "emscripten does not support processes."), "No other program can be started"),
    (RuntimeError("Failed to process string with tex because"), "between $ signs"),
    (
        type("JsException", (Exception,), {})("Error: Cells cannot reach the network: so it is."),
        "Cells cannot reach the network: so it is",
    ),
    (ModuleNotFoundError("No module named 'micropip'"), "Nothing can be installed in this page"),
    (urllib.error.URLError("unknown url type: https"), "Nothing can be fetched"),
    (http.client.RemoteDisconnected("closed"), "Nothing can be fetched"),
    (http.client.InvalidURL("x"), "Nothing can be fetched"),
    (socket.gaierror(-2, "Name or service not known"), "Nothing can be fetched"),
    (ConnectionRefusedError(14, "Connection refused"), "Nothing can be fetched"),
    (OSError(23, "Host is unreachable"), "Nothing can be fetched"),
    (
        zoneinfo.ZoneInfoNotFoundError("No time zone found with key Europe/Paris. \\n On Pyodide"),
        "There is no time zone Europe/Paris: the page has no table",
    ),
    (ModuleNotFoundError("No module named 'tkinter'"), "There are no windows in this page"),
    (ModuleNotFoundError("No module named '_curses'"), "_curses needs an operating system"),
    (ModuleNotFoundError("No module named 'dbm.gnu'"), "dbm needs an operating system"),
    (ImportError("Cannot load backend 'TkAgg' which requires"), "There are no windows"),
    (RuntimeError("This event loop is already running"), "write await main() in its place"),
]


def raised(source: str, monkeypatch: pytest.MonkeyPatch) -> BaseException:
    namespace: dict[str, Any] = {}
    exec("import numpy as np\nkept = np.geterr()", namespace)
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(BaseException) as caught, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(source, "<cell a>", "exec"), namespace)
    exec("np.seterr(**kept)", namespace)
    return caught.value


def first_rule(error: BaseException) -> tuple[Rule, re.Match[str]] | None:
    text = (error.msg if isinstance(error, SyntaxError) else "") or str(error)
    matches = ((rule, fits(rule, error, text)) for rule in RULES)
    return next(((rule, match) for rule, match in matches if match), None)


@pytest.mark.parametrize(("source", "words"), MISTAKES, ids=[s for s, _ in MISTAKES])
def test_a_mistake_gets_its_words(source: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert words in explain(raised(source, monkeypatch))


@pytest.mark.parametrize(("error", "words"), IN_THE_PAGE, ids=[repr(e) for e, _ in IN_THE_PAGE])
def test_what_the_page_lacks_gets_its_words(error: BaseException, words: str) -> None:
    assert words in explain(error)


def test_every_rule_has_a_mistake_whose_words_pin_all_that_it_fills_in(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A rule without a mistake, or with words that say less than its pattern finds, shows here."""
    made = [(raised(source, monkeypatch), words) for source, words in MISTAKES]
    pinned = set()
    for error, words in [*made, *IN_THE_PAGE]:
        found = first_rule(error)
        if found and all(group in words for group in found[1].groups()):
            pinned.add(found[0])
    assert [rule[:2] for rule in RULES if rule not in pinned] == []


@pytest.mark.parametrize("rule", RULES, ids=[f"{kind} {p}" for kind, p, _ in RULES])
def test_words_fill_in_all_that_their_pattern_finds(rule: Rule) -> None:
    _, pattern, words = rule
    groups = [f"<group {n}>" for n in range(re.compile(pattern).groups)]
    said = words.format(*groups, meant="")
    assert [group for group in groups if group not in said] == []
    assert words.endswith((".", "{meant}"))


def test_a_misspelt_name_is_guessed() -> None:
    words = explain(NameError("name 'optimiser' is not defined", name="optimiser"), ["optimizer"])
    assert "Did you mean optimizer?" in words
    assert "Did you mean print?" in explain(NameError("name 'prnt'", name="prnt"))


def test_the_usual_imports_are_offered() -> None:
    assert "import numpy as np" in explain(NameError("name 'np' is not defined", name="np"))


def test_a_guess_does_not_ask_the_learners_object() -> None:
    class Odd:
        def __dir__(self) -> list[str]:
            raise SystemExit

    error = AttributeError("'Odd' object has no attribute '__dirr__'", name="x", obj=Odd())
    assert "Check the spelling" in explain(error)


def test_pylibs_own_errors_speak_for_themselves() -> None:
    from pylib.losses import MSELoss
    from pylib.optimizers import SGD

    with pytest.raises(ValueError) as shapes:
        MSELoss()([1.0, 2.0], [[1.0], [2.0]])
    assert explain(shapes.value) == str(shapes.value)
    with pytest.raises(TypeError) as bare:
        SGD(__import__("numpy").ones(2), lr=0.1)
    assert explain(bare.value) == str(bare.value)


def test_a_gradient_that_is_not_finite_names_the_learning_rate() -> None:
    error = FloatingPointError("the gradient of parameter 0 holds nan at step 7")
    assert explain(error).startswith("the gradient of parameter 0 holds nan at step 7\n")
    assert "learning rate" in explain(error)


def test_no_library_that_is_known_is_taken_for_a_slip() -> None:
    error = ModuleNotFoundError("No module named 'torch'", name="torch")
    assert "Did you mean" not in explain(error, [], "a")
