"""The words of the loops, in full, and their defaults."""

import inspect
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pylib._typing import FloatArray
from pylib.data import make_line
from pylib.losses import MSELoss
from pylib.models import LinearRegression
from pylib.optimizers import SGD
from pylib.schedules import StepLR
from pylib.surfaces import Function, Parabola, Saddle
from pylib.training import (
    EarlyStopping,
    Progress,
    Stop,
    WeightEMA,
    WeightSWA,
    clip_grad_norm_,
    clip_grad_value_,
    fit,
    lr_range_test,
    minimize,
)

X, Y = make_line(n=40, noise=0.2)


def train(**settings: Any) -> Any:
    model = LinearRegression()
    defaults: dict[str, Any] = {
        "model": model,
        "loss": MSELoss(),
        "optimizer": SGD(model.params, lr=0.1),
        "X": X,
        "y": Y,
        "epochs": 2,
        "batch_size": None,
        "report": None,
    }
    return fit(**{**defaults, **settings})


def test_progress_is_one_line() -> None:
    numbers = (0.25, 0.5, 0.875)
    assert str(Progress(3, 20, *numbers, "IoU")) == (
        "epoch  3/20  train loss 0.2500  val loss 0.5000  IoU 0.8750"
    )
    assert str(Progress(3, 9, *numbers, "loss")) == "epoch 3/9  train loss 0.2500  val loss 0.5000"
    assert str(Progress(3, 9, 0.25, None, None, "IoU")) == "epoch 3/9  train loss 0.2500"
    assert str(Progress(3, 9, 0.25, 0.5, None, "IoU")).endswith("val loss 0.5000")


def test_a_walk_that_diverges() -> None:
    stop = minimize(Parabola(2.0), SGD, [10.0], 99, lr=1e6, report=None).stopped
    assert stop == Stop(
        "diverged",
        1,
        pytest.approx(4e14, rel=1e-3),  # type: ignore[arg-type]
        1e6,
        "Stopped at step 1 of 99: the value is 4e+14 at learning rate 1e+06. "
        "Try a smaller rate, such as 1e+05.",
    )
    assert str(stop) == stop.message
    stop = minimize(Saddle(), SGD, [1.0, 1e-3], 9999, lr=0.1, report=None).stopped
    assert stop is not None
    assert stop.message.endswith(
        "at learning rate 0.1. The surface has no lower bound this way; take fewer steps."
    )


def test_a_training_that_diverges() -> None:
    stop = train(**leaping(1e6)).stopped
    assert stop.message == (
        f"Stopped at step 1 of 2: the loss is {stop.loss:.4g} at learning rate 1e+06. "
        "Try a smaller rate, such as 1e+05 (lr_range_test finds one), clip_norm=1.0, "
        "or inputs scaled to about -1 ... 1."
    )
    assert (stop.reason, stop.step, stop.lr) == ("diverged", 1, 1e6)


def leaping(lr: float) -> dict[str, Any]:
    model = LinearRegression()
    return {"model": model, "optimizer": SGD(model.params, lr=lr)}


def test_a_training_with_nan_in_its_data() -> None:
    stop = train(X=np.full((40, 1), np.nan)).stopped
    assert stop == Stop(
        "diverged",
        0,
        pytest.approx(math.nan, nan_ok=True),  # type: ignore[arg-type]
        pytest.approx(math.nan, nan_ok=True),  # type: ignore[arg-type]
        "Stopped before the first update: the loss is nan. "
        "Look for NaN or huge numbers in X, y and the weights.",
    )


def test_a_training_that_stops_early() -> None:
    settings = {"epochs": 9, **leaping(0.0)}
    watch = EarlyStopping("train_loss", patience=1)
    stop = train(early_stopping=watch, **settings).stopped
    loss = float(np.mean(Y**2))
    message = "Stopped after epoch 2 of 9: train_loss has not improved since epoch 1"
    message += f", where it was {loss:.4g}"
    assert stop == Stop("early", 2, loss, 0.0, f"{message}; its weights are restored.")
    watch = EarlyStopping("train_loss", patience=1, restore_best_weights=False)
    assert train(early_stopping=watch, **settings).stopped.message == f"{message}."


def clipped(max_norm: Any = 1.0, norm_type: Any = 2.0) -> None:
    clip_grad_norm_([np.array([math.nan])], max_norm, norm_type, error_if_nonfinite=True)


