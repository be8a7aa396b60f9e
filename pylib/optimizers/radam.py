"""RAdam: Adam that waits until its second moment can be trusted."""

import math
from typing import ClassVar

import numpy as np

from pylib._typing import FloatArray
from pylib.optimizers.base import State
from pylib.optimizers.gradient_optimizer import GradientOptimizer, zeros
from pylib.optimizers.param_groups import Group, Params
from pylib.optimizers.settings import betas, flag, not_negative


class RAdam(GradientOptimizer):
    """RAdam: momentum alone in the first steps, then Adam with a factor that grows to 1.

    For each parameter w with gradient g, at step t = 1, 2, ... and with betas = (b1, b2):

        w ← (1 − lr · weight_decay) · w               if decoupled_weight_decay, else
        g ← g + weight_decay · w
        m ← b1 · m + (1 − b1) · g,    m̂ = m / (1 − b1ᵗ)
        v ← b2 · v + (1 − b2) · g²
        R = 2 / (1 − b2) − 1                          longest memory of the second moment
        ρ = R − 2 t b2ᵗ / (1 − b2ᵗ)                   its memory now
        r = √( (ρ − 4)(ρ − 2) R / ((R − 4)(R − 2) ρ) )
        w ← w − lr · r · m̂ · √(1 − b2ᵗ) / (√v + eps)  if ρ > 5, else
        w ← w − lr · m̂

    With b2 = 0.999 the first five steps are not normalized: they are as long as the gradient is,
    like SGD's. The factor r does what warm-up does for Adam.

    Args:
        params: list of float arrays, or of groups `{"params": [...], "lr": ..., ...}`.
        lr: learning rate.
        betas: shares of the two averages that are kept at each step.
        eps: keeps the division finite; outside the root.
        weight_decay: pull towards zero.
        decoupled_weight_decay: decay w itself, as AdamW does.
        maximize: step up, along the gradient.

    Raises:
        TypeError: A parameter is not a writable float array.
        ValueError: A setting is negative or not finite, or betas lie outside [0, 1).

    Examples:
        >>> import numpy as np
        >>> w = np.array([1.0, 1.0])
        >>> optimizer = RAdam([w], lr=0.1)
        >>> optimizer.step([np.array([2.0, 0.02])])  # as long as the gradient
        >>> w.round(6)
        array([0.8  , 0.998])

    Source:
        Liu et al. (2020), <https://arxiv.org/abs/1908.03265>.
    """

    elementwise = True
    checks: ClassVar = {
        "betas": betas,
        "eps": not_negative,
        "weight_decay": not_negative,
        "decoupled_weight_decay": flag,
    }
    never_negative = ("exp_avg_sq",)

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        decoupled_weight_decay: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            decoupled_weight_decay=decoupled_weight_decay,
            maximize=maximize,
        )

    def _new_state(self, w: FloatArray, group: Group) -> State:
        return {"exp_avg": zeros(w), "exp_avg_sq": zeros(w)}

    def _update(self, w: FloatArray, g: FloatArray, state: State, group: Group, t: int) -> None:
        lr, (b1, b2), eps = group["lr"], group["betas"], group["eps"]
        m, v = state["exp_avg"], state["exp_avg_sq"]
        if group["decoupled_weight_decay"]:
            w *= 1 - lr * group["weight_decay"]
        elif group["weight_decay"]:
            g = g + group["weight_decay"] * w

        m *= b1
        m += (1 - b1) * g

        v *= b2
        v += (1 - b2) * g * g

        m_hat = m / (1 - b1**t)
        R = 2 / (1 - b2) - 1
        rho = R - 2 * t * b2**t / (1 - b2**t)
        if rho > 5:
            r = math.sqrt((rho - 4) * (rho - 2) * R / ((R - 4) * (R - 2) * rho))
            w -= lr * r * m_hat * math.sqrt(1 - b2**t) / (np.sqrt(v) + eps)
        else:
            w -= lr * m_hat
