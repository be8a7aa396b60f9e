"""Surfaces: derivatives against central differences, minima, points of any shape, refusals."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pylib._typing import FloatArray
from pylib.surfaces import (
    Beale,
    DoubleWell,
    Function,
    Himmelblau,
    Parabola,
    Quadratic,
    Rastrigin,
    Rosenbrock,
    Saddle,
    Surface,
)

SURFACES: dict[str, Surface] = {
    "parabola": Parabola(3.0),
    "quadratic": Quadratic(10.0),
    "quadratic-turned": Quadratic(25.0, angle=30.0),
    "rosenbrock": Rosenbrock(),
    "beale": Beale(),
    "himmelblau": Himmelblau(),
    "saddle": Saddle(),
    "double-well": DoubleWell(),
    "double-well-other-way": DoubleWell(tilt=-0.2),
    "rastrigin": Rastrigin(),
}


def points_of(surface: Surface, count: int = 20) -> FloatArray:
    low, high = np.array(surface.bounds).T
    return np.random.default_rng(0).uniform(low / 2, high / 2, (count, surface.dim))


@pytest.mark.parametrize("name", SURFACES)
def test_gradient_and_hessian_agree_with_central_differences(name: str) -> None:
    surface, h = SURFACES[name], 1e-5
    for w in points_of(surface):
        for axis, step in enumerate(h * np.eye(surface.dim)):
            slope = (surface(w + step) - surface(w - step)) / (2 * h)
            curvature = (surface.gradient(w + step) - surface.gradient(w - step)) / (2 * h)
            np.testing.assert_allclose(surface.gradient(w)[axis], slope, rtol=1e-6, atol=1e-6)
            np.testing.assert_allclose(surface.hessian(w)[axis], curvature, rtol=1e-6, atol=1e-5)


@pytest.mark.parametrize("name", SURFACES)
def test_minima_are_flat_curved_upwards_and_sorted(name: str) -> None:
    surface = SURFACES[name]
    assert surface.minima.shape[1:] == (surface.dim,)
    heights = [float(surface(w)) for w in surface.minima]
    for w in surface.minima:
        np.testing.assert_allclose(surface.gradient(w), 0, atol=1e-12)
        assert (np.linalg.eigvalsh(surface.hessian(w)) > 0).all()
        assert all(low <= x <= high for x, (low, high) in zip(w, surface.bounds, strict=True))
    np.testing.assert_allclose(heights, np.sort(heights), atol=1e-12)


@pytest.mark.parametrize("name", SURFACES)
def test_a_grid_gives_what_its_points_give(name: str) -> None:
    surface = SURFACES[name]
    grid = points_of(surface, 12).reshape(3, 4, surface.dim)
    values, slopes, curvatures = surface(grid), surface.gradient(grid), surface.hessian(grid)
    assert isinstance(values, np.ndarray)
    assert values.shape == (3, 4)
    assert slopes.shape == grid.shape
    assert curvatures.shape == (*grid.shape, surface.dim)
    for index in np.ndindex(3, 4):
        np.testing.assert_allclose(values[index], surface(grid[index]), rtol=1e-12)
        np.testing.assert_allclose(slopes[index], surface.gradient(grid[index]), rtol=1e-12)
        np.testing.assert_allclose(curvatures[index], surface.hessian(grid[index]), rtol=1e-12)


@pytest.mark.parametrize("name", SURFACES)
def test_points_are_not_changed_and_may_be_integers(name: str) -> None:
    surface = SURFACES[name]
    w = np.ones(surface.dim)
    surface(w), surface.gradient(w), surface.hessian(w)
    assert (w == 1).all()
    assert surface([1] * surface.dim) == surface(w)
    assert type(surface(w)) is float
    assert surface.gradient([1] * surface.dim).dtype == np.float64
    assert surface.gradient(w.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("name", SURFACES)
def test_another_number_of_coordinates_is_refused(name: str) -> None:
    surface = SURFACES[name]
    for wrong in (2.0, np.ones(3), np.ones((surface.dim, 5))):
        with pytest.raises(ValueError, match=f"{surface.dim} coordinate"):
            surface(wrong)


def test_known_values() -> None:
    """Rosenbrock and Beale at their usual starts, Himmelblau's peak: by hand."""
    np.testing.assert_allclose(Rosenbrock()([-1.2, 1.0]), 24.2)
    assert Beale()([1.0, 1.0]) == 14.203125
    assert Himmelblau()([0.0, 0.0]) == 170.0
    assert Rastrigin()([1.0, 1.0]) == 2.0
    assert Saddle()([2.0, 1.0]) == 3.0


def test_turning_moves_the_steep_direction() -> None:
    turned = Quadratic(100.0, angle=45.0)
    steep = np.array([-1.0, 1.0]) / np.sqrt(2)
    np.testing.assert_allclose(turned.gradient(steep), 100 * steep)
    np.testing.assert_allclose(np.linalg.eigvalsh(turned.hessian([0, 0])), [1, 100])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Parabola(0.0), "curvature is 0.0; it must be finite and above 0"),
        (lambda: Quadratic(0.5), "condition is 0.5"),
        (lambda: Quadratic(10, angle=np.inf), "angle is inf"),
        (lambda: DoubleWell(0.4), "tilt is 0.4; it must be above -0.3849 and below 0.3849"),
        (lambda: DoubleWell(np.nan), "tilt is nan"),
    ],
)
def test_settings_out_of_range(build: Callable[[], Surface], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize("build", [Parabola, Quadratic, DoubleWell])
def test_settings_of_the_wrong_kind(build: Any) -> None:
    with pytest.raises(TypeError, match="is '1'; it must be a number"):
        build("1")


def test_a_function_of_your_own_needs_two_functions() -> None:
    with pytest.raises(TypeError, match="gradient is 3"):
        Function(lambda w: 0.0, 3)  # type: ignore[arg-type]
