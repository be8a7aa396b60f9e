"""Functions of one or two weights to walk on: value, gradient, Hessian and known minima.

A point is an array whose last axis holds the coordinates, so `surface(w)` takes one point `(d,)`,
a path `(T, d)` or a grid `(H, W, d)`. Drawing is left to `pylib.plots`, walking to
`pylib.training.minimize`.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np

from pylib.arrays import ArrayLike, FloatArray

__all__ = [
    "Beale",
    "DoubleWell",
    "Function",
    "Himmelblau",
    "Parabola",
    "Quadratic",
    "Rastrigin",
    "Rosenbrock",
    "Saddle",
    "Surface",
]

Bounds = tuple[tuple[float, float], ...]


class Surface(ABC):
    """A function of `dim` weights with its derivatives.

    Attributes:
        dim: Number of coordinates d, 1 or 2.
        bounds: One `(low, high)` per coordinate: the part worth drawing.
        minima: Known minima, shape `(M, d)`, the lowest first; M may be 0.
    """

    dim: int = 2
    bounds: Bounds
    minima: FloatArray

    @abstractmethod
    def _value(self, w: FloatArray) -> FloatArray:
        """The value at checked points: `(..., d) -> (...)`."""

    @abstractmethod
    def _gradient(self, w: FloatArray) -> tuple[FloatArray, ...]:
        """The d partial derivatives, each of shape `(...)`."""

    @abstractmethod
    def _hessian(self, w: FloatArray) -> tuple[FloatArray | float, ...]:
        """The upper triangle row by row: `(f_xx, f_xy, f_yy)`, or `(f_xx,)` for d = 1."""

    def __call__(self, w: ArrayLike) -> float | FloatArray:
        """The height of the surface.

        Args:
            w: One point `(d,)` or many, `(..., d)`.

        Returns:
            A float for one point, otherwise an array of shape `(...)`.

        Raises:
            ValueError: If the last axis of `w` does not have length d.
        """
        points = self._points(w)
        value = self._value(points)
        return float(value) if points.ndim == 1 else value

    def gradient(self, w: ArrayLike) -> FloatArray:
        """The vector of partial derivatives, which points uphill.

        Args:
            w: One point `(d,)` or many, `(..., d)`.

        Returns:
            An array of the shape of `w`.

        Raises:
            ValueError: If the last axis of `w` does not have length d.
        """
        points = self._points(w)
        grad = np.empty_like(points)
        for axis, partial in enumerate(self._gradient(points)):
            grad[..., axis] = partial
        return grad

    def hessian(self, w: ArrayLike) -> FloatArray:
        """The matrix of second derivatives; its eigenvalues are the curvatures.

        Args:
            w: One point `(d,)` or many, `(..., d)`.

        Returns:
            An array of shape `(..., d, d)`.

        Raises:
            ValueError: If the last axis of `w` does not have length d.
        """
        points = self._points(w)
        matrix = np.empty((*points.shape, self.dim), dtype=points.dtype)
        second = self._hessian(points)
        for (row, column), entry in zip([(0, 0), (0, 1), (1, 1)], second, strict=False):
            matrix[..., row, column] = entry
            matrix[..., column, row] = entry
        return matrix

    def _points(self, w: ArrayLike) -> FloatArray:
        points = np.asarray(w)
        if points.dtype.kind != "f":
            points = points.astype(np.float64)
        if points.shape[-1:] != (self.dim,):
            raise ValueError(
                f"{type(self).__name__} takes points with {self.dim} coordinate"
                f"{'s' * (self.dim > 1)} on the last axis, and got shape {points.shape}; "
                + ("write [x] or x[:, None]" if self.dim == 1 else "write [x, y]")
            )
        return points


class Parabola(Surface):
    """A bowl in one weight: the place to see what a learning rate does.

        f(x) = L/2 · x²        f'(x) = L x        f''(x) = L

    Gradient descent multiplies x by 1 − lr·L at each step: it converges for 0 < lr < 2/L.

    Args:
        curvature: L, positive. `Parabola(2.0)` is x².

    Raises:
        ValueError: If `curvature` is not a positive finite number.

    Examples:
        >>> square = Parabola(2.0)
        >>> square([3.0]), square.gradient([3.0])
        (9.0, array([6.]))
    """

    dim = 1
    bounds = ((-5.0, 5.0),)

    def __init__(self, curvature: float = 1.0) -> None:
        if not (math.isfinite(curvature) and curvature > 0):
            raise ValueError(f"curvature is {curvature!r}; give a positive number, such as 1.0")
        self.curvature = curvature
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

    Examples:
        >>> bowl = Quadratic(condition=10.0)
        >>> bowl([1.0, 1.0]), bowl.gradient([1.0, 1.0])
        (5.5, array([ 1., 10.]))
    """

    bounds = ((-2.0, 2.0), (-2.0, 2.0))

    def __init__(self, condition: float = 10.0, angle: float = 0.0) -> None:
        if not (math.isfinite(condition) and condition >= 1):
            raise ValueError(f"condition is {condition!r}; give a finite number of at least 1")
        if not math.isfinite(angle):
            raise ValueError(f"angle is {angle!r}; give a finite number of degrees")
        self.condition = condition
        self.angle = angle
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


class DoubleWell(Surface):
    """Two valleys in one weight, of which one is deeper.

        f(x) = x⁴/4 − x²/2 + t x        f'(x) = x³ − x + t

    With the default tilt t = 0.1 the global minimum is at x = −1.0467 and a local one at 0.9456.
    For |t| below 2/√27 = 0.385 there are two minima. Points have one coordinate: `[x]`.

    Args:
        tilt: t; a positive one makes the left valley the deeper.

    Raises:
        ValueError: If |tilt| is 2/√27 or more, where only one valley is left.

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
        if not abs(tilt) < 2 / math.sqrt(27):
            raise ValueError(f"tilt is {tilt!r}; two valleys need |tilt| < 0.3849")
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
