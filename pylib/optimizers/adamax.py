"""Adamax: Adam with the largest recent gradient as the scale."""

from typing import ClassVar

import numpy as np

from pylib._typing import FloatArray
from pylib.optimizers.base import State
from pylib.optimizers.gradient_optimizer import GradientOptimizer, zeros
from pylib.optimizers.param_groups import Group, Params
from pylib.optimizers.settings import betas, not_negative


class Adamax(GradientOptimizer):
    """Adamax: the average gradient, divided by a slowly forgotten maximum of its size.

    For each parameter w with gradient g, at step t = 1, 2, ... and with betas = (b1, b2):

        g ← g + weight_decay · w                      (L2 regularization)
        m ← b1 · m + (1 − b1) · g
        u ← max(b2 · u, |g| + eps)                    infinity norm in place of the root
        w ← w − lr / (1 − b1ᵗ) · m / u

    The maximum needs no bias correction, and |m / u| never exceeds 1 − b1ᵗ by much.

    Args:
        params: list of float arrays, or of groups `{"params": [...], "lr": ..., ...}`.
        lr: learning rate, about the length of a step per coordinate.
        betas: shares of the average and of the maximum that are kept at each step.
        eps: keeps the division finite.
        weight_decay: pull towards zero, added to the gradient.
        maximize: step up, along the gradient.

    Raises:
        TypeError: A parameter is not a writable float array.
        ValueError: A setting is negative or not finite, or betas lie outside [0, 1).

    Examples:
        >>> import numpy as np
        >>> w = np.array([1.0])
        >>> optimizer = Adamax([w], lr=0.1)
        >>> optimizer.step([np.array([8.0])])
        >>> optimizer.step([np.array([0.0])])
        >>> w.round(6)  # 1 − 0.1 − 0.1 / 0.19 · 0.72 / 7.992
        array([0.852584])

    Source:
        Kingma and Ba (2015), section 7.1, <https://arxiv.org/abs/1412.6980>.
    """

    elementwise = True
    checks: ClassVar = {
        "betas": betas,
        "eps": not_negative,
        "weight_decay": not_negative,
    }
    never_negative = ("exp_inf",)

    def __init__(
        self,
        params: Params,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, maximize=maximize
        )

    def _new_state(self, w: FloatArray, group: Group) -> State:
        return {"exp_avg": zeros(w), "exp_inf": zeros(w)}

    def _update(self, w: FloatArray, g: FloatArray, state: State, group: Group, t: int) -> None:
        lr, (b1, b2), eps = group["lr"], group["betas"], group["eps"]
        m, u = state["exp_avg"], state["exp_inf"]
        if group["weight_decay"]:
            g = g + group["weight_decay"] * w

        m *= b1
        m += (1 - b1) * g

        u *= b2
        np.maximum(u, np.abs(g) + eps, out=u)

        w -= lr / (1 - b1**t) * m / u
