"""Two curved valleys with one minimum each: Rosenbrock's and Beale's."""

import numpy as np

from pylib._typing import FloatArray
from pylib.surfaces.base import Surface

__all__ = ["Beale", "Rosenbrock"]


class Rosenbrock(Surface):
    """The banana valley: easy to enter, slow to follow.

        f(x, y) = (1 − x)² + 100 (y − x²)²

    At the minimum (1, 1) the condition number is 2508. The usual start is (−1.2, 1).

    Examples:
        >>> banana = Rosenbrock()
        >>> banana([1.0, 1.0]), banana.gradient([0.0, 0.0])
        (0.0, array([-2.,  0.]))

    Source:
        H. H. Rosenbrock, An automatic method for finding the greatest or least value of a function
        (1960), <https://doi.org/10.1093/comjnl/3.3.175>.
    """

    bounds = ((-2.0, 2.0), (-1.0, 3.0))

    def __init__(self) -> None:
        self.minima = np.array([[1.0, 1.0]])

    def _value(self, w: FloatArray) -> FloatArray:
        x, y = w[..., 0], w[..., 1]
        return (1 - x) ** 2 + 100 * (y - x * x) ** 2

    def _gradient(self, w: FloatArray) -> tuple[FloatArray, ...]:
        x, y = w[..., 0], w[..., 1]
        rise = y - x * x
        return -2 * (1 - x) - 400 * x * rise, 200 * rise

    def _hessian(self, w: FloatArray) -> tuple[FloatArray | float, ...]:
        x, y = w[..., 0], w[..., 1]
        return 2 - 400 * (y - 3 * x * x), -400 * x, 200.0


class Beale(Surface):
    """A flat floor between steep corners.

        f(x, y) = (1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²

    The minimum is 0 at (3, 0.5); f(1, 1) = 14.203125.

    Examples:
        >>> Beale()([3.0, 0.5]), Beale()([1.0, 1.0])
        (0.0, 14.203125)

    Source:
        E. M. L. Beale, On an iterative method for finding a local minimum of a function of more
        than one variable (1958); the form used here:
        <https://www.sfu.ca/~ssurjano/beale.html>.
    """

    bounds = ((-4.5, 4.5), (-4.5, 4.5))

    def __init__(self) -> None:
        self.minima = np.array([[3.0, 0.5]])

    def _value(self, w: FloatArray) -> FloatArray:
        x, y = w[..., 0], w[..., 1]
        return (
            (1.5 - x + x * y) ** 2 + (2.25 - x + x * y * y) ** 2 + (2.625 - x + x * y * y * y) ** 2
        )

    # With r_k = c_k − x + x y^k: f = Σ r_k², ∂r_k/∂x = y^k − 1, ∂r_k/∂y = k x y^(k−1).
    def _gradient(self, w: FloatArray) -> tuple[FloatArray, ...]:
        x, y = w[..., 0], w[..., 1]
        r1, r2, r3 = 1.5 - x + x * y, 2.25 - x + x * y * y, 2.625 - x + x * y * y * y
        by_x = 2 * (r1 * (y - 1) + r2 * (y * y - 1) + r3 * (y * y * y - 1))
        by_y = 2 * x * (r1 + 2 * y * r2 + 3 * y * y * r3)
        return by_x, by_y

    def _hessian(self, w: FloatArray) -> tuple[FloatArray | float, ...]:
        x, y = w[..., 0], w[..., 1]
        r1, r2, r3 = 1.5 - x + x * y, 2.25 - x + x * y * y, 2.625 - x + x * y * y * y
        xx = 2 * ((y - 1) ** 2 + (y * y - 1) ** 2 + (y * y * y - 1) ** 2)
        xy = 2 * (
            (r1 + 2 * y * r2 + 3 * y * y * r3)
            + x * ((y - 1) + 2 * y * (y * y - 1) + 3 * y * y * (y * y * y - 1))
        )
        yy = 2 * x * (2 * r2 + 6 * y * r3 + x * (1 + 4 * y * y + 9 * y**4))
        return xx, xy, yy
