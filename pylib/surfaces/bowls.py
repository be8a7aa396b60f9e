"""Quadratic functions: one bowl, round or stretched, and the saddle."""

import math

import numpy as np

from pylib import _validate
from pylib._typing import FloatArray
from pylib.surfaces.base import Surface

__all__ = ["Parabola", "Quadratic", "Saddle"]


class Parabola(Surface):
    """A bowl in one weight: the place to see what a learning rate does.

        f(x) = L/2 · x²        f'(x) = L x        f''(x) = L

    Gradient descent multiplies x by 1 − lr·L at each step: it converges for 0 < lr < 2/L.

    Args:
        curvature: L, positive. `Parabola(2.0)` is x².

    Raises:
        ValueError: If `curvature` is not above 0, or not finite.
        TypeError: If it is not a number.

    Examples:
        >>> square = Parabola(2.0)
        >>> square([3.0]), square.gradient([3.0])
        (9.0, array([6.]))
    """

    dim = 1
    bounds = ((-5.0, 5.0),)

    def __init__(self, curvature: float = 1.0) -> None:
        self.curvature = _validate.number("curvature", curvature, 0, open_low=True)
        self.minima = np.zeros((1, 1))

    def _value(self, w: FloatArray) -> FloatArray:
        return 0.5 * self.curvature * w[..., 0] ** 2

    def _gradient(self, w: FloatArray) -> tuple[FloatArray, ...]:
        return (self.curvature * w[..., 0],)

    def _hessian(self, w: FloatArray) -> tuple[FloatArray | float, ...]:
        return (self.curvature,)


class Quadratic(Surface):
    """An elliptic bowl: one gentle direction, one steep one, turned by an angle.

        f(w) = ½ wᵀA w         A = R diag(1, κ) Rᵀ        ∇f = A w        ∇²f = A

    R turns by `angle`, so the steep direction is (−sin, cos). κ is the condition number.

    Args:
        condition: κ ≥ 1, the curvature of the steep direction; the gentle one has 1.
        angle: Turn against the clock, in degrees.

    Raises:
        ValueError: If `condition` is below 1 or a number is not finite.
        TypeError: If one is not a number.

    Examples:
        >>> bowl = Quadratic(condition=10.0)
        >>> bowl([1.0, 1.0]), bowl.gradient([1.0, 1.0])
        (5.5, array([ 1., 10.]))
    """

    bounds = ((-2.0, 2.0), (-2.0, 2.0))

    def __init__(self, condition: float = 10.0, angle: float = 0.0) -> None:
        self.condition = _validate.number("condition", condition, 1)
        self.angle = _validate.number("angle", angle)
        self.minima = np.zeros((1, 2))
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        # A = R diag(1, κ) Rᵀ, written out
        self._xx = cos * cos + condition * sin * sin
        self._xy = (1 - condition) * cos * sin
        self._yy = sin * sin + condition * cos * cos

    def _value(self, w: FloatArray) -> FloatArray:
        x, y = w[..., 0], w[..., 1]
        return 0.5 * (self._xx * x * x + 2 * self._xy * x * y + self._yy * y * y)

    def _gradient(self, w: FloatArray) -> tuple[FloatArray, ...]:
        x, y = w[..., 0], w[..., 1]
        return self._xx * x + self._xy * y, self._xy * x + self._yy * y

    def _hessian(self, w: FloatArray) -> tuple[FloatArray | float, ...]:
        return self._xx, self._xy, self._yy


class Saddle(Surface):
    """Down in one direction, up in the other; the gradient vanishes at 0 without a minimum.

        f(x, y) = x² − y²

    It has no minimum: y runs away to ±∞, and `minimize` stops there.

    Examples:
        >>> Saddle().gradient([0.0, 0.0]), Saddle().minima.shape
        (array([ 0., -0.]), (0, 2))
    """

    bounds = ((-2.0, 2.0), (-2.0, 2.0))

    def __init__(self) -> None:
        self.minima = np.empty((0, 2))

    def _value(self, w: FloatArray) -> FloatArray:
        x, y = w[..., 0], w[..., 1]
        return x * x - y * y

    def _gradient(self, w: FloatArray) -> tuple[FloatArray, ...]:
        return 2 * w[..., 0], -2 * w[..., 1]

    def _hessian(self, w: FloatArray) -> tuple[FloatArray | float, ...]:
        return 2.0, 0.0, -2.0
