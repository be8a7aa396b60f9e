"""The bends of a network: each activation beside its derivative."""

from collections.abc import Callable

import numpy as np

from pylib._numerics import sigmoid, softmax
from pylib._typing import FloatArray

__all__ = ["ACTIVATIONS", "sigmoid", "softmax"]


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