MISUSES: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    "validation of three": (
        lambda: train(validation=(X, Y, Y)),
        ValueError,
        "validation is of type tuple; give a pair (X, y) of inputs and targets",
    ),
    "validation of two rows": (
        lambda: train(validation=X[:2]),
        ValueError,
        "validation is of type ndarray; give a pair (X, y) of inputs and targets",
    ),
    "no validation": (
        lambda: train(early_stopping=EarlyStopping()),
        ValueError,
        "early_stopping watches val_loss, and there is no validation; "
        "give validation=(X_val, y_val) or monitor='train_loss'",
    ),
    "schedules": (
        lambda: train(schedule=[StepLR(0.1, 1)] * 2),
        ValueError,
        "there are 1 optimizers and 2 schedules; "
        "give one schedule for each optimizer, or one for all",
    ),
    "no optimizer": (
        lambda: train(optimizer=[]),
        ValueError,
        "there are 0 optimizers and 0 schedules; "
        "give one schedule for each optimizer, or one for all",
    ),
    "accumulate": (
        lambda: train(accumulate=0),
        ValueError,
        "accumulate is 0; it must be a whole number of at least 1",
    ),
    "no gradient": (
        lambda: minimize(max, SGD, [1.0], 1),  # type: ignore[arg-type]
        TypeError,
        "<built-in function max> has no .gradient(w); take a surface of pylib.surfaces, "
        "or build one with Function(value, gradient)",
    ),
    "two values": (
        lambda: minimize(Function(lambda w: w * [1, 2], np.ones_like), SGD, [1.0], 1),  # type: ignore[arg-type, return-value]
        ValueError,
        "the surface has a value of shape (2,) at one point; return one number, such as the sum",
    ),
    "an infinite start": (
        lambda: minimize(Parabola(), SGD, [math.inf], 1),
        ValueError,
        "the surface is inf at the start [inf]; start elsewhere",
    ),
    "the range test of NaN": (
        lambda: lr_range_test(**loaded(math.nan)),
        ValueError,
        "the loss is nan before the first update; "
        "look for NaN or huge numbers in X, y and the weights",
    ),
    "max_norm": (lambda: clipped("1"), TypeError, "max_norm is '1'; it must be a number"),
    "norm_type": (lambda: clipped(1.0, 0), ValueError, "norm_type is 0; it must be above 0"),
    "clip_value": (
        lambda: clip_grad_value_([], -1),
        ValueError,
        "clip_value is -1; it must be at least 0",
    ),
    "NaN": (
        clipped,
        FloatingPointError,
        "the norm of the gradients is nan; lower the learning rate, or check the loss and its "
        "inputs",
    ),
    "a list of lists": (
        lambda: WeightEMA([[1.0]]),  # type: ignore[list-item]
        TypeError,
        "params[0] is a list, which cannot change in place; "
        "make it an array of floats: np.array(..., dtype=float)",
    ),
    "two averages": (
        lambda: train(ema=WeightEMA([np.ones(1)]), swa=WeightSWA([np.ones(1)])),
        ValueError,
        "ema and swa are both given; validation takes one average",
    ),
}


def loaded(x: float) -> dict[str, Any]:
    model = LinearRegression()
    return {
        "model": model,
        "loss": MSELoss(),
        "optimizer": SGD(model.params),
        "X": np.full((4, 1), x),
        "y": np.ones(4),
    }


@pytest.mark.parametrize("name", MISUSES)
def test_a_message_says_what_was_given_and_what_to_do(name: str) -> None:
    misuse, error, message = MISUSES[name]
    with pytest.raises(error) as found:
        misuse()
    assert str(found.value) == message


DEFAULTS: dict[Callable[..., Any], dict[str, Any]] = {
    minimize: {"lr": None, "schedule": None, "noise": 0.0, "seed": 0, "keep_state": False},
    fit: {"batch_size": 32, "seed": 0, "accumulate": 1, "initial_epoch": 0, "clip_norm": None},
    lr_range_test: {"start": 1e-5, "end": 10.0, "steps": 100, "batch_size": 32, "seed": 0},
    EarlyStopping: {
        "monitor": "val_loss",
        "patience": 5,
        "min_delta": 0.0,
        "restore_best_weights": True,
    },
    WeightEMA: {"decay": 0.999},
    WeightSWA: {"start": 0},
}


@pytest.mark.parametrize("call", DEFAULTS, ids=lambda call: call.__name__)
def test_the_defaults_are_those_of_the_reference(call: Callable[..., Any]) -> None:
    parameters = inspect.signature(call).parameters
    assert {name: parameters[name].default for name in DEFAULTS[call]} == DEFAULTS[call]


def test_an_average_is_of_the_gradient_type() -> None:
    arrays: list[FloatArray] = [np.ones(2, np.float32), np.ones(1)]
    assert [a.dtype for a in WeightEMA(arrays).average] == [np.float32, np.float64]
