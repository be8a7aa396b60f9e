"""The checks of scalars and shapes that all of pylib shares: one wording for each fault.

Every message names the argument and what was given, then the mend: "lr is -1; it must be ...".
The wrong kind of thing is a TypeError, the wrong value a ValueError.
"""

import math
from collections.abc import Collection, Iterable
from numbers import Integral, Real
from typing import Any

import numpy as np


def number(
    name: str,
    value: Any,
    low: float = -math.inf,
    high: float = math.inf,
    *,
    open_low: bool = False,
    open_high: bool = False,
    infinite: bool = False,
) -> float:
    """Return a finite number from `low` to `high` as a float; an open end is not allowed itself.

    With `infinite` the number may be infinite too.

    Examples:
        >>> number("momentum", 0, 0, 1, open_high=True)
        0.0
        >>> number("lr", -0.1, 0)
        Traceback (most recent call last):
        ...
        ValueError: lr is -0.1; it must be finite and at least 0
        >>> number("lr", "0.1", 0)
        Traceback (most recent call last):
        ...
        TypeError: lr is '0.1'; it must be a number
    """
    amount = real(name, value)
    above = amount > low if open_low else amount >= low
    below = amount < high if open_high else amount <= high
    if not (above and below and (infinite or math.isfinite(amount))):
        limits = [] if infinite or (math.isfinite(low) and math.isfinite(high)) else ["finite"]
        if math.isfinite(low):
            limits.append(f"{'above' if open_low else 'at least'} {low:g}")
        if math.isfinite(high):
            limits.append(f"{'below' if open_high else 'at most'} {high:g}")
        raise ValueError(f"{name} is {_scalar(value)}; it must be {' and '.join(limits)}")
    return amount


def real(name: str, value: Any) -> float:
    """Return any number as a float, inf and NaN too, such as a loss that was measured.

    Examples:
        >>> real("metric", np.float32(0.5))
        0.5
        >>> real("metric", None)
        Traceback (most recent call last):
        ...
        TypeError: metric is None; it must be a number
    """
    found = _scalar(value)
    if not isinstance(found, Real) or isinstance(found, bool | np.bool_):
        raise TypeError(f"{name} is {_shown(value)}; it must be a number")
    try:
        return float(found)
    except OverflowError:  # a whole number of more than 308 digits
        return math.copysign(math.inf, found)


def whole(name: str, value: Any, low: int | None = 0, high: int | None = None) -> int:
    """Return a whole number from `low` to `high` as an int; `None` stands for no limit.

    Examples:
        >>> whole("epochs", np.int64(3), 1)
        3
        >>> whole("epochs", 0, 1)
        Traceback (most recent call last):
        ...
        ValueError: epochs is 0; it must be a whole number of at least 1
        >>> whole("epochs", 2.5, 1)
        Traceback (most recent call last):
        ...
        TypeError: epochs is 2.5; it must be a whole number of at least 1
    """
    found = _scalar(value)
    must = "it must be a whole number"
    if low is not None:
        must += f" of at least {low}" if high is None else f" from {low} to {high}"
    if not isinstance(found, Integral) or isinstance(found, bool | np.bool_):
        raise TypeError(f"{name} is {_shown(value)}; {must}")
    count = int(found)
    if (low is not None and count < low) or (high is not None and count > high):
        raise ValueError(f"{name} is {count}; {must}")
    return count


def flag(name: str, value: Any) -> bool:
    """Return True or False, given as such.

    Examples:
        >>> flag("nesterov", 1)
        Traceback (most recent call last):
        ...
        TypeError: nesterov is 1; it must be True or False
    """
    found = _scalar(value)
    if not isinstance(found, bool | np.bool_):
        raise TypeError(f"{name} is {_shown(value)}; it must be True or False")
    return bool(found)


def choice(name: str, value: Any, choices: Collection[str]) -> str:
    """Return one of some words.

    Examples:
        >>> choice("reduction", "avg", ("mean", "sum"))
        Traceback (most recent call last):
        ...
        ValueError: reduction is 'avg'; it must be one of 'mean', 'sum'
    """
    found = _scalar(value)
    must = f"it must be one of {', '.join(map(repr, choices))}"
    if not isinstance(found, str):
        raise TypeError(f"{name} is {_shown(value)}; {must}")
    if found not in choices:
        raise ValueError(f"{name} is {found!r}; {must}")
    return str(found)


def items(name: str, value: Any, what: str, count: int | None = None) -> list[Any]:
    """Return what a sequence or a one-dimensional array holds.

    Args:
        name: of the argument.
        value: what was given for it.
        what: the items' name in the plural, such as "numbers".
        count: how many there must be; any number by default.

    Examples:
        >>> items("betas", (0.9, 0.999), "numbers", 2)
        [0.9, 0.999]
        >>> items("betas", 0.9, "numbers", 2)
        Traceback (most recent call last):
        ...
        TypeError: betas is 0.9; it must be a list of 2 numbers
    """
    must = f"it must be a list of {what if count is None else f'{count} {what}'}"
    is_list = isinstance(value, Iterable) and not isinstance(value, str | bytes | dict | set)
    if not is_list or (isinstance(value, np.ndarray) and value.ndim != 1):
        raise TypeError(f"{name} is {_shown(value)}; {must}")
    found = value.tolist() if isinstance(value, np.ndarray) else list(value)
    if count is not None and len(found) != count:
        raise ValueError(f"{name} has {len(found)} {what}; {must}")
    return found


def same_shape(
    name: str, array: np.ndarray[Any, Any], other: str, like: np.ndarray[Any, Any]
) -> None:
    """Refuse two shapes that differ: broadcasting would pair the wrong elements in silence.

    Examples:
        >>> same_shape("x", np.zeros(3), "y", np.zeros((3, 1)))
        Traceback (most recent call last):
        ...
        ValueError: x has shape (3,) and y (3, 1); reshape one of them so that both are the same
    """
    if array.shape != like.shape:
        raise ValueError(
            f"{name} has shape {array.shape} and {other} {like.shape}; "
            "reshape one of them so that both are the same"
        )


def _scalar(value: Any) -> Any:
    """What a zero-dimensional array holds, such as `np.load` gives; anything else as it is."""
    return value.item() if isinstance(value, np.ndarray) and value.ndim == 0 else value


def _shown(value: Any) -> str:
    """A value in words short enough for a message."""
    if isinstance(value, type):
        return f"the class {value.__name__}"
    if isinstance(value, np.ndarray):
        return f"an array of shape {value.shape}"
    text = repr(value)
    return text if len(text) <= 60 else f"a {type(value).__name__}"
