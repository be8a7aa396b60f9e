"""What averages of weights share: their arrays, and putting them into the model for a while."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pylib._typing import FloatArray
from pylib.training import checks

__all__ = ["WeightAverage"]


class WeightAverage:
    """An average of parameters; subclasses say how much the newest weights count.

    Attributes:
        params: The arrays that are averaged; they are only read.
        average: The averaged arrays, in the order of `params`.
        updates: How many times weights were taken in.
    """

    def __init__(self, params: Sequence[FloatArray]) -> None:
        self.params = checks.float_arrays("params", params, "w")
        self.average = [param.copy() for param in self.params]
        self.updates = 0

    def _take(self, share: float) -> None:
        """Move the average by a share of the way to the weights; the first time copy them."""
        for average, param in zip(self.average, self.params, strict=True):
            if self.updates == 0:
                average[...] = param
            else:
                average += share * (param - average)
        self.updates += 1

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Put the average into the parameters while the `with` block runs, then put them back."""
        own = [param.copy() for param in self.params]
        try:
            for param, average in zip(self.params, self.average, strict=True):
                param[...] = average
            yield
        finally:
            for param, kept in zip(self.params, own, strict=True):
                param[...] = kept
