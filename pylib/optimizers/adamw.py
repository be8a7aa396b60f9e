"""AdamW: Adam with weight decay kept out of the averages."""

from typing import ClassVar

import numpy as np

from pylib._typing import FloatArray
from pylib.optimizers.base import State
from pylib.optimizers.gradient_optimizer import GradientOptimizer, zeros
from pylib.optimizers.param_groups import Group, Params
from pylib.optimizers.settings import betas, flag, not_negative


class AdamW(GradientOptimizer):
    """AdamW: Adam, with weight decay applied to the weights and not to the gradient.

    For each parameter w with gradient g, at step t = 1, 2, ... and with betas = (b1, b2):

        w ← (1 − lr · weight_decay) · w               decoupled decay
        m ← b1 · m + (1 − b1) · g                     first moment
        v ← b2 · v + (1 − b2) · g²                    second moment
        m̂ = m / (1 − b1ᵗ)                             bias correction: both start at 0
        v̂ = v / (1 − b2ᵗ)
        w ← w − lr · m̂ / (√v̂ + eps)

    With `amsgrad`, v̂ is made from the largest v so far. As the decay is not divided by √v̂, it
    pulls on weights with large and with small gradients alike. Decay per step is
    lr · weight_decay, so a schedule lowers it along with lr.

    Args:
        params: list of float arrays, or of groups `{"params": [...], "lr": ..., ...}`. Biases
            often get a group of their own, with `weight_decay` 0.
        lr: learning rate, about the length of a step per coordinate.
        betas: shares of the two averages that are kept at each step.
        eps: keeps the division finite; outside the root.
        weight_decay: share of w removed at each step, per unit of lr.
        amsgrad: divide by the largest second moment so far.
        maximize: step up, along the gradient.

    Raises:
        TypeError: A parameter is not a writable float array.
        ValueError: A setting is negative or not finite, or betas lie outside [0, 1).

    Examples:
        >>> import numpy as np
        >>> w = np.array([1.0, 1.0])
        >>> optimizer = AdamW([w], lr=0.1, weight_decay=0.5)
        >>> optimizer.step([np.array([100.0, 0.0])])
        >>> w.round(6)  # 0.95 − 0.1, and 0.95 by the decay alone
        array([0.85, 0.95])

    Source:
        Loshchilov and Hutter (2019), <https://arxiv.org/abs/1711.05101>.
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
        weight_decay: float = 1e-2,
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

        w *= 1 - lr * group["weight_decay"]

        m *= b1
        m += (1 - b1) * g

        v *= b2
        v += (1 - b2) * g * g

        if group["amsgrad"]:
            v = np.maximum(state["max_exp_avg_sq"], v, out=state["max_exp_avg_sq"])

        m_hat = m / (1 - b1**t)
        v_hat = v / (1 - b2**t)
        w -= lr * m_hat / (np.sqrt(v_hat) + eps)
