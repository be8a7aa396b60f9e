"""Judging hand-ins: right ones pass, wrong ones fail, and who deceives the check is named."""

import gc
import importlib
import json
import pkgutil
import random
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import pylib
from site_hooks.client.python import grading
from site_hooks.content import practice_list
from site_hooks.content.cells import Cell
from tests.conftest import DOCS, PAGES

Grade = Callable[..., dict[str, Any]]

CLOSE = "import numpy as np\nassert np.allclose(x, 3), 'It should be 3.'"
CALLED = "import numpy as np\nv = x()\nassert np.allclose(v, 3), 'It should be 3.'"

told: list[str] = []


@pytest.fixture(scope="module")
def judge() -> Iterator[Callable[[str], str]]:
    """One for all: Python has no call that takes an audit hook away."""
    yield grading.grader(told.append)
    gc.unfreeze()


@pytest.fixture
def grade(judge: Callable[[str], str]) -> Grade:
    def run(
        source: str,
        *checks: str,
        lesson: str = "x = ___",
        before: tuple[tuple[str, str], ...] = (),
    ) -> dict[str, Any]:
        told.clear()
        names = ("lesson", "secret 1", "secret 2")
        request = {
            "before": [{"id": name, "source": code} for name, code in before],
            "cell": "a",
            "source": source,
            "lesson": lesson,
            "checks": [
                {"name": name, "source": check}
                for name, check in zip(names, checks or (CLOSE,), strict=False)
            ],
        }
        found: dict[str, Any] = json.loads(judge(json.dumps(request)))
        assert told == found["flags"], "what is flagged is told at once"
        return found

    return run


# --- What is right, and what is not ---


def test_a_right_answer_passes_and_leaves_nothing(grade: Grade) -> None:
    nothing: dict[str, Any] = {"message": "", "check": None, "flags": [], "renew": False}
    assert grade("x = 3") == {"outcome": "pass", **nothing}
    assert grade("print(x)")["message"].startswith("NameError")


@pytest.mark.parametrize(
    ("source", "outcome", "words"),
    [
        ("x = 4", "fail", "It should be 3."),
        ("x = ___", "blank", "Line 1 still has a blank ___."),
        ("x = 1 / 0", "error", "ZeroDivisionError: "),
        ("x = (", "error", "SyntaxError: "),
        ("exit()", "error", "SystemExit: "),
        ("raise BaseException", "error", "BaseException"),
        ("y = 3", "fail", "The check looks for x"),
        (
            "class X:\n    def __array__(self): raise SystemExit\nx = X()",
            "fail",
            "asked Python to exit",
        ),
        ("x = input()", "error", ""),
        (  # few more frames than there are
            "import sys\ndepth, frame = 20, sys._getframe()\nwhile frame := frame.f_back:\n"
            "    depth += 1\nsys.setrecursionlimit(depth)\nx = 4",
            "fail",
            "It should be 3.",
        ),
    ],
)
def test_what_is_not_right_says_why(grade: Grade, source: str, outcome: str, words: str) -> None:
    found = grade(source)
    assert found["outcome"] == outcome
    assert words in found["message"]
    assert found["check"] == ("lesson" if outcome == "fail" else None)


def test_further_checks_come_after_the_lessons_and_are_named(grade: Grade) -> None:
    found = grade("x = 3", CLOSE, "assert x > 1", "assert isinstance(x, float), 'A float.'")
    assert (found["outcome"], found["check"]) == ("fail", "secret 2")
    assert found["message"] == "A float."
    assert grade("x = 3", CLOSE, "assert x > 1")["outcome"] == "pass"
    assert grade("x = 4", CLOSE, "assert x > 1")["check"] == "lesson"


def test_a_check_that_is_no_python_passes_nobody(grade: Grade) -> None:
    found = grade("x = 3", CLOSE, "assert x ==")
    assert found["outcome"] == "fail"
    assert "The check is no Python" in found["message"]


def test_an_assert_without_words_shows_itself(grade: Grade) -> None:
    assert grade("x = 4", "assert x == 3")["message"] == "This does not hold yet: x == 3"


def test_what_an_exercise_needs_runs_before_it(grade: Grade) -> None:
    assert grade("x = d + 1", before=(("data", "d = 2"),))["outcome"] == "pass"
    assert grade("x = d + 1", before=(("data", "d = 1 / 0"),))["outcome"] == "error"


