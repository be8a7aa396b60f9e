"""Class indices, probabilities and weights, laid out over the class axis of a loss's scores."""

# NumPy types the arithmetic of float32 or float64 arrays as Any.
# mypy: disable-error-code="no-any-return"

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pylib._typing import ArrayLike, FloatArray, IntArray
from pylib.losses.checks import class_axis


def one_hot(scores: FloatArray, target: IntArray, ignore: int | None = None) -> FloatArray:
    """Write class indices as rows of 0 and 1, of the shape and dtype of `scores`.

    A position that holds `ignore` becomes a row of zeros.

    Args:
        scores: Shape (N, K), (N, K, ...) or (K,); only shape and dtype are used.
        target: Class indices, shape (N,), (N, ...) or ().
        ignore: The index that marks positions to leave out.

    Returns:
        An array shaped like `scores`.

    Examples:
        >>> one_hot(np.zeros((2, 3)), np.array([2, -100]), ignore=-100)
        array([[0., 0., 1.],
               [0., 0., 0.]])
    """
    classes = along_classes(np.arange(scores.shape[class_axis(scores)]), scores)
    hot = over_classes(target, scores) == classes
    if ignore is not None:
        hot &= over_classes(target != ignore, scores)
    return hot.astype(scores.dtype)


def along_classes(values: Any, scores: FloatArray) -> Any:
    """Reshape (K,) -> (K, 1, ...), so that the values line up with the classes of `scores`."""
    axis = class_axis(scores)
    return values.reshape(-1, *[1] * (scores.ndim - axis - 1))


def over_classes(values: Any, scores: FloatArray) -> Any:
    """Reshape (N, ...) -> (N, 1, ...), so that each position has its value for all classes."""
    axis = class_axis(scores)
    return values.reshape(*values.shape[:axis], 1, *values.shape[axis:])


def class_weights(weight: ArrayLike | None, scores: FloatArray) -> Any:
    """Return one weight for each class, lined up with `scores`; 1 where there are none."""
    if weight is None:
        return 1.0
    weights, classes = np.asarray(weight, dtype=scores.dtype), scores.shape[class_axis(scores)]
    if weights.shape != (classes,):
        raise ValueError(
            f"weight has shape {weights.shape}, and prediction {scores.shape} has {classes} "
            f"classes; pass {classes} weights, one for each class"
        )
    return along_classes(weights, scores)


class Goal(NamedTuple):
    """What ln p is weighted with: ℓ = −Σₖ Tₖ ln pₖ, and the mean is Σ ℓ / divisor."""

    T: FloatArray  # (N, K, ...), a row of zeros where a position is ignored
    counts: NDArray[np.bool]  # (N, ...), False where a position is ignored
    divisor: float


def goal_from_indices(
    scores: FloatArray,
    indices: IntArray,
    weight: ArrayLike | None,
    ignore: int,
    epsilon: float = 0.0,
) -> Goal:
    """Tₖ = wₖ [(1 − ε) onehotₖ + ε/K], and the divisor is Σ w_y, both without ignored positions."""
    K = scores.shape[class_axis(scores)]
    w = class_weights(weight, scores)
    hot = one_hot(scores, indices, ignore)
    counts = np.asarray(indices != ignore)
    T = hot
    if epsilon:
        T = (1 - epsilon) * hot + epsilon / K * over_classes(counts, scores)
    return Goal((w * T).astype(scores.dtype, copy=False), counts, float((w * hot).sum()))


def goal_from_probabilities(
    scores: FloatArray, q: FloatArray, weight: ArrayLike | None, epsilon: float
) -> Goal:
    """Tₖ = wₖ [(1 − ε) qₖ + ε/K], and the divisor is the number of positions."""
    axis = class_axis(scores)
    T = class_weights(weight, scores) * ((1 - epsilon) * q + epsilon / scores.shape[axis])
    counts = np.ones(scores.take(0, axis).shape, dtype=bool)
    return Goal(T, counts, counts.size)
