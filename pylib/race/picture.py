"""The plane that a race is drawn on: where each point lies, and how high the loss is there."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pylib._typing import FloatArray
from pylib.race.courses import Course
from pylib.race.running import Run

__all__ = ["Plane", "plane"]

MARGIN = 0.08  # around what must be seen, as a share of it
LEVELS = 14
FAR = 1e100  # squares of it are numbers still


@dataclass(frozen=True)
class Plane:
    """A part of a plane through the weights.

    Attributes:
        origin: A point of it, shape `(d,)`.
        axes: Two directions of length 1, shape `(2, d)`.
        bounds: `((left, right), (bottom, top))` along them.
        heights: The loss, rows from the bottom, shape `(size, size)`.
        levels: Heights at which lines are drawn, rising.
        share: How much of all motion lies in it: 1 where the course has two weights.
    """

    origin: FloatArray
    axes: FloatArray
    bounds: tuple[tuple[float, float], tuple[float, float]]
    heights: FloatArray
    levels: FloatArray
    share: float

    def places(self, points: FloatArray) -> FloatArray:
        """Where points lie on it: `(T, d) -> (T, 2)`."""
        placed: FloatArray = (np.clip(points, -FAR, FAR) - self.origin) @ self.axes.T
        return placed


def plane(course: Course, runs: Sequence[Run], size: int = 61) -> Plane:
    """The plane of a race; for more than two weights the one along which the runs moved most.

    Args:
        course: What was raced on.
        runs: Those of all contenders.
        size: Heights along each side.

    Returns:
        The plane.

    Examples:
        >>> from pylib.race.contenders import contender
        >>> from pylib.race.courses import course
        >>> from pylib.race.running import run
        >>> bowl = course("Quadratic")
        >>> seen = plane(bowl, [run(bowl, contender("SGD", 0.1), 5)])
        >>> seen.share, seen.heights.shape, seen.places(np.array([[1.0, 2.0]]))
        (1.0, (61, 61), array([[1., 2.]]))
    """
    origin, axes, share = _directions(course, runs)
    at = Plane(origin, axes, ((0.0, 0.0), (0.0, 0.0)), np.empty(0), np.empty(0), share)
    bounds = _bounds(course, at, runs)
    heights = _heights(course, at, bounds, size)
    return Plane(origin, axes, bounds, heights, _levels(heights), share)


def _directions(course: Course, runs: Sequence[Run]) -> tuple[FloatArray, FloatArray, float]:
    if course.start.size == 2:
        return np.zeros(2), np.eye(2), 1.0
    # The right singular vectors of all points, seen from the start; two of them even of one point.
    rows = [run.points - course.start for run in _steady(runs) or runs]
    moved = np.clip(np.concatenate([np.zeros((1, course.start.size)), *rows]), -FAR, FAR)
    _, spread, axes = np.linalg.svd(moved, full_matrices=False)
    total = float(np.sum(spread**2))
    share = float(np.sum(spread[:2] ** 2)) / total if total else 1.0
    return course.start, axes[:2], share


def _steady(runs: Sequence[Run]) -> list[Run]:
    """Those that ended no higher than they began: another one would turn the plane its own way."""
    return [run for run in runs if run.stopped is None and run.losses[-1] <= run.losses[0]]


def _bounds(
    course: Course, at: Plane, runs: Sequence[Run]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """The surface's own bounds, or minima and steady runs; and the start, wherever it is."""
    if course.bounds is not None:
        corners = [np.array(course.bounds).T]
    else:
        shown = _steady(runs) or ([] if len(course.minima) else runs)
        corners = [course.start[None], course.minima, *(run.points for run in shown)]
    seen = at.places(np.concatenate(corners))
    low, high = seen.min(axis=0), seen.max(axis=0)
    room = MARGIN * np.maximum(high - low, 1e-3)
    low, high = low - room, high + room
    # A start that is moved to the edge does not move the edge.
    (start,) = at.places(course.start[None])
    left, bottom = np.where(start < low, start - room, low).tolist()
    right, top = np.where(start > high, start + room, high).tolist()
    return (left, right), (bottom, top)


def _heights(
    course: Course,
    at: Plane,
    bounds: tuple[tuple[float, float], tuple[float, float]],
    size: int,
) -> FloatArray:
    across, up = (np.linspace(*side, size) for side in bounds)
    places = np.stack(np.meshgrid(across, up), axis=-1)  # (size, size, 2)
    points = at.origin + places @ at.axes  # (size, size, 2) @ (2, d) -> (size, size, d)
    objective = course.objective()
    if course.judge is None:  # a surface takes them all at once
        return np.asarray(objective(points))
    return np.array([[objective(point) for point in row] for row in points])


def _levels(heights: FloatArray) -> FloatArray:
    """Rising by one factor above the floor, so that a valley shows as well as its walls."""
    above = heights - heights.min()
    low, high = np.quantile(above, 0.02), above.max()
    if not 0 < low < high:
        return np.empty(0)
    levels: FloatArray = heights.min() + np.geomspace(low, high, LEVELS, endpoint=False)
    return levels