def test_the_secret_checks_of_the_guide_judge_what_it_says(grade: Grade) -> None:
    guide = (DOCS / "instructors/grading.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n(# Winter.*?)```", guide, re.DOTALL)
    checks = re.split(r"^# check: losses/mse#mse-grad$", example, flags=re.MULTILINE)[1:]
    assert len(checks) == 2
    answer = "def gradient(y_hat, y):\n    return 2 * (y_hat - y) / len(y)"
    assert grade(answer, *checks)["outcome"] == "pass"
    found = grade(answer.replace("2 *", "1 *"), *checks)
    assert found["message"] == "One row: 2 (3 - 1) / 1 is 4."
    mean = "import numpy as np\ndef gradient(y_hat, y):\n    return np.mean(2 * (y_hat - y))"
    assert grade(mean, *checks)["message"] == "Seven rows need seven slopes."


def test_every_run_has_the_same_chances(grade: Grade) -> None:
    draw = "import random, numpy as np\nx = 3 if np.random.rand() < 0.55 and random.random() > 0.8"
    random.seed(7)
    np.random.seed(7)
    assert {grade(f"{draw} else 4")["outcome"] for _ in range(3)} == {"pass"}


def test_names_of_one_hand_in_do_not_reach_the_next(grade: Grade) -> None:
    grade("x = 3\nimport builtins, numpy\nbuiltins.left = numpy.left = 3")
    assert grade("x = left")["outcome"] == "error"
    assert grade("import numpy\nx = numpy.left")["outcome"] == "error"


# --- The lesson's own exercises ---


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_solutions_pass_without_a_flag_and_wrong_answers_do_not(
    path: Path, own: list[Cell], judge: Callable[[str], str]
) -> None:
    page = path.relative_to(DOCS).with_suffix("").as_posix()
    listed = json.loads(practice_list.graded([(page, "Title", own)]))
    cells = {cell["id"]: cell for each in listed for cell in each["cells"]}
    for name, cell in cells.items():
        if cell["check"] is None:
            continue
        request = {
            "before": [{"id": need, "source": cells[need]["source"]} for need in cell["needs"]],
            "cell": name,
            "lesson": cell["source"],
            "checks": [{"name": "lesson", "source": cell["check"]}],
        }
        (solution,) = (one.source for one in own if (one.id, one.kind) == (name, "solution"))
        found = json.loads(judge(json.dumps({**request, "source": solution})))
        assert found == {**found, "outcome": "pass", "flags": [], "renew": False}, f"{name} {found}"
        wrong = next(one.source for one in own if (one.id, one.kind) == (name, "wrong"))
        found = json.loads(judge(json.dumps({**request, "source": wrong})))
        assert found["outcome"] in ("fail", "error"), f"{name} {found}"
        assert (found["flags"], found["renew"]) == ([], False), f"{name} {found}"


def test_what_lessons_import_is_known_before_a_hand_in_runs() -> None:
    public = [m.name for m in pkgutil.iter_modules(pylib.__path__) if not m.name.startswith("_")]
    beside = {"kernel", "race"}  # what runs cells, and what one page asks
    assert {f"pylib.{name}" for name in set(public) - beside} == set(grading.PACKAGES)


# --- Who deceives the check ---

