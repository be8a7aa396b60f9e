"""Rprop: a step per coordinate that grows while the sign holds."""

from typing import Any, ClassVar

import numpy as np

from pylib._typing import FloatArray
from pylib._validate import items, number
from pylib.optimizers.base import State
from pylib.optimizers.gradient_optimizer import GradientOptimizer, zeros
from pylib.optimizers.param_groups import Group, Params


def factors(name: str, value: Any) -> tuple[float, float]:
    """Return two factors, one below 1 and one above it."""
    down, up = items(name, value, "numbers", 2)
    return (
        number(f"{name}[0]", down, 0, 1, open_low=True, open_high=True),
        number(f"{name}[1]", up, 1, open_low=True),
    )


def limits(name: str, value: Any) -> tuple[float, float]:
    """Return two lengths, the larger one last."""
    least, largest = items(name, value, "numbers", 2)
    least = number(f"{name}[0]", least, 0)
    return least, number(f"{name}[1]", largest, least)


class Rprop(GradientOptimizer):
    """Rprop: every coordinate has a step of its own, and of the gradient only the sign counts.

    For each parameter w with gradient g, with etas = (η₋, η₊) and step_sizes = (least, largest),
    and elementwise, with p the gradient of the step before:

        s ← η₊ · s                                    if g has the sign of p, else
        s ← η₋ · s,   g ← 0                           if it has the other, else s stays
        s ← s, kept between least and largest
        w ← w − s · sign(g)
        p ← g

    The steps s start at lr, and p at 0. Where a sign has changed, the last step was too long: its
    coordinate waits for one step. Signs of mini-batch gradients change by chance, so Rprop is for
    gradients of all rows at once; RMSprop was made from it for mini-batches.

    Args:
        params: list of float arrays, or of groups `{"params": [...], "lr": ..., ...}`.
        lr: length of every first step. Later changes, such as a schedule's, have no effect.
        etas: factors of s, below and above 1.
        step_sizes: the least and the largest s.
        maximize: step up, along the gradient.

    Raises:
        TypeError: A parameter is not a writable float array.
        ValueError: A setting is out of range.

    Examples:
        >>> import numpy as np
        >>> w = np.array([1.0, 1.0])
        >>> optimizer = Rprop([w], lr=0.1)
        >>> for _ in range(2):
        ...     optimizer.step([np.array([100.0, 0.01])])  # a steep and a flat coordinate
        >>> w  # 1 − 0.1 − 0.12
        array([0.78, 0.78])

    Source:
        Riedmiller and Braun (1993), <https://doi.org/10.1109/ICNN.1993.298623>.
    """

    elementwise = True
    checks: ClassVar = {"etas": factors, "step_sizes": limits}
    never_negative = ("step_size",)

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50.0),
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(params, lr=lr, etas=etas, step_sizes=step_sizes, maximize=maximize)

    def _new_state(self, w: FloatArray, group: Group) -> State:
        return {"prev": zeros(w), "step_size": zeros(w)}

    def _update(self, w: FloatArray, g: FloatArray, state: State, group: Group, t: int) -> None:
        (eta_minus, eta_plus), (least, largest) = group["etas"], group["step_sizes"]
        p, s = state["prev"], state["step_size"]
        if t == 1:
            s[...] = group["lr"]

        same = np.sign(g) * np.sign(p)  # 1, −1, or 0 where one of them is 0
        s[same > 0] *= eta_plus
        s[same < 0] *= eta_minus
        np.clip(s, least, largest, out=s)

        p[...] = np.where(same < 0, 0, g)
        w -= s * np.sign(p)
