"""Losses for yes or no: one number for each example (or each of its labels), any shape."""

from dataclasses import KW_ONLY, dataclass

import numpy as np

from pylib import _validate
from pylib._numerics import YesNo, times, yes_no
from pylib._typing import ArrayLike, FloatArray
from pylib.losses import checks
from pylib.losses.base import Loss, Reduction

LABELS_ARE_0_OR_1 = "pass labels 0 and 1, or probabilities"

# PyTorch holds this 1e-12 as a float32, and so do we, to agree with it in float64 to the end.
SMALLEST_DENOMINATOR = float(np.float32(1e-12))


def _weighted(weight: ArrayLike | None, values: FloatArray, name: str = "weight") -> FloatArray:
    return values if weight is None else times(checks.spread(name, weight, values), values)


@dataclass(frozen=True)
class BCELoss(Loss):
    """Binary cross-entropy from probabilities: minus the logarithm of what was given to the truth.

        ℓ = −[y ln p + (1 − y) ln(1 − p)]        dℓ/dp = (p − y) / (p (1 − p))

    Two guards, both PyTorch's, keep it finite where p is 0 or 1: each logarithm is clamped at −100,
    so p = 0 with y = 1 costs 100, and the denominator p (1 − p) at 1e-12. `BCEWithLogitsLoss`
    takes logits, needs no guard, and is the one to train with.

    Prediction (probabilities) and target (labels, soft ones too) have one shape, whichever; the
    mean is over all elements.

    Args:
        weight: Factor for each element's loss, broadcast to the prediction's shape.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: A value outside [0, 1], shapes that differ, no elements, or a bad setting.
        TypeError: Not numbers, or a float type other than float32 and float64.

    Examples:
        >>> loss = BCELoss()
        >>> round(loss([0.9, 0.2], [1, 0]), 4)  # -(ln 0.9 + ln 0.8) / 2
        0.1643
        >>> loss.gradient([0.9, 0.2], [1, 0]).round(4)
        array([-0.5556,  0.625 ])
        >>> loss([0.0], [1])
        100.0

    Source:
        [torch.nn.BCELoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html);
        Keras clips p to [1e-7, 1 − 1e-7] instead, so its largest loss is 16.118.
    """

    weight: ArrayLike | None = None
    _: KW_ONLY
    reduction: Reduction = "mean"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(weight=checks.frozen_weights("weight", self.weight))

    def _prepare(self, prediction: ArrayLike, target: ArrayLike) -> tuple[FloatArray, FloatArray]:
        p, y = checks.pair(prediction, target)
        checks.probabilities("prediction", p, "apply the sigmoid first, or use BCEWithLogitsLoss")
        checks.probabilities("target", y, LABELS_ARE_0_OR_1)
        return p, y

    def _terms(self, p: FloatArray, y: FloatArray) -> FloatArray:
        # ℓ = −[y ln p + (1 − y) ln(1 − p)], each ln at least −100
        yes, no = np.maximum(np.log(p), -100), np.maximum(np.log1p(-p), -100)
        return _weighted(self.weight, -(y * yes + (1 - y) * no))

    def _slopes(self, p: FloatArray, y: FloatArray) -> FloatArray:
        # dℓ/dp = (p − y) / (p (1 − p)), the denominator at least 1e-12
        return _weighted(self.weight, (p - y) / np.maximum((1 - p) * p, SMALLEST_DENOMINATOR))


