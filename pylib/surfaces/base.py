"""What all surfaces share: points of any shape in, value, gradient and Hessian out."""

from abc import ABC, abstractmethod

import numpy as np

from pylib._typing import ArrayLike, FloatArray

__all__ = ["Bounds", "Surface"]

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
