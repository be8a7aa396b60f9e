"""What `fit` tells whom at the end of an epoch, and what it refuses about rows."""

import math
from typing import Any

import numpy as np
import pytest

from pylib._typing import FloatArray
from pylib.data import make_line, make_moons
from pylib.losses import BCEWithLogitsLoss, MSELoss
from pylib.models import LinearRegression, LogisticRegression
from pylib.optimizers import SGD
from pylib.schedules import ExponentialLR, ReduceLROnPlateau
from pylib.training import EarlyStopping, Progress, fit
from pylib.training.divergence import bound, diverged

X, Y = make_moons(40, noise=0.3)
VALIDATION = make_moons(40, noise=0.3, seed=9)


def classify(**settings: Any) -> Any:
    model = LogisticRegression(2)
    optimizer = SGD(model.params, lr=0.5)
    defaults: dict[str, Any] = {"epochs": 4, "validation": VALIDATION, "report": None}
    return fit(model, BCEWithLogitsLoss(), optimizer, X, Y, **{**defaults, **settings})


@pytest.mark.parametrize("monitor", ["train_loss", "val_loss", "val_metric"])
def test_a_watch_sees_what_it_monitors(monitor: str) -> None:
    watch = EarlyStopping(monitor, patience=9)
    history = classify(early_stopping=watch)
    seen = getattr(history, monitor)
    assert watch.best == (seen.max() if monitor == "val_metric" else seen.min())
    three = (history.train_loss[-1], history.val_loss[-1], history.val_metric[-1])
    assert len(set(three)) == 3  # else this would show nothing


@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("validation", [None, VALIDATION], ids=["without", "with"])
def test_a_plateau_hears_what_it_is_to_lower_or_raise(mode: Any, validation: Any) -> None:
    plateau = ReduceLROnPlateau(0.5, mode)
    heard: list[float] = []
    plateau.step = heard.append  # type: ignore[method-assign, assignment]
    history = classify(schedule=plateau, validation=validation)
    expected = history.val_metric if mode == "max" else history.val_loss
    assert heard == list(history.train_loss if validation is None else expected)


def test_progress_names_the_metric() -> None:
    seen: list[Progress] = []
    classify(progress=seen.append)
    assert {each.metric for each in seen} == {"accuracy"}
    assert "  accuracy 0." in str(seen[-1])


def test_an_early_stop_tells_the_last_rate() -> None:
    model = LinearRegression()
    line = make_line(40)
    watch = EarlyStopping("train_loss", patience=1, min_delta=1e9)
    schedule = ExponentialLR(0.01, 0.5)
    history = fit(
        model,
        MSELoss(),
        SGD(model.params),
        *line,
        9,
        10,
        schedule=schedule,
        early_stopping=watch,
        report=None,
    )
    assert history.stopped is not None
    assert history.stopped.step == len(history.lr) == 8
    assert history.stopped.lr == history.lr[-1] == schedule(7)


def test_a_leap_between_two_mini_batches_tells_rate_and_plan() -> None:
    model = LinearRegression()
    optimizer = SGD(model.params, lr=1e4)
    history = fit(model, MSELoss(), optimizer, *make_line(40), 3, 2, accumulate=2, report=None)
    stop = history.stopped
    assert stop is not None
    assert history.train_loss.size == 0
    assert stop.step == len(history.loss) < 10
    assert stop.lr == 1e4
    assert f"Stopped at step {stop.step} of 30: the loss is " in stop.message


def test_the_bound_is_a_thousand_million_times_the_first_loss() -> None:
    assert [bound(first) for first in (0.5, 1.5, -20.0)] == [1e9, 1.5e9, 2e10]
    assert "the loss is inf" in diverged(7, 9, math.inf, 2.0, "Rest.").message


class Mean(LinearRegression):
    """A model of rows without features."""

    def forward(self, X: Any) -> FloatArray:
        return np.full(len(X), self.b[0])

    def backward(self, grad_output: Any) -> list[FloatArray]:
        return [np.zeros(1), np.array([np.sum(grad_output)])]


def test_rows_may_be_numbers_and_must_be_as_many_as_targets() -> None:
    model = Mean()
    fit(model, MSELoss(), SGD(model.params, lr=0.1), np.ones(8), np.ones(8), 2)
    assert model.b[0] > 0
    rows = np.ones(8)
    for inputs, targets in (
        (np.float64(1), rows),
        (rows, np.float64(1)),
        (rows, rows[:3]),
        (rows[:0], rows[:0]),
    ):
        with pytest.raises(ValueError) as found:
            fit(model, MSELoss(), SGD(model.params), inputs, targets, 2)
        assert str(found.value) == (
            f"X has shape {inputs.shape} and y {targets.shape}; "
            "give one target for each of at least one row"
        )


def test_what_is_no_model_is_told_what_is_one() -> None:
    with pytest.raises(TypeError) as found:
        fit(3, MSELoss(), SGD([np.ones(1)]), X, Y, 2)  # type: ignore[arg-type]
    assert str(found.value) == "model is 3; give one such as MLP([2, 16, 1])"