@dataclass(frozen=True)
class BCEWithLogitsLoss(Loss):
    """Binary cross-entropy from logits: sigmoid and logarithm in one, exact for any logit.

        p = σ(z)
        ℓ = −[w y ln p + (1 − y) ln(1 − p)]        dℓ/dz = (1 − y) p − w y (1 − p)

    w is `pos_weight`; at w = 1 the gradient is p − y. Neither p nor its logarithm is formed:
    −ln σ(z) = softplus(−z), which stays exact where p would round to 0 or 1.

    Prediction (logits) and target (labels, soft ones too) have one shape, whichever; the mean is
    over all elements.

    Args:
        weight: Factor for each element's loss, broadcast to the prediction's shape.
        pos_weight: w, a factor for the positive part only, broadcast to the prediction's shape:
            a number, or one for each label. Above 1 it trades precision for recall.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: A target outside [0, 1], shapes that differ, no elements, or a bad setting.
        TypeError: Not numbers, or a float type other than float32 and float64.

    Examples:
        >>> loss = BCEWithLogitsLoss()
        >>> round(loss([0.0, 2.0], [1, 1]), 4)  # (ln 2 + 0.1269) / 2
        0.41
        >>> loss.gradient([0.0, 2.0], [1, 1]).round(4)  # (p - y) / 2
        array([-0.25  , -0.0596])
        >>> loss([-800.0], [1])
        800.0

    Source:
        [torch.nn.BCEWithLogitsLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html).
    """

    weight: ArrayLike | None = None
    _: KW_ONLY
    pos_weight: ArrayLike | None = None
    reduction: Reduction = "mean"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(
            weight=checks.frozen_weights("weight", self.weight),
            pos_weight=checks.frozen_weights("pos_weight", self.pos_weight),
        )

    def _prepare(self, prediction: ArrayLike, target: ArrayLike) -> tuple[YesNo, FloatArray]:
        z, y = checks.pair(prediction, target)
        checks.probabilities("target", y, LABELS_ARE_0_OR_1)
        return yes_no(z), y

    def _divisor(self, at: YesNo, y: FloatArray) -> float:
        return float(y.size)

    def _terms(self, at: YesNo, y: FloatArray) -> FloatArray:
        # ℓ = −[w y ln p + (1 − y) ln(1 − p)]
        positive = _weighted(self.pos_weight, times(y, at.yes), "pos_weight")
        return _weighted(self.weight, positive + times(1 - y, at.no))

    def _slopes(self, at: YesNo, y: FloatArray) -> FloatArray:
        # dℓ/dz = (1 − y) p − w y (1 − p)
        positive = _weighted(self.pos_weight, y * at.q, "pos_weight")
        return _weighted(self.weight, (1 - y) * at.p - positive)


@dataclass(frozen=True)
class HingeLoss(Loss):
    """Hinge: wants every score on the right side by a margin of 1, and then asks no more.

        ℓ = max(0, 1 − y s)        dℓ/ds = −y where y s < 1, else 0

    s is the score and y is −1 or +1. Past the margin the gradient is exactly 0 (at the corner
    too), so only examples near or beyond the boundary shape a support vector machine.

    Prediction (scores) and target (−1 or +1) have one shape, whichever; the mean is over all
    elements.

    Args:
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: A target other than −1 and +1, shapes that differ, no elements, or an unknown
            reduction.
        TypeError: Not numbers, or a float type other than float32 and float64.

    Examples:
        >>> loss = HingeLoss(reduction="none")
        >>> loss([2.0, 0.5, 0.5], [1, 1, -1])
        array([0. , 0.5, 1.5])
        >>> loss.gradient([2.0, 0.5, 0.5], [1, 1, -1])
        array([-0., -1.,  1.])

    Source:
        C. Cortes and V. Vapnik, [Support-vector
        networks](https://doi.org/10.1007/BF00994018) (1995);
        scikit-learn's `hinge_loss`; PyTorch has none for a label of −1 or +1.
    """

    _: KW_ONLY
    reduction: Reduction = "mean"

    def _prepare(self, prediction: ArrayLike, target: ArrayLike) -> tuple[FloatArray, FloatArray]:
        s, y = checks.pair(prediction, target)
        checks.signs("HingeLoss", y)
        return s, y

    def _terms(self, s: FloatArray, y: FloatArray) -> FloatArray:
        # ℓ = max(0, 1 − y s)
        return np.maximum(0, 1 - y * s)

    def _slopes(self, s: FloatArray, y: FloatArray) -> FloatArray:
        # dℓ/ds = −y where 1 − y s > 0
        return -y * np.heaviside(1 - y * s, s.dtype.type(0))