DECEITS = {
    "a built-in": ("import builtins\nbuiltins.abs = lambda v: 0\nx = 5", "replaces builtins.abs"),
    "a built-in that is added": (
        "import builtins\nbuiltins.helper = 1\nx = 5",
        "adds helper to builtins",
    ),
    "NumPy": (
        "import numpy as np\nnp.allclose = lambda *a, **k: True\nx = 5",
        "replaces numpy.allclose",
    ),
    "what NumPy calls": (
        "import numpy._core.numeric as n\nn.isclose = lambda *a, **k: n.array(True)\nx = 5",
        "replaces numpy._core.numeric.isclose",
    ),
    "the code of a function": (
        "import numpy as np\nnp.allclose.__wrapped__.__code__ = (lambda *a, **k: True).__code__\n"
        "x = 5",
        "changes what a function or a class is made of",
    ),
    "the code of a function, by a library": (
        "import functools, numpy as np\n"
        "functools.update_wrapper(np.allclose.__wrapped__, lambda *a, **k: True, ['__code__'])\n"
        "x = 5",
        "changes numpy._core.numeric.allclose",
    ),
    "its defaults": (
        "import numpy as np\nnp.allclose.__wrapped__.__defaults__ = (9.0, 9.0, False)\nx = 5",
        "changes what a function or a class is made of",
    ),
    "a constant": ("import numpy as np\nnp.pi = 5\nx = 5", "replaces numpy.pi"),
    "the lesson's library": (
        "import pylib.checks\npylib.checks.check_number = lambda *a, **k: None\nx = 5",
        "replaces pylib.checks.check_number",
    ),
    "a method": (
        "from pylib.losses import MSELoss\nMSELoss.gradient = lambda *a: 5\nx = 5",
        "MSELoss",
    ),
    "a method that is added": (
        "from pylib.losses import MSELoss\nMSELoss.__eq__ = lambda *a: True\nx = 5",
        "MSELoss",
    ),
    "the list of modules": (
        "import sys\nsys.modules = {**sys.modules}\nx = 5",
        "changes sys.modules",
    ),
    "imports": (
        "import sys\nclass F:\n    def find_spec(*a): pass\nsys.meta_path.insert(0, F())\nx = 5",
        "changes sys.meta_path",
    ),
    "memory": ("import gc\nfor o in gc.get_objects(): pass\nx = 5", "Python’s memory"),
    "frames": ("import sys\nf = sys._getframe().f_back\nx = 5", "looks into the frames"),
    "frames, by a library": (
        "import inspect\ninspect.currentframe()\nx = 5",
        "looks into the frames",
    ),
    "frames, by an error": (
        "try:\n    1 / 0\nexcept Exception as e:\n    f = e.__traceback__.tb_frame\nx = 5",
        "looks into the frames",
    ),
    "frames, by a generator": (
        "g = (i for i in [1])\nf = g.gi_frame\nx = 5",
        "looks into the frames",
    ),
    "tracing": ("import sys\nsys.settrace(lambda *a: None)\nx = 5", "watches what judges it"),
    "text": ("exec('x = 5')", "makes code out of text"),
    "an audit hook": (
        "import sys\nsys.addaudithook(lambda *a: None)\nx = 5",
        "watches what judges it",
    ),
    "the network": (
        "import socket\ntry:\n    socket.create_connection(('127.0.0.1', 9), 0.1)\n"
        "except OSError:\n    pass\nx = 5",
        "asks for the network",
    ),
    "Python's files": (
        "import os\ntry:\n    open(os.__file__ + '/no', 'w')\nexcept OSError:\n    pass\nx = 5",
        "writes to Python’s files",
    ),
    "when it is cleared away": (
        "class D:\n    def __del__(self):\n        import numpy\n        numpy.mean = None\n"
        "d = D()\nd.self = d\nx = 5",
        "replaces numpy.mean",
    ),
    "the browser, when it is cleared away": (
        "class D:\n    def __del__(self):\n        try:\n            import js\n"
        "        except ImportError:\n            pass\nd = D()\nd.self = d\nx = 5",
        "looks for the browser’s JavaScript",
    ),
    "at each collection": (
        "import gc\ngc.callbacks.append(lambda *a: None)\nx = 5",
        "changes gc.callbacks",
    ),
}


@pytest.mark.parametrize(("source", "words"), DECEITS.values(), ids=list(DECEITS))
def test_a_deceit_is_named_passes_nobody_and_reaches_nobody(
    grade: Grade, source: str, words: str
) -> None:
    before = np.allclose, abs, np.mean
    found = grade(source)
    assert found["outcome"] == "fail"
    assert any(words in flag for flag in found["flags"]), found
    assert found["renew"]
    assert (np.allclose, abs, np.mean) == before
    # Rightly answered, it is still not counted without a look.
    right = grade(source.replace("x = 5", "x = 3"))
    assert right["outcome"] == "doubtful", right
    assert grade("x = 3") == {**grade("x = 3"), "outcome": "pass", "flags": []}


def test_another_module_in_its_place_serves_nobody(grade: Grade) -> None:
    source = "import sys, types\nsys.modules['numpy'] = types.ModuleType('numpy')\nx = 3"
    found = grade(source)
    assert found["outcome"] in ("doubtful", "error")
    assert "puts another module in the place of numpy" in found["flags"]
    assert sys.modules["numpy"] is np


def test_a_name_that_stands_for_a_built_in_is_not_the_checks(grade: Grade) -> None:
    check = "assert abs(x - 3) < 1e-9"
    found = grade("def abs(v): return 0\nx = 5", check)
    assert found["outcome"] == "fail"
    assert found["flags"] == ["gives the built-in abs another meaning"]
    # A variable that happens to be called so deceives nobody; nor does what the lesson gives.
    assert grade("abs = 3\nx = abs", check)["outcome"] == "pass"
    lesson = "def abs(v): return v if v > 0 else -v\nx = ___"
    assert grade(lesson.replace("___", "3"), check, lesson=lesson)["outcome"] == "pass"


def test_a_patch_that_the_check_itself_sets_off_is_doubtful(grade: Grade) -> None:
    lie = "def x():\n    import numpy\n    numpy.allclose = lambda *a, **k: True\n    return 5"
    found = grade(lie, CALLED)
    flags = ["assigns to numpy.allclose", "replaces numpy.allclose"]
    assert (found["outcome"], found["flags"]) == ("doubtful", flags)
    # The next check has what it relies on.
    found = grade(lie, CALLED, CALLED.replace("x()", "5"))
    assert (found["outcome"], found["check"]) == ("fail", "secret 1")


