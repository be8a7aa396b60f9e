"""Loss and gradients of a batch that may be too large to go through the model at once."""

from typing import Any

import numpy as np

from pylib._typing import FloatArray, IntArray
from pylib.training.protocols import Loss, Model

__all__ = ["batch_gradient"]


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
    # arithmetic turns arrays of shape () into NumPy scalars, which cannot be clipped in place
    return value, [np.asarray(g) for g in total]
