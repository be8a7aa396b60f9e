"""A function of your own, in the form that `minimize` takes."""

from collections.abc import Callable

import numpy as np

from pylib._typing import ArrayLike, FloatArray

__all__ = ["Function"]


class Function:
    """A function of your own, ready for `minimize`: any number of weights, no Hessian needed.

    Args:
        value: `w (d,) -> float`.
        gradient: `w (d,) -> (d,)`.

    Raises:
        TypeError: If one of the two cannot be called.

    Examples:
        >>> cubic = Function(lambda w: float(w[0] ** 3), lambda w: 3 * w**2)
        >>> cubic([2.0]), cubic.gradient([2.0])
        (8.0, array([12.]))
    """

    def __init__(
        self,
        value: Callable[[FloatArray], float],
        gradient: Callable[[FloatArray], FloatArray],
    ) -> None:
        for name, given in (("value", value), ("gradient", gradient)):
            if not callable(given):
                raise TypeError(f"{name} is {given!r}; give a function of w, such as lambda w: ...")
        self._value = value
        self._gradient = gradient

    def __call__(self, w: ArrayLike) -> float:
        """The value at `w`, shape `(d,)`."""
        return self._value(np.asarray(w, dtype=np.float64))

    def gradient(self, w: ArrayLike) -> FloatArray:
        """The gradient at `w`, of the shape of `w`."""
        return self._gradient(np.asarray(w, dtype=np.float64))
