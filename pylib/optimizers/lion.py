"""Lion: steps of one length, of which only the sign is chosen."""

from typing import ClassVar

import numpy as np

from pylib._typing import FloatArray
from pylib.optimizers.base import State
from pylib.optimizers.gradient_optimizer import GradientOptimizer, zeros
from pylib.optimizers.param_groups import Group, Params
from pylib.optimizers.settings import betas, not_negative


class Lion(GradientOptimizer):
    """Lion: every coordinate moves by exactly lr, in the direction of the averaged gradient.

    For each parameter w with gradient g, and with betas = (b1, b2):

        w ← (1 − lr · weight_decay) · w               decoupled decay
        w ← w − lr · sign(b1 · m + (1 − b1) · g)
        m ← b2 · m + (1 − b2) · g

    The direction mixes in more of the new gradient (b1) than the memory does (b2). Near a minimum
    the steps do not shrink, so w hovers within about lr of it unless lr falls. The authors advise
    an lr 3 to 10 times smaller than AdamW's, and a weight_decay as much larger.

    Args:
        params: list of float arrays, or of groups `{"params": [...], "lr": ..., ...}`.
        lr: learning rate, the length of every step in every coordinate.
        betas: shares of m in the direction, and in the memory.
        weight_decay: share of w removed at each step, per unit of lr.

    Raises:
        TypeError: A parameter is not a writable float array.
        ValueError: A setting is negative or not finite, or betas lie outside [0, 1).

    Examples:
        >>> import numpy as np
        >>> w = np.array([1.0, 1.0, 1.0])
        >>> optimizer = Lion([w], lr=0.1)
        >>> optimizer.step([np.array([100.0, -0.01, 0.0])])
        >>> w
        array([0.9, 1.1, 1. ])

    Source:
        Chen et al. (2023), <https://arxiv.org/abs/2302.06675>.
    """

    elementwise = True
    checks: ClassVar = {
        "betas": betas,
        "weight_decay": not_negative,
    }

    def __init__(
        self,
        params: Params,
        lr: float = 1e-4,
        betas: tuple[float, float] = (0.9, 0.99),
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, weight_decay=weight_decay)

    def _new_state(self, w: FloatArray, group: Group) -> State:
        return {"exp_avg": zeros(w)}

    def _update(self, w: FloatArray, g: FloatArray, state: State, group: Group, t: int) -> None:
        lr, (b1, b2) = group["lr"], group["betas"]
        m = state["exp_avg"]

        w *= 1 - lr * group["weight_decay"]
        w -= lr * np.sign(b1 * m + (1 - b1) * g)

        m *= b2
        m += (1 - b2) * g
