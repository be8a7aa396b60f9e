"""Points in the plane, in classes: moons, spirals and blobs."""

from collections.abc import Sequence

import numpy as np

from pylib._typing import FloatArray, IntArray
from pylib._validate import number, whole

__all__ = ["make_blobs", "make_moons", "make_spirals"]


def make_moons(n: int = 200, noise: float = 0.1, seed: int = 0) -> tuple[FloatArray, IntArray]:
    """Two half circles that interlock: no straight line separates them.

    The same points, in the same order, as scikit-learn's `make_moons` with `random_state=seed`.

    Args:
        n: Number of points N; the inner moon gets the odd one.
        noise: Standard deviation of the normal noise added to both coordinates.
        seed: Of order and noise.

    Returns:
        X of shape `(N, 2)` and the classes y, 0 or 1, of shape `(N,)`.

    Raises:
        TypeError: If an argument is not a number.
        ValueError: If `n` is below 2 or `noise` is negative.

    Examples:
        >>> X, y = make_moons(n=4, noise=0.0)
        >>> y.tolist(), X.round(1).tolist()
        ([1, 1, 0, 0], [[0.0, 0.5], [2.0, 0.5], [-1.0, 0.0], [1.0, 0.0]])

    Source:
        Pedregosa and others, Scikit-learn: machine learning in Python (2011),
        <https://scikit-learn.org/stable/modules/generated/sklearn.datasets.make_moons.html>.
    """
    n = whole("n", n, 2)
    noise = number("noise", noise, 0)
    rng = np.random.RandomState(seed)
    n_outer = n // 2
    n_inner = n - n_outer
    outer, inner = np.linspace(0, np.pi, n_outer), np.linspace(0, np.pi, n_inner)
    X = np.vstack(
        [
            np.column_stack([np.cos(outer), np.sin(outer)]),
            np.column_stack([1 - np.cos(inner), 1 - np.sin(inner) - 0.5]),
        ]
    )
    y = np.repeat([0, 1], [n_outer, n_inner])
    order = np.arange(n)
    rng.shuffle(order)
    X, y = X[order], y[order]
    if noise > 0:
        X += rng.normal(scale=noise, size=X.shape)
    return X, y


def make_spirals(
    n: int = 200, classes: int = 2, turns: float = 1.0, noise: float = 0.1, seed: int = 0
) -> tuple[FloatArray, IntArray]:
    """Spiral arms around one center, one class each: hard for a small network.

    Arm k starts at angle 2πk/K; along it the radius grows evenly from 0.1 to 1 while the angle
    turns. Noise is added to the angle.

    Args:
        n: Number of points N.
        classes: Number of arms K.
        turns: Full turns of each arm.
        noise: Standard deviation of the angle, in radians.
        seed: Of order and noise.

    Returns:
        X of shape `(N, 2)` inside the unit circle and the classes y of shape `(N,)`.

    Raises:
        TypeError: If an argument is not a number.
        ValueError: If `classes` is below 2 or `n` below `classes`, or `noise` negative.

    Examples:
        >>> X, y = make_spirals(n=90, classes=3)
        >>> X.shape, np.bincount(y)
        ((90, 2), array([30, 30, 30]))
    """
    classes = whole("classes", classes, 2)
    n = whole("n", n, classes)
    noise = number("noise", noise, 0)
    turns = number("turns", turns)
    rng = np.random.default_rng(seed)
    y = np.arange(n) % classes
    along = (np.arange(n) // classes) / max((n - 1) // classes, 1)  # 0 .. 1
    radius = 0.1 + 0.9 * along
    angle = 2 * np.pi * (turns * along + y / classes) + noise * rng.standard_normal(n)
    X = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    order = rng.permutation(n)
    return X[order], y[order]


def make_blobs(
    n: int = 150,
    classes: int = 3,
    spread: float = 1.0,
    seed: int = 0,
    centers: Sequence[Sequence[float]] | FloatArray | None = None,
) -> tuple[FloatArray, IntArray]:
    """Round clouds of points, one per class.

    Args:
        n: Number of points N.
        classes: Number of clouds K, their centers evenly on a circle of radius 3.
        spread: Standard deviation of each cloud.
        seed: Of order and points.
        centers: The centers instead, shape `(K, D)`; `classes` is then not used.

    Returns:
        X of shape `(N, D)`, D = 2 without `centers`, and the classes y of shape `(N,)`.

    Raises:
        TypeError: If an argument is not a number.
        ValueError: If there is no center, or fewer points than centers, or `spread` is negative.

    Examples:
        >>> X, y = make_blobs(n=4, centers=[[0.0, 0.0], [9.0, 9.0]], spread=0.0)
        >>> sorted(zip(y.tolist(), X.tolist()))[1:3]
        [(0, [0.0, 0.0]), (1, [9.0, 9.0])]
    """
    if centers is None:
        classes = whole("classes", classes, 1)
        angle = 2 * np.pi * np.arange(classes) / classes + np.pi / 2
        places = 3 * np.column_stack([np.cos(angle), np.sin(angle)])
    else:
        places = np.asarray(centers, dtype=np.float64)
        if places.ndim != 2 or len(places) == 0:
            raise ValueError(
                f"centers has shape {places.shape}; give one point per class, "
                "such as [[0, 0], [3, 3]]"
            )
    n = whole("n", n, len(places))
    spread = number("spread", spread, 0)
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(n) % len(places))
    X = places[y] + spread * rng.standard_normal((n, places.shape[1]))
    return X, y
