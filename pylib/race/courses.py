"""What is raced on: surfaces of two weights, logistic regression, a small network."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from pylib import _validate
from pylib._typing import ArrayLike, FloatArray, IntArray
from pylib.data import make_blobs, make_moons
from pylib.losses import BCEWithLogitsLoss
from pylib.models import MLP, LogisticRegression
from pylib.optimizers import LBFGS
from pylib.surfaces import Beale, Himmelblau, Quadratic, Rastrigin, Rosenbrock, Saddle
from pylib.training import minimize

__all__ = ["COURSES", "SURFACES", "Course", "Training", "course"]

# Class, settings that the page offers, and where a race starts if it does not say.
SURFACES: dict[str, tuple[Callable[..., Any], tuple[str, ...], tuple[float, float]]] = {
    "Quadratic": (Quadratic, ("condition", "angle"), (-2.6, 2.0)),
    "Rosenbrock": (Rosenbrock, (), (-1.2, 1.0)),
    "Beale": (Beale, (), (1.0, 1.0)),
    "Himmelblau": (Himmelblau, (), (0.0, -4.0)),
    "Rastrigin": (Rastrigin, (), (3.6, -2.7)),
    "Saddle": (Saddle, (), (-1.8, 0.001)),
}
COURSES = (*SURFACES, "logistic", "network")


class Training:
    """The loss of a model as a function of all its weights, which stand in one array.

    Each gradient is that of the next mini-batch, in the order in which `fit` takes them; the value
    is that of all rows.

    Args:
        model: What is trained; its weights change.
        X: Inputs, N rows.
        y: Targets, N rows.
        batch: Rows of each gradient; `None` takes all.
        seed: Of the order of the rows.
    """

    def __init__(
        self,
        model: MLP | LogisticRegression,
        X: FloatArray,
        y: IntArray,
        batch: int | None,
        seed: int,
    ) -> None:
        self._model, self._X, self._y = model, X, y
        self._loss = BCEWithLogitsLoss()
        self._batch = len(X) if batch is None else batch
        self._rng = np.random.default_rng(seed)
        self._rows = np.empty(0, dtype=np.int64)

    @property
    def weights(self) -> FloatArray:
        """All of them, shape `(d,)`."""
        return np.concatenate([param.ravel() for param in self._model.params])

    def __call__(self, w: FloatArray) -> float:
        """The loss of all rows at `w`."""
        self._put(w)
        return float(self._loss(self._model.forward(self._X), self._y))

    def gradient(self, w: FloatArray) -> FloatArray:
        """The gradient of the next mini-batch at `w`."""
        self._put(w)
        if not len(self._rows):
            self._rows = self._rng.permutation(len(self._X))
        rows, self._rows = self._rows[: self._batch], self._rows[self._batch :]
        prediction = self._model.forward(self._X[rows])
        grads = self._model.backward(self._loss.gradient(prediction, self._y[rows]))
        return np.concatenate([np.ravel(grad) for grad in grads])

    def right(self, w: FloatArray, X: FloatArray, y: IntArray) -> float:
        """The share of rows whose class the model finds."""
        self._put(w)
        return float(np.mean(self._model.predict(X) == y))

    def _put(self, w: FloatArray) -> None:
        at = 0
        for param in self._model.params:
            param[...] = w[at : at + param.size].reshape(param.shape)
            at += param.size


@dataclass(frozen=True)
class Course:
    """What all contenders of a race share.

    Attributes:
        objective: Makes what is lowered: each contender gets its own, with the same mini-batches.
        start: The first point, shape `(d,)`.
        minima: Those that are known, shape `(M, d)`; M may be 0.
        noise: Standard deviation of the noise on gradients.
        seed: Of that noise.
        names: Of the axes, where the course has two weights.
        bounds: The part worth drawing, where that is known.
        judge: The share of rows not trained on that a model of weights `w` gets right.
    """

    objective: Callable[[], Any]
    start: FloatArray
    minima: FloatArray
    noise: float = 0.0
    seed: int = 0
    names: tuple[str, str] = ("x", "y")
    bounds: tuple[tuple[float, float], ...] | None = None
    judge: Callable[[FloatArray], float] | None = None

    def distances(self, points: FloatArray) -> FloatArray:
        """From the nearest known minimum; from the start where none is known.

        Args:
            points: Shape `(T, d)`.

        Returns:
            One number per point, shape `(T,)`.
        """
        goals = self.minima if len(self.minima) else self.start[None]
        # (T, 1, d) - (1, M, d) -> (T, M); hypot, as squares of a run that diverges overflow.
        away = np.hypot.reduce(points[:, None] - goals[None], axis=2)
        nearest: FloatArray = away.min(axis=1)
        return nearest


def course(
    name: str,
    settings: Mapping[str, Any] | None = None,
    start: ArrayLike | None = None,
    noise: float = 0.0,
    batch: int | None = None,
    seed: int = 0,
) -> Course:
    """Make a course.

    Args:
        name: One of `COURSES`.
        settings: Of the surface.
        start: The first point; that of the course by default. The network starts at weights that
            `seed` draws.
        noise: Standard deviation of the noise on gradients; surfaces only.
        batch: Rows of each gradient, all by default; models only.
        seed: Of noise, of mini-batches, and of the network's first weights.

    Returns:
        The course.

    Raises:
        TypeError: A setting is of the wrong kind.
        ValueError: There is no such course or setting, or one is out of its range.

    Examples:
        >>> course("Rosenbrock").distances(np.array([[1.0, 1.0], [1.0, 3.0]]))
        array([0., 2.])
        >>> course("network").start.shape
        (65,)
    """
    name = _validate.choice("course", name, COURSES)
    seed = _validate.whole("seed", seed)
    if name in SURFACES:
        return _surface(name, settings or {}, start, noise, seed)
    if settings:
        raise ValueError(f"{name} has no settings, and got {', '.join(settings)}")
    batch = None if batch is None else _validate.whole("batch", batch, 1)
    return _logistic(start, batch, seed) if name == "logistic" else _network(batch, seed)


def _surface(
    name: str, settings: Mapping[str, Any], start: ArrayLike | None, noise: float, seed: int
) -> Course:
    kind, known, usual = SURFACES[name]
    if unknown := set(settings) - set(known):
        raise ValueError(f"{name} has no setting {', '.join(sorted(unknown))}")
    surface = kind(**settings)
    return Course(
        objective=lambda: surface,
        start=_point(usual if start is None else start),
        minima=surface.minima,
        noise=_validate.number("noise", noise, 0),
        seed=seed,
        bounds=surface.bounds,
    )


def _logistic(start: ArrayLike | None, batch: int | None, seed: int) -> Course:
    """One feature whose middle is not 0, so that slope and intercept pull at each other."""
    centers = [[1.0], [3.0]]
    X, y = make_blobs(n=120, centers=centers, seed=0)
    test = make_blobs(n=1000, centers=centers, seed=1)

    def objective(rows: int | None = batch) -> Training:
        return Training(LogisticRegression(), X, y, rows, seed)

    exact: dict[str, Any] = {
        "line_search_fn": "strong_wolfe",
        "tolerance_grad": 1e-12,
        "tolerance_change": 0.0,
    }
    best = minimize(objective(None), LBFGS, [0.0, 0.0], steps=10, report=None, **exact)
    return Course(
        objective=objective,
        start=_point((-1.0, 2.0) if start is None else start),
        minima=best.path[-1:],
        seed=seed,
        names=("slope", "intercept"),
        judge=lambda w: objective().right(w, *test),
    )


def _network(batch: int | None, seed: int) -> Course:
    X, y = make_moons(n=200, noise=0.2, seed=0)
    test = make_moons(n=1000, noise=0.2, seed=1)

    def objective() -> Training:
        model = MLP([2, 16, 1], activation="tanh", seed=seed, task="binary")
        return Training(model, X, y, batch, seed)

    start = objective().weights
    return Course(
        objective=objective,
        start=start,
        minima=np.empty((0, start.size)),
        seed=seed,
        judge=lambda w: objective().right(w, *test),
    )


def _point(start: ArrayLike) -> FloatArray:
    pair = _validate.items("start", start, "numbers", 2)
    return np.array([_validate.number(f"start[{i}]", x) for i, x in enumerate(pair)])
