"""`fit`: train a model in mini-batches, and keep its history."""

import inspect
import math
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np

from pylib.arrays import ArrayLike, FloatArray, IntArray
from pylib.training.averaging import WeightEMA
from pylib.training.clipping import clip_grad_norm_, clip_grad_value_
from pylib.training.early import EarlyStopping
from pylib.training.protocols import Loss, Model, Optimizer, Schedule, Targets, rate_at
from pylib.training.stops import Stop, bound, diverged

__all__ = ["History", "Progress", "batch_gradient", "fit"]

Metric = Callable[[Any, Any], float]
ADVICE = (
    "Try a smaller rate, such as {rate:.2g} (lr_range_test finds one), clip_norm=1.0, "
    "or inputs scaled to about -1 ... 1."
)


@dataclass(frozen=True)
class History:
    """What a training recorded: S updates in E full epochs.

    Attributes:
        loss: The loss of each mini-batch before its update, shape `(S,)`.
        lr: The learning rate of each update, shape `(S,)`; of the first optimizer, if several.
        train_loss: The loss on all training rows after each epoch, shape `(E,)`.
        val_loss: The loss on the validation rows after each epoch, `(E,)`; empty without any.
        val_metric: The metric on the validation rows after each epoch, `(E,)`; empty without any.
        metric: The metric's name: `"accuracy"`, `"IoU"`, `"loss"`, or that of your function.
        stopped: `None`, or why the training ended before its last epoch.
    """

    loss: FloatArray
    lr: FloatArray
    train_loss: FloatArray
    val_loss: FloatArray
    val_metric: FloatArray
    metric: str
    stopped: Stop | None = None


@dataclass(frozen=True)
class Progress:
    """The state after one epoch; as a string it is one line.

    Attributes:
        epoch: From 1.
        epochs: How many are planned.
        train_loss: On all training rows.
        val_loss: On the validation rows; `None` without any.
        val_metric: On the validation rows; `None` without any.
        metric: The metric's name.

    Examples:
        >>> print(Progress(3, 20, 0.25, 0.5, 0.875, "accuracy"))
        epoch  3/20  train loss 0.2500  val loss 0.5000  accuracy 0.8750
    """

    epoch: int
    epochs: int
    train_loss: float
    val_loss: float | None
    val_metric: float | None
    metric: str

    def __str__(self) -> str:
        line = f"epoch {self.epoch:{len(str(self.epochs))}}/{self.epochs}"
        line += f"  train loss {self.train_loss:.4f}"
        if self.val_loss is not None:
            line += f"  val loss {self.val_loss:.4f}"
        if self.val_metric is not None and self.metric != "loss":
            line += f"  {self.metric} {self.val_metric:.4f}"
        return line


