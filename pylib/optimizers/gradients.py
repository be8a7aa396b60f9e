"""What a step asks of its gradients, before anything moves."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from pylib._typing import FloatArray
from pylib.optimizers.param_groups import PLAIN


def check_grads(grads: Any, params: Sequence[FloatArray], step: int) -> list[FloatArray | None]:
    """Return the gradients as a list if every one is finite and fits its parameter, or is None.

    Args:
        grads: what was given to `step`.
        params: the parameters, in the same order.
        step: the number of the step, for the message.
    """
    if not isinstance(grads, (list, tuple)):
        _check_iterable(grads)
    given: list[Any] = list(grads)
    if len(given) != len(params):
        raise ValueError(
            f"{len(given)} gradients for {len(params)} parameters; pass one gradient per "
            "parameter, in the order of the parameters, or None for one that stays as it is"
        )
    for i, (g, w) in enumerate(zip(given, params, strict=True)):
        if not w.flags.writeable:
            check_writable(params)
        if g is None:
            continue
        if type(g) not in PLAIN and not isinstance(g, np.generic):
            if isinstance(g, np.ndarray):
                raise TypeError(
                    f"gradient {i} is a {type(g).__name__}, with which * or + may mean something "
                    "else; pass a plain array: np.asarray(gradient)"
                )
            raise TypeError(
                f"gradient {i} is a {type(g).__name__}; make it an array of floats: "
                f"np.array(..., dtype={w.dtype})"
            )
        if g.shape != w.shape:
            raise ValueError(
                f"gradient {i} has shape {g.shape} and its parameter {w.shape}; "
                "a gradient has the shape of its parameter"
            )
        if g.dtype != w.dtype:
            raise ValueError(
                f"gradient {i} has dtype {g.dtype} and its parameter {w.dtype}; "
                f"convert one of them: astype({w.dtype})"
            )
        if not all_finite(g):
            raise FloatingPointError(
                f"gradient {i} has {np.isnan(g).sum()} NaN and {np.isinf(g).sum()} inf among "
                f"{g.size} values at step {step}; parameters and state are unchanged: "
                "lower the learning rate, clip the gradient, or check the loss"
            )
    return given


def all_finite(g: Any) -> bool:
    """Return whether no value of an array is NaN or inf."""
    # A finite sum of squares has finite terms only; an infinite one may come from large values.
    if g.flags.c_contiguous and np.vdot(g, g) < np.inf:
        return True
    return bool(np.count_nonzero(np.isfinite(g)) == g.size)  # half the time of .all()


def _check_iterable(grads: Any) -> None:
    if isinstance(grads, np.ndarray | np.generic):
        raise TypeError("grads is one array; pass a list, as in step([grad])")
    if not isinstance(grads, Iterable):
        raise TypeError(
            f"grads is a {type(grads).__name__}; pass a list with one array per parameter, "
            "as in step([grad])"
        )


def check_writable(params: Sequence[FloatArray]) -> None:
    """Refuse a parameter that was made read-only after the optimizer was built."""
    for i, w in enumerate(params):
        if not w.flags.writeable:
            raise TypeError(
                f"parameter {i} was made read-only; make it writable again: "
                f"optimizer.params[{i}].flags.writeable = True"
            )


def owner(array: Any) -> Any:
    """Return what owns an array's memory: the array itself, or what it is a view of."""
    while (base := getattr(array, "base", None)) is not None:
        array = base
    return array
