"""Gradients by central differences: a slow way to check a fast formula."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pylib import _validate
from pylib._typing import ArrayLike, FloatArray


class HasGradient(Protocol):
    """What `check_gradient` can check: any object with a value and a gradient."""

    def __call__(self, prediction: Any, target: Any, /) -> Any:
        """Return the value, a number or an array whose sum is meant."""

    def gradient(self, prediction: Any, target: Any, /) -> Any:
        """Return d value / d prediction, an array of the prediction's shape."""


@dataclass(frozen=True)
class GradientReport:
    """How far a gradient is from central differences, and where.

    Attributes:
        max_relative_error: The largest |analytic − numerical|, divided by the largest entry of
            both gradients (by 1e-3 if all are smaller). 1e-9 is usual, above 1e-4 is a bug.
        index: The index of the entry with that error.
        ok: Whether the error is within the tolerance.
        analytic: What the formula gave at `index`.
        numerical: What central differences gave there.
    """

    max_relative_error: float
    index: tuple[int, ...]
    ok: bool
    analytic: float
    numerical: float

    def _table_(self) -> dict[str, list[object]]:
        """Its columns where a page shows it as a table."""
        return {name: [value] for name, value in vars(self).items()}


def numerical_gradient(
    f: Callable[[NDArray[np.float64]], Any], w: ArrayLike, h: float = 1e-6
) -> NDArray[np.float64]:
    """Estimate the gradient of `f` at `w` by central differences.

        gᵢ = (f(w + h eᵢ) − f(w − h eᵢ)) / 2h

    The error has two parts: h² f‴/6 from the formula, and about 1e-16 · |f| / h from rounding.
    Smaller is therefore not better: h near 1e-5 is best for values near 1.

    Args:
        f: A function of one array; it gets a copy that it may keep. What it returns is summed.
        w: Where, any shape; it is not changed. Computed in float64.
        h: The step, above 0.

    Returns:
        An array of the shape of `w`.

    Raises:
        ValueError: h not above 0, or not finite.
        TypeError: h is not a number.

    Examples:
        >>> numerical_gradient(lambda w: (w**2).sum(), [1.0, -3.0]).round(6)
        array([ 2., -6.])

    Source:
        [CS231n, gradient checks](https://cs231n.github.io/neural-networks-3/#gradcheck).
    """
    h = _validate.number("h", h, 0, open_low=True)
    w = np.asarray(w, dtype=np.float64)
    gradient = np.empty(w.shape)
    for i in np.ndindex(w.shape):
        up, down = w.copy(), w.copy()
        up[i] += h
        down[i] -= h
        gradient[i] = (np.sum(f(up)) - np.sum(f(down))) / (2 * h)
    return gradient


def check_gradient(
    loss: HasGradient,
    prediction: ArrayLike,
    target: Any,
    h: float = 1e-6,
    tolerance: float = 1e-5,
) -> GradientReport:
    """Compare the gradient of a loss with central differences of its value, in float64.

        error = max |analytic − numerical| / max(|analytic|, |numerical|, 1e-3)

    The 1e-3 is there because differences of a value near 1 are uncertain by 1e-10 themselves.

    Keep away from corners (r = 0 in L1) and from the ends of a range (p = 0 in BCE, where p − h is
    not a probability): central differences see both sides.

    Args:
        loss: Any object with `loss(prediction, target)` and `loss.gradient(prediction, target)`;
            a value that is an array (reduction "none") is summed.
        prediction: Where to check, any shape that the loss takes.
        target: Passed on as it is.
        h: The step of the differences.
        tolerance: The largest error that is still `ok`.

    Returns:
        The report. NaN in either gradient is an error of NaN, and not `ok`.

    Raises:
        ValueError: The gradient has another shape than the prediction, h is not above 0, or
            tolerance is below 0.
        TypeError: h or tolerance is not a number.

    Examples:
        >>> from pylib.losses import MSELoss
        >>> check_gradient(MSELoss(), [1.0, 2.0], [0.0, 0.0]).ok
        True
        >>> class Wrong(MSELoss):
        ...     def gradient(self, prediction, target):
        ...         return 2 * (np.asarray(prediction) - target)  # the 1/n is missing
        >>> report = check_gradient(Wrong(), [1.0, 2.0], [0.0, 0.0])
        >>> report.ok, report.index, report.analytic, round(report.numerical, 6)
        (False, (1,), 4.0, 2.0)

    Source:
        [CS231n, gradient checks](https://cs231n.github.io/neural-networks-3/#gradcheck), with one
        scale for the whole gradient, so that entries near 0 raise no false alarm.
    """
    tolerance = _validate.number("tolerance", tolerance, 0)
    prediction = np.asarray(prediction, dtype=np.float64)
    analytic: FloatArray = np.asarray(loss.gradient(prediction, target))
    if analytic.shape != prediction.shape:
        raise ValueError(
            f"the gradient has shape {analytic.shape} and prediction {prediction.shape}; "
            "a gradient has the shape of what it is taken by"
        )
    numerical = numerical_gradient(lambda p: loss(p, target), prediction, h)
    scale = max(np.abs(analytic).max(), np.abs(numerical).max(), 1e-3)
    with np.errstate(invalid="ignore"):  # inf − inf
        errors = np.asarray(np.abs(analytic - numerical) / scale)
    index = np.unravel_index(np.argmax(errors), errors.shape)
    error = float(errors[index])
    return GradientReport(
        max_relative_error=error,
        index=tuple(int(i) for i in index),
        ok=error <= tolerance,
        analytic=float(analytic[index]),
        numerical=float(numerical[index]),
    )
