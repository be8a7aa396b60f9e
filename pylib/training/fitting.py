"""`fit`: train a model in mini-batches, and keep its history."""

import math
from collections.abc import Callable, Sequence
from contextlib import nullcontext

import numpy as np

from pylib import _validate
from pylib._typing import ArrayLike, FloatArray, IntArray
from pylib.training import checks
from pylib.training.batches import batch_gradient
from pylib.training.clipping import clip_grad_norm_, clip_grad_value_
from pylib.training.divergence import Stop, bound, diverged
from pylib.training.early_stopping import EarlyStopping
from pylib.training.ema import WeightEMA
from pylib.training.history import History, Progress
from pylib.training.metrics import Metric, measure_for
from pylib.training.protocols import Loss, Model, Optimizer, Schedule
from pylib.training.stepper import Stepper

__all__ = ["fit"]

ADVICE = (
    "Try a smaller rate, such as {rate:.2g} (lr_range_test finds one), clip_norm=1.0, "
    "or inputs scaled to about -1 ... 1."
)


def fit(
    model: Model,
    loss: Loss,
    optimizer: Optimizer | Sequence[Optimizer],
    X: ArrayLike,
    y: ArrayLike,
    epochs: int,
    batch_size: int | None = 32,
    schedule: Schedule | Sequence[Schedule] | None = None,
    seed: int = 0,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    *,
    metric: Metric | None = None,
    clip_norm: float | None = None,
    clip_value: float | None = None,
    accumulate: int = 1,
    ema: WeightEMA | None = None,
    early_stopping: EarlyStopping | None = None,
    progress: Callable[[Progress], object] | None = None,
    report: Callable[[str], object] | None = print,
) -> History:
    r"""Train: forward pass, loss, backward pass, update; batch after batch, epoch after epoch.

    Each epoch visits every row once, in a new random order; the last batch may be smaller. A
    training that diverges (loss or gradient not finite, or the loss beyond 10⁹ times its first
    value) stops, reports why and returns what it recorded; the update that would have followed is
    not made.

    Args:
        model: Of `pylib.models`, or anything with `params`, `forward`, `backward` and `predict`.
        loss: Of `pylib.losses`, with reduction `"mean"` or `"sum"`.
        optimizer: Of `pylib.optimizers`, built on `model.params`; or several, each on some of
            them (Muon for the matrices, AdamW for the rest). Parameters that none holds stay.
        X: Inputs, N rows.
        y: Targets, N rows.
        epochs: How many times every row is visited.
        batch_size: Rows per mini-batch; `None` takes all of them.
        schedule: update -> learning rate, from 0; it overrides the optimizer's `lr`; for
            several optimizers one for all, or a list with one for each. A
            `ReduceLROnPlateau` is told the validation loss after each epoch (with `mode="max"`
            the validation metric), or the training loss if there is no validation.
        seed: Of the order of the rows.
        validation: `(X, y)` of rows that are not trained on.
        metric: `(model.predict(X), y) -> float` for the validation, higher is better. By default
            the accuracy for a classifier, the intersection over union of all pixels for a
            segmentation; for a regression `val_metric` is the validation loss again.
        clip_norm: Longest norm of all gradients together; see `clip_grad_norm_`.
        clip_value: Largest absolute value in a gradient; see `clip_grad_value_`.
        accumulate: How many mini-batches are summed up into one update. With losses that average
            over rows it is the same as a batch `accumulate` times as big.
        ema: A weight average, updated after each update; validation uses the averaged weights.
        early_stopping: Watches each epoch and may end the training.
        progress: Called after each epoch; `progress=print` prints a line.
        report: Called with the message when the training stops before its end; `None` for silence.

    Returns:
        The history; the model holds the trained weights.

    Raises:
        TypeError: If the optimizer or `ema` holds arrays that are not the model's parameters, if a
            class is given in place of an object, or something else in place of a number.
        ValueError: If X and y differ in length or are empty, if a count is below 1, if the loss
            has another reduction, or if `early_stopping` watches a validation that is not there.

    Examples:
        >>> from pylib.data import make_line
        >>> from pylib.losses import MSELoss
        >>> from pylib.models import LinearRegression
        >>> from pylib.optimizers import SGD
        >>> X, y = make_line(n=40, noise=0.0)
        >>> model = LinearRegression()
        >>> optimizer = SGD(model.params, lr=0.1)
        >>> history = fit(model, MSELoss(), optimizer, X, y, epochs=30, batch_size=8)
        >>> history.loss.shape, history.train_loss.shape
        ((150,), (30,))
        >>> model.w.round(3), model.b.round(3)
        (array([2.]), array([1.]))
    """
    inputs, targets = np.asarray(X), np.asarray(y)
    checks.rows(inputs, targets)
    epochs = _validate.whole("epochs", epochs, 1)
    size = len(inputs) if batch_size is None else _validate.whole("batch_size", batch_size, 1)
    accumulate = _validate.whole("accumulate", accumulate, 1)
    for name, longest in (("clip_norm", clip_norm), ("clip_value", clip_value)):
        if longest is not None:
            _validate.number(name, longest, 0, infinite=True)
    checks.trainable(model, loss)
    _check_validation(validation)
    watch = early_stopping
    if watch is not None:
        if watch.monitor != "train_loss" and validation is None:
            raise ValueError(
                f"early_stopping watches {watch.monitor}, and there is no validation; "
                "give validation=(X_val, y_val) or monitor='train_loss'"
            )
        watch.reset()
    steppers = _steppers(optimizer, model, schedule)
    if ema is not None and not {id(w) for w in ema.params} <= {id(w) for w in model.params}:
        raise TypeError(
            "ema averages arrays that are not the model's parameters; "
            "build it as WeightEMA(model.params, ...)"
        )
    metric_name, measure = measure_for(model, metric)
    rng = np.random.default_rng(seed)
    total = epochs * math.ceil(len(inputs) / (size * accumulate))
    losses, lrs = np.empty(total), np.empty(total)
    done: list[Progress] = []
    update = 0
    limit = math.inf
    stopped: Stop | None = None

    def evaluate(rows: IntArray) -> tuple[float, list[FloatArray]]:
        value, grads = batch_gradient(model, loss, inputs, targets, rows, size)
        if clip_norm is not None:
            clip_grad_norm_(grads, clip_norm)
        if clip_value is not None:
            clip_grad_value_(grads, clip_value)
        return value, grads

    def train_on(rows: IntArray) -> Stop | None:
        """One update, recorded."""
        nonlocal update, limit
        for stepper in steppers:
            stepper.begin(update)
        value, grads = evaluate(rows)
        if update == 0:
            limit = bound(value)
        if not (math.isfinite(value) and abs(value) <= limit):
            return _diverged(value, "loss", lrs[:update], total)
        try:
            for stepper in steppers:
                stepper.step(grads, lambda: evaluate(rows))
        except FloatingPointError:  # a gradient with NaN or inf, which optimizers refuse
            return _diverged(math.nan, "gradient", lrs[:update], total)
        losses[update], lrs[update] = value, steppers[0].optimizer.lr
        update += 1
        if ema is not None:
            ema.update()
        return None

    def judge(epoch: int) -> Stop | None:
        """The end of an epoch: evaluate, record, tell all who want to hear."""
        for stepper in steppers:
            stepper.turn("eval")
        val_loss = val_metric = None
        with nullcontext() if ema is None else ema.applied():
            train_loss = float(loss(model.forward(inputs), targets))
            if not (math.isfinite(train_loss) and abs(train_loss) <= limit):
                return _diverged(train_loss, "loss", lrs[:update], total)
            if validation is not None:
                val_loss = float(loss(model.forward(validation[0]), validation[1]))
                val_metric = val_loss if measure is None else measure(model, validation)
            done.append(Progress(epoch, epochs, train_loss, val_loss, val_metric, metric_name))
            if watch is not None:
                seen = {"val_loss": val_loss, "val_metric": val_metric}.get(watch.monitor)
                enough = watch.update(train_loss if seen is None else seen, model.params)
        for stepper in steppers:
            stepper.hear(train_loss if val_loss is None else val_loss, val_metric)
        if progress is not None:
            progress(done[-1])
        if watch is not None and enough:
            return _early(watch, epoch, epochs, update, float(lrs[update - 1]))
        return None

    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for epoch in range(1, epochs + 1):
            for rows in _batches(rng.permutation(len(inputs)), size * accumulate):
                stopped = stopped or train_on(rows)
            stopped = stopped or judge(epoch)
            if stopped is not None:
                break

    for stepper in steppers:
        stepper.turn("eval")
    if watch is not None:
        watch.restore(model.params)
    if stopped is not None and report is not None:
        report(stopped.message)
    return History(
        loss=losses[:update],
        lr=lrs[:update],
        train_loss=np.array([each.train_loss for each in done]),
        val_loss=np.array([each.val_loss for each in done if each.val_loss is not None]),
        val_metric=np.array([each.val_metric for each in done if each.val_metric is not None]),
        metric=metric_name,
        stopped=stopped,
    )


