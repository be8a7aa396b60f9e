"""Mini-batches that are summed up are the large batch; those in which nothing counts are passed."""

from typing import Any

import numpy as np
import pytest

from pylib._typing import FloatArray
from pylib.data import make_blobs, make_line
from pylib.losses import BCEWithLogitsLoss, CrossEntropyLoss, KLDivLoss, MSELoss
from pylib.models import MLP, LinearRegression
from pylib.optimizers import LBFGS, SGD
from pylib.training import fit, lr_range_test

X, Y = make_blobs(8, classes=2)
IGNORED = -100


class OwnLoss:
    """A mean of squares with neither `value_and_gradient` nor `divisor`."""

    reduction = "mean"

    def __call__(self, prediction: FloatArray, target: FloatArray) -> Any:
        return np.mean((prediction - target) ** 2)

    def gradient(self, prediction: FloatArray, target: FloatArray) -> FloatArray:
        return 2 * (prediction - target) / prediction.size


def classify(
    loss: Any, y: Any, batch_size: int, accumulate: int = 1, **settings: Any
) -> tuple[MLP, Any]:
    model = MLP([2, 4, 2], seed=3)
    settings = {"epochs": 2, "report": None, **settings}
    history = fit(
        model,
        loss,
        SGD(model.params, lr=0.1, momentum=0.9),
        X,
        y,
        batch_size=batch_size,
        accumulate=accumulate,
        **settings,
    )
    return model, history


ONE_HOT = np.eye(2)[Y]
SOME_IGNORED = np.where(np.arange(8) % 3 == 0, IGNORED, Y)
MOSTLY_IGNORED = np.where(np.arange(8) < 6, IGNORED, Y)
SUMMED = {
    "weights": (CrossEntropyLoss(weight=[1, 9]), Y),
    "a weight of 0": (CrossEntropyLoss(weight=[0, 1]), Y),
    "ignored rows": (CrossEntropyLoss(), SOME_IGNORED),
    "most rows ignored": (CrossEntropyLoss(), MOSTLY_IGNORED),
    "weights and ignored rows": (CrossEntropyLoss(weight=[1, 9]), SOME_IGNORED),
    "smoothing": (CrossEntropyLoss(label_smoothing=0.1, weight=[1, 9]), Y),
    "a sum": (CrossEntropyLoss(weight=[1, 9], reduction="sum"), SOME_IGNORED),
    "many terms": (BCEWithLogitsLoss(), ONE_HOT),
    "batchmean": (KLDivLoss(reduction="batchmean"), ONE_HOT),
    "a loss of your own": (OwnLoss(), ONE_HOT),
}


@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("name", SUMMED)
def test_mini_batches_that_are_summed_up_are_the_large_batch(name: str, size: int) -> None:
    loss, y = SUMMED[name]
    small, parts = classify(loss, y, size, accumulate=8)
    large, whole = classify(loss, y, 8)
    np.testing.assert_allclose(parts.loss, whole.loss, rtol=1e-12)
    for a, b in zip(small.params, large.params, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-10, atol=1e-14)


def test_a_loss_of_your_own_needs_a_call_and_a_gradient() -> None:
    line = make_line(20)
    ours, theirs = LinearRegression(), LinearRegression()
    for model, loss in ((ours, OwnLoss()), (theirs, MSELoss())):
        fit(model, loss, SGD(model.params, lr=0.1), *line, 3, 8)
    np.testing.assert_allclose(ours.w, theirs.w, rtol=1e-12)
    found = lr_range_test(ours, OwnLoss(), SGD(ours.params), *line)
    assert found.losses.min() < found.losses[0]


def test_pylibs_losses_are_asked_once_per_mini_batch() -> None:
    asked: list[str] = []

    class Spy(MSELoss):
        def __call__(self, prediction: Any, target: Any) -> Any:
            asked.append("call")
            return super().__call__(prediction, target)

        def gradient(self, prediction: Any, target: Any) -> FloatArray:
            asked.append("gradient")
            return super().gradient(prediction, target)

        def value_and_gradient(self, prediction: Any, target: Any) -> tuple[Any, FloatArray]:
            asked.append("both")
            return super().value_and_gradient(prediction, target)

        def divisor(self, prediction: Any, target: Any) -> float:
            asked.append("divisor")
            return super().divisor(prediction, target)

    model = LinearRegression()
    fit(model, Spy(), SGD(model.params), *make_line(20), 1, 10)
    assert asked == ["both", "both", "call"]  # two mini-batches, and all rows at the end


