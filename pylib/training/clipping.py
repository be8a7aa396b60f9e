"""Gradient clipping: by the norm of all gradients together, or number by number."""

import math
from collections.abc import Sequence

import numpy as np

from pylib import _validate
from pylib._typing import FloatArray
from pylib.training import checks

__all__ = ["clip_grad_norm_", "clip_grad_value_"]


def clip_grad_norm_(
    grads: Sequence[FloatArray],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> float:
    """Shorten the gradients, in place, if their common norm exceeds `max_norm`.

        g ← g · min(1, max_norm / (‖g‖ + 1e-6))

    The norm is taken over all arrays as if they were one vector, so its direction is kept. Other
    than PyTorch's function of this name, this one takes the gradients, not the parameters.

    Args:
        grads: Float arrays of any shape; changed in place.
        max_norm: The longest norm allowed, at least 0; `math.inf` only measures.
        norm_type: p of the p-norm; `math.inf` for the largest absolute value.
        error_if_nonfinite: Refuse gradients that hold NaN or inf. Otherwise NaN spreads to all of
            them, and inf makes itself NaN and the others 0.

    Returns:
        The norm before clipping.

    Raises:
        TypeError: If `grads` is a bare array, or holds something that cannot change in place,
            or if an argument is not a number.
        ValueError: If `max_norm` is negative or NaN, or `norm_type` not positive.
        FloatingPointError: If `error_if_nonfinite`, and the gradients hold NaN or inf; they stay
            as they were.

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
    error_if_nonfinite = _validate.flag("error_if_nonfinite", error_if_nonfinite)
    grads = checks.float_arrays("grads", grads, "g")
    with np.errstate(all="ignore"):
        norm, k = _norm(grads, norm_type), 0
        if not (1e-15 < norm < 1e15 and norm_type in (1, 2, math.inf)):
            # powers of such numbers may leave the range of floats
            largest = float(np.max([np.abs(g).max() for g in grads if g.size], initial=0.0))
            if math.isfinite(largest):
                k = math.frexp(largest)[1]
                norm = _norm([np.ldexp(g.astype(np.float64), -k) for g in grads], norm_type)
            elif error_if_nonfinite:
                raise FloatingPointError(
                    f"the norm of the gradients is {norm}; lower the learning rate, or check the "
                    "loss and its inputs"
                )
        whole_norm = float(np.ldexp(norm, k))
        if max_norm < math.inf and not whole_norm + 1e-6 <= max_norm:
            scale = max_norm / (norm + float(np.ldexp(1e-6, -k)))
            for g in grads:
                g[...] = (np.ldexp(g, -k) if k else g) * scale
    return whole_norm


def _norm(arrays: Sequence[FloatArray], p: float) -> float:
    """The p-norm of all numbers together."""
    norms = [np.linalg.norm(array.ravel(), p) for array in arrays if array.size]
    return float(np.linalg.norm(norms, p)) if norms else 0.0


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
