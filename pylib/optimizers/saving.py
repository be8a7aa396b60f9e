"""How settings and state become plain values and arrays for a file, and come back."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray


def to_file(setting: Any) -> Any:
    """Return a setting such as NumPy and JSON can keep: None is NaN there.

    Examples:
        >>> to_file((None, 0.001))
        (nan, 0.001)
    """
    if isinstance(setting, tuple):
        return tuple(map(to_file, setting))
    return math.nan if setting is None else setting


def from_file(key: str, value: Any, like: Any) -> Any:
    """Return a setting as it was before a file made it an array, or its tuple a list.

    Examples:
        >>> from_file("group0.eps", np.array([np.nan, 0.001]), like=(None, 0.1))
        (None, 0.001)
    """
    plain = _none_again(as_array(key, value).tolist())
    return tuple(plain) if isinstance(like, tuple) and isinstance(plain, list) else plain


def as_array(key: str, value: Any) -> NDArray[Any]:
    """Return a value that a file may hold as nested lists as an array."""
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(
            f"{key} has rows of different lengths, which make no array; "
            "load the state as it was saved"
        ) from None


def array_from_file(key: str, value: Any, like: NDArray[Any], never_negative: bool) -> NDArray[Any]:
    """Return the array under a key, in the dtype and shape of the one that it replaces."""
    array = as_array(key, value)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{key} has dtype {array.dtype}, and this optimizer's {like.dtype}")
    with np.errstate(over="ignore"):  # float64 in a file, float32 here
        array = np.array(array, dtype=like.dtype, order="C")
    if array.size == like.size == 0:
        array = array.reshape(like.shape)
    if array.shape != like.shape:
        raise ValueError(f"{key} has shape {array.shape}, and this optimizer's {like.shape}")
    if np.isnan(array).any():
        raise ValueError(
            f"{key} has {np.isnan(array).sum()} NaN among {array.size} values, which would spoil "
            "every step; load an earlier state"
        )
    if never_negative and (array < 0).any():
        raise ValueError(
            f"{key} has values below 0, down to {array.min():g}, and is never negative; "
            "load the state as it was saved"
        )
    return array


def _none_again(plain: Any) -> Any:
    if isinstance(plain, list):
        return [_none_again(item) for item in plain]
    return None if isinstance(plain, float) and math.isnan(plain) else plain
