"""The bends of a network: each activation beside its derivative."""

from collections.abc import Callable

import numpy as np

from pylib._typing import FloatArray

__all__ = ["ACTIVATIONS", "sigmoid", "softmax"]


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
    # e^-|z| is at most 1, so neither branch overflows: 1/(1+e^-z) for z >= 0, else e^z/(1+e^z).
    small = np.exp(-np.abs(z))
    return np.where(z >= 0, 1 / (1 + small), small / (1 + small))


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
    return weights / weights.sum(axis=-1, keepdims=True)  # type: ignore[no-any-return]


def _tanh(z: FloatArray) -> FloatArray:
    return np.tanh(z)


def _relu(z: FloatArray) -> FloatArray:
    return np.maximum(z, 0)


# The derivatives are written with a = activation(z), which forward has kept.
def _sigmoid_slope(a: FloatArray) -> FloatArray:
    return a * (1 - a)


def _tanh_slope(a: FloatArray) -> FloatArray:
    return 1 - a * a


def _relu_slope(a: FloatArray) -> FloatArray:
    return (a > 0).astype(a.dtype)


Bend = Callable[[FloatArray], FloatArray]

# name -> (activation of z, derivative in terms of a)
ACTIVATIONS: dict[str, tuple[Bend, Bend]] = {
    "relu": (_relu, _relu_slope),
    "sigmoid": (sigmoid, _sigmoid_slope),
    "tanh": (_tanh, _tanh_slope),
}
