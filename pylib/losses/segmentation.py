"""Losses for masks: one overlap for all elements, from probabilities and a mask of one shape."""

# NumPy types the arithmetic of float32 or float64 arrays as Any.
# mypy: disable-error-code="no-any-return"

from abc import abstractmethod
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np

from pylib import _validate
from pylib._typing import ArrayLike, FloatArray
from pylib.losses import checks
from pylib.losses.base import Loss, Reduction


class OverlapLoss(Loss):
    """One minus an overlap N/D, whose parts are sums over all elements.

    It is computed as M/D with M = D − N, what is missed, since 1 − N/D cancels where the masks
    almost agree. There is one term, so "mean", "sum" and "none" agree ("none" gives it as an array
    of shape ()). A subclass writes M and D in `_fraction`, their derivatives in `_fraction_slopes`.
    """

    @abstractmethod
    def _fraction(self, p: FloatArray, g: FloatArray) -> tuple[Any, Any]: ...

    @abstractmethod
    def _fraction_slopes(self, p: FloatArray, g: FloatArray) -> tuple[Any, Any]: ...

    def _terms(self, p: FloatArray, g: FloatArray) -> FloatArray:
        # ℓ = M/D
        M, D = self._fraction(p, g)
        return M / D

    def _slopes(self, p: FloatArray, g: FloatArray) -> FloatArray:
        # dℓ/dp = (dM − (M/D) dD) / D
        M, D = self._fraction(p, g)
        dM, dD = self._fraction_slopes(p, g)
        return (dM - M / D * dD) / D

    def _divisor(self, p: FloatArray, g: FloatArray) -> float:
        return 1.0

    def _prepare(self, prediction: ArrayLike, target: ArrayLike) -> tuple[FloatArray, FloatArray]:
        p, g = checks.pair(prediction, target)
        checks.probabilities("prediction", p, "apply the sigmoid first")
        checks.probabilities("target", g, "pass a mask of 0 and 1")
        return p, g


def _disagreement(p: FloatArray, g: FloatArray) -> Any:
    # P + G − 2I = Σ [p (1 − g) + (1 − p) g]
    return np.sum(p * (1 - g) + (1 - p) * g)


@dataclass(frozen=True)
class DiceLoss(OverlapLoss):
    """Dice: 1 minus twice the overlap divided by the two sizes.

        I = Σ p g,   P = Σ p,   G = Σ g        (squared: P = Σ p², G = Σ g²)
        ℓ = 1 − (2I + s) / (P + G + s)
        dℓ/dp = −(2g − (1 − ℓ)) / (P + G + s)  (squared: (1 − ℓ) 2p in place of 1 − ℓ)

    Being a ratio, it does not care how large the background is; it is usually added to
    cross-entropy, and its outputs are not calibrated. Two empty masks give 0 for s > 0; for s = 0
    they are 0/0 = NaN. Dice = 2J / (1 + J) with the overlap J = 1 − IoULoss, at s = 0.

    Prediction (probabilities) and target (mask of 0 and 1) have one shape, whichever; sums are
    over all elements, so there is one term, and all reductions agree.

    Args:
        smooth: s, at least 0.
        squared: Squares in the denominator, as V-Net has them.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: A value outside [0, 1], shapes that differ, no elements, or a bad setting.
        TypeError: Not numbers, or a float type other than float32 and float64.

    Examples:
        >>> loss = DiceLoss(smooth=0.0)
        >>> loss([1.0, 0.5, 0.5, 0.0], [1, 1, 0, 0])  # 1 - 2 * 1.5 / (2 + 2)
        0.25
        >>> loss.gradient([1.0, 0.5, 0.5, 0.0], [1, 1, 0, 0])
        array([-0.3125, -0.3125,  0.1875,  0.1875])

    Source:
        L. R. Dice, [Measures of the amount of ecologic
        association](https://doi.org/10.2307/1932409) (1945); F. Milletari et al.,
        [V-Net](https://arxiv.org/abs/1606.04797) (2016), squared. MONAI's `DiceLoss` has s = 1e-5
        in both places, Keras 1e-7 in the denominator only; PyTorch has none.
    """

    smooth: float = 1e-5
    squared: bool = False
    _: KW_ONLY
    reduction: Reduction = "mean"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(
            smooth=_validate.number("smooth", self.smooth, low=0),
            squared=_validate.flag("squared", self.squared),
        )

    def _fraction(self, p: FloatArray, g: FloatArray) -> tuple[Any, Any]:
        # M = P + G − 2I,   D = P + G + s
        if self.squared:
            return np.sum((p - g) ** 2), np.sum(p * p + g * g) + self.smooth
        return _disagreement(p, g), np.sum(p + g) + self.smooth

    def _fraction_slopes(self, p: FloatArray, g: FloatArray) -> tuple[Any, Any]:
        # dM/dp = 1 − 2g,   dD/dp = 1 (squared: 2p − 2g and 2p)
        return (2 * (p - g), 2 * p) if self.squared else (1 - 2 * g, 1)


