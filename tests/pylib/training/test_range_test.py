"""The learning rate range test."""

import math
from typing import Any

import numpy as np
import pytest

from pylib._typing import FloatArray
from pylib.data import load_digits, make_line
from pylib.losses import CrossEntropyLoss, MSELoss
from pylib.models import MLP, LinearRegression
from pylib.optimizers import LBFGS, SGD, ScheduleFreeAdamW, ScheduleFreeSGD
from pylib.training import RangeTest, fit, lr_range_test

LINE = make_line(n=40, noise=0.2)


class TestRangeTest:
    """The learning rate range test."""

    def test_finds_the_edge_and_leaves_no_trace(self) -> None:
        X, y = load_digits()
        X, y = X[:600], y[:600]
        model = MLP([64, 16, 10])
        optimizer = SGD(model.params, lr=0.123, momentum=0.5)
        before = [w.copy() for w in model.params]
        lrs, losses = found = lr_range_test(
            model, CrossEntropyLoss(), optimizer, X, y, start=1e-4, end=100.0
        )
        assert lrs.shape == losses.shape
        assert lrs[0] == 1e-4
        assert 0.01 < found.suggestion < 1
        assert losses.min() < 0.8 * losses[0]
        assert lrs[-1] < 100  # ended where it blew up
        assert optimizer.lr == 0.123
        assert all((w == b).all() for w, b in zip(model.params, before, strict=True))
        assert (optimizer.state[0]["momentum_buffer"] == 0).all()

    def test_rates_grow_by_one_factor(self) -> None:
        model = LinearRegression()
        found = lr_range_test(
            model, MSELoss(), SGD(model.params), *LINE, start=1e-6, end=1e-4, steps=11
        )
        np.testing.assert_allclose(found.lrs, np.geomspace(1e-6, 1e-4, 11))

    @pytest.mark.parametrize("optimizer_class", [ScheduleFreeSGD, ScheduleFreeAdamW])
    def test_after_a_training_with_schedule_free(self, optimizer_class: Any) -> None:
        """`fit` leaves the average in the model; the test begins where training would go on."""
        model = LinearRegression()
        optimizer = optimizer_class(model.params, lr=0.01)
        fit(model, MSELoss(), optimizer, *LINE, epochs=2)
        before = [w.copy() for w in model.params]
        state = optimizer.state_dict()
        found = lr_range_test(model, MSELoss(), optimizer, *LINE)
        assert len(found.losses) > 50
        for w, kept in zip(model.params, before, strict=True):
            np.testing.assert_array_equal(w, kept)
        for key, value in optimizer.state_dict().items():
            np.testing.assert_array_equal(value, state[key], err_msg=key)
        assert not optimizer.param_groups[0]["train_mode"]
        history = fit(model, MSELoss(), optimizer, *LINE, epochs=1)
        assert history.stopped is None

    def test_where_the_loss_never_falls_there_is_no_suggestion(self) -> None:
        X, y = make_line()
        model = LinearRegression()
        found = lr_range_test(model, MSELoss(), SGD(model.params), X, y, start=1e3, end=1e5)
        assert math.isnan(found.suggestion)
        assert RangeTest(np.array([1.0, 2.0]), np.array([3.0, 3.0])).suggestion != 0.1
        assert math.isnan(RangeTest(np.array([1.0, 2.0]), np.array([3.0, 3.0])).suggestion)
        assert RangeTest(np.array([1.0, 2.0]), np.array([3.0, 2.9])).suggestion == 0.2

    def test_the_order_of_the_rows_is_seeded(self) -> None:
        def losses(seed: int) -> list[float]:
            model = LinearRegression()
            optimizer = SGD(model.params)
            found = lr_range_test(model, MSELoss(), optimizer, *LINE, batch_size=4, seed=seed)
            return list(map(float, found.losses))

        assert losses(1) == losses(1) != losses(2)

    def test_every_row_is_visited_before_any_again(self) -> None:
        """40 rows in tens: after four batches each was seen once, and the order is new."""
        seen: list[float] = []

        class Spy(LinearRegression):
            def forward(self, X: Any) -> FloatArray:
                seen.extend(np.asarray(X)[:, 0])
                return super().forward(X)

        model = Spy()
        lr_range_test(
            model, MSELoss(), SGD(model.params), *LINE, 1e-6, 1e-5, steps=8, batch_size=10
        )
        first, second = seen[:40], seen[40:]
        assert sorted(first) == sorted(second) == sorted(LINE[0][:, 0])
        assert first != second

    def test_it_ends_past_four_times_the_lowest_loss(self) -> None:
        """The first batch has loss 1; the second one just below or above the limit."""

        class Told(LinearRegression):
            values: Any = ()

            def forward(self, X: Any) -> FloatArray:
                return np.full(len(X), next(self.values))

            def backward(self, grad_output: Any) -> list[FloatArray]:
                return [np.zeros(1), np.zeros(1)]

        def tried(*values: float) -> int:
            model = Told()
            model.values = iter(np.sqrt(values))
            zeros = np.zeros(4)
            optimizer = SGD([model.b])
            found = lr_range_test(
                model, MSELoss(), optimizer, np.zeros((4, 1)), zeros, steps=len(values)
            )
            return len(found.losses)

        # smoothed, the second is (0.9 · 0.1 · 1 + 0.1 · v) / 0.19: 4 for v = 6.7
        below = 6.69
        assert tried(1.0, below) == 2
        assert tried(1.0, below + 0.02) == 1

    def test_overflow_and_a_refusing_optimizer_end_it_in_silence(self) -> None:
        for start, end in ((1e-3, 1e307), (1e-3, 1e150)):
            model = LinearRegression()
            found = lr_range_test(model, MSELoss(), SGD(model.params), *LINE, start, end, 4)
            assert 1 <= len(found.losses) < 4

        class Refuses(SGD):
            def step(self, grads: list[FloatArray]) -> None:  # type: ignore[override]
                raise FloatingPointError

        model = LinearRegression()
        found = lr_range_test(model, MSELoss(), Refuses(model.params), *LINE)
        assert len(found.losses) == 1

    def test_lbfgs_and_a_part_of_the_parameters_will_do(self) -> None:
        model = LinearRegression()
        for optimizer in (LBFGS(model.params, max_iter=2), SGD([model.b])):
            lrs, losses = lr_range_test(model, MSELoss(), optimizer, *LINE, steps=20)
            assert len(lrs) == len(losses) > 1
            assert model.w.tolist() == model.b.tolist() == [0.0]

    @pytest.mark.parametrize(
        ("change", "error", "message"),
        [
            ({"y": LINE[1][:3]}, ValueError, r"X has shape \(40, 1\) and y \(3,\)"),
            ({"X": np.ones((0, 1)), "y": np.ones(0)}, ValueError, "at least one row"),
            ({"X": np.full((40, 1), np.nan)}, ValueError, "loss is nan before .*look for NaN"),
            ({"batch_size": 0}, ValueError, "batch_size is 0; it must be a whole number"),
            ({"loss": MSELoss(reduction="none")}, ValueError, "needs 'mean' or 'sum'"),
            ({"optimizer": SGD([np.zeros(1)])}, TypeError, r"SGD\(model.params, ...\)"),
            ({"end": math.inf}, ValueError, "end is inf; it must be finite and above 1e-05"),
            ({"start": "1"}, TypeError, "start is '1'; it must be a number"),
            ({"steps": 20.0}, TypeError, "steps is 20.0; it must be a whole number"),
        ],
    )
    def test_misuse_is_named(
        self, change: dict[str, Any], error: type[Exception], message: str
    ) -> None:
        model = LinearRegression()
        settings: Any = {"model": model, "loss": MSELoss(), "X": LINE[0], "y": LINE[1]}
        optimizer = SGD(model.params, lr=0.123, momentum=0.5)
        before = optimizer.state_dict()
        with pytest.raises(error, match=message):
            lr_range_test(**{**settings, "optimizer": optimizer, **change})
        for key, value in optimizer.state_dict().items():
            np.testing.assert_array_equal(value, before[key], err_msg=key)

    def test_an_error_on_the_way_leaves_no_trace(self) -> None:
        class Breaks(LinearRegression):
            calls = 0

            def forward(self, X: Any) -> FloatArray:
                self.calls += 1
                if self.calls == 5:
                    raise KeyboardInterrupt
                return super().forward(X)

        model = Breaks()
        optimizer = SGD(model.params, lr=0.123)
        with pytest.raises(KeyboardInterrupt):
            lr_range_test(model, MSELoss(), optimizer, *LINE, start=0.01)
        assert optimizer.lr == 0.123
        assert model.w.tolist() == [0.0]

    def test_nonsense_ranges_are_refused(self) -> None:
        model = LinearRegression()
        for change, words in (
            ({"start": 0.0}, "start is 0.0; it must be finite and above 0"),
            ({"start": 1.0, "end": 0.1}, "end is 0.1; it must be finite and above 1"),
            ({"steps": 1}, "steps is 1; it must be a whole number of at least 2"),
        ):
            with pytest.raises(ValueError, match=words):
                lr_range_test(model, MSELoss(), SGD(model.params), *LINE, **change)