def test_a_patch_that_takes_itself_back_is_doubtful(grade: Grade) -> None:
    lie = (
        "import numpy as np\ndef x():\n    m, right = np, np.allclose\n    m = np\n"
        "    def fake(*a, **k):\n        m.allclose = right\n        return True\n"
        "    m.allclose = fake\n    return 5"
    )
    for source, flag in (
        (lie, "assigns to m.allclose"),
        (lie.replace("m.allclose =", "m.__dict__['allclose'] ="), "uses __dict__"),
        (lie.replace("m.allclose = fake", "setattr(m, 'allclose', fake)"), "uses setattr"),
    ):
        found = grade(source, CALLED)
        assert (found["outcome"], flag in found["flags"]) == ("doubtful", True), found
    # Attributes of what the learner made are theirs.
    mine = "import numpy as np\nclass A: pass\na = A()\na.v = np.float64(3)\nx = a.v"
    assert grade(mine)["flags"] == []


def test_a_value_that_equals_everything_is_doubtful(grade: Grade) -> None:
    for name in ("__eq__", "__lt__"):
        source = f"class X:\n    def {name}(self, other): return True\nx = X()"
        sign = "==" if name == "__eq__" else "<"
        found = grade(source, f"assert x {sign} 3")
        assert (found["outcome"], found["flags"]) == (
            "doubtful",
            [f"has a class with a {name} of its own"],
        )
        # Unless that is what the exercise is about.
        lesson = f"class X:\n    def {name}(self, other): return ___"
        assert grade(source, f"assert x {sign} 3", lesson=lesson)["outcome"] == "pass"
    by_call = "X = type('X', (float,), {'__sub__': lambda *a: 0.0})\nx = X(5)"
    assert grade(by_call, "assert abs(x - 3) < 1e-9")["outcome"] == "doubtful"


@pytest.mark.parametrize(
    "source",
    [
        "from dataclasses import dataclass\n@dataclass\nclass A:\n    a: int = 3\nx = A().a",
        "from collections import namedtuple\nA = namedtuple('A', 'a', defaults=[3])\nx = A().a",
        "from enum import Enum\nclass E(Enum):\n    A = 3\nx = E.A.value",
        "import colorsys, statistics\nx = statistics.mean([3])",
        "import numpy as np\nnp.random.seed(3)\nnp.set_printoptions(precision=2)\nx = 3",
        "import warnings\nwarnings.filterwarnings('ignore')\nx = 3",
        "import matplotlib.pyplot as p\np.rcParams['lines.linewidth'] = 3\np.plot([1])\nx = 3",
        "class A:\n    v = 3\n    def __repr__(self): return 'A'\nx = A().v",
        "import traceback\ntry:\n    1 / 0\nexcept Exception:\n    traceback.print_exc()\nx = 3",
        "import numpy.ma\nx = numpy.ma.masked_array([3], [False]).sum()",
        "sum = 3\nx = sum",
        "import asyncio\nasync def f(): return 3\nx = await f()",
        "from functools import lru_cache, wraps\n@lru_cache\ndef f(): return 3\nx = f()",
        "x = 3\nprint('much\\n' * 100_000)",
    ],
)
def test_honest_code_is_not_flagged(grade: Grade, source: str) -> None:
    found = grade(source)
    assert (found["outcome"], found["flags"]) == ("pass", [])


def test_the_browser_is_hidden_and_who_looks_for_it_is_named(
    grade: Grade, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = ModuleType("js")
    monkeypatch.setitem(sys.modules, "js", browser)
    for way in ("import js", "import importlib\nimportlib.import_module('js')"):
        found = grade(f"try:\n    {way.replace(chr(10), chr(10) + '    ')}\n"
                      "except ImportError:\n    pass\nx = 3")  # fmt: skip
        assert found["flags"] == ["looks for the browser’s JavaScript"]
    assert grade("import sys\nx = 3 if 'js' not in sys.modules else 4")["outcome"] == "pass"
    assert sys.modules["js"] is browser


def test_modules_that_came_are_forgotten(grade: Grade) -> None:
    assert "tabnanny" not in sys.modules, "a module that nothing here imports"
    found = grade("import tabnanny\nfor m in [tabnanny]: m.errprint = None\nx = 3")
    assert (found["outcome"], found["renew"]) == ("pass", False)
    assert "tabnanny" not in sys.modules
    assert importlib.import_module("tabnanny").errprint
    del sys.modules["tabnanny"]
