"""`WeightSWA`: the plain average of the weights at the ends of epochs."""

from collections.abc import Sequence

from pylib import _validate
from pylib._typing import FloatArray
from pylib.training.weight_average import WeightAverage

__all__ = ["WeightSWA"]


class WeightSWA(WeightAverage):
    """Stochastic weight averaging: the mean of the weights, taken once per epoch.

        average ← average + (θ − average) / (n + 1)        n: updates averaged so far

    The mean of points around a valley's floor lies nearer to it than each of them; a rate that is
    held (`SWALR`) keeps them apart. PyTorch's `AveragedModel` averages so by default.

    Args:
        params: The arrays to average, as in `model.params`; they are only read.
        start: How many updates are let pass before the first that is averaged: in `fit`, epochs.

    Attributes:
        average: The averaged arrays, in the order of `params`; until the first, the weights at
            the beginning.
        updates: How many updates were averaged.

    Raises:
        TypeError: If `params` is a bare array, or holds something that cannot change in place,
            or if `start` is not a whole number.
        ValueError: If `start` is negative.

    Examples:
        >>> import numpy as np
        >>> w = np.array([0.0])
        >>> swa = WeightSWA([w], start=1)
        >>> for value in (9.0, 1.0, 3.0):
        ...     w[:] = value
        ...     swa.update()
        >>> swa.average, swa.updates
        ([array([2.])], 2)

    Source:
        P. Izmailov and others, Averaging weights leads to wider optima and better generalization
        (2018), <https://arxiv.org/abs/1803.05407>; `torch.optim.swa_utils`.
    """

    def __init__(self, params: Sequence[FloatArray], start: int = 0) -> None:
        self.start = _validate.whole("start", start)
        super().__init__(params)
        self._passed = 0

    def update(self) -> None:
        """Take the present weights into the average; call it after each epoch."""
        if self._passed < self.start:
            self._passed += 1
        else:
            self._take(1 / (self.updates + 1))