def _steppers(
    optimizer: Optimizer | Sequence[Optimizer],
    model: Model,
    schedule: Schedule | Sequence[Schedule] | None,
) -> list[Stepper]:
    """Each optimizer with its schedule; a single schedule is for all of them."""
    optimizers = list(optimizer) if isinstance(optimizer, Sequence) else [optimizer]
    schedules = list(schedule) if isinstance(schedule, Sequence) else [schedule] * len(optimizers)
    if len(schedules) != len(optimizers) or not optimizers:
        raise ValueError(
            f"there are {len(optimizers)} optimizers and {len(schedules)} schedules; "
            "give one schedule for each optimizer, or one for all"
        )
    return [
        Stepper(each, model.params, its) for each, its in zip(optimizers, schedules, strict=True)
    ]


def _batches(order: IntArray, size: int) -> list[IntArray]:
    """The rows in groups of `size`; the last may be smaller."""
    return [order[start : start + size] for start in range(0, len(order), size)]


def _diverged(value: float, what: str, lrs: FloatArray, total: int) -> Stop:
    """The record of a training that diverges after the updates made at `lrs`."""
    if len(lrs) == 0:
        message = f"Stopped before the first update: the {what} is {value:.4g}. "
        message += "Look for NaN or huge numbers in X, y and the weights."
        return Stop("diverged", 0, value, math.nan, message)
    lr = float(lrs[-1])
    return diverged(len(lrs), total, value, lr, ADVICE.format(rate=lr / 10), what)


def _check_validation(validation: tuple[ArrayLike, ArrayLike] | None) -> None:
    if validation is None:
        return
    if not isinstance(validation, tuple | list) or len(validation) != 2:
        kind = type(validation).__name__
        raise ValueError(f"validation is of type {kind}; give a pair (X, y) of inputs and targets")
    checks.rows(np.asarray(validation[0]), np.asarray(validation[1]), "validation: ")


def _early(watch: EarlyStopping, epoch: int, epochs: int, update: int, lr: float) -> Stop:
    back = "; its weights are restored" if watch.restore_best_weights else ""
    message = (
        f"Stopped after epoch {epoch} of {epochs}: {watch.monitor} has not improved since epoch "
        f"{watch.best_epoch}, where it was {watch.best:.4g}{back}."
    )
    return Stop("early", update, watch.best, lr, message)
