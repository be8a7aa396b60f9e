"""`fit`: train a model in mini-batches, and keep its history."""

import math
from collections.abc import Callable, Sequence
from contextlib import nullcontext

import numpy as np

from pylib import _validate, _watch
from pylib._typing import ArrayLike, IntArray
from pylib.training import checks
from pylib.training.batches import Batch, batch_gradient, counts
from pylib.training.clipping import clip_grad_norm_, clip_grad_value_
from pylib.training.divergence import Stop, bound, diverged
from pylib.training.early_stopping import EarlyStopping
from pylib.training.ema import WeightEMA
from pylib.training.history import History, Progress
from pylib.training.metrics import Metric, measure_for
from pylib.training.protocols import Loss, Model, Optimizer, Schedule
from pylib.training.stepper import steppers_for
from pylib.training.swa import WeightSWA

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
    swa: WeightSWA | None = None,
    early_stopping: EarlyStopping | None = None,
    initial_epoch: int = 0,
    progress: Callable[[Progress], object] | None = None,
    report: Callable[[str], object] | None = print,
) -> History:
    r"""Train: forward pass, loss, backward pass, update; batch after batch, epoch after epoch.

    Each epoch visits every row once, in a new random order; the last batch may be smaller. A
    training that diverges (loss or gradient not finite, or the loss beyond 10⁹ times its first
    value) stops, reports why and returns what it recorded; the update that would have followed is
    not made. A mini-batch in which nothing counts, all of its rows being ignored by the loss, has
    loss NaN and gradient 0; training goes on, and the end reports how many there were.

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
            several optimizers one for all, or a list with one for each. `OneCycleLR` and
            `CyclicLR` set the momentum too (betas[0] of Adam), unless `cycle_momentum=False`. A
            `ReduceLROnPlateau` is told the validation loss after each epoch (with `mode="max"`
            the validation metric), or the training loss if there is no validation.
        seed: Of the order of the rows.
        validation: `(X, y)` of rows that are not trained on.
        metric: `(model.predict(X), y) -> float` for the validation, higher is better. By default
            the accuracy for a classifier, the intersection over union of all pixels for a
            segmentation; for a regression `val_metric` is the validation loss again.
        clip_norm: Longest norm of all gradients together; see `clip_grad_norm_`.
        clip_value: Largest absolute value in a gradient; see `clip_grad_value_`.
        accumulate: How many mini-batches are summed up into one update: the same as a batch
            `accumulate` times as big, if the loss is a mean or a sum over rows.
        ema: A weight average, updated after each update; losses and metrics of the epochs are
            those of the averaged weights.
        swa: A weight average, updated after each epoch; used as `ema` from its first on.
        early_stopping: Watches each epoch and may end the training.
        initial_epoch: How many of the `epochs` an earlier call has made, with the same settings,
            and the model, optimizer and averages as it left them. Schedules, shuffling and the
            numbers of epochs go on as if it had never ended; the history is that of the rest. An
            `early_stopping` that restores weights went back to its best ones in between.
        progress: Called after each epoch; `progress=print` prints a line.
        report: Called with the message when the training stops before its end; `None` for silence.

    Returns:
        The history; the model holds the trained weights.

    Raises:
        TypeError: If the optimizer or an average holds arrays that are not the model's parameters,
            if a class is given in place of an object, or something else in place of a number.
        ValueError: If X and y differ in length or are empty, if a count is below 1, if the loss
            has another reduction, if `early_stopping` watches a validation that is not there, if
            `initial_epoch` is not from 0 to `epochs`, if both averages are given, or if a
            schedule cycles a momentum that the optimizer lacks.

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
    initial_epoch = _validate.whole("initial_epoch", initial_epoch, 0, epochs)
    accumulate = _validate.whole("accumulate", accumulate, 1)
    for name, longest in (("clip_norm", clip_norm), ("clip_value", clip_value)):
        if longest is not None:
            _validate.number(name, longest, 0, infinite=True)
    checks.trainable(model, loss)
    checks.validation(validation)
    watch = early_stopping
    if watch is not None:
        if watch.monitor != "train_loss" and validation is None:
            raise ValueError(
                f"early_stopping watches {watch.monitor}, and there is no validation; "
                "give validation=(X_val, y_val) or monitor='train_loss'"
            )
        if initial_epoch == 0:
            watch.reset()
    steppers = steppers_for(optimizer, model.params, schedule)
    checks.averages(model, ema=ema, swa=swa)
    metric_name, measure = measure_for(model, metric)
    rng = np.random.default_rng(seed)
    per_epoch = math.ceil(len(inputs) / (size * accumulate))
    total = epochs * per_epoch
    losses: list[float] = []
    lrs: list[float] = []
    done: list[Progress] = []
    update = initial_epoch * per_epoch
    empty = 0
    limit = math.inf
    stopped: Stop | None = None

    def evaluate(rows: IntArray) -> Batch:
        batch = batch_gradient(model, loss, inputs, targets, rows, size)
        if clip_norm is not None:
            clip_grad_norm_(batch.grads, clip_norm)
        if clip_value is not None:
            clip_grad_value_(batch.grads, clip_value)
        return batch

    def train_on(rows: IntArray) -> Stop | None:
        """One update, recorded."""
        nonlocal update, empty, limit
        for stepper in steppers:
            stepper.begin(update)
        value, grads, countable = evaluate(rows)
        if countable:
            if limit == math.inf:
                limit = bound(value)
            if not (math.isfinite(value) and abs(value) <= limit):
                return _diverged(value, "loss", update, lrs, total)
        else:
            empty += 1
        try:
            for stepper in steppers:
                stepper.step(grads, lambda: evaluate(rows))
        except FloatingPointError:  # a gradient with NaN or inf, which optimizers refuse
            return _diverged(math.nan, "gradient", update, lrs, total)
        losses.append(value)
        lrs.append(steppers[0].optimizer.lr)
        update += 1
        if ema is not None:
            ema.update()
        return None

    def judge(epoch: int) -> Stop | None:
        """The end of an epoch: evaluate, record, tell all who want to hear."""
        for stepper in steppers:
            stepper.turn("eval")
        val_loss = val_metric = None
        if swa is not None:
            swa.update()
        average = swa if swa is not None and swa.updates else ema
        with nullcontext() if average is None else average.applied():
            prediction = model.forward(inputs)
            train_loss = float(loss(prediction, targets))
            fine = math.isfinite(train_loss) and abs(train_loss) <= limit
            if not fine and counts(loss, train_loss, prediction, targets):
                return _diverged(train_loss, "loss", update, lrs, total)
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
            return _early(watch, epoch, epochs, update, lrs[-1])
        return None

    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for _ in range(initial_epoch):
            rng.permutation(len(inputs))
        for epoch in range(initial_epoch + 1, epochs + 1):
            for rows in _batches(rng.permutation(len(inputs)), size * accumulate):
                stopped = stopped or train_on(rows)
                _watch.tell("fit", update, total)
            stopped = stopped or judge(epoch)
            if stopped is not None:
                break

    _watch.tell("fit", total, total)
    for stepper in steppers:
        stepper.turn("eval")
    if watch is not None:
        watch.restore(model.params)
    if stopped is not None and report is not None:
        report(stopped.message)
    if empty and report is not None:
        report(
            f"In {empty} of {len(losses)} updates nothing counted, as the loss ignores every row "
            "of the batch: their loss is NaN, their gradient 0."
        )
    return History(
        loss=np.array(losses),
        lr=np.array(lrs),
        train_loss=np.array([each.train_loss for each in done]),
        val_loss=np.array([each.val_loss for each in done if each.val_loss is not None]),
        val_metric=np.array([each.val_metric for each in done if each.val_metric is not None]),
        metric=metric_name,
        stopped=stopped,
    )


def _batches(order: IntArray, size: int) -> list[IntArray]:
    """The rows in groups of `size`; the last may be smaller."""
    return [order[start : start + size] for start in range(0, len(order), size)]


def _diverged(value: float, what: str, update: int, lrs: list[float], total: int) -> Stop:
    """The record of a training that diverges after the updates made at `lrs`."""
    if not lrs:
        message = f"Stopped before the first update: the {what} is {value:.4g}. "
        message += "Look for NaN or huge numbers in X, y and the weights."
        return Stop("diverged", update, value, math.nan, message)
    return diverged(update, total, value, lrs[-1], ADVICE.format(rate=lrs[-1] / 10), what)


def _early(watch: EarlyStopping, epoch: int, epochs: int, update: int, lr: float) -> Stop:
    back = "; its weights are restored" if watch.restore_best_weights else ""
    message = (
        f"Stopped after epoch {epoch} of {epochs}: {watch.monitor} has not improved since epoch "
        f"{watch.best_epoch}, where it was {watch.best:.4g}{back}."
    )
    return Stop("early", update, watch.best, lr, message)
