"""NAdam: Adam with Nesterov momentum."""

from typing import ClassVar

import numpy as np

from pylib._typing import FloatArray
from pylib.optimizers.base import State
from pylib.optimizers.gradient_optimizer import GradientOptimizer, zeros
from pylib.optimizers.param_groups import Group, Params
from pylib.optimizers.settings import betas, flag, not_negative


class NAdam(GradientOptimizer):
    """NAdam: Adam whose momentum looks one step ahead, and grows during the first steps.

    For each parameter w with gradient g, at step t = 1, 2, ... and with betas = (b1, b2):

        w ← (1 − lr · weight_decay) · w               if decoupled_weight_decay, else
        g ← g + weight_decay · w
        mu_t = b1 · (1 − 0.5 · 0.96^(t · momentum_decay))
        m ← b1 · m + (1 − b1) · g
        v ← b2 · v + (1 − b2) · g²,   v̂ = v / (1 − b2ᵗ)
        m̂ = (1 − mu_t) · g / (1 − mu_1 ⋯ mu_t)  +  mu_{t+1} · m / (1 − mu_1 ⋯ mu_{t+1})
        w ← w − lr · m̂ / (√v̂ + eps)

    Args:
        params: list of float arrays, or of groups `{"params": [...], "lr": ..., ...}`.
        lr: learning rate, about the length of a step per coordinate.
        betas: shares of the two averages that are kept at each step.
        eps: keeps the division finite; outside the root.
        weight_decay: pull towards zero.
        momentum_decay: how fast mu rises from b1 / 2 to b1.
        decoupled_weight_decay: decay w itself, as AdamW does.
        maximize: step up, along the gradient.

    Raises:
        TypeError: A parameter is not a writable float array.
        ValueError: A setting is negative or not finite, or betas lie outside [0, 1).

    Examples:
        >>> import numpy as np
        >>> w = np.array([1.0])
        >>> optimizer = NAdam([w], lr=0.1)
        >>> optimizer.step([np.array([5.0])])
        >>> w.round(4)  # 0.1 · (0.5499 / 0.5499 + 0.4502 · 0.1 / 0.7974)
        array([0.8944])

    Source:
        Dozat (2016), <https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ>.
    """

    elementwise = True
    checks: ClassVar = {
        "betas": betas,
        "eps": not_negative,
        "weight_decay": not_negative,
        "momentum_decay": not_negative,
        "decoupled_weight_decay": flag,
    }
    never_negative = ("exp_avg_sq", "mu_product")

    def __init__(
        self,
        params: Params,
        lr: float = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum_decay: float = 4e-3,
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
            momentum_decay=momentum_decay,
            decoupled_weight_decay=decoupled_weight_decay,
            maximize=maximize,
        )

    def _new_state(self, w: FloatArray, group: Group) -> State:
        return {"exp_avg": zeros(w), "exp_avg_sq": zeros(w), "mu_product": np.array(1.0)}

    def _mu(self, group: Group, t: int) -> float:
        """Return the momentum of step t."""
        return float(group["betas"][0] * (1 - 0.5 * 0.96 ** (t * group["momentum_decay"])))

    def _begin(self, group: Group, moving: list[int]) -> None:
        for k in moving:
            self.state[k]["mu_product"] *= self._mu(group, self._t(k))

    def _update(self, w: FloatArray, g: FloatArray, state: State, group: Group, t: int) -> None:
        lr, (b1, b2), eps = group["lr"], group["betas"], group["eps"]
        m, v = state["exp_avg"], state["exp_avg_sq"]
        if group["decoupled_weight_decay"]:
            w *= 1 - lr * group["weight_decay"]
        elif group["weight_decay"]:
            g = g + group["weight_decay"] * w

        mu, mu_next = self._mu(group, t), self._mu(group, t + 1)
        mu_product = float(state["mu_product"])

        m *= b1
        m += (1 - b1) * g

        v *= b2
        v += (1 - b2) * g * g
        v_hat = v / (1 - b2**t)

        m_hat = (1 - mu) / (1 - mu_product) * g + mu_next / (1 - mu_product * mu_next) * m
        w -= lr * m_hat / (np.sqrt(v_hat) + eps)
