"""Values compared with those they should be: the first entry that differs, shapes, gradients."""

import copy
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pylib import _validate
from pylib._typing import ArrayLike
from pylib.checks.failures import CheckError, ValuesDifferError
from pylib.gradcheck import numerical_gradient

FEW_DIGITS = 6


def check_close(
    got: Any, want: ArrayLike, *, rtol: float = 1e-6, atol: float = 1e-9, name: str = "the result"
) -> None:
    """Refuse values that differ from those they should be, and name the first entry that does.

        |got − want| ≤ atol + rtol · |want|

    Args:
        got: A number or an array.
        want: What it should be, of the same shape.
        rtol: How far an entry may be off, as a share of what it should be.
        atol: How far besides.
        name: What the message calls `got`.

    Raises:
        CheckError: `got` is no number and no array of numbers, or has another shape.
        ValuesDifferError: An entry differs. NaN equals NaN only.

    Examples:
        >>> check_close([1.0, 2.0], [1.0, 2.0 + 1e-9])
        >>> check_close([[1.0, 2.5]], [[1.0, 2.0]], name="gradient")
        Traceback (most recent call last):
        ...
        pylib.checks.failures.ValuesDifferError: gradient[0, 1] is 2.5; it should be 2
    """
    rtol, atol = _validate.number("rtol", rtol, 0), _validate.number("atol", atol, 0)
    right = np.asarray(want, dtype=np.float64)
    values = numbers(got, name)
    check_shape(values, right.shape, name=name)
    with np.errstate(invalid="ignore"):
        off = ~np.isclose(values, right, rtol=rtol, atol=atol, equal_nan=True)
    if off.any():
        index = tuple(int(i) for i in np.argwhere(off)[0])
        raise differs(name, index, float(values[index]), float(right[index]), int(off.sum()))


def check_shape(got: Any, shape: Sequence[int], *, name: str = "the result") -> None:
    """Refuse an array of another shape than it should have.

    Args:
        got: An array, or what NumPy makes one from.
        shape: What its shape should be; () for a single number, −1 for any length.
        name: What the message calls `got`.

    Raises:
        CheckError: The shape is another one.

    Examples:
        >>> check_shape(np.zeros((4, 3)), (-1, 3))
        >>> check_shape(np.zeros(3), (), name="loss")
        Traceback (most recent call last):
        ...
        pylib.checks.failures.CheckError: loss has shape (3,); it should be a single number
    """
    has = np.shape(got)
    wanted = tuple(shape)
    if len(has) == len(wanted) and all(w in (-1, h) for h, w in zip(has, wanted, strict=True)):
        return
    said = f"has shape {has}" if has else "is a single number"
    if not wanted:
        should = "be a single number"
    else:
        should = f"have shape {wanted}".replace("-1", "any length")
    raise CheckError(f"{name} {said}; it should {should}")


def check_numbers(
    got: Any, shape: Sequence[int] | None = None, *, name: str = "the result"
) -> NDArray[np.float64]:
    """Refuse an answer that is no numbers, or has another shape; what is right comes as an array.

    Lists, tuples and what is iterated over once are taken too; one number may stand in an array.

    Args:
        got: The answer.
        shape: What its shape should be; () for a single number, −1 for any length, None for any.
        name: What the message calls it.

    Returns:
        The answer as an array of floats, a copy of it.

    Raises:
        CheckError: It is None, no numbers, or of another shape.

    Examples:
        >>> check_numbers([1, 2], (2,))
        array([1., 2.])
        >>> check_numbers(np.zeros(3), (), name="rmse")
        Traceback (most recent call last):
        ...
        pylib.checks.failures.CheckError: rmse has shape (3,); it should be a single number
    """
    values = numbers(got, name)
    if shape is None:
        return values
    if not tuple(shape) and values.size == 1:
        return values.reshape(())
    check_shape(values, shape, name=name)
    return values


def check_number(got: Any, *, name: str = "the result") -> float:
    """Refuse an answer that is not a single number; what is right comes as a float.

    Args:
        got: The answer.
        name: What the message calls it.

    Returns:
        The number.

    Raises:
        CheckError: It is None, no number, or several.

    Examples:
        >>> check_number(np.array([2.5]))
        2.5
        >>> check_number("2.5", name="lr")
        Traceback (most recent call last):
        ...
        pylib.checks.failures.CheckError: lr is of type str; it should be a number
    """
    if isinstance(got, str):
        raise CheckError(f"{name} is of type str; it should be a number")
    return float(check_numbers(got, (), name=name))


