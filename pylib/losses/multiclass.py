"""Losses for one class out of K: rows of K scores, log-probabilities or probabilities."""

# NumPy types the arithmetic of float32 or float64 arrays as Any.
# mypy: disable-error-code="no-any-return"

from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal

import numpy as np

from pylib import _validate
from pylib._numerics import log_softmax, times
from pylib._typing import ArrayLike, FloatArray, IntArray
from pylib.losses import checks
from pylib.losses.base import Loss, Reduction
from pylib.losses.checks import class_axis
from pylib.losses.class_targets import (
    Goal,
    class_weights,
    goal_from_indices,
    goal_from_probabilities,
    one_hot,
    over_classes,
)


@dataclass(frozen=True)
class CrossEntropyLoss(Loss):
    """Cross-entropy from logits: softmax, then minus the logarithm of the true class's share.

        ln pₖ = zₖ − ln Σⱼ eᶻʲ
        ℓ = −Σₖ Tₖ ln pₖ                    dℓ/dz = (Σⱼ Tⱼ) p − T

    For a class index y, T is 1 at y: ℓ = −ln p_y and dℓ/dz = p − onehot(y). In general, with
    weights w, smoothing ε and a target distribution q (one-hot, or the probabilities given):

        Tₖ = wₖ [(1 − ε) qₖ + ε/K],         T = 0 at positions to ignore
        mean: Σ ℓ / Σ w_y over the class indices that are not ignored,
              Σ ℓ / (number of positions) for probabilities

    It contains the softmax: applying one before is the classic bug. If all positions are ignored
    the mean is 0/0 = NaN, and the gradient 0.

    Prediction is (N, K), (N, K, ...), or a single (K,), the classes on axis 1 (0 for a single row).
    Target is either class indices: integers, the same shape without that axis; or probabilities:
    the shape of the prediction.

    Args:
        weight: w, one factor for each class; all 1 by default.
        ignore_index: Positions with this class index count nothing (class indices only).
        label_smoothing: ε from 0 to 1, the part of the target that is spread over all classes.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: Shapes that do not fit, a class index out of range, a target probability outside
            [0, 1], weights that are not K, no elements, or a bad setting.
        TypeError: Not numbers, class indices that are not integers, or a float type other than
            float32 and float64.

    Examples:
        >>> loss = CrossEntropyLoss()
        >>> round(loss([[2.0, 1.0, 0.1]], [0]), 4)
        0.417
        >>> loss.gradient([[2.0, 1.0, 0.1]], [0]).round(4)  # softmax - onehot
        array([[-0.341 ,  0.2424,  0.0986]])
        >>> loss([[1000.0, 0.0]], [1])
        1000.0

    Source:
        J. S. Bridle, Training stochastic model recognition algorithms (NIPS 1989), for softmax with
        cross-entropy; C. Szegedy et al., [Rethinking the Inception
        architecture](https://arxiv.org/abs/1512.00567) (2015), for label smoothing;
        [torch.nn.CrossEntropyLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html).
    """

    weight: ArrayLike | None = None
    _: KW_ONLY
    ignore_index: int = -100
    label_smoothing: float = 0.0
    reduction: Reduction = "mean"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(
            weight=checks.frozen_weights("weight", self.weight),
            ignore_index=_validate.whole("ignore_index", self.ignore_index, None),
            label_smoothing=_validate.number("label_smoothing", self.label_smoothing, 0, 1),
        )

    def _prepare(self, prediction: ArrayLike, target: ArrayLike) -> tuple[FloatArray, Goal]:
        logits, target = checks.floats("prediction", prediction), checks.array("target", target)
        goal = self._goal(logits, target)
        return log_softmax(logits, class_axis(logits)), goal

    def _goal(self, logits: FloatArray, target: Any) -> Goal:
        weight, epsilon = self.weight, self.label_smoothing
        if target.shape != logits.shape:
            indices = checks.class_indices(logits, target, self.ignore_index)
            return goal_from_indices(logits, indices, weight, self.ignore_index, epsilon)
        q = target.astype(logits.dtype)
        checks.probabilities("target", q, "pass probabilities, or class indices as integers")
        if self.ignore_index >= 0:
            raise ValueError(
                f"ignore_index is {self.ignore_index} and target has shape {q.shape}; "
                "ignore_index needs class indices: pass integers, or leave it at -100"
            )
        return goal_from_probabilities(logits, q, weight, epsilon)

    def _terms(self, log_p: FloatArray, goal: Goal) -> FloatArray:
        # ℓ = −Σₖ Tₖ ln pₖ: (N, K, ...) -> (N, ...)
        terms = -times(goal.T, log_p).sum(axis=class_axis(log_p))
        return np.where(goal.counts, terms, 0)

    def _slopes(self, log_p: FloatArray, goal: Goal) -> FloatArray:
        # dℓ/dz = (Σⱼ Tⱼ) p − T, as (Σⱼ Tⱼ − T) p + T (p − 1): exact also where p rounds to 1
        others = goal.T.sum(axis=class_axis(log_p), keepdims=True) - goal.T
        slopes = others * np.exp(log_p) + goal.T * np.expm1(log_p)
        return np.where(over_classes(goal.counts, log_p), slopes, 0)

    def _divisor(self, log_p: FloatArray, goal: Goal) -> float:
        return goal.divisor


