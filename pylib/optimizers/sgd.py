"""Stochastic gradient descent, plain and with momentum."""

from typing import ClassVar

from pylib._typing import FloatArray
from pylib.optimizers.base import State
from pylib.optimizers.gradient_optimizer import GradientOptimizer, zeros
from pylib.optimizers.param_groups import Group, Params
from pylib.optimizers.settings import flag, not_negative


class SGD(GradientOptimizer):
    """Stochastic gradient descent: step against the gradient, with momentum if asked.

    For each parameter w with gradient g, at step t = 1, 2, ...:

        g ← g + weight_decay · w                      (L2 regularization)
        v ← g                                         at t = 1
        v ← momentum · v + (1 − dampening) · g        later
        w ← w − lr · v                                momentum
        w ← w − lr · (g + momentum · v)               Nesterov momentum
        w ← w − lr · g                                without momentum, where v is not needed

    Under a constant gradient v grows to g / (1 − momentum): momentum 0.9 makes steps ten times
    as long. Some books put (1 − momentum) before g instead, which is `dampening=momentum`.

    Args:
        params: list of float arrays, or of groups `{"params": [...], "lr": ..., ...}`.
        lr: learning rate, the length of a step per unit of gradient.
        momentum: share of the previous direction v that is kept; 0 for none.
        dampening: share of the gradient that is left out of v; 0 for none.
        weight_decay: pull towards zero, added to the gradient.
        nesterov: look one step ahead along v; needs momentum, and no dampening.
        maximize: step up, along the gradient.

    Raises:
        TypeError: A parameter is not a writable float array.
        ValueError: A setting is negative or not finite, or Nesterov lacks momentum.

    Examples:
        >>> import numpy as np
        >>> w = np.array([10.0])
        >>> optimizer = SGD([w], lr=0.1, momentum=0.9)
        >>> for _ in range(2):
        ...     optimizer.step([2 * w])  # the gradient of w²
        >>> w
        array([4.6])
        >>> optimizer.state[0]["momentum_buffer"]
        array([34.])

    Source:
        Robbins and Monro (1951), <https://doi.org/10.1214/aoms/1177729586>; momentum: Polyak
        (1964), <https://doi.org/10.1016/0041-5553(64)90137-5>; in this form: Sutskever et al.
        (2013), <https://proceedings.mlr.press/v28/sutskever13.html>.
    """

    elementwise = True
    block_bytes = 1024 * 1024  # larger, as this rule makes but one temporary

    checks: ClassVar = {
        "momentum": not_negative,
        "dampening": not_negative,
        "weight_decay": not_negative,
        "nesterov": flag,
    }

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            momentum=momentum,
            dampening=dampening,
            weight_decay=weight_decay,
            nesterov=nesterov,
            maximize=maximize,
        )

    def _check_group(self, group: Group) -> None:
        if group["nesterov"] and (group["momentum"] == 0 or group["dampening"] != 0):
            raise ValueError(
                f"nesterov=True with momentum={group['momentum']} and "
                f"dampening={group['dampening']}; it needs a momentum above 0 and dampening=0"
            )

    def _new_state(self, w: FloatArray, group: Group) -> State:
        return {"momentum_buffer": zeros(w)} if group["momentum"] else {}

    def _update(self, w: FloatArray, g: FloatArray, state: State, group: Group, t: int) -> None:
        lr, momentum, dampening = group["lr"], group["momentum"], group["dampening"]
        if group["weight_decay"]:
            g = g + group["weight_decay"] * w

        if momentum == 0:
            w -= lr * g
            return

        v = state["momentum_buffer"]
        if t == 1:
            v[...] = g
        else:
            v *= momentum
            v += (1 - dampening) * g if dampening else g

        if group["nesterov"]:
            w -= lr * (g + momentum * v)
        else:
            w -= lr * v
