"""What all losses share: checking, then a formula, then mean, sum or none."""

from abc import ABC, abstractmethod
from math import nan
from typing import Any, Literal

import numpy as np

from pylib import _validate
from pylib._typing import ArrayLike, FloatArray
from pylib.losses import checks

Reduction = Literal["mean", "sum", "none"]


class Reduced(ABC):
    """The reduction of terms and of their slopes, whatever inputs a loss has."""

    reduction: str
    _reductions: tuple[str, ...] = ("mean", "sum", "none")

    def _value(self, terms: FloatArray, divisor: float) -> Any:
        if self.reduction == "none":
            return np.asarray(terms)
        total = terms.sum()
        if self.reduction != "sum":
            total = total / divisor if divisor else nan
        return float(total)

    def _gradient(self, slopes: FloatArray, divisor: float) -> FloatArray:
        if self.reduction in ("sum", "none"):
            return np.asarray(slopes)
        if divisor:
            return np.asarray(slopes / divisor)
        # The mean is NaN. So is its gradient, but 0 where nothing counts.
        return np.where(slopes == 0, slopes, slopes.dtype.type(nan))

    def _set(self, **settings: Any) -> None:
        """Store settings that were checked: the one moment before the object is frozen."""
        for name, value in settings.items():
            object.__setattr__(self, name, value)

    def __post_init__(self) -> None:
        self._set(reduction=_validate.choice("reduction", self.reduction, self._reductions))


class Loss(Reduced):
    """A function of prediction and target, with its gradient with respect to the prediction.

    A loss is one number ("term") for each element or row. The reduction makes one of them all:

        "mean":  value = Σ terms / divisor     gradient = slopes / divisor
        "sum":   value = Σ terms               gradient = slopes
        "none":  value = terms                 gradient = slopes (that of the sum)

    A subclass writes its formula in `_terms` and the derivative of Σ terms in `_slopes`. Both take
    what `_prepare` makes of prediction and target, and what both need is computed there.
    The divisor is the number of terms unless `_divisor` says otherwise.
    A loss object is immutable: its settings are those it was made with.
    """

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
        with np.errstate(all="ignore"):  # inf and NaN show in the result, not in warnings
            x, y = self._prepare(prediction, target)
            return self._value(self._terms(x, y), self._divisor(x, y))

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
        with np.errstate(all="ignore"):
            x, y = self._prepare(prediction, target)
            return self._gradient(self._slopes(x, y), self._divisor(x, y))

    def value_and_gradient(
        self, prediction: ArrayLike, target: ArrayLike
    ) -> tuple[Any, FloatArray]:
        """Compute both at once, for training: inputs are checked once, common work is done once.

        Args:
            prediction: As for the call.
            target: As for the call.

        Returns:
            What the call returns, and what `gradient` returns.

        Raises:
            ValueError: As for the call.
            TypeError: As for the call.

        Examples:
            >>> from pylib.losses import MSELoss
            >>> MSELoss().value_and_gradient([2.5, 0.0], [3.0, -0.5])
            (0.25, array([-0.5,  0.5]))
        """
        with np.errstate(all="ignore"):
            x, y = self._prepare(prediction, target)
            divisor = self._divisor(x, y)
            return (
                self._value(self._terms(x, y), divisor),
                self._gradient(self._slopes(x, y), divisor),
            )

    def divisor(self, prediction: ArrayLike, target: ArrayLike) -> float:
        """Say by what the mean divides the sum of the terms, whatever this loss's own reduction.

        It weighs the means of mini-batches: Σ divisor · mean / Σ divisor is the mean of all rows.

        Args:
            prediction: As for the call.
            target: As for the call.

        Returns:
            The number of terms; with class indices in `CrossEntropyLoss` and `NLLLoss` the sum of
            the weights w_y of the rows that are not ignored; the number of rows for "batchmean".

        Raises:
            ValueError: As for the call.
            TypeError: As for the call.

        Examples:
            >>> from pylib.losses import NLLLoss
            >>> NLLLoss(weight=[1.0, 9.0]).divisor([[-1.0, -2.0], [-3.0, -4.0]], [0, 1])
            10.0
        """
        with np.errstate(all="ignore"):
            return float(self._divisor(*self._prepare(prediction, target)))

    def _prepare(self, prediction: ArrayLike, target: ArrayLike) -> tuple[Any, Any]:
        return checks.pair(prediction, target)

    @abstractmethod
    def _terms(self, prediction: Any, target: Any) -> FloatArray: ...

    @abstractmethod
    def _slopes(self, prediction: Any, target: Any) -> FloatArray: ...

    def _divisor(self, prediction: Any, target: Any) -> float:
        return float(prediction.size)


class LossOfThree(Reduced):
    """A function of three arrays, with its gradient with respect to each one that a model makes.

    Reductions are those of `Loss`, and the divisor is the number of terms. A subclass checks its
    inputs in `_prepare`, and writes formula and derivatives in `_terms` and `_slopes`, which take
    what `_prepare` made.
    """

    def __call__(self, first: ArrayLike, second: ArrayLike, third: ArrayLike, /) -> Any:
        """Compute the loss.

        Args:
            first: For names and shapes of the three see the class.
            second: As above.
            third: As above.

        Returns:
            A float for the reductions "mean" and "sum", an array of terms for "none".

        Raises:
            ValueError: Shapes that do not fit, values out of range, or no elements.
            TypeError: Not numbers, or a dtype that the loss does not take.
        """
        with np.errstate(all="ignore"):
            terms = self._terms(self._prepare(first, second, third))
            return self._value(terms, terms.size)

    def gradient(
        self, first: ArrayLike, second: ArrayLike, third: ArrayLike, /
    ) -> tuple[FloatArray, ...]:
        """Compute the derivatives of the loss, as for `value_and_gradient`."""
        return self.value_and_gradient(first, second, third)[1]

    def value_and_gradient(
        self, first: ArrayLike, second: ArrayLike, third: ArrayLike, /
    ) -> tuple[Any, tuple[FloatArray, ...]]:
        """Compute both at once.

        Args:
            first: As for the call.
            second: As for the call.
            third: As for the call.

        Returns:
            What the call returns, and a tuple of new arrays: one for each input that the class
            names, of its shape. Under "none" they are the derivatives of the sum.

        Raises:
            ValueError: As for the call.
            TypeError: As for the call.
        """
        with np.errstate(all="ignore"):
            at = self._prepare(first, second, third)
            terms = self._terms(at)
            slopes = tuple(self._gradient(s, terms.size) for s in self._slopes(at))
            return self._value(terms, terms.size), slopes

    def divisor(self, first: ArrayLike, second: ArrayLike, third: ArrayLike, /) -> float:
        """Say by what the mean divides the sum of the terms: their number."""
        with np.errstate(all="ignore"):
            return float(self._terms(self._prepare(first, second, third)).size)

    @abstractmethod
    def _prepare(self, first: ArrayLike, second: ArrayLike, third: ArrayLike, /) -> Any: ...

    @abstractmethod
    def _terms(self, at: Any) -> FloatArray: ...

    @abstractmethod
    def _slopes(self, at: Any) -> tuple[FloatArray, ...]: ...
