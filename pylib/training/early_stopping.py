"""`EarlyStopping`: end the training when the validation no longer gets better."""

import math
from collections.abc import Sequence

from pylib import _validate
from pylib._typing import FloatArray

__all__ = ["EarlyStopping"]


class EarlyStopping:
    """Wait a number of epochs for an improvement, then stop and go back to the best weights.

    Names and meaning are those of Keras. It belongs to one run: `fit` starts it anew.

    Args:
        monitor: `"val_loss"` or `"train_loss"`, which should fall, or `"val_metric"`, which should
            rise.
        patience: How many epochs without improvement are endured; training stops with the last
            of them.
        min_delta: The least change that counts as an improvement.
        restore_best_weights: Whether the weights of the best epoch come back at the end.

    Attributes:
        best: The best value so far.
        best_epoch: Its epoch, from 1; 0 before the first.

    Raises:
        TypeError: If a setting is of the wrong kind.
        ValueError: If `monitor` is unknown, `patience` is below 1, or `min_delta` is negative.

    Examples:
        >>> import numpy as np
        >>> watch = EarlyStopping(patience=2)
        >>> w = np.array([0.0])
        >>> [watch.update(loss, [w]) for loss in (3.0, 2.0, 2.5, 2.1)]
        [False, False, False, True]
        >>> watch.best, watch.best_epoch
        (2.0, 2)

    Source:
        L. Prechelt, Early stopping - but when? (1998), <https://doi.org/10.1007/3-540-49430-8_3>.
    """

    def __init__(
        self,
        monitor: str = "val_loss",
        patience: int = 5,
        min_delta: float = 0.0,
        restore_best_weights: bool = True,
    ) -> None:
        monitors = ("val_loss", "train_loss", "val_metric")
        self.monitor = _validate.choice("monitor", monitor, monitors)
        self.patience = _validate.whole("patience", patience, 1)
        self.min_delta = _validate.number("min_delta", min_delta, 0)
        self.restore_best_weights = _validate.flag("restore_best_weights", restore_best_weights)
        self.reset()

    def reset(self) -> None:
        """Forget everything seen."""
        self.best = -math.inf if self.monitor == "val_metric" else math.inf
        self.best_epoch = 0
        self._epoch = 0
        self._best_params: list[FloatArray] = []

    def update(self, value: float, params: Sequence[FloatArray]) -> bool:
        """Take the value of one more epoch.

        Args:
            value: What is monitored.
            params: The weights that gave it; copied when they are the best so far.

        Returns:
            Whether to stop.

        Raises:
            TypeError: If the value is not a number.
        """
        value = _validate.real("value", value)
        self._epoch += 1
        gain = value - self.best if self.monitor == "val_metric" else self.best - value
        if gain > self.min_delta:
            self.best, self.best_epoch = value, self._epoch
            if self.restore_best_weights:
                self._best_params = [param.copy() for param in params]
        return self._epoch - self.best_epoch >= self.patience

    def restore(self, params: Sequence[FloatArray]) -> None:
        """Put the best weights back, if they are to be restored.

        Args:
            params: The arrays that `update` was given, changed in place.
        """
        if self._best_params:
            for param, best in zip(params, self._best_params, strict=True):
                param[...] = best
