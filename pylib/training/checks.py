"""What the loops refuse before they begin, each error with its mend."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pylib._typing import FloatArray
from pylib.training.protocols import Targets

__all__ = [
    "averages",
    "float_arrays",
    "made",
    "rows",
    "schedule_or_none",
    "trainable",
    "validation",
]


def float_arrays(name: str, given: Sequence[FloatArray], element: str) -> list[FloatArray]:
    """Refuse what cannot change in place: a bare array, lists, integers.

    Args:
        name: Of the argument, for the message.
        given: What should be a list of float arrays.
        element: How a single one is called.

    Returns:
        The arrays, as a list.

    Raises:
        TypeError: If it is anything else.
    """
    if isinstance(given, np.ndarray):
        raise TypeError(f"{name} is one array; pass a list: [{element}]")
    arrays = list(given)
    for i, array in enumerate(arrays):
        if not isinstance(array, np.ndarray) or array.dtype.kind != "f":
            kind = f"is a {type(array).__name__}"
            if isinstance(array, np.ndarray):
                kind = f"has dtype {array.dtype}"
            raise TypeError(
                f"{name}[{i}] {kind}, which cannot change in place; "
                "make it an array of floats: np.array(..., dtype=float)"
            )
    return arrays


def made(name: str, given: Any, asked: tuple[str, ...], example: str) -> None:
    """Refuse a class where an object is asked for, and an object that lacks what is asked of it.

    Args:
        name: Of the argument, for the message.
        given: What was given for it.
        asked: Attributes that it must have.
        example: What would do.

    Raises:
        TypeError: If it will not do.
    """
    if isinstance(given, type):
        raise TypeError(f"{name} is the class {given.__name__}; make one: {given.__name__}(...)")
    lacking = [attribute for attribute in asked if not hasattr(given, attribute)]
    if lacking:
        near = f"a {type(given).__name__} without {' and '.join(lacking)}"
        what = repr(given) if len(lacking) == len(asked) else near
        raise TypeError(f"{name} is {what}; give one such as {example}")


def schedule_or_none(given: Any) -> None:
    """Refuse what gives no rate: a class, a number.

    Args:
        given: What was given for `schedule`.

    Raises:
        TypeError: Unless it is `None`, can be called with a step, or is a plateau.
    """
    if given is not None and (isinstance(given, type) or not callable(given)):
        made("schedule", given, ("lr", "step"), "StepLR(0.1, step_size=10), or leave it out")


def rows(X: Targets, y: Targets, of: str = "") -> None:
    """Refuse inputs and targets that differ in length, or are empty.

    Args:
        X: Inputs.
        y: Targets.
        of: What they belong to, for the message.

    Raises:
        ValueError: If they do not fit.
    """
    if X.ndim == 0 or y.ndim == 0 or len(X) != len(y) or len(X) == 0:
        raise ValueError(
            f"{of}X has shape {X.shape} and y {y.shape}; "
            "give one target for each of at least one row"
        )


def trainable(model: Any, loss: Any) -> None:
    """Refuse a model or a loss that cannot be trained with.

    Args:
        model: What should have `params`, `forward` and `backward`.
        loss: What should have a `gradient`, and a value that is one number.

    Raises:
        TypeError: If one is a class, or something else altogether.
        ValueError: If the loss is reduced to no single number.
    """
    made("model", model, ("params", "forward", "backward"), "MLP([2, 16, 1])")
    made("loss", loss, ("gradient", "reduction"), "MSELoss()")
    if loss.reduction not in ("mean", "batchmean", "sum"):
        raise ValueError(
            f"the loss has reduction {loss.reduction!r}; training needs 'mean' or 'sum'"
        )


def validation(given: Any) -> None:
    """Refuse what is no pair of inputs and targets.

    Args:
        given: What was given for `validation`.

    Raises:
        ValueError: Unless it is `None`, or `(X, y)` with one target for each row.
    """
    if given is None:
        return
    if not isinstance(given, tuple | list) or len(given) != 2:
        kind = type(given).__name__
        raise ValueError(f"validation is of type {kind}; give a pair (X, y) of inputs and targets")
    rows(np.asarray(given[0]), np.asarray(given[1]), "validation: ")


def averages(model: Any, **given: Any) -> None:
    """Refuse two averages of weights, and one of other weights than the model's.

    Args:
        model: What is trained.
        **given: Averages, or `None`, by the names of their arguments.

    Raises:
        TypeError: If one averages other arrays.
        ValueError: If there are two.
    """
    if all(average is not None for average in given.values()):
        raise ValueError(f"{' and '.join(given)} are both given; validation takes one average")
    own = {id(w) for w in model.params}
    for name, average in given.items():
        if average is not None and not {id(w) for w in average.params} <= own:
            raise TypeError(
                f"{name} averages arrays that are not the model's parameters; "
                f"build it as {type(average).__name__}(model.params, ...)"
            )
