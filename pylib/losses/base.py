"""What all losses share: checking, then a formula, then mean, sum or none."""

from abc import ABC, abstractmethod
from typing import Any, Literal

import numpy as np

from pylib import _validate
from pylib._typing import ArrayLike, FloatArray
from pylib.losses import checks

Reduction = Literal["mean", "sum", "none"]


class Loss(ABC):
    """A function of prediction and target, with its gradient with respect to the prediction.

    A loss is one number ("term") for each element or row. The reduction makes one of them all:

        "mean":  value = Σ terms / divisor     gradient = slopes / divisor
        "sum":   value = Σ terms               gradient = slopes
        "none":  value = terms                 gradient = slopes (that of the sum)

    A subclass writes its formula in `_terms` and the derivative of Σ terms in `_slopes`.
    The divisor is the number of terms unless `_divisor` says otherwise.
    A loss object is immutable: its settings are those it was made with.
    """

    reduction: str
    _reductions: tuple[str, ...] = ("mean", "sum", "none")

    def __call__(self, prediction: ArrayLike, target: ArrayLike) -> Any:
        """Compute the loss.

        Args:
            prediction: What the model says; for the shape see the class.
            target: What is true; for the shape see the class.

        Returns:
            A float for the reductions "mean" and "sum", an array of terms for "none".

        Raises:
            ValueError: Shapes that do not fit, values out of range, or no elements.
            TypeError: Not numbers, or a dtype that the loss does not take.
        """
        prediction, target = self._prepare(prediction, target)
        with np.errstate(all="ignore"):  # inf and NaN show in the result, not in warnings
            terms = np.asarray(self._terms(prediction, target))
            if self.reduction == "none":
                return terms
            total = terms.sum()
            if self.reduction != "sum":
                total = total / self._divisor(prediction, target)
            return float(total)

    def gradient(self, prediction: ArrayLike, target: ArrayLike) -> FloatArray:
        """Compute the derivative of the loss with respect to each element of the prediction.

        Args:
            prediction: As for the call.
            target: As for the call.

        Returns:
            A new array of the prediction's shape and dtype. Under "none" it is that of the sum.

        Raises:
            ValueError: As for the call.
            TypeError: As for the call.
        """
        prediction, target = self._prepare(prediction, target)
        with np.errstate(all="ignore"):
            slopes = self._slopes(prediction, target)
            if self.reduction not in ("sum", "none"):
                # a slope of 0 stays 0 where nothing counts and the divisor is 0 too
                slopes = slopes / (self._divisor(prediction, target) or 1.0)
            return np.asarray(slopes)

    def _prepare(self, prediction: ArrayLike, target: ArrayLike) -> tuple[FloatArray, Any]:
        return checks.pair(prediction, target)

    @abstractmethod
    def _terms(self, prediction: FloatArray, target: Any) -> FloatArray: ...

    @abstractmethod
    def _slopes(self, prediction: FloatArray, target: Any) -> FloatArray: ...

    def _divisor(self, prediction: FloatArray, target: Any) -> float:
        return prediction.size

    def _set(self, **settings: Any) -> None:
        """Store settings that were checked: the one moment before the object is frozen."""
        for name, value in settings.items():
            object.__setattr__(self, name, value)

    def __post_init__(self) -> None:
        self._set(reduction=_validate.choice("reduction", self.reduction, self._reductions))
