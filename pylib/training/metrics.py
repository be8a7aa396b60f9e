"""What a validation measures besides the loss: accuracy, or overlap of masks."""

from collections.abc import Callable
from typing import Any

import numpy as np

from pylib._typing import IntArray
from pylib.training.protocols import Model, Targets

__all__ = ["Metric", "accuracy", "intersection_over_union", "measure_for"]

Metric = Callable[[Any, Any], float]
"""A function of predictions and targets; higher is better."""


def measure_for(
    model: Model, metric: Metric | None
) -> tuple[str, Callable[[Model, tuple[Any, Any]], float] | None]:
    """Choose what a validation measures.

    Args:
        model: Its `task` decides, if no metric is given.
        metric: `(model.predict(X), y) -> float`, or `None`.

    Returns:
        The metric's name, and a function of the model and the rows `(X, y)`; `None` in its place
        stands for the loss.
    """
    task = getattr(model, "task", "regression")
    if metric is not None:
        name = getattr(metric, "__name__", "metric")
    elif task in ("binary", "multiclass"):
        name, metric = "accuracy", accuracy
    elif task == "segmentation":
        name, metric = "IoU", intersection_over_union
    else:
        return "loss", None
    return name, lambda model, rows: float(metric(model.predict(rows[0]), np.asarray(rows[1])))


def accuracy(prediction: IntArray, y: Targets) -> float:
    """The share of right classes.

    Args:
        prediction: Classes, any shape.
        y: Classes, in that shape.

    Returns:
        From 0 to 1.

    Examples:
        >>> accuracy(np.array([1, 0, 2]), np.array([1, 0, 0]))
        0.6666666666666666
    """
    return float(np.mean(prediction == y))


def intersection_over_union(mask: IntArray, y: Targets) -> float:
    """Pixels in both masks, divided by pixels in either; 1 if both are empty.

    Args:
        mask: Zeros and ones, any shape.
        y: Zeros and ones, in that shape.

    Returns:
        From 0 to 1.

    Examples:
        >>> intersection_over_union(np.array([1, 1, 0, 0]), np.array([0, 1, 1, 0]))
        0.3333333333333333
    """
    both, either = np.sum((mask > 0) & (y > 0)), np.sum((mask > 0) | (y > 0))
    return float(both / either) if either else 1.0
