"""Sigmoid, softmax and their logarithms, written so that no logit is too large for them."""

# NumPy types the arithmetic of float32 or float64 arrays as Any.
# mypy: disable-error-code="no-any-return"

from typing import NamedTuple

import numpy as np

from pylib._typing import FloatArray


def sigmoid(z: FloatArray) -> FloatArray:
    """Squash any number into (0, 1).

        σ(z) = 1 / (1 + e⁻ᶻ)

    Args:
        z: Any shape.

    Returns:
        An array of the shape of `z`; no overflow for any finite z.

    Examples:
        >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
        array([0. , 0.5, 1. ])
    """
    e = np.exp(-np.abs(z))
    # z >= 0: 1 / (1 + e^-z);  z < 0: e^z / (1 + e^z)
    return np.where(z >= 0, 1, e) / (1 + e)


class YesNo(NamedTuple):
    """A logit's probabilities of yes and of no, and what each answer costs."""

    p: FloatArray  # σ(z)
    q: FloatArray  # 1 − p = σ(−z)
    yes: FloatArray  # −ln p = ln(1 + e⁻ᶻ)
    no: FloatArray  # −ln q = ln(1 + eᶻ)


def yes_no(z: FloatArray) -> YesNo:
    """The sigmoid from both sides, and the logarithms of both, from one exponential.

        q = 1 − σ(z) = σ(−z)
        −ln σ(z) = softplus(−z),   softplus(z) = ln(1 + eᶻ) = max(z, 0) + ln(1 + e^−|z|)

    Each of the four is exact where another rounds to 0 or 1.

    Examples:
        >>> yes_no(np.array([-1000.0, 0.0, 1000.0])).no
        array([0.00000000e+00, 6.93147181e-01, 1.00000000e+03])
    """
    e = np.exp(-np.abs(z))
    likely, unlikely, cost = 1 / (1 + e), e / (1 + e), np.log1p(e)
    p, q = np.where(z >= 0, likely, unlikely), np.where(z >= 0, unlikely, likely)
    return YesNo(p, q, np.maximum(-z, 0) + cost, np.maximum(z, 0) + cost)


def softmax(z: FloatArray) -> FloatArray:
    """Turn logits into probabilities that sum to 1.

        pₖ = exp(zₖ) / Σⱼ exp(zⱼ)

    Args:
        z: Logits, shape `(..., K)`.

    Returns:
        Probabilities, shape `(..., K)`.

    Examples:
        >>> softmax(np.array([1000.0, 1000.0]))
        array([0.5, 0.5])
    """
    weights = np.exp(z - z.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)


def log_softmax(logits: FloatArray, axis: int) -> FloatArray:
    """Logarithm of the softmax, zₖ − ln Σⱼ exp zⱼ, exact also where the softmax rounds to 1.

    With m the largest logit it is (zₖ − m) − ln(1 + x), x = Σⱼ exp(zⱼ − m) without the term of m.

    Examples:
        >>> log_softmax(np.array([[1000.0, 0.0]]), axis=1)
        array([[    0., -1000.]])
    """
    shifted = logits - logits.max(axis=axis, keepdims=True)
    largest = shifted == 0
    ties = largest.sum(axis=axis, keepdims=True) - 1
    x = np.exp(shifted)
    x[largest] = 0
    shifted -= np.log1p(x.sum(axis=axis, keepdims=True) + ties)  # in place: it is half the time
    return shifted


def times(weight: FloatArray, x: FloatArray) -> FloatArray:
    """Multiply, with 0 · (±∞) = 0 as in 0 ln 0 = 0; NaN stays NaN.

    Examples:
        >>> times(np.array([0.0, 0.5]), np.array([-np.inf, -np.inf]))
        array([  0., -inf])
    """
    # where the weight is 0, 1 takes the place of an infinite x
    return weight * np.where((weight == 0) & np.isinf(x), 1, x)