@dataclass(frozen=True)
class NLLLoss(Loss):
    """Negative log-likelihood: the second half of cross-entropy, for log-probabilities.

        ℓ = −w_y x_y        dℓ/dxₖ = −w_y where k = y, else 0
        mean: Σ ℓ / Σ w_y over the positions that are not ignored

    x are log-probabilities: CrossEntropyLoss of z is NLLLoss of log_softmax(z). Nothing checks
    that they are: with probabilities it gives a negative number of no use.

    Prediction is (N, K), (N, K, ...) or a single (K,); target holds integers of the same shape
    without the class axis.

    Args:
        weight: w, one factor for each class; all 1 by default.
        ignore_index: Positions with this class index count nothing. If all are ignored the mean
            is 0/0 = NaN, and the gradient 0.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: Shapes that do not fit, a class index out of range, weights that are not K, no
            elements, or a bad setting.
        TypeError: Not numbers, class indices that are not integers, or a float type other than
            float32 and float64.

    Examples:
        >>> loss = NLLLoss()
        >>> x = np.log([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1]])
        >>> round(loss(x, [0, 1]), 4)  # -(ln 0.5 + ln 0.8) / 2
        0.4581
        >>> loss.gradient(x, [0, 1])
        array([[-0.5, -0. , -0. ],
               [-0. , -0.5, -0. ]])

    Source:
        [torch.nn.NLLLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html).
    """

    weight: ArrayLike | None = None
    _: KW_ONLY
    ignore_index: int = -100
    reduction: Reduction = "mean"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(
            weight=checks.frozen_weights("weight", self.weight),
            ignore_index=_validate.whole("ignore_index", self.ignore_index, None),
        )

    def _prepare(self, prediction: ArrayLike, target: ArrayLike) -> tuple[FloatArray, Goal]:
        log_p = checks.floats("prediction", prediction)
        indices = checks.class_indices(log_p, target, self.ignore_index)
        return log_p, goal_from_indices(log_p, indices, self.weight, self.ignore_index)

    def _terms(self, log_p: FloatArray, goal: Goal) -> FloatArray:
        # ℓ = −w_y x_y: (N, K, ...) -> (N, ...), with T = w at the class y and 0 elsewhere
        return -np.where(goal.T == 0, 0, goal.T * log_p).sum(axis=class_axis(log_p))

    def _slopes(self, log_p: FloatArray, goal: Goal) -> FloatArray:
        # dℓ/dx = −w_y at the class y
        return -goal.T

    def _divisor(self, log_p: FloatArray, goal: Goal) -> float:
        return goal.divisor


