"""`fit`: training in mini-batches."""

import math
from typing import Any

import numpy as np
import pytest

from pylib._typing import FloatArray
from pylib.data import make_blobs, make_line, make_masks, make_moons, make_sequences
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
from pylib.training import EarlyStopping, Progress, WeightEMA, WeightSWA, fit

LINE = make_line(n=40, noise=0.2)


def line_fit(optimizer_class: Any = SGD, lr: float = 0.05, **settings: Any) -> Any:
    """A line fitted to LINE: the model and its history."""
    model = LinearRegression()
    defaults: dict[str, Any] = {"epochs": 5, "batch_size": 10, "report": None}
    optimizer = optimizer_class(model.params, lr=lr)
    return model, fit(model, MSELoss(), optimizer, *LINE, **{**defaults, **settings})


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

    @pytest.mark.parametrize("lr", [1e8, 1e300])
    def test_divergence_of_the_last_update_is_found_at_the_epochs_end(self, lr: float) -> None:
        """One update per epoch: its mini-batch loss was fine, the loss after it is not."""
        seen: list[Progress] = []
        _, history = line_fit(lr=lr, epochs=1, batch_size=None, progress=seen.append)
        stop = history.stopped
        assert stop is not None
        assert (stop.reason, stop.step, stop.lr) == ("diverged", 1, lr)
        assert not stop.loss <= 1e9 * history.loss[0]
        assert len(history.loss) == 1
        assert history.train_loss.shape == history.val_loss.shape == (0,)
        assert seen == []

    def test_a_large_loss_that_is_no_divergence_goes_on(self) -> None:
        """Up to 10⁹ times the first loss is endured, at the end of an epoch too."""
        _, history = line_fit(lr=1e3, epochs=1, batch_size=None)
        assert history.stopped is None
        assert 1e3 < history.train_loss[0] / history.loss[0] < 1e9

    def test_a_loss_that_falls_without_end_diverges_too(self) -> None:
        class Fall:
            reduction = "mean"

            def __call__(self, prediction: Any, target: Any) -> float:
                return float(np.mean(prediction))

            def gradient(self, prediction: Any, target: Any) -> FloatArray:
                return np.full_like(prediction, 1 / prediction.size)

        for batch_size in (None, 10):
            model = LinearRegression()
            optimizer = SGD(model.params, lr=1e10)
            history = fit(model, Fall(), optimizer, *LINE, 2, batch_size, report=None)
            assert history.stopped is not None
            assert history.stopped.loss < -1e9
            assert history.stopped.step == 1

    def test_schedule_free_ends_with_its_average_however_it_ends(self) -> None:
        """Stopped within an epoch, or with no epoch left: the weights are those to use."""
        model = LinearRegression()
        optimizer = ScheduleFreeSGD(model.params, lr=1e3)
        history = fit(model, MSELoss(), optimizer, *LINE, 3, 4, report=None)
        assert history.stopped is not None
        assert history.stopped.step < 10
        assert history.train_loss.size == 0
        assert not optimizer.param_groups[0]["train_mode"]
        optimizer = ScheduleFreeSGD(LinearRegression().params)
        model.params = optimizer.params
        fit(model, MSELoss(), optimizer, *LINE, 3, initial_epoch=3)
        assert not optimizer.param_groups[0]["train_mode"]

    def test_early_stopping_on_a_flat_loss_waits_its_patience(self) -> None:
        """The first value is the best; as many as `patience` more that equal it end the run."""
        for monitor in ("train_loss", "val_loss", "val_metric"):
            watch = EarlyStopping(monitor, patience=3)
            _, history = line_fit(lr=0.0, epochs=9, validation=LINE, early_stopping=watch)
            assert len(set(history.train_loss)) == 1
            assert len(history.train_loss) == 4
            assert history.stopped.reason == "early"
            assert history.stopped.step == 16
            assert history.stopped.loss == watch.best == history.train_loss[0]
            assert watch.best_epoch == 1
            assert f"Stopped after epoch 4 of 9: {monitor} has not" in history.stopped.message
            assert "since epoch 1, where it was" in history.stopped.message
            assert "; its weights are restored." in history.stopped.message
        watch = EarlyStopping(patience=1, restore_best_weights=False)
        _, history = line_fit(lr=0.0, epochs=9, validation=LINE, early_stopping=watch)
        assert "restored" not in history.stopped.message

    def test_a_watch_begins_anew_with_each_run(self) -> None:
        watch = EarlyStopping("train_loss", patience=2)
        for _ in range(2):
            assert len(line_fit(lr=0.0, epochs=9, early_stopping=watch)[1].train_loss) == 3

    def test_swa_averages_the_ends_of_epochs(self) -> None:
        X, y = LINE
        model = LinearRegression()
        swa = WeightSWA(model.params, start=2)
        ends: list[FloatArray] = []
        history = fit(
            model,
            MSELoss(),
            SGD(model.params, lr=0.1),
            X,
            y,
            epochs=5,
            validation=LINE,
            swa=swa,
            progress=lambda _: ends.append(np.concatenate(model.params)),
        )
        assert swa.updates == 3
        np.testing.assert_allclose(np.concatenate(swa.average), np.mean(ends[2:], axis=0))
        losses = []
        for end in [*ends[:2], *(np.mean(ends[2:n], axis=0) for n in (3, 4, 5))]:
            model.w[:], model.b[:] = end
            losses.append(MSELoss()(model.forward(X), y))
        np.testing.assert_allclose(history.train_loss, losses, rtol=1e-12)
        np.testing.assert_array_equal(history.val_loss, history.train_loss)
        with pytest.raises(ValueError, match="ema and swa are both given"):
            fit(
                model,
                MSELoss(),
                SGD(model.params),
                X,
                y,
                1,
                ema=WeightEMA(model.params),
                swa=swa,
            )

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
            ({"ema": WeightEMA([np.ones(1)])}, TypeError, r"ema .*WeightEMA\(model.params, ...\)"),
            ({"swa": WeightSWA([np.ones(1)])}, TypeError, r"swa .*WeightSWA\(model.params, ...\)"),
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