def check_returned(
    function: Callable[..., Any], *args: Any, shape: Sequence[int] | None = (), name: str = ""
) -> NDArray[np.float64]:
    """Call a learner's function with copies, and refuse what it returns if that is no numbers.

    A function may change what it is given: the arguments of the caller stay as they are.

    Args:
        function: The learner's function.
        *args: What it is called with; arrays, lists and tuples are copied.
        shape: As in `check_numbers`; a single number by default.
        name: What the message calls the value; "What f returns" by default.

    Returns:
        What it returned, as an array of floats.

    Raises:
        CheckError: It returned None, no numbers, or numbers of another shape.

    Examples:
        >>> def gradient(y_hat, y):
        ...     y_hat -= y
        ...     return y_hat
        >>> a = np.array([3.0, 1.0])
        >>> check_returned(gradient, a, np.ones(2), shape=(2,)), a
        (array([2., 0.]), array([3., 1.]))
        >>> check_returned(gradient, a, np.ones(2), shape=(3,), name="slope")
        Traceback (most recent call last):
        ...
        pylib.checks.failures.CheckError: slope has shape (2,); it should have shape (3,)
    """
    called = getattr(function, "__name__", "<lambda>")
    name = name or f"What {'the function' if called == '<lambda>' else called} returns"
    answer = function(*map(copied, args))
    if answer is None:
        raise CheckError(
            f"{name} is None: it has no return, or hands on a call without one, such as print"
        )
    return check_numbers(answer, shape, name=name)


def check_gradient(
    gradient: Callable[[NDArray[np.float64]], Any],
    value: Callable[[NDArray[np.float64]], Any],
    at: ArrayLike,
    *,
    tolerance: float = 1e-5,
    name: str = "gradient",
) -> None:
    """Refuse a gradient that differs from central differences of its function.

        numericalᵢ = (value(w + h eᵢ) − value(w − h eᵢ)) / 2h,  h = 1e-6

    Args:
        gradient: The function of one array that is checked.
        value: The function whose gradient it should be; what it returns is summed.
        at: Where, any shape; away from corners.
        tolerance: How far an entry may be off, as a share of the largest (of 1e-3 at least).
        name: What the message calls the gradient.

    Raises:
        CheckError: The gradient has another shape than `at`.
        ValuesDifferError: An entry differs.

    Examples:
        >>> check_gradient(lambda w: 2 * w, lambda w: (w**2).sum(), [1.0, -3.0])
        >>> check_gradient(lambda w: w, lambda w: (w**2).sum(), [1.0, -3.0])
        Traceback (most recent call last):
        ...
        pylib.checks.failures.ValuesDifferError: gradient[0] is 1; differences give 2
    """
    tolerance = _validate.number("tolerance", tolerance, 0)
    where = np.asarray(at, dtype=np.float64)
    values = numbers(gradient(where.copy()), name)
    check_shape(values, where.shape, name=name)
    right = numerical_gradient(value, where)
    scale = max(float(np.abs(right).max(initial=0)), 1e-3)
    off = ~np.isclose(values, right, rtol=0, atol=tolerance * scale)
    if off.any():
        index = tuple(int(i) for i in np.argwhere(off)[0])
        near = float(f"{right[index]:.{FEW_DIGITS}g}")
        raise differs(name, index, float(values[index]), near, 1, "differences give")


def copied(value: Any) -> Any:
    """A copy of arrays and of lists, also within one another; anything else as it is."""
    return copy.deepcopy(value) if isinstance(value, np.ndarray | list | tuple | dict) else value


def numbers(got: Any, name: str) -> NDArray[np.float64]:
    """A learner's answer as an array, or words on what it is instead."""
    if got is None:
        raise CheckError(f"{name} is None; does the function return it?")
    if isinstance(got, Iterator):
        got = list(got)
    if got is ...:
        raise CheckError(f"{name} is still ...; put your own code in its place")
    try:
        return np.array(got, dtype=np.float64)
    except (TypeError, ValueError):
        kind = type(got).__name__
        raise CheckError(f"{name} is of type {kind}; it should be numbers") from None


def differs(
    name: str,
    index: tuple[int, ...],
    got: float,
    want: float,
    count: int,
    should: str = "it should be",
) -> ValuesDifferError:
    """Words on one entry, with as many digits as tell both values apart."""
    entry = f"{name}[{', '.join(map(str, index))}]" if index else name
    few = f"{got:.{FEW_DIGITS}g}", f"{want:.{FEW_DIGITS}g}"
    shown = few if few[0] != few[1] else (repr(got), repr(want))
    more = f" ({count} entries differ)" if count > 1 else ""
    return ValuesDifferError(f"{entry} is {shown[0]}; {should} {shown[1]}{more}", index, got, want)
