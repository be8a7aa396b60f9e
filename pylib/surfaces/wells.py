"""Functions with several minima: Himmelblau's, the double well and Rastrigin's."""

import math

import numpy as np

from pylib import _validate
from pylib._typing import FloatArray
from pylib.surfaces.base import Surface

__all__ = ["DoubleWell", "Himmelblau", "Rastrigin"]


class Himmelblau(Surface):
    """Four minima of equal depth: where you start decides where you end.

        f(x, y) = (x² + y − 11)² + (x + y² − 7)²

    Examples:
        >>> Himmelblau()([3.0, 2.0]), Himmelblau().gradient([0.0, 0.0])
        (0.0, array([-14., -22.]))

    Source:
        D. M. Himmelblau, Applied Nonlinear Programming (1972), McGraw-Hill.
    """

    bounds = ((-5.0, 5.0), (-5.0, 5.0))

    def __init__(self) -> None:
        self.minima = np.array(
            [
                [3.0, 2.0],
                [-2.805118086952745, 3.131312518250573],
                [-3.779310253377747, -3.283185991286170],
                [3.584428340330492, -1.848126526964404],
            ]
        )

    def _value(self, w: FloatArray) -> FloatArray:
        x, y = w[..., 0], w[..., 1]
        return (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2

    def _gradient(self, w: FloatArray) -> tuple[FloatArray, ...]:
        x, y = w[..., 0], w[..., 1]
        first, second = x * x + y - 11, x + y * y - 7
        return 4 * x * first + 2 * second, 2 * first + 4 * y * second

    def _hessian(self, w: FloatArray) -> tuple[FloatArray | float, ...]:
        x, y = w[..., 0], w[..., 1]
        return 12 * x * x + 4 * y - 42, 4 * (x + y), 4 * x + 12 * y * y - 26


class DoubleWell(Surface):
    """Two valleys in one weight, of which one is deeper.

        f(x) = x⁴/4 − x²/2 + t x        f'(x) = x³ − x + t

    With the default tilt t = 0.1 the global minimum is at x = −1.0467 and a local one at 0.9456.
    For |t| below 2/√27 = 0.385 there are two minima. Points have one coordinate: `[x]`.

    Args:
        tilt: t; a positive one makes the left valley the deeper.

    Raises:
        ValueError: If |tilt| is 2/√27 or more, where only one valley is left.
        TypeError: If it is not a number.

    Examples:
        >>> DoubleWell().minima.round(4)
        array([[-1.0467],
               [ 0.9456]])
        >>> float(DoubleWell()([2.0]))
        2.2
    """

    dim = 1
    bounds = ((-2.0, 2.0),)

    def __init__(self, tilt: float = 0.1) -> None:
        edge = 2 / math.sqrt(27)
        tilt = _validate.number("tilt", tilt, -edge, edge, open_low=True, open_high=True)
        self.tilt = tilt
        # The roots of x³ − x + t are 2/√3 cos(φ − 2πk/3); k = 0 and k = 1 are the outer two.
        phi = math.acos(-1.5 * math.sqrt(3) * tilt) / 3
        right = 2 / math.sqrt(3) * math.cos(phi)
        left = 2 / math.sqrt(3) * math.cos(phi + 2 * math.pi / 3)
        wells = [left, right] if tilt >= 0 else [right, left]
        self.minima = np.array(wells)[:, None]

    def _value(self, w: FloatArray) -> FloatArray:
        x = w[..., 0]
        return x**4 / 4 - x * x / 2 + self.tilt * x

    def _gradient(self, w: FloatArray) -> tuple[FloatArray, ...]:
        x = w[..., 0]
        return (x * x * x - x + self.tilt,)

    def _hessian(self, w: FloatArray) -> tuple[FloatArray | float, ...]:
        return (3 * w[..., 0] ** 2 - 1,)


class Rastrigin(Surface):
    """A bowl covered with dents: a local minimum near every integer point.

        f(x, y) = 20 + x² + y² − 10 (cos 2πx + cos 2πy)

    `minima` holds the global one only, 0 at the origin.

    Examples:
        >>> Rastrigin()([0.0, 0.0]), Rastrigin()([1.0, 0.0])
        (0.0, 1.0)

    Source:
        L. A. Rastrigin, Systems of Extremal Control (1974), Nauka; the form used here:
        <https://www.sfu.ca/~ssurjano/rastr.html>.
    """

    bounds = ((-5.12, 5.12), (-5.12, 5.12))

    def __init__(self) -> None:
        self.minima = np.zeros((1, 2))

    def _value(self, w: FloatArray) -> FloatArray:
        x, y = w[..., 0], w[..., 1]
        dents: FloatArray = 10 * (np.cos(2 * np.pi * x) + np.cos(2 * np.pi * y))
        return 20 + x * x + y * y - dents

    def _gradient(self, w: FloatArray) -> tuple[FloatArray, ...]:
        x, y = w[..., 0], w[..., 1]
        steep = 20 * np.pi
        return 2 * x + steep * np.sin(2 * np.pi * x), 2 * y + steep * np.sin(2 * np.pi * y)

    def _hessian(self, w: FloatArray) -> tuple[FloatArray | float, ...]:
        x, y = w[..., 0], w[..., 1]
        steep = 40 * np.pi**2
        return 2 + steep * np.cos(2 * np.pi * x), 0.0, 2 + steep * np.cos(2 * np.pi * y)