@dataclass(frozen=True)
class CategoricalCrossEntropyLoss(Loss):
    """Categorical cross-entropy from probabilities: the formula of the textbooks, as it stands.

        ℓ = −Σₖ yₖ ln pₖ        dℓ/dpₖ = −yₖ / pₖ

    0 ln 0 counts as 0, and p = 0 at the true class costs infinity: nothing is clipped. Rows are
    taken as they are; that they sum to 1 is the softmax's business. To train, use
    `CrossEntropyLoss`, which takes logits and stays finite.

    Prediction (probabilities) and target (one-hot, or probabilities) have one shape: (N, K),
    (N, K, ...) or a single (K,), the classes on axis 1 (0 for a single row). The mean is over the
    positions, so over N for (N, K).

    Args:
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: A value outside [0, 1], shapes that differ, no elements, or an unknown
            reduction.
        TypeError: Not numbers, or a float type other than float32 and float64.

    Examples:
        >>> loss = CategoricalCrossEntropyLoss()
        >>> round(loss([[0.7, 0.2, 0.1]], [[1, 0, 0]]), 4)  # -ln 0.7
        0.3567
        >>> loss.gradient([[0.5, 0.25, 0.25]], [[1, 0, 0]])
        array([[-2., -0., -0.]])

    Source:
        C. E. Shannon, [A mathematical theory of
        communication](https://doi.org/10.1002/j.1538-7305.1948.tb01338.x) (1948), for entropy;
        Keras's `CategoricalCrossentropy` renormalises rows and clips p to [1e-7, 1 − 1e-7].
    """

    _: KW_ONLY
    reduction: Reduction = "mean"

    def _prepare(self, prediction: ArrayLike, target: ArrayLike) -> tuple[FloatArray, FloatArray]:
        p, y = checks.pair(prediction, target)
        class_axis(p)
        checks.probabilities("prediction", p, "apply softmax first, or use CrossEntropyLoss")
        checks.probabilities("target", y, "pass one-hot rows, or rows of probabilities")
        return p, y

    def _terms(self, p: FloatArray, y: FloatArray) -> FloatArray:
        # ℓ = −Σₖ yₖ ln pₖ: (N, K, ...) -> (N, ...)
        return -times(y, np.log(p)).sum(axis=class_axis(p))

    def _slopes(self, p: FloatArray, y: FloatArray) -> FloatArray:
        # dℓ/dpₖ = −yₖ / pₖ, and 0 where yₖ = 0
        return -times(y, 1 / p)

    def _divisor(self, p: FloatArray, y: FloatArray) -> float:
        return p.size / p.shape[class_axis(p)]


@dataclass(frozen=True)
class KLDivLoss(Loss):
    """Kullback-Leibler divergence: the extra cost of believing p where q is true.

        ℓ = q (ln q − x)        dℓ/dx = −q

    x are log-probabilities (the prediction), q probabilities (the target); 0 ln 0 counts as 0.
    Summed over a row it is KL(q ‖ p) with p = eˣ: 0 where both agree, and not symmetric.

    Prediction and target have one shape, whichever. The mean is over all elements, so that for
    (N, K) it is K times too small; "batchmean" divides by N, and is the divergence.

    Args:
        log_target: The target is given as ln q.
        reduction: "mean", "batchmean", "sum" or "none".

    Raises:
        ValueError: A target outside [0, 1], shapes that differ, no elements, or an unknown
            reduction.
        TypeError: Not numbers, or a float type other than float32 and float64.

    Examples:
        >>> loss = KLDivLoss(reduction="batchmean")
        >>> x, q = np.log([[0.5, 0.5]]), [[0.75, 0.25]]
        >>> round(loss(x, q), 4)  # 0.75 ln 1.5 + 0.25 ln 0.5
        0.1308
        >>> loss.gradient(x, q)
        array([[-0.75, -0.25]])

    Source:
        S. Kullback and R. A. Leibler, [On information and
        sufficiency](https://doi.org/10.1214/aoms/1177729694) (1951);
        [torch.nn.KLDivLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html).
    """

    _: KW_ONLY
    log_target: bool = False
    reduction: Reduction | Literal["batchmean"] = "mean"

    _reductions = ("mean", "batchmean", "sum", "none")

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(log_target=_validate.flag("log_target", self.log_target))

    def _prepare(self, prediction: ArrayLike, target: ArrayLike) -> tuple[FloatArray, FloatArray]:
        x, q = checks.pair(prediction, target)
        if not self.log_target:
            checks.probabilities("target", q, "pass probabilities, or log_target=True for ln q")
        return x, q

    def _terms(self, x: FloatArray, target: FloatArray) -> FloatArray:
        # ℓ = q (ln q − x)
        q, log_q = self._both(target)
        return times(q, log_q) - times(q, x)

    def _slopes(self, x: FloatArray, target: FloatArray) -> FloatArray:
        # dℓ/dx = −q
        return -self._both(target)[0]

    def _both(self, target: FloatArray) -> tuple[FloatArray, FloatArray]:
        return (np.exp(target), target) if self.log_target else (target, np.log(target))

    def _divisor(self, x: FloatArray, target: FloatArray) -> float:
        return len(x) if self.reduction == "batchmean" and x.ndim else x.size


