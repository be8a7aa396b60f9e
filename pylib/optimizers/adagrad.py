"""Adagrad: a rate per coordinate that only falls."""

from typing import ClassVar

import numpy as np

from pylib._typing import FloatArray
from pylib.optimizers.base import State
from pylib.optimizers.gradient_optimizer import GradientOptimizer
from pylib.optimizers.param_groups import Group, Params
from pylib.optimizers.settings import not_negative


class Adagrad(GradientOptimizer):
    """Adagrad: divide each coordinate's step by the root of all its squared gradients so far.

    For each parameter w with gradient g, at step t = 1, 2, ...:

        g ← g + weight_decay · w                      (L2 regularization)
        s ← s + g²
        w ← w − lr / (1 + (t − 1) · lr_decay) · g / (√s + eps)

    The sum s never shrinks, so under steady gradients the step falls as 1/√t. Coordinates that
    are rarely used keep a large rate, which suits sparse features.

    Args:
        params: list of float arrays, or of groups `{"params": [...], "lr": ..., ...}`.
        lr: learning rate; the first step of every coordinate has about this length.
        lr_decay: how fast the rate falls in addition.
        weight_decay: pull towards zero, added to the gradient.
        initial_accumulator_value: where the sum s starts.
        eps: keeps the division finite.
        maximize: step up, along the gradient.

    Raises:
        TypeError: A parameter is not a writable float array.
        ValueError: A setting is negative or not finite.

    Examples:
        >>> import numpy as np
        >>> w = np.array([1.0, 1.0])
        >>> optimizer = Adagrad([w], lr=0.1)
        >>> optimizer.step([np.array([100.0, 0.01])])  # a steep and a flat coordinate
        >>> w
        array([0.9, 0.9])

    Source:
        Duchi, Hazan and Singer (2011), <https://jmlr.org/papers/v12/duchi11a.html>.
    """

    elementwise = True
    checks: ClassVar = {
        "lr_decay": not_negative,
        "weight_decay": not_negative,
        "initial_accumulator_value": not_negative,
        "eps": not_negative,
    }
    never_negative = ("sum",)

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            lr_decay=lr_decay,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            eps=eps,
            maximize=maximize,
        )

    def _new_state(self, w: FloatArray, group: Group) -> State:
        return {"sum": np.full(w.shape, group["initial_accumulator_value"], w.dtype)}

    def _update(self, w: FloatArray, g: FloatArray, state: State, group: Group, t: int) -> None:
        lr, eps = group["lr"] / (1 + (t - 1) * group["lr_decay"]), group["eps"]
        s = state["sum"]
        if group["weight_decay"]:
            g = g + group["weight_decay"] * w

        s += g * g
        w -= lr * g / (np.sqrt(s) + eps)
