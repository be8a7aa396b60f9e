"""`WeightEMA`: a running average of the weights, often better than the last ones."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pylib import _validate
from pylib._typing import FloatArray
from pylib.training import checks

__all__ = ["WeightEMA"]


class WeightEMA:
    """The exponential moving average of parameters.

        average ← decay · average + (1 − decay) · θ

    The first update copies the weights, as PyTorch's `AveragedModel` does; no bias correction is
    needed then. The average looks back over about 1/(1 − decay) updates.

    Args:
        params: The arrays to average, as in `model.params`; they are only read.
        decay: Share of the old average that is kept, from 0 up to below 1.

    Attributes:
        average: The averaged arrays, in the order of `params`.
        updates: How many updates were averaged.

    Raises:
        TypeError: If `params` is a bare array, or holds something that cannot change in place,
            or if `decay` is not a number.
        ValueError: If `decay` is outside [0, 1).

    Examples:
        >>> import numpy as np
        >>> w = np.array([1.0])
        >>> ema = WeightEMA([w], decay=0.9)
        >>> ema.update()
        >>> w[:] = 2.0
        >>> ema.update()
        >>> ema.average
        [array([1.1])]
        >>> with ema.applied():
        ...     print(w)
        [1.1]
        >>> w
        array([2.])

    Source:
        B. Polyak and A. Juditsky, Acceleration of stochastic approximation by averaging (1992),
        <https://doi.org/10.1137/0330046>; `torch.optim.swa_utils`.
    """

    def __init__(self, params: Sequence[FloatArray], decay: float = 0.999) -> None:
        self.decay = _validate.number("decay", decay, 0, 1, open_high=True)
        self.params = checks.float_arrays("params", params, "w")
        self.average = [param.copy() for param in self.params]
        self.updates = 0

    def update(self) -> None:
        """Take the present weights into the average; call it after each optimizer step."""
        keep = self.decay if self.updates else 0.0
        for average, param in zip(self.average, self.params, strict=True):
            average *= keep
            average += (1 - keep) * param
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