@dataclass(frozen=True)
class MultiMarginLoss(Loss):
    """Multi-class hinge: the true class should beat every other one by a margin.

        hᵢ = max(0, margin − s_y + sᵢ)  for i ≠ y
        ℓ = (w_y / K) Σ_{i≠y} hᵢᵖ
        dℓ/dsᵢ = (w_y / K) p hᵢ^(p−1)  where hᵢ > 0, else 0;   dℓ/ds_y = −Σ_{i≠y} dℓ/dsᵢ

    Prediction (scores) is (N, K), (N, K, ...) or a single (K,); target holds class indices of the
    same shape without the class axis. The mean is over the positions, whatever their weights.

    Args:
        p: 1 or 2, the power of each violation.
        margin: By how much the true class should win.
        weight: w, one factor for each class; all 1 by default.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: Shapes that do not fit, a class index out of range, weights that are not K, no
            elements, or a bad setting.
        TypeError: Not numbers, class indices that are not integers, or a float type other than
            float32 and float64.

    Examples:
        >>> loss = MultiMarginLoss()
        >>> loss([[1.0, 1.5, -2.0]], [0])  # (max(0, 1 - 1 + 1.5) + max(0, 1 - 1 - 2)) / 3
        0.5
        >>> loss.gradient([[1.0, 1.5, -2.0]], [0]).round(4)
        array([[-0.3333,  0.3333,  0.    ]])

    Source:
        K. Crammer and Y. Singer, [On the algorithmic implementation of multiclass kernel-based
        vector machines](https://www.jmlr.org/papers/v2/crammer01a.html) (2001);
        J. Weston and C. Watkins (1999), for the sum over classes;
        [torch.nn.MultiMarginLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiMarginLoss.html).
    """

    p: int = 1
    margin: float = 1.0
    weight: ArrayLike | None = None
    _: KW_ONLY
    reduction: Reduction = "mean"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(
            p=_validate.whole("p", self.p, 1, 2),
            margin=_validate.number("margin", self.margin),
            weight=checks.frozen_weights("weight", self.weight),
        )

    def _prepare(self, prediction: ArrayLike, target: ArrayLike) -> tuple[FloatArray, IntArray]:
        scores = checks.floats("prediction", prediction)
        return scores, checks.class_indices(scores, target)

    def _violations(self, scores: FloatArray, target: IntArray) -> FloatArray:
        # hᵢ = max(0, margin − s_y + sᵢ), and 0 at i = y; (N, K, ...)
        axis = class_axis(scores)
        s_y = np.take_along_axis(scores, over_classes(target, scores), axis)
        h = np.maximum(0, self.margin + (scores - s_y))
        return np.where(one_hot(scores, target) == 1, 0, h)

    def _scale(self, scores: FloatArray, target: IntArray) -> FloatArray:
        # w_y / K for each position; (N, 1, ...)
        axis = class_axis(scores)
        w_y = class_weights(self.weight, scores) * one_hot(scores, target)
        return w_y.sum(axis=axis, keepdims=True) / scores.shape[axis]

    def _terms(self, scores: FloatArray, target: IntArray) -> FloatArray:
        # ℓ = (w_y / K) Σ_{i≠y} hᵢᵖ: (N, K, ...) -> (N, ...)
        h = self._violations(scores, target)
        return times(self._scale(scores, target), h**self.p).sum(axis=class_axis(scores))

    def _slopes(self, scores: FloatArray, target: IntArray) -> FloatArray:
        # dℓ/dsᵢ = (w_y / K) p hᵢ^(p−1) where hᵢ > 0; the true class gets minus their sum
        h = self._violations(scores, target)
        push = np.heaviside(h, scores.dtype.type(0)) if self.p == 1 else 2 * h
        pull = push.sum(axis=class_axis(scores), keepdims=True)
        slopes = np.where(one_hot(scores, target) == 1, -pull, push)
        return times(self._scale(scores, target), slopes)

    def _divisor(self, scores: FloatArray, target: IntArray) -> float:
        return scores.size / scores.shape[class_axis(scores)]
