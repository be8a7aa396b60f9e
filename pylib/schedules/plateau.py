"""`ReduceLROnPlateau`: the one schedule with a state, led by a metric."""

import math
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, ClassVar, Literal

from pylib import _validate

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
        cooldown_counter: metrics that are still not counted.

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

    _STATE: ClassVar[dict[str, Callable[[str, Any], float]]] = {
        "lr": partial(_validate.number, low=0),
        "best": _validate.real,
        "num_bad_epochs": _validate.whole,
        "cooldown_counter": _validate.whole,
    }

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
        self.mode = _validate.choice("mode", mode, ("min", "max"))
        self.factor = _validate.number("factor", factor, 0, 1, open_high=True)
        self.patience = _validate.whole("patience", patience)
        self.threshold = _validate.number("threshold", threshold, 0)
        self.threshold_mode = _validate.choice("threshold_mode", threshold_mode, ("rel", "abs"))
        self.cooldown = _validate.whole("cooldown", cooldown)
        self.min_lr = _validate.number("min_lr", min_lr, 0)
        self.eps = _validate.number("eps", eps, 0)
        self.lr = _validate.number("base_lr", base_lr, 0)
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = 0
        self.cooldown_counter = 0

    def step(self, metric: float) -> float:
        """Take the newest metric into account, and return the rate to use from now on.

        Args:
            metric: for example the validation loss of an epoch. NaN is no improvement.

        Returns:
            The learning rate.

        Raises:
            TypeError: The metric is not a number.
        """
        metric = _validate.real("metric", metric)
        if self._improves(metric):
            self.best = metric
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1

        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0

        if self.num_bad_epochs > self.patience:
            lower = max(self.lr * self.factor, self.min_lr)
            if self.lr - lower > self.eps:
                self.lr = lower
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
        return self.lr

    def state_dict(self) -> dict[str, Any]:
        """Return what changes from step to step; the settings are not in it.

        Returns:
            The attributes by their names. Save it with `np.savez(file, **d)` or as JSON.
        """
        return {name: getattr(self, name) for name in self._STATE}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take back what `state_dict` gave, also after a round trip through a file.

        Args:
            state_dict: what `state_dict`, `np.load` or `json.load` returned.

        Raises:
            TypeError: What should be numbers is something else.
            ValueError: A name is missing or unknown, or a number out of its range. After any error
                the schedule is as it was before.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(
                f"{state_dict!r} is no state; give what state_dict(), np.load or json.load returned"
            )
        expected, given = set(self._STATE), set(state_dict)
        if expected != given:
            raise ValueError(
                f"this is not the state of a ReduceLROnPlateau: missing "
                f"{sorted(expected - given)}, unknown {sorted(given - expected)}"
            )
        loaded = {name: check(name, state_dict[name]) for name, check in self._STATE.items()}
        vars(self).update(loaded)

    def _improves(self, metric: float) -> bool:
        sign = -1 if self.mode == "min" else 1
        if self.threshold_mode == "rel":
            bar = self.best * (1 + sign * self.threshold)
        else:
            bar = self.best + sign * self.threshold
        return metric < bar if self.mode == "min" else metric > bar
