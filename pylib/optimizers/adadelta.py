"""Adadelta: a step with the unit of the parameter."""

from typing import ClassVar

import numpy as np

from pylib._typing import FloatArray
from pylib.optimizers.base import State
from pylib.optimizers.gradient_optimizer import GradientOptimizer, zeros
from pylib.optimizers.param_groups import Group, Params
from pylib.optimizers.settings import not_negative, share


class Adadelta(GradientOptimizer):
    """Adadelta: scale the gradient by the ratio of recent steps to recent gradients.

    For each parameter w with gradient g:

        g ← g + weight_decay · w                      (L2 regularization)
        s ← rho · s + (1 − rho) · g²
        d ← √(u + eps) / √(s + eps) · g
        u ← rho · u + (1 − rho) · d²
        w ← w − lr · d

    The root of u has the unit of w, so the step has it too, and lr = 1 needs no tuning in
    principle. As u starts at 0, the first steps are only about √eps long.

    Args:
        params: list of float arrays, or of groups `{"params": [...], "lr": ..., ...}`.
        lr: factor on every step.
        rho: share of the two averages that is kept at each step.
        eps: starts the motion, and keeps the division finite.
        weight_decay: pull towards zero, added to the gradient.
        maximize: step up, along the gradient.

    Raises:
        TypeError: A parameter is not a writable float array.
        ValueError: A setting is negative or not finite, or rho above 1.

    Examples:
        >>> import numpy as np
        >>> w = np.array([1.0, 1.0])
        >>> optimizer = Adadelta([w])
        >>> optimizer.step([np.array([100.0, 1.0])])
        >>> w.round(5)  # 1 − √(1e-6 / 0.1)
        array([0.99684, 0.99684])

    Source:
        Zeiler (2012), <https://arxiv.org/abs/1212.5701>.
    """

    elementwise = True
    checks: ClassVar = {
        "rho": share,
        "eps": not_negative,
        "weight_decay": not_negative,
    }
    never_negative = ("square_avg", "acc_delta")

    def __init__(
        self,
        params: Params,
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params, lr=lr, rho=rho, eps=eps, weight_decay=weight_decay, maximize=maximize
        )

    def _new_state(self, w: FloatArray, group: Group) -> State:
        return {"square_avg": zeros(w), "acc_delta": zeros(w)}

    def _update(self, w: FloatArray, g: FloatArray, state: State, group: Group, t: int) -> None:
        lr, rho, eps = group["lr"], group["rho"], group["eps"]
        s, u = state["square_avg"], state["acc_delta"]
        if group["weight_decay"]:
            g = g + group["weight_decay"] * w

        s *= rho
        s += (1 - rho) * g * g

        d = np.sqrt(u + eps) / np.sqrt(s + eps) * g

        u *= rho
        u += (1 - rho) * d * d

        w -= lr * d
