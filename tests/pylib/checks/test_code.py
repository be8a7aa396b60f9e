"""Names, calls, and whose a function is."""

from functools import partial
from typing import Any

import numpy as np
import pytest

import pylib.losses as loss_module
from pylib.checks import CheckError, check_called, check_defined, check_own, run_with
from pylib.losses import MSELoss
from pylib.losses.base import Loss


def test_names_must_have_a_value() -> None:
    check_defined({"w": 0.0, "v": []}, "w", "v")
    for names in ({}, {"w": None}, {"w": ...}):
        with pytest.raises(CheckError, match="^w has no value; define it$"):
            check_defined(names, "w")


@pytest.mark.parametrize(
    ("source", "function", "is_called"),
    [
        ("step()", "step", True),
        ("a.b.step(1)", "step", True),
        ("a.b.step(1)", "b.step", True),
        ("a.step(1)", "b.step", False),
        ("ab.step(1)", "b.step", False),
        ("step", "step", False),
        ("substep()", "step", False),
        ("# step()\n'step()'", "step", False),
        ("def f():\n    return [g(step(x)) for x in y]", "step", True),
    ],
)
def test_calls_are_found_in_code(source: str, function: str, is_called: bool) -> None:
    if is_called:
        check_called(source, function)
    else:
        with pytest.raises(CheckError) as caught:
            check_called(source, function)
        assert str(caught.value) == f"{function}() is never called"


def gradient(y_hat: Any, y: Any) -> Any:
    return 2 * (y_hat - y) / len(y)


def helper(y_hat: Any, y: Any) -> Any:
    return MSELoss().gradient(y_hat, y)


def through_a_helper(y_hat: Any, y: Any) -> Any:
    return helper(y_hat, y)


def imports_inside(y_hat: Any, y: Any) -> Any:
    from pylib.losses import MSELoss as Mine

    return Mine().gradient(y_hat, y)


def by_module(y_hat: Any, y: Any) -> Any:
    return loss_module.MSELoss().gradient(y_hat, y)


def in_a_list(y_hat: Any, y: Any) -> Any:
    return [MSELoss()(a, b) for a, b in zip(y_hat, y, strict=True)]


def calls_itself(n: int) -> int:
    return n and calls_itself(n - 1)


def closed_over() -> Any:
    loss = MSELoss()
    return lambda y_hat, y: loss.gradient(y_hat, y)


class Mine:
    """A loss of one's own."""

    def gradient(self, y_hat: Any, y: Any) -> Any:
        return y_hat - y

    def __call__(self, y_hat: Any, y: Any) -> Any:
        return np.sum(y_hat - y)


class Hands:
    """Hands on through a helper."""

    def __call__(self, y_hat: Any, y: Any) -> Any:
        return helper(y_hat, y)


class Derived(Loss):
    """Inherits all from pylib."""


OWN = [gradient, lambda a, b: a - b, calls_itself, Mine, Mine(), Mine().gradient, np.mean, len,
       partial(gradient, y=1)]  # fmt: skip


@pytest.mark.parametrize("function", OWN, ids=range(len(OWN)))
def test_one_s_own_function_is_let_pass(function: Any) -> None:
    check_own(function)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (MSELoss().gradient, "gradient is pylib's own; write it yourself"),
        (MSELoss(), "f is pylib's own; write it yourself"),
        (MSELoss, "MSELoss is pylib's own; write it yourself"),
        (helper, "helper hands on to pylib's MSELoss; write it yourself"),
        (through_a_helper, "through_a_helper hands on to pylib's MSELoss; write it yourself"),
        (imports_inside, "imports_inside hands on to pylib's pylib.losses; write it yourself"),
        (by_module, "by_module hands on to pylib's pylib.losses; write it yourself"),
        (in_a_list, "in_a_list hands on to pylib's MSELoss; write it yourself"),
        (closed_over(), "f hands on to pylib's MSELoss; write it yourself"),
        (partial(helper, y=1), "f hands on to pylib's MSELoss; write it yourself"),
        (Hands(), "f hands on to pylib's MSELoss; write it yourself"),
        (Derived, "Derived hands on to pylib's Loss; write it yourself"),
        (2.0, "f is of type float; it should be a function"),
    ],
)
def test_pylib_s_own_is_refused_however_it_is_wrapped(function: Any, words: str) -> None:
    name = "" if words.split()[0] != "f" else "f"
    with pytest.raises(CheckError) as caught:
        check_own(function, name=name)
    assert str(caught.value) == words


def test_code_runs_once_more_with_another_value_and_leaves_the_names_alone() -> None:
    source = "a = [3, 1]\nb = 2\nfor _ in range(2):\n    a = [x * b for x in a]\nbest = max(a)"
    names = {"best": 12}
    assert run_with(source, names, a=[1, 5])["best"] == 20
    assert names == {"best": 12}


def test_an_error_with_another_value_names_the_line_of_the_code() -> None:
    source = "a = [3, 1]\ndef first():\n    return a[0]\nbest = first()"
    with pytest.raises(CheckError, match=r"another a your code stops in line 3 \(IndexError"):
        run_with(source, {}, a=[])