@dataclass(frozen=True)
class BinaryFocalLoss(Loss):
    """Focal loss from logits: cross-entropy that all but ignores what is already easy.

        p = σ(z),  pₜ = p where y = 1 and 1 − p where y = 0,  αₜ = α or 1 − α alike
        ℓ = αₜ (1 − pₜ)^γ · CE,      CE = −ln pₜ

    With m = 1 − pₜ = p + y − 2 p y, αₜ = α y + (1 − α)(1 − y) and CE as in `BCEWithLogitsLoss`
    (so soft labels work too):

        dℓ/dz = αₜ [m^γ (p − y) + γ m^(γ−1) (1 − 2y) p (1 − p) CE]

    At γ = 2 an example with pₜ = 0.9 counts a hundredth of what cross-entropy gives it. γ = 0 and
    alpha=None give `BCEWithLogitsLoss`. What minimizes it is not a calibrated probability.

    Prediction (logits) and target (labels) have one shape, whichever; the mean is over all
    elements.

    Args:
        alpha: α, the share of the positive class, from 0 to 1; None for no such factor.
        gamma: γ, how fast easy examples fade; at least 0.
        reduction: "mean", "sum" or "none" (torchvision's function has "none" as its default).

    Raises:
        ValueError: A target outside [0, 1], shapes that differ, no elements, or a bad setting.
        TypeError: Not numbers, or a float type other than float32 and float64.

    Examples:
        >>> loss = BinaryFocalLoss(alpha=None, gamma=2.0)
        >>> z = np.log(9.0)  # p = 0.9
        >>> round(BCEWithLogitsLoss()([z], [1]) / loss([z], [1]), 6)
        100.0
        >>> loss.gradient([z], [1]).round(6)
        array([-0.002896])

    Source:
        T.-Y. Lin et al., [Focal loss for dense object
        detection](https://arxiv.org/abs/1708.02002) (2017);
        torchvision's `sigmoid_focal_loss`.
    """

    alpha: float | None = 0.25
    gamma: float = 2.0
    _: KW_ONLY
    reduction: Reduction = "mean"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.alpha is not None:
            self._set(alpha=_validate.number("alpha", self.alpha, 0, 1))
        self._set(gamma=_validate.number("gamma", self.gamma, low=0))

    def _prepare(self, prediction: ArrayLike, target: ArrayLike) -> tuple[YesNo, FloatArray]:
        z, y = checks.pair(prediction, target)
        checks.probabilities("target", y, LABELS_ARE_0_OR_1)
        return yes_no(z), y

    def _divisor(self, at: YesNo, y: FloatArray) -> float:
        return float(y.size)

    def _terms(self, at: YesNo, y: FloatArray) -> FloatArray:
        # ℓ = αₜ m^γ CE
        return times(self._alpha_t(y) * _missing(at, y) ** self.gamma, _cross_entropy(at, y))

    def _slopes(self, at: YesNo, y: FloatArray) -> FloatArray:
        # dℓ/dz = αₜ m^γ [(p − y) + γ (dm/m) CE],  dm = (1 − 2y) p (1 − p)
        m = _missing(at, y)
        dm = (1 - 2 * y) * at.p * at.q
        # where m rounds to 0, so do dm and CE
        dm_over_m = np.divide(dm, m, out=np.zeros_like(m), where=m != 0)
        dce = (1 - y) * at.p - y * at.q
        dce_of_m = times(dm_over_m, _cross_entropy(at, y))
        return self._alpha_t(y) * m**self.gamma * (dce + self.gamma * dce_of_m)

    def _alpha_t(self, y: FloatArray) -> FloatArray | float:
        return 1.0 if self.alpha is None else self.alpha * y + (1 - self.alpha) * (1 - y)


def _missing(at: YesNo, y: FloatArray) -> FloatArray:
    # m = 1 − pₜ: the probability that the truth did not get
    return y * at.q + (1 - y) * at.p


def _cross_entropy(at: YesNo, y: FloatArray) -> FloatArray:
    # CE = −[y ln p + (1 − y) ln(1 − p)]
    return times(y, at.yes) + times(1 - y, at.no)
