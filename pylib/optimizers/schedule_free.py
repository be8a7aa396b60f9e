"""Schedule-Free SGD and AdamW: an average of the iterates in place of a falling rate."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from pylib._typing import FloatArray
from pylib.optimizers.base import State
from pylib.optimizers.gradient_optimizer import GradientOptimizer, zeros
from pylib.optimizers.param_groups import Group, Params
from pylib.optimizers.settings import betas, flag, not_negative, share, whole


class ScheduleFree(GradientOptimizer):
    """What the two Schedule-Free optimizers share: the two modes, and the weight of an iterate.

    The parameters hold y while training, where gradients are taken, and the average x for
    evaluation; `train` and `eval` turn one into the other. An optimizer starts in train mode.
    """

    checks: ClassVar = {
        "weight_decay": not_negative,
        "warmup_steps": whole,
        "r": not_negative,
        "weight_lr_power": not_negative,
        # What a group remembers from step to step, and a file of its state holds too.
        "scheduled_lr": not_negative,
        "lr_max": not_negative,
        "weight_sum": not_negative,
        "train_mode": flag,
        "c": share,
    }

    def _add_group(self, given: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
        super()._add_group(given, defaults)
        group = self.param_groups[-1]
        group |= {"scheduled_lr": 0.0, "lr_max": 0.0, "weight_sum": 0.0, "c": 0.0}
        group["train_mode"] = self.param_groups[0].get("train_mode", True)

    def _beta(self, group: Group) -> float:
        """Return the share of x in y = (1 − beta) z + beta x."""
        raise NotImplementedError

    def _check_group(self, group: Group) -> None:
        if not 0 < self._beta(group) < 1:
            raise ValueError(
                f"the momentum (SGD) or first beta (AdamW) is {self._beta(group)}; it must be "
                "above 0 and below 1, or the average cannot be found from the parameters"
            )

    def train(self) -> None:
        """Put the parameters to y = (1 − beta) z + beta x, for training."""
        for group, w, z in self._modes(train=True):
            beta = self._beta(group)
            w *= beta
            w += (1 - beta) * z

    def eval(self) -> None:
        """Put the parameters to the average x = (y − (1 − beta) z) / beta, for evaluation."""
        for group, w, z in self._modes(train=False):
            beta = self._beta(group)
            w -= (1 - beta) * z
            w /= beta

    def _modes(self, train: bool) -> list[tuple[Group, FloatArray, FloatArray]]:
        """Set the mode, and return group, parameter and z wherever it changed."""
        changed = []
        states = iter(self.state)
        for group in self.param_groups:
            pairs = [(w, next(states)["z"]) for w in group["params"]]
            if group["train_mode"] != train:
                changed += [(group, w, z) for w, z in pairs]
                group["train_mode"] = train
        return changed

    def _check_grads(self, grads: Any) -> list[FloatArray | None]:
        if not all(group["train_mode"] for group in self.param_groups):
            raise RuntimeError("the parameters hold the average; call train() before step()")
        return super()._check_grads(grads)

    def _begin(self, group: Group, moving: list[int]) -> None:
        """Find the rate of this step, and the weight c of its iterate in the average."""
        t, warmup = max(map(self._t, moving)), group["warmup_steps"]
        group["scheduled_lr"] = group["lr"] * min(1.0, t / warmup if warmup else 1.0)
        group["lr_max"] = max(group["lr_max"], group["scheduled_lr"])

        weight = t ** group["r"] * group["lr_max"] ** group["weight_lr_power"]
        group["weight_sum"] += weight
        group["c"] = weight / group["weight_sum"] if group["weight_sum"] else 0.0


class ScheduleFreeSGD(ScheduleFree):
    """Schedule-Free SGD: gradients between the last iterate and the average of all of them.

    For each parameter, with gradient g taken at y, and with z = x = y at the start:

        g ← g + weight_decay · y                      (L2 regularization)
        z ← z − lr · g                                the SGD iterate
        x ← (1 − c) · x + c · z                       the average, where the loss is low
        y = (1 − momentum) · z + momentum · x         where the next gradient is taken

        c = weight / (sum of all weights),   weight = t^r · lr_max^weight_lr_power

    At a constant rate c = 1/t, so x is the plain mean of the z. The parameters hold y, and x is
    never stored: both updates together are

        y ← (1 − c) · y + c · z + lr · (momentum · (1 − c) − 1) · g

    with the z of before the step. Call `eval()` before you use the parameters, and `train()`
    before you go on.

    Args:
        params: list of float arrays, or of groups `{"params": [...], "lr": ..., ...}`.
        lr: learning rate; larger than for SGD with a schedule.
        momentum: share of x in y, above 0 and below 1.
        weight_decay: pull towards zero, added to the gradient.
        warmup_steps: steps in which the rate rises to lr.
        r: later iterates weigh more: t^r.
        weight_lr_power: steps at a higher rate weigh more.

    Raises:
        TypeError: A parameter is not a writable float array.
        ValueError: A setting is negative or not finite, or momentum lies outside (0, 1).

    Examples:
        >>> import numpy as np
        >>> w = np.array([4.0])
        >>> optimizer = ScheduleFreeSGD([w], lr=0.5, momentum=0.5)
        >>> for _ in range(2):
        ...     optimizer.step([w])  # the gradient of w² / 2
        >>> optimizer.state[0]["z"]
        array([1.])
        >>> optimizer.eval()
        >>> w  # the mean of z = 2 and z = 1
        array([1.5])

    Source:
        Defazio et al. (2024), <https://arxiv.org/abs/2405.15682>.
    """

    elementwise = True
    checks: ClassVar = {"momentum": not_negative}

    def __init__(
        self,
        params: Params,
        lr: float = 1.0,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
        warmup_steps: int = 0,
        r: float = 0.0,
        weight_lr_power: float = 2.0,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            momentum=momentum,
            weight_decay=weight_decay,
            warmup_steps=warmup_steps,
            r=r,
            weight_lr_power=weight_lr_power,
        )

    def _beta(self, group: Group) -> float:
        return float(group["momentum"])

    def _new_state(self, w: FloatArray, group: Group) -> State:
        return {"z": w.copy(order="C")}

    def _update(self, w: FloatArray, g: FloatArray, state: State, group: Group, t: int) -> None:
        lr, c, momentum = group["scheduled_lr"], group["c"], group["momentum"]
        y, z = w, state["z"]
        if group["weight_decay"]:
            g = g + group["weight_decay"] * y

        y *= 1 - c
        y += c * z
        y += lr * (momentum * (1 - c) - 1) * g

        z -= lr * g


class ScheduleFreeAdamW(ScheduleFree):
    """Schedule-Free AdamW: AdamW's scaled step, averaged as in ScheduleFreeSGD.

    For each parameter, with gradient g taken at y, at step t = 1, 2, ..., with
    betas = (b1, b2), and with z = x = y at the start:

        v ← b2 · v + (1 − b2) · g²,   v̂ = v / (1 − b2ᵗ)
        n = g / (√v̂ + eps) + weight_decay · y
        z ← z − lr · n                                the AdamW iterate, without momentum
        x ← (1 − c) · x + c · z                       the average, where the loss is low
        y = (1 − b1) · z + b1 · x                     where the next gradient is taken

    with c as in `ScheduleFreeSGD`. The parameters hold y, and x is never stored:

        y ← (1 − c) · y + c · z + lr · (b1 · (1 − c) − 1) · n

    with the z of before the step. Call `eval()` before you use the parameters, and `train()`
    before you go on.

    Args:
        params: list of float arrays, or of groups `{"params": [...], "lr": ..., ...}`.
        lr: learning rate; larger than for AdamW with a schedule.
        betas: share of x in y (above 0), and share of the average v that is kept.
        eps: keeps the division finite; outside the root.
        weight_decay: pull towards zero at y, not scaled by v.
        warmup_steps: steps in which the rate rises to lr.
        r: later iterates weigh more: t^r.
        weight_lr_power: steps at a higher rate weigh more.

    Raises:
        TypeError: A parameter is not a writable float array.
        ValueError: A setting is negative or not finite, or betas lie outside [0, 1).

    Examples:
        >>> import numpy as np
        >>> w = np.array([1.0])
        >>> optimizer = ScheduleFreeAdamW([w], lr=0.1)
        >>> for _ in range(2):
        ...     optimizer.step([np.array([5.0])])
        >>> optimizer.eval()
        >>> w.round(6)  # the mean of z = 0.9 and z = 0.8
        array([0.85])

    Source:
        Defazio et al. (2024), <https://arxiv.org/abs/2405.15682>.
    """

    elementwise = True
    checks: ClassVar = {"betas": betas, "eps": not_negative}
    never_negative = ("exp_avg_sq",)

    def __init__(
        self,
        params: Params,
        lr: float = 2.5e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        warmup_steps: int = 0,
        r: float = 0.0,
        weight_lr_power: float = 2.0,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            warmup_steps=warmup_steps,
            r=r,
            weight_lr_power=weight_lr_power,
        )

    def _beta(self, group: Group) -> float:
        return float(group["betas"][0])

    def _new_state(self, w: FloatArray, group: Group) -> State:
        return {"z": w.copy(order="C"), "exp_avg_sq": zeros(w)}

    def _update(self, w: FloatArray, g: FloatArray, state: State, group: Group, t: int) -> None:
        lr, c, (b1, b2), eps = group["scheduled_lr"], group["c"], group["betas"], group["eps"]
        y, z, v = w, state["z"], state["exp_avg_sq"]

        v *= b2
        v += (1 - b2) * g * g
        v_hat = v / (1 - b2**t)
        n = g / (np.sqrt(v_hat) + eps) + group["weight_decay"] * y

        y *= 1 - c
        y += c * z
        y += lr * (b1 * (1 - c) - 1) * n

        z -= lr * n
