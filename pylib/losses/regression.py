"""Losses for numbers: each is a curve of the residual r = prediction − target, any shape."""

# NumPy types the arithmetic of float32 or float64 arrays as Any.
# mypy: disable-error-code="no-any-return"

from dataclasses import KW_ONLY, dataclass
from math import log

import numpy as np

from pylib import _validate
from pylib._typing import FloatArray
from pylib.losses.base import Loss, Reduction


@dataclass(frozen=True)
class MSELoss(Loss):
    """Mean squared error: each residual costs its square.

        r = prediction − target
        ℓ = r²            dℓ/dr = 2r

    The constant that minimizes it is the mean of the targets. The gradient grows in proportion
    to the residual, so one outlier can outweigh all other rows.

    Prediction and target have one shape, whichever; the mean is over all elements.

    Args:
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: Shapes that differ, no elements, or an unknown reduction.
        TypeError: Not numbers, or a float type other than float32 and float64.

    Examples:
        >>> loss = MSELoss()
        >>> loss([2.5, 0.0], [3.0, -0.5])
        0.25
        >>> loss.gradient([2.5, 0.0], [3.0, -0.5])
        array([-0.5,  0.5])

    Source:
        C. F. Gauss, Theoria motus corporum coelestium (1809), for least squares;
        [torch.nn.MSELoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.MSELoss.html).
    """

    _: KW_ONLY
    reduction: Reduction = "mean"

    def _terms(self, prediction: FloatArray, target: FloatArray) -> FloatArray:
        # ℓ = r²
        r = prediction - target
        return r * r

    def _slopes(self, prediction: FloatArray, target: FloatArray) -> FloatArray:
        # dℓ/dr = 2r
        return 2 * (prediction - target)


@dataclass(frozen=True)
class L1Loss(Loss):
    """Mean absolute error (MAE): each residual costs its size.

        r = prediction − target
        ℓ = |r|           dℓ/dr = sign(r), and 0 at r = 0

    The constant that minimizes it is the median of the targets. Every residual pulls with the
    same force, however small, so with a constant learning rate it does not settle at a minimum.

    Prediction and target have one shape, whichever; the mean is over all elements.

    Args:
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: Shapes that differ, no elements, or an unknown reduction.
        TypeError: Not numbers, or a float type other than float32 and float64.

    Examples:
        >>> loss = L1Loss()
        >>> loss([2.5, 0.0], [3.0, -1.0])
        0.75
        >>> loss.gradient([2.5, 0.0], [3.0, -1.0])
        array([-0.5,  0.5])

    Source:
        R. J. Boscovich (1757) and P.-S. Laplace (1793), for least absolute deviations;
        [torch.nn.L1Loss](https://docs.pytorch.org/docs/stable/generated/torch.nn.L1Loss.html).
    """

    _: KW_ONLY
    reduction: Reduction = "mean"

    def _terms(self, prediction: FloatArray, target: FloatArray) -> FloatArray:
        # ℓ = |r|
        return np.abs(prediction - target)

    def _slopes(self, prediction: FloatArray, target: FloatArray) -> FloatArray:
        # dℓ/dr = sign(r): −1, 0 or 1
        return np.sign(prediction - target)


@dataclass(frozen=True)
class HuberLoss(Loss):
    """Huber: squared near zero, absolute far away, joined without a corner at |r| = δ.

        r = prediction − target
        ℓ = ½ r²              where |r| ≤ δ        dℓ/dr = r
        ℓ = δ (|r| − ½ δ)     where |r| > δ        dℓ/dr = δ sign(r)

    The gradient is r cut off at ±δ, so an outlier in the targets pulls no harder than δ. δ has the
    unit of the targets: rescale it when they are rescaled. δ → ∞ gives MSE / 2; ℓ/δ → MAE as δ → 0.

    Prediction and target have one shape, whichever; the mean is over all elements.

    Args:
        delta: δ, where the square ends; above 0.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: delta not above 0, shapes that differ, no elements, or an unknown reduction.
        TypeError: Not numbers, or a float type other than float32 and float64.

    Examples:
        >>> loss = HuberLoss(delta=1.0)
        >>> loss([0.5, 3.0], [0.0, 0.0])  # (0.125 + 2.5) / 2
        1.3125
        >>> loss.gradient([0.5, 3.0], [0.0, 0.0])
        array([0.25, 0.5 ])

    Source:
        P. J. Huber, [Robust estimation of a location
        parameter](https://doi.org/10.1214/aoms/1177703732) (1964);
        [torch.nn.HuberLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.HuberLoss.html).
    """

    _: KW_ONLY
    delta: float = 1.0
    reduction: Reduction = "mean"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(delta=_validate.number("delta", self.delta, low=0, open_low=True))

    def _terms(self, prediction: FloatArray, target: FloatArray) -> FloatArray:
        # ℓ = ½ r² where |r| ≤ δ, else δ (|r| − ½ δ)
        size = np.abs(prediction - target)
        return np.where(
            size <= self.delta, 0.5 * size * size, self.delta * (size - 0.5 * self.delta)
        )

    def _slopes(self, prediction: FloatArray, target: FloatArray) -> FloatArray:
        # dℓ/dr = r, cut off at ±δ
        return np.clip(prediction - target, -self.delta, self.delta)


