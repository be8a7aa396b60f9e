"""What losses accept: arrays of numbers, probabilities, class indices and weights."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pylib import _validate
from pylib._typing import ArrayLike, FloatArray, IntArray

Frozen = float | tuple[Any, ...]


def array(name: str, value: ArrayLike) -> np.ndarray[Any, np.dtype[Any]]:
    """Turn `value` into an array of real numbers that is not empty.

    Raises:
        TypeError: Text, objects, complex numbers, or a float type other than float32 and float64.
        ValueError: No elements, or rows of different lengths.
    """
    try:
        result = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{name} has rows of different lengths; give them one length") from error
    accepted = result.dtype.kind in "biu" or result.dtype in (np.float32, np.float64)
    if result.size == 0 and (accepted or result.dtype == object):
        raise ValueError(f"{name} is empty: its shape is {result.shape}; pass at least one element")
    if not accepted:
        raise TypeError(
            f"{name} has dtype {result.dtype}, and losses take float64 or float32; "
            f"convert it with np.asarray({name}, dtype=float)"
        )
    return result


def floats(name: str, value: ArrayLike) -> FloatArray:
    """Turn `value` into a float array: float32 stays float32, everything else becomes float64."""
    result = array(name, value)
    return result.astype(np.float32 if result.dtype == np.float32 else np.float64, copy=False)


def pair(prediction: ArrayLike, target: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Turn prediction and target into float arrays of one shape and of the prediction's dtype."""
    prediction = floats("prediction", prediction)
    target = floats("target", target)
    _validate.same_shape("prediction", prediction, "target", target)
    return prediction, target.astype(prediction.dtype, copy=False)


def probabilities(name: str, values: FloatArray, fix: str) -> None:
    """Refuse values outside [0, 1]; NaN passes, so that it shows in the result."""
    _refuse((values < 0) | (values > 1), name, values, f"outside [0, 1]; {fix}")


def not_negative(name: str, values: FloatArray, fix: str) -> None:
    """Refuse values below 0; NaN passes."""
    _refuse(values < 0, name, values, f"below 0; {fix}")


def signs(loss: str, target: FloatArray) -> None:
    """Refuse labels other than -1 and +1; NaN passes."""
    wrong = ~((np.abs(target) == 1) | np.isnan(target))
    if wrong.any():
        raise ValueError(
            f"target holds {target[wrong][0]:g}, and {loss} takes -1 and +1; "
            "turn labels 0 and 1 into them with 2 * target - 1"
        )


def vectors(inputs: dict[str, ArrayLike]) -> list[FloatArray]:
    """Turn named inputs into float arrays of one shape (..., D) and of the first one's dtype."""
    arrays = {name: floats(name, value) for name, value in inputs.items()}
    (first, like), *others = arrays.items()
    for name, other in others:
        _validate.same_shape(first, like, name, other)
    if like.ndim == 0:
        raise ValueError(
            f"{first} has shape () and needs an axis of features; pass shape (N, D) for N rows"
        )
    return [values.astype(like.dtype, copy=False) for values in arrays.values()]


def _refuse(wrong: NDArray[np.bool], name: str, values: FloatArray, words: str) -> None:
    if wrong.any():
        index = tuple(int(i) for i in np.argwhere(wrong)[0])
        place = f"[{', '.join(map(str, index))}]" if index else ""
        raise ValueError(f"{name}{place} is {values[index]}, {words}")


def class_axis(scores: FloatArray) -> int:
    """Say which axis of `scores` counts the classes: (N, K, ...) -> 1, a single row (K,) -> 0."""
    if scores.ndim == 0:
        raise ValueError(
            "prediction has shape () and needs an axis of classes; pass shape (N, K) for N rows"
        )
    return min(1, scores.ndim - 1)


def class_indices(scores: FloatArray, target: ArrayLike, ignore: int | None = None) -> IntArray:
    """Turn `target` into class indices 0..K-1 (or `ignore`), one for each position of `scores`."""
    indices = array("target", target)
    axis = class_axis(scores)
    classes = scores.shape[axis]
    positions = scores.shape[:axis] + scores.shape[axis + 1 :]
    if indices.shape != positions:
        raise ValueError(
            f"prediction has shape {scores.shape} and target {indices.shape}; "
            f"class indices need shape {positions}, one for each position"
        )
    if indices.dtype.kind not in "iu":
        raise TypeError(
            f"target has dtype {indices.dtype} and shape {indices.shape}; "
            "class indices are integers: convert it with target.astype(int)"
        )
    wrong = (indices < 0) | (indices >= classes)
    if ignore is not None:
        wrong &= indices != ignore
    if wrong.any():
        but = "" if ignore is None else f" or ignore_index = {ignore}"
        raise ValueError(
            f"target holds class {indices[wrong][0]}, and prediction has {classes} classes; "
            f"use indices from 0 to {classes - 1}{but}"
        )
    return indices.astype(np.intp, copy=False)


def frozen_weights(name: str, value: ArrayLike | None) -> Frozen | None:
    """Copy a weight array into tuples, so that a loss stays as it was made; None stays None."""
    if value is None:
        return None
    weights = floats(name, value)
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise ValueError(f"{name} is {value!r}; weights are finite and at least 0")
    return _tuples(weights.tolist())


def _tuples(value: Any) -> Frozen:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else float(value)


def spread(name: str, weights: ArrayLike, values: FloatArray) -> FloatArray:
    """Return weights in the dtype of `values`, after checking that they broadcast to its shape."""
    result = np.asarray(weights, dtype=values.dtype)
    try:
        fits = np.broadcast_shapes(result.shape, values.shape) == values.shape
    except ValueError:
        fits = False
    if not fits:
        raise ValueError(
            f"{name} has shape {result.shape} and prediction {values.shape}; "
            f"{name} must broadcast to the prediction"
        )
    return result
