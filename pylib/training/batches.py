"""Loss and gradients of a batch that may be too large to go through the model at once."""

import math
from typing import Any, NamedTuple

import numpy as np

from pylib._typing import FloatArray, IntArray
from pylib.training.protocols import Loss, Model

__all__ = ["Batch", "batch_gradient", "counts"]


class Batch(NamedTuple):
    """The loss of a batch, and where it slopes.

    Attributes:
        value: The loss; NaN if nothing in the batch counts.
        grads: The gradients in the order of `model.params`; 0 if nothing counts.
        counts: Whether anything does: a class of weight 0 does not, nor an ignored row.
    """

    value: float
    grads: list[FloatArray]
    counts: bool


def batch_gradient(
    model: Model, loss: Loss, X: Any, y: Any, rows: IntArray, batch_size: int
) -> Batch:
    """Loss and gradients on some rows, in mini-batches that are summed up.

    With a mean each mini-batch counts by what its own mean divides by (the number of its terms,
    or the sum of their weights), so the result is the mean over all of them:

        value = Σ divisorᵢ · valueᵢ / Σ divisorᵢ

    Args:
        model: What is trained.
        loss: With any reduction but `"none"`.
        X: All inputs.
        y: All targets.
        rows: The rows to take.
        batch_size: The most rows that go through the model at once.

    Returns:
        The loss, and the gradients in the order of `model.params`.
    """
    if len(rows) <= batch_size:
        prediction, target = model.forward(X[rows]), y[rows]
        value, slopes = _value_and_gradient(loss, prediction, target)
        known = counts(loss, value, prediction, target)
        return Batch(value, _arrays(model.backward(slopes)), known)

    value = divisors = 0.0
    total: list[FloatArray] = []
    for start in range(0, len(rows), batch_size):
        batch = rows[start : start + batch_size]
        prediction, target = model.forward(X[batch]), y[batch]
        weight = 1.0 if loss.reduction == "sum" else _divisor(loss, prediction, target)
        if weight == 0:
            continue
        part, slopes = _value_and_gradient(loss, prediction, target)
        grads = [weight * g for g in model.backward(slopes)]
        total = [t + g for t, g in zip(total, grads, strict=True)] if total else grads
        value += weight * part
        divisors += weight
    if not total:
        return Batch(math.nan, [np.zeros_like(w) for w in model.params], False)
    if loss.reduction != "sum":
        value, total = value / divisors, [g / divisors for g in total]
    return Batch(value, _arrays(total), True)


def counts(loss: Loss, value: float, prediction: Any, target: Any) -> bool:
    """Whether anything counts in a loss that was computed; if not, its value is 0 / 0.

    Args:
        loss: What computed the value.
        value: The loss.
        prediction: Of the model.
        target: What it was compared with.

    Returns:
        False for a mean over ignored rows, or over classes of weight 0.
    """
    return not math.isnan(value) or _divisor(loss, prediction, target) != 0


def _value_and_gradient(loss: Loss, prediction: Any, target: Any) -> tuple[float, FloatArray]:
    """Both at once, as pylib's losses do; a loss of your own may have a call and a gradient."""
    both = getattr(loss, "value_and_gradient", None)
    if both is None:
        return float(loss(prediction, target)), loss.gradient(prediction, target)
    value, slopes = both(prediction, target)
    return float(value), slopes


def _divisor(loss: Loss, prediction: Any, target: Any) -> float:
    """What the mean divides by; for a loss that does not tell, the number of targets."""
    divisor = getattr(loss, "divisor", None)
    return float(np.size(target) if divisor is None else divisor(prediction, target))


def _arrays(grads: list[FloatArray]) -> list[FloatArray]:
    """The gradients as arrays: sums give NumPy scalars, which cannot be clipped in place."""
    return [np.asarray(g) for g in grads]
