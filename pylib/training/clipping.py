"""Gradient clipping: by the norm of all gradients together, or number by number."""

import math
from collections.abc import Sequence

import numpy as np

from pylib import _validate
from pylib._typing import FloatArray
from pylib.training import checks

__all__ = ["clip_grad_norm_", "clip_grad_value_"]


def clip_grad_norm_(grads: Sequence[FloatArray], max_norm: float, norm_type: float = 2.0) -> float:
    """Shorten the gradients, in place, if their common norm exceeds `max_norm`.

        g ← g · min(1, max_norm / (‖g‖ + 1e-6))

    The norm is taken over all arrays as if they were one vector, so its direction is kept. Other
    than PyTorch's function of this name, this one takes the gradients, not the parameters.

    Args:
        grads: Float arrays of any shape; changed in place.
        max_norm: The longest norm allowed, at least 0.
        norm_type: p of the p-norm; `math.inf` for the largest absolute value.

    Returns:
        The norm before clipping.

    Raises:
        TypeError: If `grads` is a bare array, or holds something that cannot change in place,
            or if an argument is not a number.
        ValueError: If `max_norm` is negative or NaN, or `norm_type` not positive.

    Examples:
        >>> grads = [np.array([3.0]), np.array([[4.0]])]
        >>> clip_grad_norm_(grads, max_norm=1.0)
        5.0
        >>> [g.round(6) for g in grads]
        [array([0.6]), array([[0.8]])]

    Source:
        Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural networks
        (2013), <https://arxiv.org/abs/1211.5063>.
    """
    max_norm = _validate.number("max_norm", max_norm, 0, infinite=True)
    norm_type = _validate.number("norm_type", norm_type, 0, open_low=True, infinite=True)
    grads = checks.float_arrays("grads", grads, "g")
    norms = [float(np.linalg.norm(g.ravel(), norm_type)) for g in grads]
    norm = float(np.linalg.norm(norms, norm_type)) if norms else 0.0
    scale = max_norm / (norm + 1e-6)
    if scale < 1 or math.isnan(scale):
        for g in grads:
            g *= scale
    return norm


def clip_grad_value_(grads: Sequence[FloatArray], clip_value: float) -> None:
    """Cut every number of the gradients, in place, to the range −clip_value ... clip_value.

        gᵢ ← max(−c, min(c, gᵢ))

    The direction of the gradient changes where one coordinate is cut and another is not.

    Args:
        grads: Float arrays of any shape; changed in place.
        clip_value: c, at least 0.

    Raises:
        TypeError: If `grads` is a bare array, or holds something that cannot change in place,
            or if `clip_value` is not a number.
        ValueError: If `clip_value` is negative or NaN.

    Examples:
        >>> grads = [np.array([-7.0, 0.5])]
        >>> clip_grad_value_(grads, clip_value=1.0)
        >>> grads
        [array([-1. ,  0.5])]
    """
    clip_value = _validate.number("clip_value", clip_value, 0, infinite=True)
    for g in checks.float_arrays("grads", grads, "g"):
        np.clip(g, -clip_value, clip_value, out=g)
