"""`ReduceLROnPlateau`: the one schedule with a state, led by a metric."""

import math
from typing import Literal

from pylib.schedules.base import check_choice, check_count, check_number

__all__ = ["ReduceLROnPlateau"]


class ReduceLROnPlateau:
    """Cut the rate when a metric has stopped improving.

    A metric improves if it is below best · (1 − threshold), or with `threshold_mode="abs"` below
    best − threshold; for `mode="max"`, above best · (1 + threshold) or best + threshold. After
    more than `patience` metrics in a row that do not:

        lr ← max(lr · factor, min_lr)                 unless that is less than eps away

    so `patience=2` cuts at the third. After a cut, `cooldown` metrics are not counted.

    Args:
        base_lr: learning rate at the start.
        mode: `"min"` for a loss, `"max"` for an accuracy.
        factor: factor of each cut, below 1.
        patience: how many metrics without improvement are endured.
        threshold: by how much a metric must improve.
        threshold_mode: `"rel"`, a share of the best, or `"abs"`.
        cooldown: metrics after a cut that are not counted.
        min_lr: the lowest rate.
        eps: the smallest cut that is made.

    Attributes:
        lr: the rate now.
        best: the best metric so far.
        num_bad_epochs: metrics in a row without improvement.

    Raises:
        TypeError: An argument has the wrong type.
        ValueError: An argument is out of its range.

    Examples:
        >>> plateau = ReduceLROnPlateau(0.1, factor=0.5, patience=1)
        >>> [plateau.step(loss) for loss in (3.0, 2.0, 2.0, 2.0, 1.0)]
        [0.1, 0.1, 0.1, 0.05, 0.05]

    Source:
        [PyTorch](https://docs.pytorch.org/docs/stable/generated/torch.optim.lr_scheduler.ReduceLROnPlateau.html).
    """

    def __init__(
        self,
        base_lr: float,
        mode: Literal["min", "max"] = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: Literal["rel", "abs"] = "rel",
        cooldown: int = 0,
        min_lr: float = 0.0,
        eps: float = 1e-8,
    ) -> None:
        check_number("base_lr", base_lr)
        check_choice("mode", mode, ("min", "max"))
        check_number("factor", factor)
        if factor >= 1:
            raise ValueError(f"factor is {factor}; it must be below 1, or the rate is not cut")
        check_count("patience", patience)
        check_number("threshold", threshold)
        check_choice("threshold_mode", threshold_mode, ("rel", "abs"))
        check_count("cooldown", cooldown)
        check_number("min_lr", min_lr)
        check_number("eps", eps)
        self.mode = mode
        self.factor = factor
        self.patience = patience
        self.threshold = threshold
        self.threshold_mode = threshold_mode
        self.cooldown = cooldown
        self.min_lr = min_lr
        self.eps = eps
        self.lr = float(base_lr)
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = 0
        self.cooldown_left = 0

    def step(self, metric: float) -> float:
        """Take the newest metric into account, and return the rate to use from now on.

        Args:
            metric: for example the validation loss of an epoch. NaN is no improvement.

        Returns:
            The learning rate.
        """
        if self._improves(float(metric)):
            self.best = float(metric)
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1

        if self.cooldown_left > 0:
            self.cooldown_left -= 1
            self.num_bad_epochs = 0

        if self.num_bad_epochs > self.patience:
            lower = max(self.lr * self.factor, self.min_lr)
            if self.lr - lower > self.eps:
                self.lr = lower
            self.cooldown_left = self.cooldown
            self.num_bad_epochs = 0
        return self.lr

    def _improves(self, metric: float) -> bool:
        sign = -1 if self.mode == "min" else 1
        if self.threshold_mode == "rel":
            bar = self.best * (1 + sign * self.threshold)
        else:
            bar = self.best + sign * self.threshold
        return metric < bar if self.mode == "min" else metric > bar
