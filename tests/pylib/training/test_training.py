"""The loops: minimize, fit, range test, clipping, averaging, early stopping."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pylib._typing import FloatArray
from pylib.data import load_digits, make_blobs, make_line, make_masks, make_moons, make_sequences
from pylib.losses import BCEWithLogitsLoss, CrossEntropyLoss, DiceLoss, MSELoss
from pylib.models import MLP, RNN, LinearRegression, LogisticRegression, SegmentationNet
from pylib.optimizers import (
    LBFGS,
    SGD,
    Adam,
    AdamW,
    Muon,
    RMSprop,
    ScheduleFreeAdamW,
    ScheduleFreeSGD,
)
from pylib.schedules import ExponentialLR, ReduceLROnPlateau, StepLR
from pylib.surfaces import Function, Parabola, Quadratic, Rosenbrock, Saddle
from pylib.training import (
    EarlyStopping,
    Progress,
    Trace,
    WeightEMA,
    clip_grad_norm_,
    clip_grad_value_,
    fit,
    lr_range_test,
    minimize,
)

LINE = make_line(n=40, noise=0.2)


def line_fit(optimizer_class: Any = SGD, lr: float = 0.05, **settings: Any) -> Any:
    """A line fitted to LINE: the model and its history."""
    model = LinearRegression()
    defaults: dict[str, Any] = {"epochs": 5, "batch_size": 10, "report": None}
    optimizer = optimizer_class(model.params, lr=lr)
    return model, fit(model, MSELoss(), optimizer, *LINE, **{**defaults, **settings})


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


class TestFit:
    """Training in mini-batches."""

    def test_is_the_loop_by_hand(self) -> None:
        X, y = LINE
        model, history = line_fit(epochs=2)
        hand = LinearRegression()
        rng = np.random.default_rng(0)
        losses = []
        for _ in range(2):
            order = rng.permutation(40)
            for start in range(0, 40, 10):
                rows = order[start : start + 10]
                r = hand.forward(X[rows]) - y[rows]
                losses.append((r**2).mean())
                for w, g in zip(hand.params, hand.backward(2 * r / 10), strict=True):
                    w -= 0.05 * g
        np.testing.assert_allclose(history.loss, losses, rtol=1e-12)
        np.testing.assert_allclose(model.w, hand.w, rtol=1e-12)
        np.testing.assert_allclose(history.train_loss[-1], ((hand.forward(X) - y) ** 2).mean())
        assert history.lr.tolist() == [0.05] * 8
        assert history.val_loss.shape == history.val_metric.shape == (0,)
        assert history.stopped is None

    def test_visits_every_row_once_per_epoch(self) -> None:
        seen: list[float] = []

        class Spy(LinearRegression):
            def backward(self, grad_output: Any) -> list[FloatArray]:
                seen.extend(self._X[:, 0])
                return super().backward(grad_output)

        X = np.arange(10.0)[:, None]
        model = Spy()
        fit(model, MSELoss(), SGD(model.params, lr=0.0), X, X[:, 0], epochs=3, batch_size=4)
        epochs = np.array(seen).reshape(3, 10)
        assert (np.sort(epochs, axis=1) == np.arange(10)).all()
        assert not np.array_equal(epochs[0], epochs[1])

    def test_seed_decides_the_order(self) -> None:
        assert np.array_equal(line_fit(seed=1)[1].loss, line_fit(seed=1)[1].loss)
        assert not np.array_equal(line_fit(seed=1)[1].loss, line_fit(seed=2)[1].loss)

    def test_no_batch_size_is_all_rows(self) -> None:
        assert len(line_fit(batch_size=None, epochs=7)[1].loss) == 7

    def test_a_schedule_counts_updates(self) -> None:
        schedule = ExponentialLR(0.1, gamma=0.5)
        _, history = line_fit(lr=9.0, schedule=schedule, epochs=1)
        np.testing.assert_allclose(history.lr, [0.1, 0.05, 0.025, 0.0125])

    def test_a_plateau_schedule_hears_each_epoch(self) -> None:
        plateau = ReduceLROnPlateau(1e-9, factor=0.1, patience=0, eps=0.0)
        _, history = line_fit(schedule=plateau, epochs=3)
        np.testing.assert_allclose(history.lr[::4], [1e-9, 1e-9, 1e-10])

    def test_a_rising_plateau_hears_the_metric(self) -> None:
        X, y = make_moons(40)
        model = LogisticRegression(2)
        plateau = ReduceLROnPlateau(1.0, mode="max", factor=0.5, patience=0)
        heard: list[float] = []
        plateau.step = heard.append  # type: ignore[method-assign, assignment]
        optimizer = SGD(model.params, lr=1.0)
        history = fit(
            model, BCEWithLogitsLoss(), optimizer, X, y, 3, schedule=plateau, validation=(X, y)
        )
        assert heard == history.val_metric.tolist()

    def test_validation_of_a_classifier_is_its_accuracy(self) -> None:
        X, y = make_blobs(60)
        model = MLP([2, 8, 3])
        loss = CrossEntropyLoss()
        history = fit(
            model,
            loss,
            Adam(model.params, lr=0.05),
            X[:40],
            y[:40],
            20,
            validation=(X[40:], y[40:]),
        )
        assert history.metric == "accuracy"
        assert history.val_loss.shape == history.val_metric.shape == (20,)
        assert history.val_loss[-1] == loss(model.forward(X[40:]), y[40:])
        assert history.val_metric[-1] == np.mean(model.predict(X[40:]) == y[40:]) > 0.9

    def test_validation_of_a_regression_is_its_loss(self) -> None:
        _, history = line_fit(validation=LINE)
        assert history.metric == "loss"
        np.testing.assert_array_equal(history.val_metric, history.val_loss)
        np.testing.assert_array_equal(history.val_loss, history.train_loss)

    def test_validation_of_a_segmentation_is_its_overlap(self) -> None:
        X, y = make_masks(6, size=8)
        model = SegmentationNet(2, 1)
        history = fit(model, DiceLoss(), Adam(model.params), X, y, 2, validation=(X, y))
        mask = model.predict(X)
        assert history.metric == "IoU"
        overlap = np.sum(mask * y) / np.sum(np.maximum(mask, y))
        np.testing.assert_allclose(history.val_metric[-1], overlap)

    def test_a_metric_of_your_own(self) -> None:
        def worst(prediction: FloatArray, y: FloatArray) -> float:
            return float(-np.abs(prediction - y).max())

        model, history = line_fit(validation=LINE, metric=worst)
        assert history.metric == "worst"
        assert history.val_metric[-1] == worst(model.predict(LINE[0]), LINE[1])

    def test_progress_is_called_after_each_epoch(self) -> None:
        seen: list[Progress] = []
        _, history = line_fit(progress=seen.append, epochs=3)
        assert [each.epoch for each in seen] == [1, 2, 3]
        assert [each.train_loss for each in seen] == history.train_loss.tolist()
        assert str(seen[0]).startswith("epoch 1/3  train loss ")

    def test_divergence_stops_says_where_and_keeps_the_record(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        model, history = line_fit(lr=3.0, epochs=30, report=print)
        stop = history.stopped
        assert stop.reason == "diverged"
        assert stop.step == len(history.loss) == len(history.lr)
        assert stop.lr == 3.0
        assert np.isfinite(history.loss).all()
        assert all(np.isfinite(w).all() for w in model.params)
        assert capsys.readouterr().out == f"{stop.message}\n"
        assert f"at step {stop.step} of 120" in stop.message
        assert "such as 0.3 (lr_range_test finds one)" in stop.message

    def test_nan_in_the_data_is_found_before_any_update(self) -> None:
        X, y = LINE[0].copy(), LINE[1]
        X[3] = np.nan
        model = LinearRegression()
        history = fit(
            model, MSELoss(), SGD(model.params), X, y, epochs=2, batch_size=None, report=None
        )
        assert history.stopped is not None
        assert history.stopped.step == 0
        assert "look for nan" in history.stopped.message.lower()
        assert len(history.loss) == 0
        assert model.w.tolist() == [0.0]

    def test_a_gradient_with_nan_stops_before_the_update(self) -> None:
        class Broken(LinearRegression):
            def backward(self, grad_output: Any) -> list[FloatArray]:
                return [g * np.nan for g in super().backward(grad_output)]

        model = Broken()
        history = fit(model, MSELoss(), SGD(model.params), *LINE, epochs=2, report=None)
        assert history.stopped is not None
        assert "the gradient is nan" in history.stopped.message
        assert model.w.tolist() == [0.0]

    @pytest.mark.parametrize("reduction", ["mean", "sum"])
    def test_accumulation_equals_a_big_batch(self, reduction: Any) -> None:
        def run(batch_size: int, accumulate: int) -> Any:
            X, y = make_blobs(50)  # 50 = 2 · 24 + 2: the last group is smaller
            model = MLP([2, 6, 3], seed=2)
            loss = CrossEntropyLoss(reduction=reduction)
            optimizer = SGD(model.params, lr=0.01, momentum=0.9)
            history = fit(
                model, loss, optimizer, X, y, 3, batch_size=batch_size, accumulate=accumulate
            )
            return history.loss, *model.params

        for big, small in zip(run(24, 1), run(8, 3), strict=True):
            np.testing.assert_allclose(big, small, rtol=1e-10, atol=1e-14)

    def test_clipping_bounds_the_steps(self) -> None:
        model, _ = line_fit(lr=1.0, epochs=1, batch_size=None, clip_norm=0.01)
        step = np.concatenate([w.ravel() for w in model.params])
        np.testing.assert_allclose(np.linalg.norm(step), 0.01, rtol=1e-4)
        model, _ = line_fit(lr=1.0, epochs=1, batch_size=None, clip_value=0.01)
        np.testing.assert_allclose(np.abs(model.w), 0.01)
        assert line_fit(lr=3.0, epochs=30, clip_norm=1.0)[1].stopped is None

    def test_ema_is_what_validation_sees(self) -> None:
        X, y = LINE
        model = LinearRegression()
        ema = WeightEMA(model.params, decay=0.9)
        history = fit(
            model, MSELoss(), SGD(model.params, lr=0.05), X, y, 3, validation=LINE, ema=ema
        )
        assert ema.updates == 6
        with ema.applied():
            np.testing.assert_allclose(history.val_loss[-1], MSELoss()(model.forward(X), y))
        assert history.val_loss[-1] != MSELoss()(model.forward(X), y)

    def test_early_stopping_ends_and_restores(self) -> None:
        X, y = make_moons(30, noise=0.4, seed=1)
        X_val, y_val = make_moons(200, noise=0.4, seed=2)
        model = MLP([2, 64, 2])
        watch = EarlyStopping(patience=4)
        said: list[str] = []
        history = fit(
            model,
            CrossEntropyLoss(),
            Adam(model.params, lr=0.05),
            X,
            y,
            epochs=300,
            validation=(X_val, y_val),
            early_stopping=watch,
            report=said.append,
        )
        epochs = len(history.val_loss)
        assert epochs == watch.best_epoch + 4 < 300
        assert history.stopped is not None
        assert history.stopped.reason == "early"
        assert said == [history.stopped.message]
        assert np.argmin(history.val_loss) == watch.best_epoch - 1
        np.testing.assert_allclose(
            CrossEntropyLoss()(model.forward(X_val), y_val), history.val_loss.min()
        )

    def test_several_optimizers_share_the_parameters(self) -> None:
        X, y = make_blobs(60)
        model = MLP([2, 8, 3])
        matrices, vectors = model.params[0::2], model.params[1::2]
        before = [w.copy() for w in model.params]
        history = fit(
            model,
            CrossEntropyLoss(),
            [Muon(matrices, lr=0.02), AdamW(vectors, lr=0.01)],
            X,
            y,
            epochs=10,
            schedule=[ExponentialLR(0.02, 0.99), ExponentialLR(0.01, 0.99)],
        )
        assert history.train_loss[-1] < 0.5 * history.loss[0]
        np.testing.assert_allclose(history.lr[:2], [0.02, 0.0198])
        assert all((w != b).any() for w, b in zip(model.params, before, strict=True))

    def test_a_float32_model_is_trained_in_float32(self) -> None:
        X, y = make_blobs(40)
        model = MLP([2, 8, 3], dtype=np.float32)
        history = fit(
            model, CrossEntropyLoss(), Adam(model.params, lr=0.05), X, y, 10, 9, clip_norm=1.0
        )
        assert {w.dtype for w in model.params} == {np.dtype(np.float32)}
        assert history.train_loss[-1] < 0.3

    def test_parameters_that_no_optimizer_holds_stay(self) -> None:
        model = LinearRegression()
        fit(model, MSELoss(), SGD([model.b], lr=0.1), *LINE, epochs=3)
        assert model.w.tolist() == [0.0]
        assert model.b[0] != 0

    def test_lbfgs_and_schedule_free_train_too(self) -> None:
        model, history = line_fit(LBFGS, lr=1.0, epochs=3, batch_size=None)
        slope, intercept = np.polyfit(LINE[0][:, 0], LINE[1], 1)
        np.testing.assert_allclose([model.w[0], model.b[0]], [slope, intercept], rtol=1e-5)
        model, history = line_fit(ScheduleFreeAdamW, lr=0.3, epochs=60)
        np.testing.assert_allclose([model.w[0], model.b[0]], [slope, intercept], rtol=0.05)
        assert history.train_loss[-1] == MSELoss()(model.forward(LINE[0]), LINE[1])

    @pytest.mark.parametrize(
        ("change", "error", "message"),
        [
            ({"y": np.ones(3)}, ValueError, r"X has shape \(40, 1\) and y \(3,\)"),
            ({"X": np.ones((0, 1)), "y": np.ones(0)}, ValueError, "at least one row"),
            ({"epochs": 0}, ValueError, "epochs is 0"),
            ({"batch_size": -2}, ValueError, "batch_size is -2"),
            ({"accumulate": 1.5}, TypeError, "accumulate is 1.5"),
            (
                {"epochs": True},
                TypeError,
                "epochs is True; it must be a whole number of at least 1",
            ),
            ({"clip_norm": "1"}, TypeError, "clip_norm is '1'; it must be a number"),
            ({"clip_norm": -1.0}, ValueError, "clip_norm is -1.0; it must be at least 0"),
            ({"clip_value": math.nan}, ValueError, "clip_value is nan; it must be at least 0"),
            ({"loss": MSELoss(reduction="none")}, ValueError, "needs 'mean' or 'sum'"),
            ({"early_stopping": EarlyStopping()}, ValueError, "there is no validation"),
            ({"optimizer": SGD([np.zeros(1)])}, TypeError, r"SGD\(model.params, ...\)"),
            ({"schedule": [StepLR(0.1, 1)] * 2}, ValueError, "1 optimizers and 2 schedules"),
            ({"schedule": 0.1}, TypeError, "schedule is 0.1; give one such as StepLR"),
            ({"batch_size": 0}, ValueError, "batch_size is 0; it must be a whole number"),
            ({"model": LinearRegression}, TypeError, "model is the class LinearRegression; make"),
            ({"loss": MSELoss}, TypeError, r"loss is the class MSELoss; make one: MSELoss\("),
            ({"loss": "mse"}, TypeError, r"loss is 'mse'; give one such as MSELoss\(\)"),
            ({"optimizer": SGD}, TypeError, "optimizer is the class SGD; make one"),
            ({"optimizer": None}, TypeError, "optimizer is None; give one such as Adam"),
            (
                {"validation": LINE[0]},
                ValueError,
                r"validation is of type ndarray; give a pair \(X, y\)",
            ),
            (
                {"validation": (LINE[0], LINE[1][:3])},
                ValueError,
                r"validation: X has shape \(40, 1\) and y \(3,\)",
            ),
            ({"ema": WeightEMA([np.ones(1)])}, TypeError, r"WeightEMA\(model.params, ...\)"),
        ],
    )
    def test_misuse_is_named(
        self, change: dict[str, Any], error: type[Exception], message: str
    ) -> None:
        model = LinearRegression()
        settings: dict[str, Any] = {
            "model": model,
            "loss": MSELoss(),
            "optimizer": SGD(model.params),
            "X": LINE[0],
            "y": LINE[1],
            "epochs": 1,
        }
        with pytest.raises(error, match=message):
            fit(**{**settings, **change})
        assert [w.tolist() for w in model.params] == [[0.0], [0.0]]  # refused before any update

    def test_a_gradient_that_is_a_numpy_scalar_is_clipped_too(self) -> None:
        class Constant(LinearRegression):
            def __init__(self) -> None:
                super().__init__()
                self.params = [np.array(0.0)]

            def forward(self, X: Any) -> FloatArray:
                return np.full(len(X), self.params[0])

            def backward(self, grad_output: Any) -> list[FloatArray]:
                return [np.sum(grad_output)]

        model = Constant()
        optimizer = SGD(model.params, lr=1.0)
        fit(model, MSELoss(), optimizer, *LINE, epochs=1, batch_size=None, clip_norm=0.25)
        np.testing.assert_allclose(model.params[0], 0.25, rtol=1e-4)


class TestLearns:
    """Each kind of model learns its kind of data; seeds are fixed, bounds are generous."""

    def test_segmentation(self) -> None:
        X, y = make_masks(48, size=12, noise=0.5)
        model = SegmentationNet(4, 2)
        optimizer = SGD(model.params, lr=0.1, momentum=0.9)
        history = fit(
            model, DiceLoss(), optimizer, X[:32], y[:32], 20, 8, validation=(X[32:], y[32:])
        )
        assert history.val_metric[-1] > 0.6

    def test_memory(self) -> None:
        """Without memory the mean squared error of the adding problem is 1/6."""
        X, y = make_sequences(400, length=6)
        model = RNN(2, 16)
        history = fit(model, MSELoss(), RMSprop(model.params, lr=0.003), X, y, 25, clip_norm=1.0)
        assert history.train_loss[-1] < 0.03


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


class TestClipping:
    """Both ways to clip."""

    def test_norm_keeps_the_direction(self) -> None:
        """torch.nn.utils.clip_grad_norm_ of (3, 4) and 12 to 1.3: norm 13, factor 1.3/(13+1e-6)."""
        grads = [np.array([3.0, 4.0]), np.array([[12.0]])]
        assert clip_grad_norm_(grads, 1.3) == 13.0
        factor = 1.3 / (13 + 1e-6)
        np.testing.assert_allclose(grads[0], [3 * factor, 4 * factor], rtol=1e-15)
        np.testing.assert_allclose(grads[1], [[12 * factor]], rtol=1e-15)

    def test_norm_leaves_short_gradients(self) -> None:
        grads = [np.array([0.3, 0.4])]
        assert clip_grad_norm_(grads, 1.0) == 0.5
        assert grads[0].tolist() == [0.3, 0.4]

    @pytest.mark.parametrize(("p", "norm"), [(1.0, 19.0), (2.0, 13.0), (math.inf, 12.0)])
    def test_other_norms(self, p: float, norm: float) -> None:
        assert clip_grad_norm_([np.array([[3.0, -4.0]]), np.array([12.0])], 99, p) == norm

    def test_value_cuts_each_number(self) -> None:
        grads = [np.array([-3.0, 0.1]), np.array([[np.inf]])]
        clip_grad_value_(grads, 0.5)
        assert grads[0].tolist() == [-0.5, 0.1]
        assert grads[1].tolist() == [[0.5]]

    @pytest.mark.parametrize(
        "call",
        [
            lambda: clip_grad_norm_([], -1.0),
            lambda: clip_grad_norm_([], math.nan),
            lambda: clip_grad_norm_([], 1.0, norm_type=0.0),
            lambda: clip_grad_value_([], -1.0),
        ],
    )
    def test_nonsense_bounds_are_refused(self, call: Callable[[], Any]) -> None:
        with pytest.raises(ValueError, match="it must be a"):
            call()

    @pytest.mark.parametrize(
        "call",
        [
            lambda: clip_grad_norm_([], "1"),  # type: ignore[arg-type]
            lambda: clip_grad_norm_([], 1.0, True),
            lambda: clip_grad_value_([], None),  # type: ignore[arg-type]
        ],
    )
    def test_bounds_are_numbers(self, call: Callable[[], Any]) -> None:
        with pytest.raises(TypeError, match="it must be a number"):
            call()

    def test_an_infinite_bound_only_measures(self) -> None:
        grads = [np.array([3.0, 4.0])]
        assert clip_grad_norm_(grads, math.inf) == 5.0
        clip_grad_value_(grads, math.inf)
        assert grads[0].tolist() == [3.0, 4.0]

    @pytest.mark.parametrize(
        ("grads", "message"),
        [
            (np.array([3.0, 4.0]), r"grads is one array; pass a list: \[g\]"),
            ([np.array([3, 4])], r"grads\[0\] has dtype int64.*dtype=float"),
            ([np.ones(2), [3.0, 4.0]], r"grads\[1\] is a list.*dtype=float"),
            ([np.float64(3.0)], r"grads\[0\] is a float64.*dtype=float"),
        ],
    )
    def test_what_cannot_change_in_place_is_refused(self, grads: Any, message: str) -> None:
        for call in (clip_grad_norm_, clip_grad_value_):
            with pytest.raises(TypeError, match=message):
                call(grads, 1.0)


class TestWeightEMA:
    """The average of weights."""

    def test_what_cannot_change_in_place_is_refused(self) -> None:
        with pytest.raises(TypeError, match=r"params is one array; pass a list: \[w\]"):
            WeightEMA(np.ones(2))  # type: ignore[arg-type]
        with pytest.raises(TypeError, match=r"params\[0\] has dtype int64.*dtype=float"):
            WeightEMA([np.array([1, 2])])

    def test_is_the_formula(self) -> None:
        """The first update copies; then 0.9 · average + 0.1 · weight."""
        w = np.array([0.0])
        ema = WeightEMA([w], decay=0.9)
        averages = []
        for value in (1.0, 2.0, 3.0):
            w[:] = value
            ema.update()
            averages.append(ema.average[0].item())
        np.testing.assert_allclose(averages, [1, 1.1, 1.29])

    def test_applied_puts_the_weights_back_after_an_error(self) -> None:
        w = np.array([1.0])
        ema = WeightEMA([w])
        ema.update()
        w[:] = 5.0
        with pytest.raises(KeyError), ema.applied():
            assert w.tolist() == [1.0]
            raise KeyError
        assert w.tolist() == [5.0]

    @pytest.mark.parametrize("decay", [-0.1, 1.0, math.nan])
    def test_decay_out_of_range(self, decay: float) -> None:
        with pytest.raises(ValueError, match="decay is"):
            WeightEMA([np.ones(1)], decay=decay)

    def test_decay_is_a_number(self) -> None:
        with pytest.raises(TypeError, match="decay is '0.9'; it must be a number"):
            WeightEMA([np.ones(1)], decay="0.9")  # type: ignore[arg-type]


class TestEarlyStopping:
    """The watch by itself; with fit it is tested above."""

    def test_min_delta_and_rising_metrics(self) -> None:
        watch = EarlyStopping("val_metric", patience=2, min_delta=0.1, restore_best_weights=False)
        answers = [watch.update(v, []) for v in (0.5, 0.55, 0.65, 0.7, 0.74)]
        assert answers == [False, False, False, False, True]
        assert watch.best == 0.65

    def test_nan_is_no_improvement(self) -> None:
        watch = EarlyStopping(patience=1)
        assert watch.update(math.nan, []) is True

    @pytest.mark.parametrize(
        "settings",
        [{"monitor": "loss"}, {"patience": 0}, {"min_delta": -1.0}, {"min_delta": math.nan}],
    )
    def test_settings_out_of_range(self, settings: dict[str, Any]) -> None:
        with pytest.raises(ValueError, match=f"{next(iter(settings))} is .*; it must be"):
            EarlyStopping(**settings)

    @pytest.mark.parametrize(
        "settings",
        [
            {"monitor": None},
            {"patience": 1.5},
            {"patience": True},
            {"min_delta": "0"},
            {"restore_best_weights": 1},
        ],
    )
    def test_settings_of_another_kind(self, settings: dict[str, Any]) -> None:
        with pytest.raises(TypeError, match=f"{next(iter(settings))} is .*; it must be"):
            EarlyStopping(**settings)

    def test_what_is_watched_is_a_number(self) -> None:
        with pytest.raises(TypeError, match="value is None; it must be a number"):
            EarlyStopping().update(None, [])  # type: ignore[arg-type]
