"""L-BFGS where the loss is not defined everywhere, and what it remembers."""

import math
from typing import Any

import numpy as np
import pytest

from pylib.optimizers import LBFGS
from pylib.optimizers.line_search import Trial, cubic_minimum, strong_wolfe


@pytest.mark.parametrize("spoiled", ["loss alone", "loss and gradient", "infinite"])
@pytest.mark.parametrize("start", [1.01, 1.5, 3.0, 50.0, 1e3, 1e4])
def test_a_search_turns_back_where_the_loss_is_not_defined(start: float, spoiled: str) -> None:
    w = np.array([start])

    def loss() -> tuple[float, list[Any]]:  # w − ln w, with its minimum at 1
        (x,) = w
        if x > 0:
            return x - math.log(x), [1 - 1 / w]
        grad = np.array([np.nan]) if spoiled == "loss and gradient" else 1 - 1 / w
        return math.inf if spoiled == "infinite" else math.nan, [grad]

    optimizer = LBFGS([w], line_search_fn="strong_wolfe")
    for _ in range(20):
        optimizer.step(loss)
    assert w[0] == pytest.approx(1, abs=1e-4)
    arrays = optimizer.state[0].values()
    assert all(np.isfinite(array).all() for array in arrays)


def test_a_search_from_where_the_loss_is_not_defined_takes_the_first_value() -> None:
    w = np.array([-0.5])

    def loss() -> tuple[float, list[Any]]:
        (x,) = w
        return (x - math.log(x) if x > 0 else math.nan), [np.array([-1.0 if x <= 0 else 1 - 1 / x])]

    optimizer = LBFGS([w], line_search_fn="strong_wolfe")
    assert math.isnan(optimizer.step(loss))
    for _ in range(10):
        optimizer.step(loss)
    assert w[0] == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("here", [1.0, math.nan, math.inf])
def test_a_search_that_finds_no_value_stays_where_it_is(here: float) -> None:
    w = np.array([2.0])
    optimizer = LBFGS([w], line_search_fn="strong_wolfe", max_iter=3)
    optimizer.step(lambda: (here if w[0] == 2 else math.nan, [np.array([1.0])]))
    assert w[0] == 2.0


@pytest.mark.parametrize("max_eval", [1, 2, 3, 7])
def test_a_search_makes_no_more_evaluations_than_asked(max_eval: int) -> None:
    w, calls = np.array([-1.2, 1.0]), []

    def rosenbrock() -> tuple[float, list[Any]]:
        x, y = w
        calls.append(1)
        grad = np.array([-400 * x * (y - x * x) - 2 * (1 - x), 200 * (y - x * x)])
        return float((1 - x) ** 2 + 100 * (y - x * x) ** 2), [grad]

    optimizer = LBFGS([w], max_eval=max_eval, line_search_fn="strong_wolfe")
    optimizer.step(rosenbrock)
    assert len(calls) == optimizer.state[0]["func_evals"]
    assert max_eval <= len(calls) <= max_eval + 1  # the first trial of a search is always made


def test_a_bracket_is_judged_by_how_far_the_parameters_move() -> None:
    # A kink that no step satisfies: the search halves its bracket until w moves less than 1e-9.
    def trials(scale: float) -> int:
        w = np.array([0.0])
        optimizer = LBFGS([w], max_iter=1, max_eval=100, line_search_fn="strong_wolfe", lr=scale)

        def kink() -> tuple[float, list[Any]]:
            side = 1.0 if w[0] > -scale / 3 else -1.0
            return abs(w[0] + scale / 3), [np.array([side])]

        optimizer.step(kink)
        return int(optimizer.state[0]["func_evals"])

    assert trials(1.0) > trials(1e-3) > trials(1e-6) > trials(1e-9)


def test_a_search_does_not_see_the_scale_of_the_loss() -> None:
    def trials(scale: float) -> int:
        w = np.array([0.0])
        optimizer = LBFGS([w], max_iter=1, max_eval=100, line_search_fn="strong_wolfe")

        def kink() -> tuple[float, list[Any]]:
            side = scale if w[0] > -1 / 3 else -scale
            return scale * abs(w[0] + 1 / 3), [np.array([side])]

        optimizer.step(kink)
        return int(optimizer.state[0]["func_evals"])

    assert trials(1.0) == trials(2.0**20) > 20


