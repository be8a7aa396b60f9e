"""Sigmoid, softmax and their logarithms, written so that no logit is too large for them."""

# NumPy types the arithmetic of float32 or float64 arrays as Any.
# mypy: disable-error-code="no-any-return"

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


def softplus(z: FloatArray) -> FloatArray:
    """A smooth max(z, 0), the curve ln(1 + eᶻ) = max(z, 0) + ln(1 + e^−|z|).

    It is how a logarithm of the sigmoid is taken: −ln σ(z) = softplus(−z).

    Examples:
        >>> softplus(np.array([-1000.0, 0.0, 1000.0]))
        array([0.00000000e+00, 6.93147181e-01, 1.00000000e+03])
    """
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


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
    """Logarithm of the softmax, zₖ − ln Σⱼ exp zⱼ, with the largest logit subtracted before exp.

    Examples:
        >>> log_softmax(np.array([[1000.0, 0.0]]), axis=1)
        array([[    0., -1000.]])
    """
    shifted = logits - logits.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def times(weight: FloatArray, x: FloatArray) -> FloatArray:
    """Multiply, with 0 · (±∞) = 0 as in 0 ln 0 = 0; NaN stays NaN.

    Examples:
        >>> times(np.array([0.0, 0.5]), np.array([-np.inf, -np.inf]))
        array([  0., -inf])
    """
    # where the weight is 0, 1 takes the place of an infinite x
    return weight * np.where((weight == 0) & np.isinf(x), 1, x)
