"""`WeightEMA`: a running average of the weights, often better than the last ones."""

from collections.abc import Sequence

from pylib import _validate
from pylib._typing import FloatArray
from pylib.training.weight_average import WeightAverage

__all__ = ["WeightEMA"]


class WeightEMA(WeightAverage):
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
        super().__init__(params)

    def update(self) -> None:
        """Take the present weights into the average; call it after each optimizer step."""
        self._take(1 - self.decay)