def test_a_finite_loss_with_a_gradient_of_nan_is_still_an_error() -> None:
    w = np.array([2.0])
    optimizer = LBFGS([w], line_search_fn="strong_wolfe")
    with pytest.raises(FloatingPointError, match="gradient 0 has 1 NaN"):
        optimizer.step(lambda: (float(w[0]), [np.array([1.0 if w[0] == 2 else np.nan])]))
    assert w[0] == 2.0


@pytest.mark.parametrize("loss", [math.inf, math.nan, -math.inf])
def test_the_cubic_has_no_minimum_where_an_end_is_not_finite(loss: float) -> None:
    left, right = Trial(0.0, 4.0, np.zeros(1), -4.0), Trial(2.0, loss, np.zeros(1), 3.0)
    assert cubic_minimum(left, right, (0.0, 2.0)) == 1.0
    assert cubic_minimum(right, left, (0.0, 2.0)) == 1.0


def test_strong_wolfe_halves_its_way_back_from_infinity() -> None:
    def wall(t: float) -> Trial:  # (t − 1)² up to 1.5, and nothing beyond
        if t > 1.5:
            return Trial(t, math.inf, np.zeros(1), math.inf)
        return Trial(t, (t - 1) ** 2, np.zeros(1), 2 * (t - 1))

    best, _ = strong_wolfe(wall, wall(0.0), t=16.0, d_max=1.0)
    assert best.t == pytest.approx(1.0)


@pytest.mark.parametrize("loss", [None, "1.0", np.ones(1)], ids=repr)
def test_a_loss_that_is_no_number_is_named(loss: Any) -> None:
    with pytest.raises(TypeError, match=r"the closure returned .*; write return loss, \[grad\]"):
        LBFGS([np.ones(2)]).step(lambda: (loss, [np.ones(2)]))


@pytest.mark.parametrize("loss", [1, np.float32(1.0), np.array(1.0)], ids=repr)
def test_a_loss_may_be_any_number(loss: Any) -> None:
    assert LBFGS([np.ones(2)]).step(lambda: (loss, [np.zeros(2)])) == 1.0


@pytest.mark.parametrize("line_search_fn", [None, "strong_wolfe"])
def test_three_parameters_are_one(line_search_fn: str | None) -> None:
    whole, h = np.array([5.0, -3.0, 2.0, 1.0, 4.0]), np.geomspace(1, 30, 5)
    parts = [whole[:2].copy(), np.array(whole[2]), whole[3:].reshape(2, 1).copy()]
    one = LBFGS([whole], lr=0.5, max_iter=4, line_search_fn=line_search_fn)
    three = LBFGS(parts, lr=0.5, max_iter=4, line_search_fn=line_search_fn)

    def split() -> tuple[float, list[Any]]:
        flat = np.concatenate([part.ravel() for part in parts])
        g = h * flat
        return 0.5 * float(g @ flat), [g[:2], g[2].reshape(()), g[3:].reshape(2, 1)]

    for _ in range(2):
        one.step(lambda: (0.5 * float(h @ (whole * whole)), [h * whole]))
        three.step(split)
    np.testing.assert_array_equal(np.concatenate([part.ravel() for part in parts]), whole)


def iterations(optimizer: LBFGS) -> tuple[int, int]:
    """How many iterations and evaluations were made."""
    return int(optimizer.state[0]["n_iter"]), int(optimizer.state[0]["func_evals"])


def test_iterations_and_evaluations_without_a_search() -> None:
    w = np.array([1.0, 1.0])
    optimizer, calls = LBFGS([w], lr=0.01, max_iter=3, max_eval=99), []

    def bowl() -> tuple[float, list[Any]]:
        calls.append(1)
        return float(w @ w), [2 * w]

    optimizer.step(bowl)  # the loss after the last move is not asked for
    assert iterations(optimizer) == (3, 3) == (3, len(calls))
    optimizer.step(bowl)
    assert iterations(optimizer) == (6, 6) == (6, len(calls))


def test_a_step_ends_where_the_gradient_is_0() -> None:
    w = np.array([0.5])
    optimizer = LBFGS([w], lr=0.5)
    optimizer.step(lambda: (float(w[0] ** 2), [2 * w]))
    assert (w[0], *iterations(optimizer)) == (0.0, 1, 2)
    optimizer.step(lambda: (float(w[0] ** 2), [2 * w]))
    assert iterations(optimizer) == (1, 3)  # no iteration more


