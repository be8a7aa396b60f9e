"""Losses for vectors that a model makes of things: like ones should be near, unlike ones far."""

# NumPy types the arithmetic of float32 or float64 arrays as Any.
# mypy: disable-error-code="no-any-return"

from dataclasses import KW_ONLY, dataclass
from typing import Any, NamedTuple

import numpy as np

from pylib import _validate
from pylib._typing import ArrayLike, FloatArray
from pylib.losses import checks
from pylib.losses.base import LossOfThree, Reduction

# PyTorch adds 1e-12, held as a float32, to each square of a length.
SMALLEST_SQUARE = float(np.float32(1e-12))


class _Distance(NamedTuple):
    length: FloatArray  # (..., 1)
    slope: FloatArray  # by the first vector, (..., D); by the second it is the opposite


class _Triplet(NamedTuple):
    raw: FloatArray  # margin + d(a, p) − d(a, n), (..., 1)
    to_positive: FloatArray  # the slopes of d(a, p), d(a, n) and d(p, n), (..., D)
    to_negative: FloatArray
    between: FloatArray
    share: Any  # how much of the second distance is d(a, n)


@dataclass(frozen=True)
class TripletMarginLoss(LossOfThree):
    """Triplet margin: the anchor should be nearer to the positive than to the negative.

        d(x, y) = ‖x − y + eps‖_p
        ℓ = max(0, margin + d(a, p) − d(a, n))
        u = ∂d(a, p)/∂a,  w = ∂d(a, n)/∂a:   dℓ/da = u − w,   dℓ/dp = −u,   dℓ/dn = w

    and all are 0 where the negative is further off by more than the margin. With `swap` the second
    distance is min(d(a, n), d(p, n)), so that a negative close to the positive counts as well;
    where both are equal each gets half of the slope.

    Call `loss(anchor, positive, negative)`; the gradient is a tuple of three, one for each. They
    have one shape: (N, D), or (..., D), or a single (D,). The mean is over the N rows.

    Args:
        margin: By how much the negative should be further off; above 0.
        p: The norm, at least 1: 2 is the usual distance.
        eps: Added to each difference, as in PyTorch, so that no distance is exactly 0.
        swap: Take the harder of the two distances of the negative.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: Shapes that differ, no axis for D, no elements, or a bad setting.
        TypeError: Not numbers, or a float type other than float32 and float64.

    Examples:
        >>> loss = TripletMarginLoss(margin=3.0, eps=0.0)
        >>> loss([[0.0, 0.0]], [[3.0, 4.0]], [[0.0, 6.0]])  # 3 + 5 - 6
        2.0
        >>> for slope in loss.gradient([[0.0, 0.0]], [[3.0, 4.0]], [[0.0, 6.0]]):
        ...     print(slope.round(4))
        [[-0.6  0.2]]
        [[0.6 0.8]]
        [[ 0. -1.]]

    Source:
        F. Schroff et al., [FaceNet](https://arxiv.org/abs/1503.03832) (2015); V. Balntas et al.,
        Learning local feature descriptors with triplets (2016), for the swap;
        [torch.nn.TripletMarginLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.TripletMarginLoss.html).
    """

    margin: float = 1.0
    p: float = 2.0
    eps: float = 1e-6
    swap: bool = False
    _: KW_ONLY
    reduction: Reduction = "mean"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(
            margin=_validate.number("margin", self.margin, 0, open_low=True),
            p=_validate.number("p", self.p, 1),
            eps=_validate.number("eps", self.eps, 0),
            swap=_validate.flag("swap", self.swap),
        )

    def _prepare(self, anchor: ArrayLike, positive: ArrayLike, negative: ArrayLike, /) -> _Triplet:
        a, p, n = checks.vectors({"anchor": anchor, "positive": positive, "negative": negative})
        near, far, between = self._distance(a, p), self._distance(a, n), self._distance(p, n)
        second: Any = far.length
        share: Any = 1
        if self.swap:
            second = np.minimum(far.length, between.length)
            share = np.heaviside(between.length - far.length, a.dtype.type(0.5))
        raw = self.margin + (near.length - second)
        return _Triplet(raw, near.slope, far.slope, between.slope, share)

    def _distance(self, x: FloatArray, y: FloatArray) -> _Distance:
        # ‖d‖_p = (Σ |d|ᵖ)^(1/p), its slope sign(d) (|d| / ‖d‖_p)^(p−1), and 0 where d = 0
        d = x - y + self.eps
        size = np.abs(d)
        largest = size.max(axis=-1, keepdims=True)
        scale = np.where(largest == 0, 1, largest)  # no power leaves the range of the floats
        length = scale * ((size / scale) ** self.p).sum(axis=-1, keepdims=True) ** (1 / self.p)
        slope = np.sign(d) * (size / np.where(length == 0, 1, length)) ** (self.p - 1)
        return _Distance(length, slope)

    def _terms(self, at: _Triplet) -> FloatArray:
        # ℓ = max(0, margin + d(a, p) − d(a, n)): (..., D) -> (...)
        return np.maximum(0, at.raw[..., 0])

    def _slopes(self, at: _Triplet) -> tuple[FloatArray, ...]:
        # dℓ/da = u − w,   dℓ/dp = −u,   dℓ/dn = w; with swap w is shared with d(p, n)
        w, other = at.share * at.to_negative, (1 - at.share) * at.between
        slopes = at.to_positive - w, -at.to_positive - other, w + other
        return tuple(np.where(at.raw < 0, 0, slope) for slope in slopes)