def fit(
    model: Model,
    loss: Loss,
    optimizer: Optimizer | Sequence[Optimizer],
    X: ArrayLike,
    y: ArrayLike,
    epochs: int,
    batch_size: int | None = 32,
    schedule: Schedule | None = None,
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
        schedule: update -> learning rate, from 0; it overrides the optimizer's `lr`. A
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
        TypeError: If the optimizer holds arrays that are not the model's parameters.
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
    _check(inputs, targets, epochs, batch_size, accumulate, loss)
    if early_stopping is not None:
        if early_stopping.monitor != "train_loss" and validation is None:
            raise ValueError(
                f"early_stopping watches {early_stopping.monitor}, and there is no validation; "
                "give validation=(X_val, y_val) or monitor='train_loss'"
            )
        early_stopping.reset()
    optimizers = list(optimizer) if isinstance(optimizer, Sequence) else [optimizer]
    movers = [_Mover(each, model.params) for each in optimizers]
    metric_name, measure = _metric(model, metric)

    rng = np.random.default_rng(seed)
    size = batch_size or len(inputs)
    per_update = size * accumulate
    total = epochs * math.ceil(len(inputs) / per_update)
    losses, lrs = np.empty(total), np.empty(total)
    epoch_records: list[tuple[float, float | None, float | None]] = []
    limit = math.inf
    stopped: Stop | None = None
    update = 0

    def stop(value: float, what: str = "loss") -> Stop:
        if update == 0:
            advice = "That is before any update: look for NaN or huge numbers in X and y."
            return diverged(0, total, value, optimizers[0].lr, advice, what)
        lr = float(lrs[update - 1])
        return diverged(update, total, value, lr, ADVICE.format(rate=lr / 10), what)

    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for epoch in range(1, epochs + 1):
            order = rng.permutation(len(inputs))
            for start in range(0, len(order), per_update):
                rows = order[start : start + per_update]

                def evaluate(rows: IntArray = rows) -> tuple[float, list[FloatArray]]:
                    value, grads = batch_gradient(model, loss, inputs, targets, rows, size)
                    if clip_norm is not None:
                        clip_grad_norm_(grads, clip_norm)
                    if clip_value is not None:
                        clip_grad_value_(grads, clip_value)
                    return value, grads

                for each in optimizers:
                    if schedule is not None:
                        each.lr = rate_at(schedule, update)
                    _turn(each, "train")
                value, grads = evaluate()
                if update == 0:
                    limit = bound(value)
                if not (math.isfinite(value) and abs(value) <= limit):
                    stopped = stop(value)
                    break
                try:
                    for mover in movers:
                        mover.step(grads, evaluate)
                except FloatingPointError:  # a gradient with NaN or inf, which optimizers refuse
                    stopped = stop(math.nan, "gradient")
                    break
                losses[update], lrs[update] = value, optimizers[0].lr
                if ema is not None:
                    ema.update()
                update += 1
            if stopped is not None:
                break

            for each in optimizers:
                _turn(each, "eval")
            with nullcontext() if ema is None else ema.applied():
                train_loss = float(loss(model.forward(inputs), targets))
                val_loss = val_metric = None
                if validation is not None:
                    val_loss = float(loss(model.forward(validation[0]), validation[1]))
                    val_metric = val_loss if measure is None else measure(model, validation)
            if not abs(train_loss) <= limit:
                stopped = stop(train_loss)
                break
            epoch_records.append((train_loss, val_loss, val_metric))
            if schedule is not None and not callable(schedule):
                watched = val_metric if schedule.mode == "max" else val_loss
                schedule.step(train_loss if watched is None else watched)
            if progress is not None:
                progress(Progress(epoch, epochs, train_loss, val_loss, val_metric, metric_name))
            if early_stopping is not None:
                monitor = early_stopping.monitor
                seen = val_metric if monitor == "val_metric" else val_loss
                if monitor == "train_loss" or seen is None:
                    seen = train_loss
                if early_stopping.update(seen, model.params):
                    stopped = _early(early_stopping, epoch, epochs, update, lrs[update - 1])
                    break

    for each in optimizers:
        _turn(each, "eval")
    if early_stopping is not None:
        early_stopping.restore(model.params)
    if stopped is not None and report is not None:
        report(stopped.message)
    columns = list(zip(*epoch_records, strict=True)) or [(), (), ()]
    train, val, measured = (np.array([v for v in column if v is not None]) for column in columns)
    return History(losses[:update], lrs[:update], train, val, measured, metric_name, stopped)


def batch_gradient(
    model: Model, loss: Loss, X: Any, y: Any, rows: IntArray, batch_size: int
) -> tuple[float, list[FloatArray]]:
    """Loss and gradients on some rows, in mini-batches that are summed up.

    With reduction `"mean"` each mini-batch counts by its share of the rows, so the sum is the mean
    over all of them.

    Args:
        model: What is trained.
        loss: With reduction `"mean"` or `"sum"`.
        X: All inputs.
        y: All targets.
        rows: The rows to take.
        batch_size: The most rows that go through the model at once.

    Returns:
        The loss, and the gradients in the order of `model.params`.
    """
    value = 0.0
    total: list[FloatArray] = []
    for start in range(0, len(rows), batch_size):
        batch = rows[start : start + batch_size]
        prediction, target = model.forward(X[batch]), y[batch]
        share = len(batch) / len(rows) if loss.reduction == "mean" else 1.0
        value += share * float(loss(prediction, target))
        grads = model.backward(loss.gradient(prediction, target))
        if share != 1.0:
            grads = [share * g for g in grads]
        total = [t + g for t, g in zip(total, grads, strict=True)] if total else grads
    return value, total


class _Mover:
    """An optimizer, and which of the model's parameters it moves."""

    def __init__(self, optimizer: Optimizer, params: list[FloatArray]) -> None:
        place = {id(param): i for i, param in enumerate(params)}
        if any(id(param) not in place for param in optimizer.params):
            name = type(optimizer).__name__
            raise TypeError(
                f"{name} holds arrays that are not the model's parameters, so the model would "
                f"not learn; build it as {name}(model.params, ...)"
            )
        self.optimizer = optimizer
        self.part = [place[id(param)] for param in optimizer.params]
        self.takes_closure = "closure" in inspect.signature(optimizer.step).parameters

    def step(
        self, grads: list[FloatArray], evaluate: Callable[[], tuple[float, list[FloatArray]]]
    ) -> None:
        """One update; L-BFGS is given the closure it asks for, all others their gradients."""

        def closure() -> tuple[float, list[FloatArray]]:
            value, fresh = evaluate()
            return value, [fresh[i] for i in self.part]

        self.optimizer.step(closure if self.takes_closure else [grads[i] for i in self.part])


def _turn(optimizer: Optimizer, mode: str) -> None:
    """Switch a Schedule-Free optimizer between training and evaluation weights."""
    switch = getattr(optimizer, mode, None)
    if switch is not None:
        switch()


def _check(
    X: Targets, y: Targets, epochs: int, batch_size: int | None, accumulate: int, loss: Loss
) -> None:
    if X.ndim == 0 or y.ndim == 0 or len(X) != len(y) or len(X) == 0:
        raise ValueError(
            f"X has shape {X.shape} and y {y.shape}; give one target for each of at least one row"
        )
    counts = {"epochs": epochs, "batch_size": batch_size or 1, "accumulate": accumulate}
    for name, count in counts.items():
        if not isinstance(count, int | np.integer) or count < 1:
            raise ValueError(f"{name} is {count!r}; give a whole number of at least 1")
    if loss.reduction not in ("mean", "sum"):
        raise ValueError(
            f"the loss has reduction {loss.reduction!r}; training needs 'mean' or 'sum'"
        )


def _metric(
    model: Model, metric: Metric | None
) -> tuple[str, Callable[[Model, tuple[Any, Any]], float] | None]:
    """The metric's name and how it is measured; no function stands for the loss."""
    task = getattr(model, "task", "regression")
    if metric is not None:
        name = getattr(metric, "__name__", "metric")
    elif task in ("binary", "multiclass"):
        name, metric = "accuracy", _accuracy
    elif task == "segmentation":
        name, metric = "IoU", _intersection_over_union
    else:
        return "loss", None
    return name, lambda model, rows: float(metric(model.predict(rows[0]), np.asarray(rows[1])))


def _accuracy(prediction: IntArray, y: Targets) -> float:
    """The share of right classes."""
    return float(np.mean(prediction == y))


def _intersection_over_union(mask: IntArray, y: Targets) -> float:
    """Pixels in both masks, divided by pixels in either; 1 if both are empty."""
    both, either = np.sum((mask > 0) & (y > 0)), np.sum((mask > 0) | (y > 0))
    return float(both / either) if either else 1.0


def _early(watch: EarlyStopping, epoch: int, epochs: int, update: int, lr: float) -> Stop:
    back = "; its weights are restored" if watch.restore_best_weights else ""
    message = (
        f"Stopped after epoch {epoch} of {epochs}: {watch.monitor} has not improved since epoch "
        f"{watch.best_epoch}, where it was {watch.best:.4g}{back}."
    )
    return Stop("early", update, watch.best, lr, message)