def test_the_largest_gradient_may_be_the_tolerance() -> None:
    w = np.array([0.5])
    optimizer = LBFGS([w], tolerance_grad=1.0)
    optimizer.step(lambda: (float(w[0] ** 2), [2 * w]))
    assert (w[0], *iterations(optimizer)) == (0.5, 0, 1)


def test_a_step_ends_when_the_parameters_stand() -> None:
    w = np.array([1.0])
    optimizer = LBFGS([w], lr=1e-10)
    optimizer.step(lambda: (1e6 * float(w[0]), [np.array([1e6])]))
    assert iterations(optimizer) == (1, 2)


def test_a_step_ends_when_the_loss_stands() -> None:
    w = np.array([1.0])
    optimizer = LBFGS([w])
    optimizer.step(lambda: (5.0, [np.array([1.0])]))
    assert (w[0], *iterations(optimizer)) == (0.0, 1, 2)


def test_a_step_ends_when_the_slope_is_within_the_tolerance() -> None:
    w = np.array([1.0])
    optimizer = LBFGS([w], tolerance_change=2.0)
    optimizer.step(lambda: (float(w[0]), [np.array([1.0])]))
    assert (w[0], *iterations(optimizer)) == (1.0, 1, 1)


def test_a_steep_loss_is_followed_to_its_end() -> None:
    w = np.array([1.0])
    optimizer = LBFGS([w], line_search_fn="strong_wolfe")
    optimizer.step(lambda: (0.5e6 * float(w[0] ** 2), [1e6 * w]))
    assert abs(w[0]) < 1e-9


def test_curvature_is_remembered_as_pytorch_does() -> None:
    w, h = np.ones(4), np.geomspace(1, 50, 4)
    optimizer = LBFGS([w], max_iter=5, line_search_fn="strong_wolfe")
    optimizer.step(lambda: (0.5 * float(h @ (w * w)), [h * w]))
    memory = optimizer.state[0]
    curvature = [float(y @ s) for y, s in zip(memory["old_dirs"], memory["old_stps"], strict=True)]
    np.testing.assert_allclose(memory["ro"], 1 / np.array(curvature))
    newest = memory["old_dirs"][-1]
    assert float(memory["H_diag"]) == pytest.approx(curvature[-1] / float(newest @ newest))
    for s, y in zip(memory["old_stps"], memory["old_dirs"], strict=True):
        np.testing.assert_allclose(y, h * s, rtol=1e-6)


def test_parameters_without_elements_and_without_gradients() -> None:
    empty = LBFGS([np.zeros(0)])
    assert empty.step(lambda: (3.0, [np.zeros(0)])) == 3.0
    fixed, free = np.ones(2, np.float32), np.array([0.5], np.float32)
    optimizer = LBFGS([fixed, free], max_iter=2)
    optimizer.step(lambda: (float(free[0] ** 2), [None, 2 * free]))
    assert optimizer.state[0]["d"].dtype == optimizer.state[0]["prev_flat_grad"].dtype == np.float32


def test_the_cubic_of_a_straight_line_is_followed_as_far_as_it_falls() -> None:
    def line(slope: float, rise: float) -> float:
        left, right = Trial(1.0, 0.0, np.zeros(1), slope), Trial(3.0, 2 * rise, np.zeros(1), slope)
        return cubic_minimum(left, right, (1.5, 9.0))

    assert line(-1.0, -1.0) == 9.0
    assert line(1.0, 1.0) == 1.5
    assert line(0.25, 0.25) == 1.5
    assert line(3.0, 1.0) == 5.25  # a cubic with a flat point: 0 by 0
    assert line(0.0, 0.0) == 5.25


def test_history_is_not_copied_and_not_longer_than_asked() -> None:
    w, h = np.ones(6), np.geomspace(1, 100, 6)
    optimizer = LBFGS([w], max_iter=1, history_size=3, line_search_fn="strong_wolfe")
    for _ in range(3):
        optimizer.step(lambda: (0.5 * float(h @ (w * w)), [h * w]))
    first = optimizer.state[0]["old_stps"]
    assert len(first) == 2
    for _ in range(3):
        optimizer.step(lambda: (0.5 * float(h @ (w * w)), [h * w]))
    last = optimizer.state[0]["old_stps"]
    assert len(last) == len(optimizer.state[0]["old_dirs"]) == len(optimizer.state[0]["ro"]) == 3
    assert len(first) == 2  # what a failed step goes back to
    optimizer.step(lambda: (0.5 * float(h @ (w * w)), [h * w]))
    assert optimizer.state[0]["old_stps"][0] is last[1]