@dataclass(frozen=True)
class SmoothL1Loss(Loss):
    """Smooth L1: Huber divided by its threshold, so that the far slope is always 1.

        r = prediction − target
        ℓ = ½ r² / β         where |r| < β        dℓ/dr = r / β
        ℓ = |r| − ½ β        where |r| ≥ β        dℓ/dr = sign(r)

    SmoothL1(β) = Huber(β) / β. β = 0 gives L1; at β = 1 it is Huber(1).

    Prediction and target have one shape, whichever; the mean is over all elements.

    Args:
        beta: β, where the square ends; at least 0.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: beta below 0, shapes that differ, no elements, or an unknown reduction.
        TypeError: Not numbers, or a float type other than float32 and float64.

    Examples:
        >>> loss = SmoothL1Loss(beta=2.0)
        >>> loss([1.0, 3.0], [0.0, 0.0])  # (0.25 + 2) / 2
        1.125
        >>> loss.gradient([1.0, 3.0], [0.0, 0.0])
        array([0.25, 0.5 ])

    Source:
        R. Girshick, [Fast R-CNN](https://arxiv.org/abs/1504.08083) (2015);
        [torch.nn.SmoothL1Loss](https://docs.pytorch.org/docs/stable/generated/torch.nn.SmoothL1Loss.html).
    """

    _: KW_ONLY
    beta: float = 1.0
    reduction: Reduction = "mean"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(beta=_validate.number("beta", self.beta, low=0))

    def _terms(self, prediction: FloatArray, target: FloatArray) -> FloatArray:
        # ℓ = ½ r² / β where |r| < β, else |r| − ½ β
        size = np.abs(prediction - target)
        if self.beta == 0:
            return size
        return np.where(size < self.beta, 0.5 * size * (size / self.beta), size - 0.5 * self.beta)

    def _slopes(self, prediction: FloatArray, target: FloatArray) -> FloatArray:
        # dℓ/dr = r / β, cut off at ±1
        r = prediction - target
        return np.sign(r) if self.beta == 0 else np.clip(r / self.beta, -1, 1)


@dataclass(frozen=True)
class LogCoshLoss(Loss):
    """Log-cosh: a Huber-like curve that is smooth everywhere.

        r = prediction − target
        ℓ = ln cosh r        dℓ/dr = tanh r

    Near zero ℓ ≈ ½ r², far away ℓ ≈ |r| − ln 2. Two other forms keep it exact: ln(1 + 2 sinh² ½r)
    where |r| < 1, as cosh r rounds to 1 near zero; |r| + ln(1 + e^(−2|r|)) − ln 2 beyond, as cosh
    overflows at |r| = 711.

    Prediction and target have one shape, whichever; the mean is over all elements.

    Args:
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: Shapes that differ, no elements, or an unknown reduction.
        TypeError: Not numbers, or a float type other than float32 and float64.

    Examples:
        >>> loss = LogCoshLoss(reduction="none")
        >>> loss([0.0, 1.0, 9.0], [0.0, 0.0, 0.0]).round(4)
        array([0.    , 0.4338, 8.3069])
        >>> loss.gradient([0.0, 1.0, 9.0], [0.0, 0.0, 0.0]).round(4)
        array([0.    , 0.7616, 1.    ])

    Source:
        [keras.losses.LogCosh](https://keras.io/api/losses/regression_losses/#logcosh-class);
        PyTorch has none.
    """

    _: KW_ONLY
    reduction: Reduction = "mean"

    def _terms(self, prediction: FloatArray, target: FloatArray) -> FloatArray:
        # ℓ = ln(1 + 2 sinh² ½r) where |r| < 1, else |r| + ln(1 + e^(−2|r|)) − ln 2
        size = np.abs(prediction - target)
        near = np.log1p(2 * np.sinh(0.5 * size) ** 2)
        return np.where(size < 1, near, size + np.log1p(np.exp(-2 * size)) - log(2))

    def _slopes(self, prediction: FloatArray, target: FloatArray) -> FloatArray:
        # dℓ/dr = tanh r
        return np.tanh(prediction - target)


@dataclass(frozen=True)
class PinballLoss(Loss):
    """Pinball (quantile) loss: too low and too high cost differently.

        r = prediction − target
        ℓ = (1 − q) r     where r > 0 (too high)        dℓ/dr = 1 − q
        ℓ = −q r          where r ≤ 0 (too low)         dℓ/dr = −q, and 0 at r = 0

    The constant that minimizes it is the q-quantile of the targets: at q = 0.9 a prediction that
    is too low costs nine times one that is too high. q = 0.5 gives half the absolute error.

    Prediction and target have one shape, whichever; the mean is over all elements.

    Args:
        quantile: q, above 0 and below 1.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: quantile not inside (0, 1), shapes that differ, no elements, or an unknown
            reduction.
        TypeError: Not numbers, or a float type other than float32 and float64.

    Examples:
        >>> loss = PinballLoss(quantile=0.75, reduction="none")
        >>> loss([1.0, 5.0], [3.0, 3.0])
        array([1.5, 0.5])
        >>> loss.gradient([1.0, 5.0], [3.0, 3.0])
        array([-0.75,  0.25])

    Source:
        R. Koenker and G. Bassett, [Regression quantiles](https://doi.org/10.2307/1913643) (1978);
        scikit-learn's `mean_pinball_loss`; PyTorch has none.
    """

    quantile: float = 0.5
    _: KW_ONLY
    reduction: Reduction = "mean"

    def __post_init__(self) -> None:
        super().__post_init__()
        q = _validate.number("quantile", self.quantile, 0, 1, open_low=True, open_high=True)
        self._set(quantile=q)

    def _terms(self, prediction: FloatArray, target: FloatArray) -> FloatArray:
        # ℓ = max(−q r, (1 − q) r)
        r = prediction - target
        return np.maximum(-self.quantile * r, (1 - self.quantile) * r)

    def _slopes(self, prediction: FloatArray, target: FloatArray) -> FloatArray:
        # dℓ/dr = 1 − q where r > 0, −q where r < 0, 0 where r = 0
        r = prediction - target
        return np.heaviside(r, r.dtype.type(self.quantile)) - self.quantile