class _Pair(NamedTuple):
    cos: FloatArray  # (...)
    by_x1: FloatArray  # dcos/dx1, (..., D)
    by_x2: FloatArray
    y: FloatArray  # (...)


@dataclass(frozen=True)
class CosineEmbeddingLoss(LossOfThree):
    """Cosine embedding: like pairs should point the same way, unlike ones should not.

        mᵢ = Σ xᵢ² + 1e-12,   cos = x₁·x₂ / √(m₁ m₂)
        ℓ = 1 − cos                    where y = 1
        ℓ = max(0, cos − margin)       where y = −1
        dcos/dx₁ = x₂ / √(m₁ m₂) − cos x₁ / m₁, and alike for x₂:
        dℓ/dx = −dcos/dx where y = 1, dcos/dx where y = −1 and cos ≥ margin, else 0

    Only directions count: the gradient is at right angles to its vector, but for the 1e-12 that
    PyTorch adds to keep vectors of length 0 from dividing by 0.

    Call `loss(x1, x2, target)`; the gradient is a tuple of two, by x1 and by x2. Both have one
    shape, (N, D), or (..., D), or a single (D,); the target (+1 or −1) has it without the last
    axis. The mean is over the N pairs.

    Args:
        margin: How alike an unlike pair may be, from −1 to 1; 0 to 0.5 is usual.
        reduction: "mean", "sum" or "none".

    Raises:
        ValueError: A target other than −1 and +1, shapes that do not fit, no elements, or a bad
            setting.
        TypeError: Not numbers, or a float type other than float32 and float64.

    Examples:
        >>> loss = CosineEmbeddingLoss(reduction="none")
        >>> x1, x2 = [[1.0, 0.0], [1.0, 0.0]], [[3.0, 4.0], [3.0, 4.0]]
        >>> loss(x1, x2, [1, -1]).round(4)  # 1 - 3/5, and 3/5
        array([0.4, 0.6])
        >>> loss.gradient(x1, x2, [1, -1])[0].round(4)
        array([[-0. , -0.8],
               [ 0. ,  0.8]])

    Source:
        J. Bromley et al., Signature verification using a "Siamese" time delay neural network
        (NIPS 1993), for the cosine of two outputs;
        [torch.nn.CosineEmbeddingLoss](https://docs.pytorch.org/docs/stable/generated/torch.nn.CosineEmbeddingLoss.html).
    """

    margin: float = 0.0
    _: KW_ONLY
    reduction: Reduction = "mean"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._set(margin=_validate.number("margin", self.margin, -1, 1))

    def _prepare(self, x1: ArrayLike, x2: ArrayLike, target: ArrayLike, /) -> _Pair:
        a, b = checks.vectors({"x1": x1, "x2": x2})
        y = checks.floats("target", target).astype(a.dtype, copy=False)
        if y.shape != a.shape[:-1]:
            raise ValueError(
                f"x1 has shape {a.shape} and target {y.shape}; "
                f"target needs shape {a.shape[:-1]}, one label for each pair"
            )
        checks.signs("CosineEmbeddingLoss", y)
        m1, m2 = ((x * x).sum(axis=-1, keepdims=True) + SMALLEST_SQUARE for x in (a, b))
        u, v = a / np.sqrt(m1), b / np.sqrt(m2)
        cos = (u * v).sum(axis=-1, keepdims=True)
        return _Pair(cos[..., 0], (v - cos * u) / np.sqrt(m1), (u - cos * v) / np.sqrt(m2), y)

    def _terms(self, at: _Pair) -> FloatArray:
        # ℓ = 1 − cos where y = 1, else max(0, cos − margin); y² is 1, or NaN
        terms = np.where(at.y == 1, 1 - at.cos, np.maximum(0, at.cos - self.margin))
        return at.y * at.y * terms

    def _slopes(self, at: _Pair) -> tuple[FloatArray, ...]:
        # dℓ/dcos = −1 where y = 1, else 1 where cos ≥ margin
        outward = at.y * at.y * np.where(at.y == 1, -at.y, at.cos >= self.margin)
        return outward[..., None] * at.by_x1, outward[..., None] * at.by_x2
