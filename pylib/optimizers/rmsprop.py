"""RMSprop: divide by the root of recent squared gradients."""

from typing import ClassVar

import numpy as np

from pylib._typing import FloatArray
from pylib.optimizers.base import State
from pylib.optimizers.gradient_optimizer import GradientOptimizer, zeros
from pylib.optimizers.param_groups import Group, Params
from pylib.optimizers.settings import flag, not_negative, share


class RMSprop(GradientOptimizer):
    """RMSprop: divide each coordinate's step by the root of its average squared gradient.

    For each parameter w with gradient g:

        g ← g + weight_decay · w                      (L2 regularization)
        s ← alpha · s + (1 − alpha) · g²
        m ← alpha · m + (1 − alpha) · g               only if centered
        a ← √s + eps                                  or √(s − m²) + eps if centered
        w ← w − lr · g / a                            without momentum
        b ← momentum · b + g / a,   w ← w − lr · b    with momentum

    There is no bias correction: s starts at 0, so the first step is lr / √(1 − alpha) long, ten
    times lr by default. Centered, s − m² is the variance; rounding can make it negative, so it is
    kept at 0 or above (PyTorch leaves it, and returns NaN there).

    Args:
        params: list of float arrays, or of groups `{"params": [...], "lr": ..., ...}`.
        lr: learning rate.
        alpha: share of the average that is kept at each step.
        eps: keeps the division finite; outside the root.
        weight_decay: pull towards zero, added to the gradient.
        momentum: share of the previous direction b that is kept; 0 for none.
        centered: subtract the squared mean, so that the divisor is a standard deviation.
        maximize: step up, along the gradient.

    Raises:
        TypeError: A parameter is not a writable float array.
        ValueError: A setting is negative or not finite, or alpha above 1.

    Examples:
        >>> import numpy as np
        >>> w = np.array([1.0, 1.0])
        >>> optimizer = RMSprop([w], lr=0.01)
        >>> optimizer.step([np.array([100.0, 0.01])])
        >>> w.round(6)  # 1 − 0.01 / √0.01, for the steep and the flat coordinate alike
        array([0.9     , 0.900001])

    Source:
        Tieleman and Hinton (2012), lecture 6e of *Neural Networks for Machine Learning*,
        <https://www.cs.toronto.edu/~tijmen/csc321/slides/lecture_slides_lec6.pdf>; centered:
        Graves (2013), <https://arxiv.org/abs/1308.0850>.
    """

    elementwise = True
    checks: ClassVar = {
        "alpha": share,
        "eps": not_negative,
        "weight_decay": not_negative,
        "momentum": not_negative,
        "centered": flag,
    }
    never_negative = ("square_avg",)

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            alpha=alpha,
            eps=eps,
            weight_decay=weight_decay,
            momentum=momentum,
            centered=centered,
            maximize=maximize,
        )

    def _new_state(self, w: FloatArray, group: Group) -> State:
        state: State = {"square_avg": zeros(w)}
        if group["centered"]:
            state["grad_avg"] = zeros(w)
        if group["momentum"]:
            state["momentum_buffer"] = zeros(w)
        return state

    def _update(self, w: FloatArray, g: FloatArray, state: State, group: Group, t: int) -> None:
        lr, alpha, eps, momentum = group["lr"], group["alpha"], group["eps"], group["momentum"]
        if group["weight_decay"]:
            g = g + group["weight_decay"] * w

        s = state["square_avg"]
        s *= alpha
        s += (1 - alpha) * g * g

        if group["centered"]:
            m = state["grad_avg"]
            m *= alpha
            m += (1 - alpha) * g
            a = np.sqrt(np.maximum(s - m * m, 0)) + eps
        else:
            a = np.sqrt(s) + eps

        if momentum == 0:
            w -= lr * g / a
        else:
            b = state["momentum_buffer"]
            b *= momentum
            b += g / a
            w -= lr * b
