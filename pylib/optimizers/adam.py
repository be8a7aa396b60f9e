"""Adam: momentum, a scale per coordinate, and bias correction."""

from typing import ClassVar

import numpy as np

from pylib._typing import FloatArray
from pylib.optimizers.base import State
from pylib.optimizers.gradient_optimizer import GradientOptimizer, zeros
from pylib.optimizers.param_groups import Group, Params
from pylib.optimizers.settings import betas, flag, not_negative


class Adam(GradientOptimizer):
    """Adam: the average gradient, divided by the root of the average squared gradient.

    For each parameter w with gradient g, at step t = 1, 2, ... and with betas = (b1, b2):

        g ← g + weight_decay · w                      (L2 regularization)
        m ← b1 · m + (1 − b1) · g                     first moment
        v ← b2 · v + (1 − b2) · g²                    second moment
        m̂ = m / (1 − b1ᵗ)                             bias correction: both start at 0
        v̂ = v / (1 − b2ᵗ)
        w ← w − lr · m̂ / (√v̂ + eps)

    With `amsgrad`, v̂ is made from the largest v so far, so no coordinate's rate rises again.
    The first step of every coordinate is lr long, whatever the scale of the loss. Here
    `weight_decay` enters the gradient and is divided by √v̂ like the rest; AdamW decays w itself.

    Args:
        params: list of float arrays, or of groups `{"params": [...], "lr": ..., ...}`.
        lr: learning rate, about the length of a step per coordinate.
        betas: shares of the two averages that are kept at each step.
        eps: keeps the division finite; outside the root.
        weight_decay: pull towards zero, added to the gradient.
        amsgrad: divide by the largest second moment so far.
        maximize: step up, along the gradient.

    Raises:
        TypeError: A parameter is not a writable float array.
        ValueError: A setting is negative or not finite, or betas lie outside [0, 1).

    Examples:
        >>> import numpy as np
        >>> w = np.array([1.0, 1.0])
        >>> optimizer = Adam([w], lr=0.1)
        >>> optimizer.step([np.array([100.0, 0.01])])  # a steep and a flat coordinate
        >>> w.round(6)
        array([0.9, 0.9])
        >>> optimizer.state[0]["exp_avg"]
        array([1.e+01, 1.e-03])

    Source:
        Kingma and Ba (2015), <https://arxiv.org/abs/1412.6980>; AMSGrad: Reddi, Kale and Kumar
        (2018), <https://arxiv.org/abs/1904.09237>.
    """

    elementwise = True
    checks: ClassVar = {
        "betas": betas,
        "eps": not_negative,
        "weight_decay": not_negative,
        "amsgrad": flag,
    }
    never_negative = ("exp_avg_sq", "max_exp_avg_sq")

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            amsgrad=amsgrad,
            maximize=maximize,
        )

    def _new_state(self, w: FloatArray, group: Group) -> State:
        state: State = {"exp_avg": zeros(w), "exp_avg_sq": zeros(w)}
        if group["amsgrad"]:
            state["max_exp_avg_sq"] = zeros(w)
        return state

    def _update(self, w: FloatArray, g: FloatArray, state: State, group: Group, t: int) -> None:
        lr, (b1, b2), eps = group["lr"], group["betas"], group["eps"]
        m, v = state["exp_avg"], state["exp_avg_sq"]
        if group["weight_decay"]:
            g = g + group["weight_decay"] * w

        m *= b1
        m += (1 - b1) * g

        v *= b2
        v += (1 - b2) * g * g

        if group["amsgrad"]:
            v = np.maximum(state["max_exp_avg_sq"], v, out=state["max_exp_avg_sq"])

        m_hat = m / (1 - b1**t)
        v_hat = v / (1 - b2**t)
        w -= lr * m_hat / (np.sqrt(v_hat) + eps)
