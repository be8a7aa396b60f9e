"""Functions of one or two weights to walk on: value, gradient, Hessian and known minima.

A point is an array whose last axis holds the coordinates, so `surface(w)` takes one point `(d,)`,
a path `(T, d)` or a grid `(H, W, d)`. Drawing is left to `pylib.plots`, walking to
`pylib.training.minimize`.
"""

from pylib.surfaces.base import Surface
from pylib.surfaces.bowls import Parabola, Quadratic, Saddle
from pylib.surfaces.function import Function
from pylib.surfaces.valleys import Beale, Rosenbrock
from pylib.surfaces.wells import DoubleWell, Himmelblau, Rastrigin

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
