"""Errors in plain words: real mistakes, made for real, and what is said about them."""

import re
import warnings
from typing import Any

import pytest

from pylib.kernel.error_help import RULES, explain

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
    ("np.seterr(all='raise')\nnp.log(np.zeros(1))", "a tenth of the learning rate"),
    ("import math\nmath.exp(1000)", "keep its argument below 709"),
    ("2.0 ** 10000", "grew past the largest float"),
    ("1 / 0", "divided by zero"),
    ("a = np.array([1, 2])\na += 0.5", "dtype=float"),
    ("float(np.ones(2))", "Pick one (a[0]), or reduce them"),
    ("'loss ' + 0.5", "a value of type float cannot be joined"),
    ("None + 1", "+ does not work between NoneType and int"),
    ("[[1]][0, 1]", "one index at a time"),
    ("[1][0.5]", "a whole number, and this is a float"),
    ("2 (3 + 4)", "Something of type int is called like a function"),
    ("for i in 3: pass", "range(n)"),
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
    ("np.ones(2).foo", "There is no .foo here: 'numpy.ndarray' object"),
    ("np.sqroot(2)", "There is no .sqroot here"),
    ("import torch_nightly", "torch_nightly is not available in this page. There are NumPy,"),
    ("import pylib.loss", "pylib has no module pylib.loss"),
    ("from pylib.losses import MSE", "pylib.losses has no MSE"),
    ("open('missing.csv')", "There is no file 'missing.csv'"),
    ("def f():\n    print(x)\n    x = 1\nf()", "Inside this function x is read before"),
    ("def f(): return f()\nf()", "called itself too often"),
    ("np.zeros(10**15)", "not enough memory"),
    ("raise ValueError('Maximum allowed dimension exceeded')", "not enough memory"),
    ("assert 1 == 2", "An assert was not true"),
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
    ("print(“a”)", "The character “ is not part of Python"),
    ("print 'a'", "print is a function"),
    ("if x = 3: pass", "One = gives a value"),
    ("1 = x", "One = gives a value"),
    ("True = 1", "True is a fixed word"),
    ("return 1", "return stands outside a function"),
    ("f(1 2)", "Put a comma or an operator between them"),
    ("def f():\nreturn 1", "Line 2: The line after the colon of line 1 must be indented"),
    ("if 1:\n    x = 1\n  y = 2", "Line 3: This line is indented differently"),
    ("x = 1\n  y = 2", "Line 2: This line has spaces before it"),
    ("for = 3", "Line 1: Python cannot read this line"),
]


@pytest.mark.parametrize(("source", "words"), MISTAKES, ids=[s for s, _ in MISTAKES])
def test_a_mistake_gets_its_words(source: str, words: str) -> None:
    namespace: dict[str, Any] = {}
    exec("import numpy as np\nkept = np.geterr()", namespace)
    with pytest.raises(BaseException) as caught, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(source, "<cell a>", "exec"), namespace)
    exec("np.seterr(**kept)", namespace)
    assert words in explain(caught.value)


@pytest.mark.parametrize("rule", RULES, ids=[f"{kind.__name__} {p}" for kind, p, _ in RULES])
def test_words_fill_in_only_what_their_pattern_finds(rule: Any) -> None:
    _, pattern, words = rule
    groups = re.compile(pattern).groups
    assert words.format(*["x"] * groups)
    assert words.endswith(".")


def test_a_misspelt_name_is_guessed() -> None:
    words = explain(NameError("name 'optimiser' is not defined", name="optimiser"), ["optimizer"])
    assert "Did you mean optimizer?" in words


def test_the_usual_imports_are_offered() -> None:
    assert "import numpy as np" in explain(NameError("name 'np' is not defined", name="np"))


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
