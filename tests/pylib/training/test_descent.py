"""`minimize`: walks on surfaces."""

import math
from typing import Any

import numpy as np
import pytest

from pylib._typing import FloatArray
from pylib.optimizers import LBFGS, SGD, Adam, ScheduleFreeSGD
from pylib.schedules import ReduceLROnPlateau, StepLR
from pylib.surfaces import Function, Parabola, Quadratic, Rosenbrock, Saddle
from pylib.training import Trace, minimize


def two_numbers(w: FloatArray) -> Any:
    """A value that is not one number."""
    return w * [1, 2]


class TestMinimize:
    """Walks on surfaces."""

    def test_records_the_walk(self) -> None:
        """x² from 10 at lr 0.2: each step multiplies x by 0.6."""
        trace = minimize(Parabola(2.0), SGD, [10.0], steps=4, lr=0.2)
        np.testing.assert_allclose(trace.path[:, 0], 10 * 0.6 ** np.arange(5))
        np.testing.assert_allclose(trace.values, trace.path[:, 0] ** 2)
        assert trace.lrs.tolist() == [0.2] * 4
        assert trace.stopped is None
        assert trace.state == {}

    def test_leaves_the_start_and_takes_a_number(self) -> None:
        start = np.array([1.0, 1.0])
        minimize(Quadratic(), SGD, start, steps=3, lr=0.1)
        assert start.tolist() == [1.0, 1.0]
        trace = minimize(Parabola(), SGD, 3, steps=1, lr=0.5)
        assert trace.path.tolist() == [[3.0], [1.5]]

    def test_no_lr_is_the_optimizers_default(self) -> None:
        assert minimize(Parabola(), Adam, [3.0], steps=2).lrs.tolist() == [1e-3, 1e-3]

    def test_a_schedule_overrides_lr(self) -> None:
        schedule = StepLR(0.4, step_size=2, gamma=0.5)
        trace = minimize(Parabola(), SGD, [1.0], steps=4, lr=99.0, schedule=schedule)
        assert trace.lrs.tolist() == [0.4, 0.4, 0.2, 0.2]
        np.testing.assert_allclose(trace.path[:, 0], [1, 0.6, 0.36, 0.288, 0.2304])

    def test_a_plateau_schedule_hears_the_value(self) -> None:
        plateau = ReduceLROnPlateau(2.0, factor=0.5, patience=1)  # at 2/L the value stays
        trace = minimize(Parabola(), SGD, [1.0], steps=5, schedule=plateau)
        assert trace.lrs.tolist() == [2.0, 2.0, 2.0, 1.0, 1.0]
        assert trace.values[-1] == 0

    def test_noise_is_seeded_and_of_the_size_asked(self) -> None:
        flat = Function(lambda w: 0.0, np.zeros_like)

        def walk(seed: int) -> Trace:
            return minimize(flat, SGD, [0.0, 0.0], steps=4000, lr=1.0, noise=3.0, seed=seed)

        one = walk(1)
        np.testing.assert_array_equal(one.path, walk(1).path)
        assert not np.array_equal(one.path, walk(2).path)
        np.testing.assert_allclose(np.diff(one.path, axis=0).std(axis=0), 3, rtol=0.05)

    def test_noise_is_added_to_each_gradient(self) -> None:
        flat = Function(lambda w: 0.0, np.zeros_like)
        trace = minimize(flat, SGD, [0.0, 0.0], steps=3, lr=1.0, noise=2.0, seed=5)
        drawn = 2.0 * np.random.default_rng(5).standard_normal((3, 2))
        np.testing.assert_allclose(np.diff(trace.path, axis=0), -drawn)

    def test_lbfgs_asks_for_its_gradients_itself(self) -> None:
        asked: list[float] = []

        def gradient(w: FloatArray) -> FloatArray:
            asked.append(float(w[0]))
            return w - 1

        bowl = Function(lambda w: float(np.sum((w - 1) ** 2) / 2), gradient)
        minimize(bowl, LBFGS, [3.0], steps=2, lr=0.5, max_iter=1)
        assert asked == [3.0, pytest.approx(2.5)] or len(asked) == 2

    def test_the_state_of_one_step_is_kept_too(self) -> None:
        trace = minimize(Parabola(), Adam, [1.0], steps=1, keep_state=True)
        assert trace.state["exp_avg"].shape == (1, 1)

    def test_overflow_on_the_way_is_silent(self) -> None:
        """Warnings are errors in these tests."""
        square = Function(lambda w: float(np.sum(w**2)), lambda w: 2 * w)
        trace = minimize(square, SGD, [1.0], steps=9, lr=1e200, report=None)
        assert trace.stopped is not None
        assert trace.stopped.loss == math.inf

    def test_keeps_what_of_a_state_stays_as_large_as_it_is(self) -> None:
        """L-BFGS remembers one more pair with each step."""
        trace = minimize(Rosenbrock(), LBFGS, [-1.2, 1.0], steps=4, max_iter=1, keep_state=True)
        assert trace.state["d"].shape == (4, 2)
        assert "ro" not in trace.state

    def test_state_is_kept_where_asked(self) -> None:
        """Adam's first moment under a constant gradient of 1 is 1 - 0.9^t."""
        slope = Function(lambda w: float(w[0]), np.ones_like)
        trace = minimize(slope, Adam, [0.0], steps=3, lr=0.1, keep_state=True)
        assert set(trace.state) >= {"exp_avg", "exp_avg_sq"}
        np.testing.assert_allclose(trace.state["exp_avg"][:, 0], 1 - 0.9 ** np.arange(1, 4))

    def test_settings_reach_the_optimizer(self) -> None:
        slow = minimize(Parabola(), SGD, [1.0], steps=5, lr=0.1)
        fast = minimize(Parabola(), SGD, [1.0], steps=5, lr=0.1, momentum=0.9)
        assert fast.values[-1] < slow.values[-1]

    def test_divergence_stops_says_where_and_keeps_the_record(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        trace = minimize(Parabola(2.0), SGD, [10.0], steps=1000, lr=1.1)
        stop = trace.stopped
        assert stop is not None
        assert (stop.reason, stop.step, stop.lr) == ("diverged", 57, 1.1)
        assert trace.path.shape == (58, 1)
        assert len(trace.values) == 58
        assert len(trace.lrs) == 57
        assert stop.loss == trace.values[-1] > 1e9 * 100 >= trace.values[-2]
        assert capsys.readouterr().out == f"{stop.message}\n"
        assert "at step 57 of 1000" in stop.message
        assert "learning rate 1.1" in stop.message
        assert "such as 0.11" in stop.message

    def test_nan_is_not_recorded(self) -> None:
        edge = Function(lambda w: float(np.log(w[0])), lambda w: 1 / w)
        trace = minimize(edge, SGD, [1.0], steps=9, lr=2.0, report=None)
        assert trace.stopped is not None
        assert math.isnan(trace.stopped.loss)
        assert trace.path.tolist() == [[1.0]]

    def test_a_gradient_with_nan_stops_too(self) -> None:
        broken = Function(lambda w: 1.0, lambda w: np.full_like(w, np.nan))
        trace = minimize(broken, Adam, [1.0], steps=9, report=None)
        assert trace.stopped is not None
        assert trace.stopped.step == 1

    def test_a_surface_without_floor_says_so(self) -> None:
        said: list[str] = []
        minimize(Saddle(), SGD, [1.0, 1e-3], steps=9999, lr=0.1, report=said.append)
        assert "no lower bound" in said[0]

    def test_lbfgs_is_given_its_closure(self) -> None:
        trace = minimize(Rosenbrock(), LBFGS, [-1.2, 1.0], steps=3, line_search_fn="strong_wolfe")
        np.testing.assert_allclose(trace.path[-1], [1, 1], atol=1e-4)

    def test_schedule_free_is_judged_at_its_average(self) -> None:
        """With gradient x and lr 1: z = 0 after one step, and x = z; y would stand elsewhere."""
        trace = minimize(Parabola(), ScheduleFreeSGD, [1.0], steps=2, lr=0.5, momentum=0.5)
        z1 = 1 - 0.5 * 1
        y1 = z1
        z2 = z1 - 0.5 * y1
        np.testing.assert_allclose(trace.path[:, 0], [1, z1, (z1 + z2) / 2])

    @pytest.mark.parametrize(
        ("change", "error", "message"),
        [
            ({"steps": -1}, ValueError, "steps is -1"),
            ({"steps": 2.5}, TypeError, "steps is 2.5"),
            ({"noise": -1.0}, ValueError, "noise is -1"),
            ({"surface": abs}, TypeError, "has no .gradient"),
            ({"optimizer_class": SGD([np.ones(1)])}, TypeError, "give the class itself"),
            ({"start": [np.nan]}, ValueError, "start elsewhere"),
            ({"momentun": 0.9}, TypeError, "momentun"),
            ({"start": [[1.0], [2.0]]}, ValueError, r"start has shape \(2, 1\); give one point"),
            ({"surface": Parabola}, TypeError, r"surface is the class Parabola; make .*Parabola\("),
            ({"schedule": 0.1}, TypeError, "schedule is 0.1; give one such as StepLR"),
            ({"schedule": StepLR}, TypeError, "schedule is the class StepLR; make one"),
            (
                {"surface": Function(two_numbers, np.ones_like)},
                ValueError,
                r"the surface has a value of shape \(2,\) at one point; return one number",
            ),
        ],
    )
    def test_misuse_is_named(
        self, change: dict[str, Any], error: type[Exception], message: str
    ) -> None:
        settings = {"surface": Parabola(), "optimizer_class": SGD, "start": [1.0], "steps": 1}
        with pytest.raises(error, match=message):
            minimize(**{**settings, **change})

    def test_a_value_in_an_array_of_one_is_a_number(self) -> None:
        def value(w: FloatArray) -> Any:
            return w**2

        square = Function(value, lambda w: 2 * w)
        assert minimize(square, SGD, [3.0], steps=1, lr=0.5).values.tolist() == [9.0, 0.0]

    def test_no_steps_is_the_start(self) -> None:
        trace = minimize(Parabola(2.0), SGD, [3.0], steps=0)
        assert trace.path.tolist() == [[3.0]]
        assert trace.values.tolist() == [9.0]