class TestNothingCounts:
    """Batches whose rows are all ignored, or of a class of weight 0."""

    def test_training_goes_on_with_gradient_0(self) -> None:
        said: list[str] = []
        model, history = classify(CrossEntropyLoss(), MOSTLY_IGNORED, 2, report=said.append)
        assert history.stopped is None
        assert len(history.loss) == 8
        empty = np.isnan(history.loss)
        assert 0 < empty.sum() < 8
        assert np.isfinite(history.train_loss).all()
        assert all(np.isfinite(w).all() for w in model.params)
        assert said == [
            f"In {empty.sum()} of 8 updates nothing counted, as the loss ignores every row of the "
            "batch: their loss is NaN, their gradient 0."
        ]

    def test_the_update_is_made_all_the_same(self) -> None:
        """With one row that counts, momentum carries the weights on in the updates after it."""
        y = np.full(8, IGNORED)
        y[0] = 1
        model = MLP([2, 4, 2], seed=3)
        before = [w.copy() for w in model.params]
        history = fit(model, CrossEntropyLoss(), SGD(model.params, lr=0.1), X, y, 1, 1, report=None)
        [met] = np.flatnonzero(np.isfinite(history.loss))
        hand = MLP([2, 4, 2], seed=3)
        prediction = hand.forward(X[:1])
        for w, g in zip(
            hand.params,
            hand.backward(CrossEntropyLoss().gradient(prediction, y[:1])),
            strict=True,
        ):
            w -= 0.1 * g
        assert history.loss[met] == CrossEntropyLoss()(prediction, y[:1])
        for a, b, old in zip(model.params, hand.params, before, strict=True):
            np.testing.assert_allclose(a, b)
            assert not np.array_equal(a, old)
        moved, _ = classify(CrossEntropyLoss(), y, 1, epochs=1)  # with momentum
        assert any((a != b).any() for a, b in zip(moved.params, model.params, strict=True)) == (
            met < 7
        )

    def test_a_class_of_weight_0_does_not_count_either(self) -> None:
        _, history = classify(CrossEntropyLoss(weight=[0, 1]), Y, 1)
        assert history.stopped is None
        assert np.isnan(history.loss).sum() == 2 * np.sum(Y == 0)

    def test_where_no_row_at_all_counts_weights_stay(self) -> None:
        said: list[str] = []
        model, history = classify(CrossEntropyLoss(), np.full(8, IGNORED), 4, report=said.append)
        assert history.stopped is None
        assert np.isnan(history.train_loss).tolist() == [True, True]
        for w, start in zip(model.params, MLP([2, 4, 2], seed=3).params, strict=True):
            np.testing.assert_array_equal(w, start)
        assert "In 4 of 4 updates nothing counted" in said[0]

    @pytest.mark.parametrize("accumulate", [1, 4])
    def test_in_groups_only_what_counts_is_summed(self, accumulate: int) -> None:
        _, history = classify(CrossEntropyLoss(), np.full(8, IGNORED), 2, accumulate, epochs=1)
        assert np.isnan(history.loss).all()
        assert len(history.loss) == 4 // accumulate

    def test_divergence_is_still_found_after_it(self) -> None:
        """The bound is that of the first loss that is a number."""
        y = np.where(np.arange(8) < 4, IGNORED, Y)
        for seed in range(4):
            model = MLP([2, 4, 2], seed=3)
            optimizer = SGD(model.params, lr=1e12)
            history = fit(model, CrossEntropyLoss(), optimizer, X, y, 40, 2, seed=seed, report=None)
            assert history.stopped is not None
            assert history.stopped.reason == "diverged"

    @pytest.mark.parametrize("lr", [0.1, 1e8])
    def test_a_group_that_diverges_is_found(self, lr: float) -> None:
        """Summed up mini-batches count, so that NaN and leaps are found in them as well."""
        line = make_line(24)
        bad = np.where(np.arange(24) < 12, line[1], np.nan) if lr < 1 else line[1]
        model = LinearRegression()
        history = fit(
            model,
            MSELoss(),
            SGD(model.params, lr=lr),
            line[0],
            bad,
            5,
            2,
            accumulate=6,
            report=None,
        )
        assert history.stopped is not None
        assert history.stopped.reason == "diverged"
        assert history.stopped.step == (0 if lr < 1 else 1)
        assert np.isfinite(history.loss).all()

    def test_nan_in_the_data_is_still_found(self) -> None:
        bad = X.copy()
        bad[:] = np.nan
        model = MLP([2, 4, 2])
        history = fit(
            model, CrossEntropyLoss(), SGD(model.params), bad, SOME_IGNORED, 2, 8, report=None
        )
        assert history.stopped is not None
        assert history.stopped.step == 0

    def test_lbfgs_passes_them_too(self) -> None:
        model = MLP([2, 4, 2], seed=3)
        optimizer = LBFGS(model.params, max_iter=3)
        history = fit(model, CrossEntropyLoss(), optimizer, X, MOSTLY_IGNORED, 1, 2, report=None)
        assert history.stopped is None
        assert len(history.loss) == 4

    def test_the_range_test_leaves_them_out(self) -> None:
        y = np.where(np.arange(8) < 4, IGNORED, Y)
        model = MLP([2, 4, 2])
        found = lr_range_test(
            model, CrossEntropyLoss(), SGD(model.params), X, y, 1e-3, 1e-2, 20, batch_size=1
        )
        assert len(found.lrs) == len(found.losses) < 20
        assert np.isfinite(found.losses).all()
        all_rates = np.geomspace(1e-3, 1e-2, 20)
        assert all(np.isclose(lr, all_rates, rtol=1e-14).any() for lr in found.lrs)
        assert found.losses[0] == pytest.approx(np.log(2), rel=0.9)
        with pytest.raises(ValueError, match="nothing counts in any batch"):
            lr_range_test(model, CrossEntropyLoss(), SGD(model.params), X, np.full(8, IGNORED))