@dataclass(frozen=True)
class IoULoss(OverlapLoss):
    """Intersection over union (Jaccard): 1 minus the overlap divided by what either covers.

        I = Σ p g,   U = Σ p + Σ g − I
        ℓ = 1 − (I + s) / (U + s)
        dℓ/dp = −(g − (1 − ℓ)(1 − g)) / (U + s)

    For the same masks it is at least the Dice loss. Two empty masks give 0 for s > 0; for s = 0
    they are 0/0 = NaN. This is the overlap of masks, not of bounding boxes.

    Prediction (probabilities) and target (mask of 0 and 1) have one shape, whichever; sums are
    over all elements, so there is one term, and all reductions agree.

    Args:
        smooth: s, at least 0.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: A value outside [0, 1], shapes that differ, no elements, or a bad setting.
        TypeError: Not numbers, or a float type other than float32 and float64.

    Examples:
        >>> loss = IoULoss(smooth=0.0)
        >>> loss([1.0, 0.5, 0.5, 0.0], [1, 1, 0, 0])  # 1 - 1.5 / 2.5
        0.4
        >>> loss.gradient([1.0, 0.5, 0.5, 0.0], [1, 1, 0, 0])
        array([-0.4 , -0.4 ,  0.24,  0.24])

    Source:
        P. Jaccard, [The distribution of the flora in the alpine
        zone](https://doi.org/10.1111/j.1469-8137.1912.tb05611.x) (1912); M. A. Rahman and Y. Wang,
        [Optimizing intersection-over-union in deep neural
        networks](https://doi.org/10.1007/978-3-319-50835-1_22) (2016). PyTorch has none.
    """

    smooth: float = 1e-5
    _: KW_ONLY
    reduction: Reduction = "mean"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(smooth=_validate.number("smooth", self.smooth, low=0))

    def _fraction(self, p: FloatArray, g: FloatArray) -> tuple[Any, Any]:
        # M = P + G − 2I,   D = P + G − I + s
        return _disagreement(p, g), np.sum(p + g * (1 - p)) + self.smooth

    def _fraction_slopes(self, p: FloatArray, g: FloatArray) -> tuple[Any, Any]:
        # dM/dp = 1 − 2g,   dD/dp = 1 − g
        return 1 - 2 * g, 1 - g


@dataclass(frozen=True)
class TverskyLoss(OverlapLoss):
    """Tversky: an overlap in which false alarms and misses have prices of their own.

        TP = Σ p g,   FP = Σ p (1 − g),   FN = Σ (1 − p) g
        ℓ = 1 − (TP + s) / (TP + α FP + β FN + s)
        dℓ/dp = −(g − (1 − ℓ) [g + α (1 − g) − β g]) / (TP + α FP + β FN + s)

    β > α punishes misses more, for small objects. Tversky(½, ½, s/2) = Dice(s), and
    Tversky(1, 1, s) = IoU(s).

    Prediction (probabilities) and target (mask of 0 and 1) have one shape, whichever; sums are
    over all elements, so there is one term, and all reductions agree.

    Args:
        alpha: α, the price of false positives; at least 0.
        beta: β, the price of false negatives; at least 0.
        smooth: s, at least 0.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: A value outside [0, 1], shapes that differ, no elements, or a bad setting.
        TypeError: Not numbers, or a float type other than float32 and float64.

    Examples:
        >>> loss = TverskyLoss(alpha=0.25, beta=0.75, smooth=0.0)
        >>> loss([1.0, 0.5, 0.5, 0.0], [1, 1, 0, 0])  # 1 - 1.5 / (1.5 + 0.125 + 0.375)
        0.25
        >>> loss.gradient([1.0, 0.5, 0.5, 0.0], [1, 1, 0, 0])
        array([-0.40625, -0.40625,  0.09375,  0.09375])

    Source:
        A. Tversky, [Features of similarity](https://doi.org/10.1037/0033-295X.84.4.327) (1977);
        S. S. M. Salehi et al., [Tversky loss function for image
        segmentation](https://arxiv.org/abs/1706.05721) (2017). PyTorch has none.
    """

    alpha: float = 0.5
    beta: float = 0.5
    smooth: float = 1e-5
    _: KW_ONLY
    reduction: Reduction = "mean"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(
            alpha=_validate.number("alpha", self.alpha, low=0),
            beta=_validate.number("beta", self.beta, low=0),
            smooth=_validate.number("smooth", self.smooth, low=0),
        )

    def _fraction(self, p: FloatArray, g: FloatArray) -> tuple[Any, Any]:
        # M = α FP + β FN,   D = TP + M + s
        TP, FP, FN = np.sum(p * g), np.sum(p * (1 - g)), np.sum((1 - p) * g)
        M = self.alpha * FP + self.beta * FN
        return M, TP + M + self.smooth

    def _fraction_slopes(self, p: FloatArray, g: FloatArray) -> tuple[Any, Any]:
        # dM/dp = α (1 − g) − β g,   dD/dp = g + dM/dp
        dM = self.alpha * (1 - g) - self.beta * g
        return dM, g + dM
