"""What a validation measures."""

from functools import partial
from typing import Any

import numpy as np
import pytest

from pylib._typing import FloatArray
from pylib.data import make_moons
from pylib.losses import BCEWithLogitsLoss, MSELoss
from pylib.models import LinearRegression, LogisticRegression
from pylib.optimizers import SGD
from pylib.training import fit
from pylib.training.metrics import accuracy, intersection_over_union


@pytest.mark.parametrize(
    ("mask", "y", "share"),
    [
        ([1, 1, 0, 0], [0, 1, 1, 0], 1 / 3),
        ([1, 1, 0, 0], [1, 1, 0, 0], 1),
        ([1, 0], [0, 1], 0),
        ([0, 0], [0, 0], 1),
        ([0, 0], [0, 1], 0),
        ([2, 0.5, 0], [0.5, 2, 0], 1),
    ],
)
def test_overlap_of_masks(mask: list[float], y: list[float], share: float) -> None:
    found = intersection_over_union(np.array(mask), np.array(y))
    assert found == pytest.approx(share)


def test_accuracy_is_the_share_of_right_classes() -> None:
    assert accuracy(np.array([1, 0, 2, 2]), np.array([1, 0, 0, 2])) == 0.75


def test_a_binary_classifier_is_measured_by_its_accuracy() -> None:
    X, y = make_moons(40)
    model = LogisticRegression(2)
    optimizer = SGD(model.params, lr=1.0)
    history = fit(model, BCEWithLogitsLoss(), optimizer, X, y, 3, validation=(X, y))
    assert history.metric == "accuracy"
    assert history.val_metric[-1] == np.mean(model.predict(X) == y) > 0.5


def test_a_model_of_your_own_is_a_regression_unless_it_says_more() -> None:
    class Own:
        def __init__(self) -> None:
            self.params: list[FloatArray] = [np.zeros(1)]

        def forward(self, X: Any) -> FloatArray:
            return np.full(len(X), self.params[0][0])

        def backward(self, grad_output: Any) -> list[FloatArray]:
            return [np.array([np.sum(grad_output)])]

        def predict(self, X: Any) -> FloatArray:
            return self.forward(X)

    model = Own()
    X, y = np.ones((8, 1)), np.full(8, 3.0)
    history = fit(model, MSELoss(), SGD(model.params, lr=0.1), X, y, 2, validation=(X, y))
    assert history.metric == "loss"
    np.testing.assert_array_equal(history.val_metric, history.val_loss)


def test_a_metric_without_a_name() -> None:
    def below(limit: float, prediction: FloatArray, y: FloatArray) -> float:
        return float(np.mean(abs(prediction - y) < limit))

    X, y = np.ones((8, 1)), np.full(8, 3.0)
    model = LinearRegression()
    history = fit(
        model,
        MSELoss(),
        SGD(model.params, lr=0.1),
        X,
        y,
        2,
        validation=(X, y),
        metric=partial(below, 0.5),
    )
    assert history.metric == "metric"
