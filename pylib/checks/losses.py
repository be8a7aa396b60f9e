"""Mistakes of losses and of their gradients that have a name, told from the values alone."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pylib.checks.failures import CheckError, KnownMistakeError
from pylib.checks.values import check_close, copied, numbers

Array = NDArray[np.float64]


def explain_loss(
    learner: Callable[..., Any],
    right: Callable[..., Any],
    prediction: Any,
    target: Any,
    *,
    name: str = "the result",
) -> str | None:
    """Name the mistake of a loss, or of its gradient, by comparing it with a right one.

    Known are: a turned sign, a sum for a mean and the reverse, a mean over one axis only, a
    missing or a superfluous 2, a logarithm of another base, a missing root or square, exchanged
    arguments, one number in place of one per entry and the reverse, another order of the entries,
    and what is right for one of two targets only.

    Args:
        learner: The function to explain, called with prediction and target.
        right: The right one, such as `MSELoss()` or `MSELoss().gradient`.
        prediction: Where to compare them. Take at least three entries, not two, no round numbers,
            and as many columns as rows nowhere: then no two mistakes look alike.
        target: What belongs to it.
        name: What the words call the value.

    Returns:
        Words on the mistake; for one without a name, the first entry that differs. None if the
        values are equal (to 1e-6).

    Examples:
        >>> from pylib.losses import MSELoss
        >>> y_hat, y = np.array([1.0, 2.5, 0.2]), np.array([0.4, 2.0, 1.0])
        >>> explain_loss(lambda a, b: np.sum((a - b) ** 2), MSELoss(), y_hat, y)
        'The result is 3 times too large: a sum over the 3 entries where a mean is meant.'
        >>> explain_loss(lambda a, b: np.mean((b - a) ** 2), MSELoss(), y_hat, y) is None
        True
    """
    want = np.asarray(right(copied(prediction), copied(target)), dtype=np.float64)
    with np.errstate(all="ignore"):
        answer = learner(copied(prediction), copied(target))
    try:
        got = numbers(answer, name)
    except CheckError as error:
        return str(error)
    try:
        check_close(got, want, name=name)
    except CheckError as error:
        plain = str(error)
    else:
        return None
    if not np.all(np.isfinite(want)):
        return plain
    words = _by_shape(got, want) or _by_value(
        got, want, right, np.asarray(prediction), np.asarray(target)
    )
    return f"{name[:1].upper()}{name[1:]} {words}" if words else plain


def check_loss(
    learner: Callable[..., Any],
    right: Callable[..., Any],
    prediction: Any,
    target: Any,
    *,
    name: str = "the result",
) -> None:
    """Refuse a loss, or a gradient, that differs from the right one; the message names why.

    Args:
        learner: The function to check, called with prediction and target.
        right: The right one.
        prediction: Where to compare them; see `explain_loss`.
        target: What belongs to it.
        name: What the message calls the value.

    Raises:
        KnownMistakeError: The values differ; the message is that of `explain_loss`.

    Examples:
        >>> from pylib.losses import MSELoss
        >>> y_hat, y = np.array([1.0, 2.5, 0.2]), np.array([0.4, 2.0, 1.0])
        >>> check_loss(lambda a, b: 2 * (b - a) / 3, MSELoss().gradient, y_hat, y)
        Traceback (most recent call last):
        ...
        pylib.checks.failures.KnownMistakeError: The result has the wrong sign.
    """
    if words := explain_loss(learner, right, prediction, target, name=name):
        raise KnownMistakeError(words)


def _by_shape(got: Array, want: Array) -> str:
    if got.shape == want.shape:
        return ""
    if not got.shape:
        return f"is one number; it should have shape {want.shape}, a slope of its own per entry."
    if not want.shape:
        how = next(
            (
                word
                for word, total in (("mean", got.mean()), ("sum", got.sum()))
                if np.isclose(total, want)
            ),
            "",
        )
        end = f": take their {how}." if how else "."
        return f"has one number for each of {got.size} entries; it should be a single one{end}"
    if got.T.shape == want.shape and np.allclose(got.T, want):
        return f"is transposed: it has shape {got.shape} and should have {want.shape}."
    return f"has shape {got.shape}; it should have {want.shape}."


def _by_value(
    got: Array, want: Array, right: Callable[..., Any], prediction: Array, target: Array
) -> str:
    if not np.all(np.isfinite(got)):
        return ""
    if _same(got, -want):
        return "has the wrong sign."
    for factor, words in _factors(prediction):
        if _same(got, factor * want):
            return words
        if _same(got, -factor * want):
            return f"has the wrong sign, and {words}"
    for form, words in _FORMS:
        with np.errstate(all="ignore"):
            if _same(got, form(want)):
                return words
    try:
        with np.errstate(all="ignore"):
            exchanged = np.asarray(right(copied(target), copied(prediction)), dtype=np.float64)
    except (ValueError, TypeError, IndexError):
        exchanged = None
    if exchanged is not None and _same(got, exchanged):
        return "is that of exchanged arguments: which is the prediction, which the target?"
    if want.ndim and _same(np.sort(got, axis=None), np.sort(want, axis=None)):
        return "has the right values at other places: look at the index or the axis."
    if target.shape == want.shape and set(np.unique(target)) == {0, 1}:
        off = ~np.isclose(got, want, rtol=1e-6, atol=1e-12)
        for value in (0, 1):
            if np.array_equal(off, target == value):
                return f"is right where the target is {1 - value}, and wrong where it is {value}."
    return _by_ratio(got, want)


def _by_ratio(got: Array, want: Array) -> str:
    """A factor or an offset without a name."""
    if not np.any(want) or not np.any(got):
        return "is 0." if np.any(want) else ""
    largest = np.unravel_index(np.argmax(np.abs(want)), want.shape)
    factor = float(got[largest] / want[largest])
    if want.size > 1 and factor and _same(got, factor * want):
        return f"is {factor:.4g} times what it should be, in every entry."
    offset = float(got[largest] - want[largest])
    if want.size > 1 and _same(got, want + offset):
        return f"is {abs(offset):.4g} too {'large' if offset > 0 else 'small'} in every entry."
    return ""


def _factors(prediction: Array) -> Iterator[tuple[float, str]]:
    """Factors that have a name, with the words."""
    n = prediction.size
    if n > 1:
        yield n, f"is {n} times too large: a sum over the {n} entries where a mean is meant."
        yield 1 / n, f"is {n} times too small: it is divided by the {n} entries once too often."
    if prediction.ndim > 1:
        rows = prediction.shape[0]
        for count, what in ((rows, "rows"), (n // rows, "columns")):
            if count > 1:
                yield count, f"is {count} times too large: the {count} {what} are only summed."
                yield 1 / count, f"is {count} times too small: the {count} {what} are averaged too."
    yield 2.0, "is twice too large: is a 1/2 or the 2 of a square counted twice?"
    yield 0.5, "is half of what it should be: the derivative of a square brings down a 2."
    yield 1 / math.log(2), "uses a logarithm of base 2; the natural one is meant."
    yield 1 / math.log(10), "uses a logarithm of base 10; the natural one is meant."


_FORMS: tuple[tuple[Callable[[Array], Array], str], ...] = (
    (np.sqrt, "is the root of what it should be."),
    (np.square, "is the square of what it should be."),
    (np.sign, "keeps only the sign: the size is lost."),
    (np.abs, "has lost its sign: an absolute value is taken where none is meant."),
    (np.exp, "is e to the power of what it should be: a logarithm is missing."),
)


def _same(got: Array, want: Array) -> bool:
    return bool(got.shape == want.shape and np.allclose(got, want, rtol=1e-6, atol=1e-12))
